/* Memory policies on a machine of one node: modes, flags, masks, and what each call refuses. */
#include "../guest.h"

#define PREFERRED 1
#define BIND 2
#define INTERLEAVE 3
#define LOCAL 4
#define PREFERRED_MANY 5
#define WEIGHTED 6
#define STATIC (1 << 15)
#define RELATIVE (1 << 14)
#define BALANCING (1 << 13)

#define SET(mode, mask, bits) SHOW(syscall(SYS_set_mempolicy, mode, mask, bits))
#define MBIND(at, length, mode, mask, bits, flags) SHOW(syscall(SYS_mbind, at, length, mode, mask, bits, flags))
#define HOME(at, length, node, flags) SHOW(syscall(450, at, length, node, flags))
#define MIGRATE(pid, bits, from, to) SHOW(syscall(SYS_migrate_pages, pid, bits, from, to))
#define MOVE(pid, count, pages, nodes, status, flags) SHOW(syscall(SYS_move_pages, pid, count, pages, nodes, status, flags))

static const unsigned long node0 = 1, node5 = 32, nodes0and5 = 33, nothing;
static unsigned long far_away[4096];

static void get(void *address, unsigned long flags)
{
	int mode = -7;
	unsigned long mask[16];
	long result;

	memset(mask, 0xff, sizeof(mask));
	errno = 0;
	result = syscall(SYS_get_mempolicy, &mode, mask, 1024, address, flags);
	printf("get(%s, %lu): ", address ? "address" : "NULL", flags);
	if (result < 0)
		printf("%s\n", errno_name(errno));
	else
		printf("mode %x, nodes %lx, the rest %lx\n", mode, mask[0], mask[1] | mask[15]);
}

static void setting(void)
{
	far_away[30] = 1;
	SET(BIND, &node5, 64);
	SET(BIND, &node0, 64);
	SET(BIND, &node0, 1);
	SET(BIND, &node0, 2);
	SET(BIND, &nodes0and5, 64);
	get(NULL, 0);
	SET(BIND, far_away, 2500);
	SET(BIND, far_away, 1000);
	SET(BIND, far_away, 100000);
	SET(BIND, (void *)16, 64);
	SET(0, &node0, 64);
	SET(0, &nothing, 64);
	get(NULL, 0);
	SET(PREFERRED, NULL, 0);
	get(NULL, 0);
	SET(PREFERRED, &node0, 64);
	get(NULL, 0);
	SET(PREFERRED | STATIC, NULL, 0);
	SET(LOCAL, &node0, 64);
	SET(LOCAL, NULL, 0);
	get(NULL, 0);
	SET(7, &node0, 64);
	SET(-1, &node0, 64);
	SET(BIND | BALANCING, &node0, 64);
	get(NULL, 0);
	SET(INTERLEAVE | BALANCING, &node0, 64);
	SET(INTERLEAVE | STATIC | RELATIVE, &node0, 64);
	SET(INTERLEAVE | STATIC, &nodes0and5, 64);
	get(NULL, 0);
	get(NULL, 1);
	SET(INTERLEAVE | RELATIVE, &node5, 64);
	get(NULL, 0);
	SET(PREFERRED_MANY, &node0, 64);
	get(NULL, 0);
	SET(WEIGHTED, &node0, 64);
	get(NULL, 0);
	get(NULL, 1);
	SET(WEIGHTED, NULL, 0);
	SET(0, NULL, 0);
	get(NULL, 1);
	get(NULL, 4);
	get(NULL, 5);
	get(NULL, 8);
}

static void binding(void)
{
	char *at = mmap(NULL, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	MBIND(at, 4 * PAGE, BIND, &node0, 64, 0);
	get(at, 2);
	get(at + 4 * PAGE, 2);
	get(at, 3);
	get(at, 0);
	MBIND(at + 1, PAGE, BIND, &node0, 64, 0);
	MBIND(at, -1UL, BIND, &node0, 64, 0);
	MBIND(at, 0, BIND, NULL, 0, 0);
	MBIND(at, PAGE, BIND, NULL, 0, 0);
	MBIND(at, PAGE, BIND, &node0, 64, 8);
	MBIND(at, PAGE, BIND, &node0, 64, 1);
	MBIND(at, 1, PREFERRED, &node0, 64, 3);
	get(at, 2);
	HOME(at, PAGE, 0, 0);
	HOME(at + PAGE, PAGE, 0, 0);
	HOME(at + PAGE, PAGE, 1, 0);
	HOME(at + PAGE, PAGE, 0, 1);
	HOME(at + PAGE + 1, PAGE, 0, 0);
	HOME(at + PAGE, 0, 0, 0);
	HOME(at + 8 * PAGE, PAGE, 0, 0);
	HOME((void *)0x10000, PAGE, 0, 0);
	munmap(at + 8 * PAGE, PAGE);
	MBIND(at, 16 * PAGE, BIND, &node0, 64, 0);
	MBIND(at, 16 * PAGE, 0, NULL, 0, 0);
	MBIND((void *)0x10000, PAGE, BIND, &node0, 64, 0);
	MBIND((void *)0x10000, PAGE, 0, NULL, 0, 0);
	get((void *)0x10000, 2);
	get((void *)0x10000, 3);
	munmap(at, 16 * PAGE);
}

static void moving(void)
{
	char *at = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	void *pages[5] = { at, at + PAGE, at + 2 * PAGE, (void *)0x1000, (void *)-PAGE };
	int nodes[5] = { 0, 0, 0, 0, 0 }, status[5];

	at[0] = 1;
	(void)*(volatile char *)(at + PAGE);
	for (int round = 0; round < 2; round++) {
		memset(status, 0x55, sizeof(status));
		MOVE(0, 5, pages, round ? nodes : NULL, status, 2);
		for (int i = 0; i < 5; i++)
			printf("%d%c", status[i], i == 4 ? '\n' : ' ');
	}
	MOVE(0, 5, pages, nodes, status, 8);
	MOVE(0, 5, pages, nodes, status, 1);
	MOVE(99999999, 5, pages, nodes, status, 2);
	MOVE(0, 0, pages, nodes, status, 2);
	MOVE(0, 1, (void *)16, nodes, status, 2);
	MOVE(0, 1, pages, (void *)16, status, 2);
	MOVE(0, 1, pages, nodes, (void *)16, 2);
	nodes[0] = 1;
	MOVE(0, 5, pages, nodes, status, 2);
	nodes[0] = -1;
	MOVE(0, 5, pages, nodes, status, 2);
	MIGRATE(0, 64, &node0, &node0);
	MIGRATE(0, 64, &node0, &nothing);
	MIGRATE(99999999, 64, &node0, &node0);
	MIGRATE(0, 64, (void *)16, &node0);
	MIGRATE(0, 64, &node0, (void *)16);
	munmap(at, 8 * PAGE);
}

/* A policy belongs to the area: it splits and merges with it, and a child has it too. */
static void areas(void)
{
	char line[256], name[64];
	char *at = mmap(NULL, 6 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	FILE *maps;

	mprotect(at, PAGE, PROT_NONE);
	mprotect(at + 5 * PAGE, PAGE, PROT_NONE);
	for (int round = 0; round < 4; round++) {
		if (round == 1)
			MBIND(at + 2 * PAGE, PAGE, BIND, &node0, 64, 0);
		if (round == 2)
			MBIND(at + 3 * PAGE, PAGE, BIND, &node0, 64, 0);
		if (round == 3)
			MBIND(at + 2 * PAGE, 2 * PAGE, 0, NULL, 0, 0);
		maps = fopen("/proc/self/numa_maps", "r");
		while (fgets(line, sizeof(line), maps)) {
			unsigned long start = strtoul(line, NULL, 16);

			if (start < (unsigned long)at || start >= (unsigned long)at + 6 * PAGE)
				continue;
			line[strcspn(line, "\n")] = 0;
			snprintf(name, sizeof(name), "%lu", (start - (unsigned long)at) / PAGE);
			printf("page %s:%s\n", name, strchr(line, ' '));
		}
		fclose(maps);
	}
	at[PAGE] = 1;
	at[2 * PAGE] = 1;
	(void)*(volatile char *)(at + 3 * PAGE);
	SET(PREFERRED, &node0, 64);
	maps = fopen("/proc/self/numa_maps", "r");
	while (fgets(line, sizeof(line), maps))
		if (strtoul(line, NULL, 16) == (unsigned long)at + PAGE)
			printf("%s", strchr(line, ' '));
	fclose(maps);
	fflush(stdout);
	if (fork() == 0) {
		get(NULL, 0);
		get(at, 2);
		exit(0);
	}
	wait(NULL);
}

int main(void)
{
	setting();
	binding();
	moving();
	areas();
	return 0;
}

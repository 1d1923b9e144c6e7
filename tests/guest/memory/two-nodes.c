// emu: --memory 128M,nodes=2
/* Memory policies where there are two nodes: where pages come to lie, how they are moved, and what the files say. */
#include "../guest.h"

#define PREFERRED 1
#define BIND 2
#define INTERLEAVE 3
#define LOCAL 4
#define PREFERRED_MANY 5
#define WEIGHTED 6
#define RELATIVE (1 << 14)
#define STATIC (1 << 15)
#define PAGES 8

#define MBIND(at, pages, mode, nodes, flags) SHOW(syscall(SYS_mbind, at, (pages) * PAGE, mode, &(unsigned long){ nodes }, 64UL, flags))
#define SET(mode, nodes) SHOW(syscall(SYS_set_mempolicy, mode, &(unsigned long){ nodes }, 64UL))

static void where(const char *name, char *at, unsigned pages)
{
	void *page[64];
	int status[64];

	for (unsigned i = 0; i < pages; i++)
		page[i] = at + i * PAGE;
	MUST(syscall(SYS_move_pages, 0, (unsigned long)pages, page, NULL, status, 0) == 0);
	printf("%s:", name);
	for (unsigned i = 0; i < pages; i++)
		status[i] < 0 ? printf(" %s", errno_name(-status[i])) : printf(" %d", status[i]);
	printf("\n");
}

static char *map(unsigned pages, int flags)
{
	static char *next = (char *)0x200000000000;
	char *at = mmap(next, pages * PAGE, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	MUST(at == next);
	next += (pages + 16) * PAGE;
	return at;
}

static void touch(char *at, unsigned pages)
{
	for (unsigned i = 0; i < pages; i++)
		at[i * PAGE] = (char)i;
}

/* The line of /proc/self/numa_maps for an address. */
static void numa_line(const char *at)
{
	char start[32];
	const char *line = read_whole("/proc/self/numa_maps");

	snprintf(start, sizeof(start), "%lx ", (unsigned long)at);
	line = strstr(line, start);
	MUST(line != NULL);
	printf("  %.*s\n", (int)strcspn(line, "\n"), line);
}

static void show_file(const char *path)
{
	const char *text = read_whole(path);

	printf("%s: %s%s", path, text, text[0] && text[strlen(text) - 1] == '\n' ? "" : "\n");
}

static void areas(void)
{
	char *at = map(PAGES, MAP_PRIVATE), *shared;

	touch(at, PAGES);
	where("default", at, PAGES);
	at = map(PAGES, MAP_PRIVATE);
	MBIND(at, 4, BIND, 2UL, 0);
	MBIND(at + 4 * PAGE, 4, INTERLEAVE, 3UL, 0);
	where("not touched", at, PAGES);
	touch(at, PAGES);
	where("bound and interleaved", at, PAGES);
	numa_line(at);
	numa_line(at + 4 * PAGE);
	MBIND(at, PAGES, BIND, 1UL, 1);
	MBIND(at, PAGES, BIND, 1UL, 3);
	where("moved", at, PAGES);
	for (unsigned i = 0; i < PAGES; i++)
		MUST(at[i * PAGE] == (char)i);
	at = map(PAGES, MAP_PRIVATE);
	MBIND(at, PAGES, PREFERRED, 2UL, 0);
	touch(at, PAGES);
	where("preferred", at, PAGES);
	at = map(PAGES, MAP_PRIVATE);
	MBIND(at, PAGES, PREFERRED_MANY, 2UL, 0);
	touch(at, PAGES);
	where("preferred many", at, PAGES);
	numa_line(at);
	at = map(PAGES, MAP_PRIVATE);
	MBIND(at, PAGES, BIND, 3UL, 0);
	SHOW(syscall(450, at, PAGES * PAGE, 1UL, 0UL));
	touch(at, PAGES);
	where("home node 1", at, PAGES);
	at = map(PAGES, MAP_PRIVATE);
	MBIND(at, PAGES, BIND | RELATIVE, 4UL, 0);
	touch(at, PAGES);
	where("relative 2 of 2", at, PAGES);
	numa_line(at);
	shared = map(PAGES, MAP_SHARED);
	MBIND(shared, 4, BIND, 2UL, 0);
	touch(shared, PAGES);
	where("shared", shared, PAGES);
	numa_line(shared);
	numa_line(shared + 4 * PAGE);
}

static void task(void)
{
	char *at;
	int status;
	pid_t child;

	SET(INTERLEAVE, 3UL);
	at = map(PAGES, MAP_PRIVATE);
	touch(at, PAGES);
	where("task interleaves", at, PAGES);
	numa_line(at);
	SET(WEIGHTED, 3UL);
	at = map(PAGES, MAP_PRIVATE);
	touch(at, PAGES);
	where("task interleaves by weight", at, PAGES);
	SET(BIND, 2UL);
	at = map(PAGES, MAP_PRIVATE);
	touch(at, PAGES);
	where("task is bound", at, PAGES);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		at = map(PAGES, MAP_PRIVATE);
		touch(at, PAGES);
		where("its child too", at, PAGES);
		fflush(stdout);
		_exit(0);
	}
	MUST(waitpid(child, &status, 0) == child);
	SET(0, 0UL);
	SHOW(syscall(SYS_migrate_pages, 0, 64UL, &(unsigned long){ 2 }, &(unsigned long){ 1 }));
	where("migrated", at, PAGES);
	SHOW(syscall(SYS_migrate_pages, 0, 64UL, &(unsigned long){ 1 }, &(unsigned long){ 4 }));
}

static void moving(void)
{
	char *at = map(PAGES, MAP_PRIVATE);
	void *page[PAGES];
	int node[PAGES], status[PAGES];

	touch(at, PAGES - 1);
	for (int i = 0; i < PAGES; i++) {
		page[i] = at + i * PAGE + 5;
		node[i] = i & 1;
	}
	SHOW(syscall(SYS_move_pages, 0, (unsigned long)PAGES, page, node, status, 2));
	for (int i = 0; i < PAGES; i++)
		printf(" %s%d", status[i] < 0 ? "-" : "", status[i] < 0 ? -status[i] : status[i]);
	printf("\n");
	where("moved one by one", at, PAGES);
	node[3] = 2;
	SHOW(syscall(SYS_move_pages, 0, (unsigned long)PAGES, page, node, status, 2));
	SHOW(syscall(SYS_move_pages, 0, (unsigned long)PAGES, page, node, status, 8));
	for (int i = 0; i < PAGES - 1; i++)
		MUST(at[i * PAGE] == (char)i);
}

int main(void)
{
	catch_faults();
	show_file("/sys/devices/system/node/online");
	show_file("/sys/devices/system/node/possible");
	show_file("/sys/devices/system/node/has_memory");
	show_file("/sys/devices/system/node/node0/distance");
	show_file("/sys/devices/system/node/node1/distance");
	show_file("/sys/devices/system/node/node0/cpulist");
	areas();
	task();
	moving();
	return 0;
}

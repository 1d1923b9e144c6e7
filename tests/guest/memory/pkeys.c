// emu: --cpu max
/* Protection keys: which there are, what they forbid to the program and to the kernel, what signals and children see of them. */
#include "guest.h"

static char *room;
static sigjmp_buf out;
static volatile int expected;

static unsigned int rights(void)
{
	unsigned int low, high;

	__asm__ volatile("rdpkru" : "=a"(low), "=d"(high) : "c"(0));
	return low;
}

static void set_rights(unsigned int value)
{
	__asm__ volatile("wrpkru" : : "a"(value), "c"(0), "d"(0) : "memory");
}

static void set_key(int key, unsigned int value)
{
	set_rights((rights() & ~(3u << (2 * key))) | (value << (2 * key)));
}

static void caught(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (!expected)
		_exit(98);
	printf("signal %d code %d key %d at %ld, rights in the handler %x\n", number, info->si_code, info->si_pkey, (long)((char *)info->si_addr - room), rights());
	siglongjmp(out, 1);
}

#define ACCESS(statement) do { \
	unsigned int before_ = rights(); \
	expected = 1; \
	if (sigsetjmp(out, 1) == 0) { \
		statement; \
		printf("%s: done\n", #statement); \
	} else { \
		set_rights(before_); \
	} \
	expected = 0; \
} while (0)

static void keys(void)
{
	int last = 0;

	SHOW(syscall(SYS_pkey_alloc, 1, 0));
	SHOW(syscall(SYS_pkey_alloc, 0, 4));
	SHOW(syscall(SYS_pkey_free, 0));
	SHOW(syscall(SYS_pkey_alloc, 0, 0));
	SHOW(syscall(SYS_pkey_free, 5));
	SHOW(syscall(SYS_pkey_free, -1));
	SHOW(syscall(SYS_pkey_free, 16));
	for (int i = 0; i < 20; i++) {
		int key = (int)syscall(SYS_pkey_alloc, 0, 0);

		if (key < 0) {
			printf("after %d: %s\n", last, errno_name(errno));
			break;
		}
		last = key;
	}
	for (int key = 1; key < 16; key++)
		MUST(syscall(SYS_pkey_free, key) == 0);
	SHOW(syscall(SYS_pkey_mprotect, room, PAGE, PROT_READ, 3));
	SHOW(syscall(SYS_pkey_mprotect, room, PAGE, PROT_READ | PROT_WRITE, -1));
}

static void accesses(void)
{
	int key = (int)syscall(SYS_pkey_alloc, 0, 2), ends[2];
	volatile char *page = room + PAGE;

	printf("key %d, rights %x\n", key, rights());
	room[PAGE] = 'x';
	SHOW(syscall(SYS_pkey_mprotect, room + PAGE, PAGE, PROT_READ | PROT_WRITE, key));
	ACCESS((void)*page);
	ACCESS(*page = 'y');
	set_key(key, 1);
	ACCESS((void)*page);
	ACCESS(*page = 'y');
	ACCESS(room[0] = 'z');
	MUST(pipe(ends) == 0);
	SHOW(write(ends[1], room + PAGE, 1));
	set_key(key, 2);
	SHOW(write(ends[1], room + PAGE, 1));
	SHOW(read(ends[0], room + PAGE, 1));
	set_key(key, 0);
	SHOW(read(ends[0], room + PAGE, 1));
	ACCESS(*page = 'y');
	SHOW(mprotect(room + PAGE, PAGE, PROT_READ));
	set_key(key, 1);
	ACCESS((void)*page);
	set_key(key, 0);
	SHOW(syscall(SYS_pkey_mprotect, room + PAGE, PAGE, PROT_READ | PROT_WRITE, 0));
	set_key(key, 1);
	ACCESS(*page = 'y');
	SHOW(syscall(SYS_pkey_free, key));
}

static void execute_only(void)
{
	unsigned char code[] = { 0xb8, 42, 0, 0, 0, 0xc3 };
	unsigned char *at = (unsigned char *)room + 2 * PAGE;

	memcpy(at, code, sizeof(code));
	SHOW(mprotect(at, PAGE, PROT_EXEC));
	printf("returns %d\n", ((int (*)(void))at)());
	ACCESS((void)*(volatile unsigned char *)at);
	printf("returns %d\n", ((int (*)(void))at)());
	SHOW(mprotect(at, PAGE, PROT_READ | PROT_EXEC));
	ACCESS((void)*(volatile unsigned char *)at);
	SHOW(syscall(SYS_pkey_free, 1));
}

static void smaps(void)
{
	FILE *file = fopen("/proc/self/smaps", "r");
	char line[512];
	int inside = 0;

	while (fgets(line, sizeof(line), file) != NULL) {
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = from >= (unsigned long)room && to <= (unsigned long)room + 8 * PAGE;
		else if (inside && strncmp(line, "ProtectionKey", 13) == 0)
			printf("%s", line);
	}
	fclose(file);
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = caught, .sa_flags = SA_SIGINFO };
	int key, child;

	room = reserve(8 * PAGE);
	MUST(mmap(room, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == room);
	MUST(sigaction(SIGSEGV, &action, NULL) == 0);
	printf("at first %x\n", rights());
	keys();
	accesses();
	execute_only();
	key = (int)syscall(SYS_pkey_alloc, 0, 0);
	MUST(syscall(SYS_pkey_mprotect, room + 4 * PAGE, PAGE, PROT_READ | PROT_WRITE, key) == 0);
	smaps();
	set_key(key, 1);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		printf("child %x\n", rights());
		ACCESS((void)*(volatile char *)(room + 4 * PAGE));
		fflush(stdout);
		_exit(0);
	}
	MUST(waitpid(child, NULL, 0) == child);
	return 0;
}

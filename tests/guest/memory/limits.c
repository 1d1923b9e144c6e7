// build: glibc-static, musl-static
#include "guest.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define MIB (1UL << 20)

static void set(int resource, unsigned long value)
{
	struct rlimit limit;

	MUST(getrlimit(resource, &limit) == 0);
	limit.rlim_cur = value;
	MUST(setrlimit(resource, &limit) == 0);
}

static void in_child(void (*test)(void))
{
	pid_t child;
	int status;

	fflush(stdout);
	if ((child = fork()) == 0) {
		test();
		fflush(stdout);
		_exit(0);
	}
	MUST(waitpid(child, &status, 0) == child);
	if (status != 0)
		printf("ended with %x\n", status);
}

static void address_space(void)
{
	set(RLIMIT_AS, status_of("VmSize") * 1024 + 10 * MIB);
	SHOW_ADDRESS(mmap(NULL, 20 * MIB, RW, ANON, -1, 0));
	char *at = mmap(NULL, 8 * MIB, PROT_NONE, ANON, -1, 0);
	MUST(at != MAP_FAILED);
	SHOW_ADDRESS(mmap(NULL, 4 * MIB, RW, ANON, -1, 0));
	SHOW_ADDRESS(mmap(at, 4 * MIB, RW, ANON | MAP_FIXED, -1, 0));
	SHOW_ADDRESS(mremap(at, 4 * MIB, 12 * MIB, MREMAP_MAYMOVE));
	SHOW(munmap(at, 8 * MIB));
	SHOW_ADDRESS(mmap(NULL, 4 * MIB, RW, ANON, -1, 0));
}

static void data(void)
{
	set(RLIMIT_DATA, status_of("VmData") * 1024 + 4 * MIB);
	SHOW_ADDRESS(mmap(NULL, 8 * MIB, RW, ANON, -1, 0));
	char *none = mmap(NULL, 8 * MIB, PROT_NONE, ANON, -1, 0);
	MUST(none != MAP_FAILED);
	SHOW(mprotect(none, 8 * MIB, RW));
	SHOW(mprotect(none, 8 * MIB, PROT_READ));
	SHOW(mprotect(none, 2 * MIB, RW));
	SHOW_ADDRESS(mmap(NULL, 8 * MIB, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
}

static void areas(void)
{
	long made = 0;
	char *room = reserve(1 << 30);

	/* Every second page, so that no two areas can be one. */
	for (;;) {
		char *at = room + 2 * made * PAGE;
		if (mmap(at, PAGE, RW, ANON | MAP_FIXED, -1, 0) != at)
			break;
		made++;
	}
	printf("after so many areas: %s, %d\n", errno_name(errno), made > 65000 && made <= 65530);
	SHOW(munmap(room, PAGE));
	char *at = mmap(room, 3 * PAGE, RW, ANON | MAP_FIXED, -1, 0);
	printf("over the first two: %d\n", at == room);
	SHOW(mprotect(room + PAGE, PAGE, PROT_READ));
	SHOW(munmap(room + PAGE, PAGE));
}

static void overcommit(void)
{
	/* What is plainly more than there is, is refused; what is not accounted, is not. */
	SHOW_ADDRESS(mmap(NULL, 1UL << 44, RW, ANON, -1, 0));
	SHOW_ADDRESS(mmap(NULL, 1UL << 44, RW, ANON | MAP_NORESERVE, -1, 0));
	SHOW_ADDRESS(mmap(NULL, 1UL << 43, PROT_READ, ANON, -1, 0));
	SHOW_ADDRESS(mmap(NULL, 1UL << 43, PROT_NONE, ANON, -1, 0));
	char *at = mmap(NULL, 1UL << 43, PROT_READ, ANON, -1, 0);
	SHOW(mprotect(at, 1UL << 43, RW));
}

int main(void)
{
	in_child(address_space);
	in_child(data);
	in_child(areas);
	in_child(overcommit);
	return 0;
}

// build: glibc-static, musl-static
#include "guest.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#ifndef MLOCK_ONFAULT
#define MLOCK_ONFAULT 1
#endif
#ifndef MCL_ONFAULT
#define MCL_ONFAULT 4
#endif

static char *room;

static void show_resident(const char *at, int pages)
{
	unsigned char vector[64];

	MUST(mincore((void *)(uintptr_t)at, pages * PAGE, vector) == 0);
	for (int i = 0; i < pages; i++)
		putchar('0' + (vector[i] & 1));
	printf(", locked %ld\n", status_of("VmLck"));
}

int main(void)
{
	catch_faults();
	room = reserve(64 * PAGE);
	MUST(mmap(room, 16 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == room);
	SHOW(mlock(room, 4 * PAGE));
	show_resident(room, 16);
	SHOW(mlock(room + 6 * PAGE + 10, 2 * PAGE));
	show_resident(room, 16);
	show_areas(room, room + 64 * PAGE);
	SHOW(munlock(room + PAGE, PAGE));
	show_resident(room, 16);
	SHOW(mlock(room + 14 * PAGE, 4 * PAGE));
	show_resident(room, 16);
	SHOW(mlock(room + 40 * PAGE, PAGE));
	SHOW(mlock(room, 0));
	SHOW(mlock(room, -PAGE));
	SHOW(munlock(room + 40 * PAGE, PAGE));
	SHOW(syscall(SYS_mlock2, room + 10 * PAGE, PAGE, MLOCK_ONFAULT));
	SHOW(syscall(SYS_mlock2, room, PAGE, 8));
	show_resident(room, 16);
	SHOW(msync(room, PAGE, MS_INVALIDATE));
	SHOW(madvise(room, PAGE, MADV_DONTNEED));
	SHOW(munlock(room, 16 * PAGE));
	show_resident(room, 16);
	show_areas(room, room + 64 * PAGE);
	MUST(mprotect(room + 12 * PAGE, PAGE, PROT_NONE) == 0);
	SHOW(mlock(room + 11 * PAGE, 3 * PAGE));
	SHOW(munlock(room, 16 * PAGE));
	SHOW(mlockall(0));
	SHOW(mlockall(8));
	SHOW(mlockall(MCL_ONFAULT));
	SHOW(mlockall(MCL_FUTURE));
	MUST(mmap(room + 20 * PAGE, 4 * PAGE, RW, ANON | MAP_FIXED, -1, 0) != MAP_FAILED);
	show_resident(room + 20 * PAGE, 4);
	SHOW(munlockall());
	MUST(mmap(room + 30 * PAGE, 4 * PAGE, RW, ANON | MAP_LOCKED | MAP_FIXED, -1, 0) != MAP_FAILED);
	show_resident(room + 30 * PAGE, 4);

	/* Without privilege the limit counts. */
	struct rlimit limit = { 8 * PAGE, 8 * PAGE };
	MUST(munlockall() == 0 && setrlimit(RLIMIT_MEMLOCK, &limit) == 0);
	if (geteuid() == 0)
		MUST(setuid(65534) == 0);
	SHOW(mlock(room, 6 * PAGE));
	SHOW(mlock(room, 6 * PAGE));
	SHOW(mlock(room + 6 * PAGE, 4 * PAGE));
	SHOW(mlock(room, 8 * PAGE));
	SHOW_ADDRESS(mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0));
	SHOW(munlock(room, PAGE));
	SHOW_ADDRESS(mmap(NULL, PAGE, RW, ANON | MAP_LOCKED, -1, 0));
	return 0;
}

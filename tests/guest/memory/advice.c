// build: glibc-static, musl-static
#include "guest.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)
#ifndef MADV_COLD
#define MADV_COLD 20
#define MADV_PAGEOUT 21
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

static char *room;

static void show_resident(const char *at, int pages)
{
	unsigned char vector[64];

	SHOW(mincore((void *)(uintptr_t)at, pages * PAGE, vector));
	for (int i = 0; i < pages; i++)
		putchar('0' + (vector[i] & 1));
	putchar('\n');
}

static void errors(void)
{
	unsigned char vector[64];

	SHOW(madvise(room, PAGE, 12345));
	SHOW(madvise(room + 1, PAGE, MADV_NORMAL));
	SHOW(madvise(room, 0, MADV_NORMAL));
	SHOW(madvise(room, -PAGE, MADV_NORMAL));
	SHOW(madvise(room + 40 * PAGE, PAGE, MADV_DONTNEED));
	SHOW(madvise(room + 14 * PAGE, 4 * PAGE, MADV_DONTNEED));
	SHOW(madvise(room + 40 * PAGE, PAGE, MADV_WILLNEED));
	SHOW(mincore(room + 1, PAGE, vector));
	SHOW(mincore(room + 40 * PAGE, PAGE, vector));
	SHOW(mincore(room, PAGE, (void *)8));
	SHOW(mincore(room, 0, vector));
}

int main(void)
{
	static const int harmless[] = { MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_COLD, MADV_DONTDUMP, MADV_DODUMP };

	catch_faults();
	room = reserve(64 * PAGE);
	MUST(mmap(room, 16 * PAGE, RW, ANON, -1, 0) == room);
	errors();
	for (int i = 0; i < 16; i += 3)
		room[i * PAGE] = 'x';
	show_resident(room, 16);
	SHOW(madvise(room, 4 * PAGE, MADV_DONTNEED));
	printf("%d %d\n", room[0], room[6 * PAGE]);
	show_resident(room, 16);
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		SHOW(madvise(room + 2 * PAGE, 4 * PAGE, harmless[i]));
	show_areas(room, room + 64 * PAGE);
	SHOW(madvise(room + 8 * PAGE, 4 * PAGE, MADV_POPULATE_WRITE));
	show_resident(room, 16);
	SHOW(madvise(room + 30 * PAGE, PAGE, MADV_POPULATE_READ));
	MUST(mprotect(room + 12 * PAGE, PAGE, PROT_READ) == 0);
	SHOW(madvise(room + 12 * PAGE, PAGE, MADV_POPULATE_WRITE));
	SHOW(madvise(room + 12 * PAGE, PAGE, MADV_POPULATE_READ));
	SHOW(madvise(room, 2 * PAGE, MADV_FREE));

	int file = (int)syscall(SYS_memfd_create, "shared", 0);
	MUST(ftruncate(file, 8 * PAGE) == 0);
	char *shared = mmap(room + 32 * PAGE, 8 * PAGE, RW, MAP_SHARED | MAP_FIXED, file, 0);
	memset(shared, 's', 4 * PAGE);
	show_resident(shared, 8);
	SHOW(madvise(shared, 2 * PAGE, MADV_DONTNEED));
	printf("dropped from the table, not from the memory: %c\n", shared[0]);
	SHOW(madvise(shared, 2 * PAGE, MADV_REMOVE));
	printf("removed: %d %c\n", shared[0], shared[2 * PAGE]);
	SHOW(madvise(shared, PAGE, MADV_FREE));
	SHOW(madvise(room, PAGE, MADV_REMOVE));
	show_resident(shared, 8);
	return 0;
}

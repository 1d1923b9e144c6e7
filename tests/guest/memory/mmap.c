// build: glibc-static, musl-static
#include "guest.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static char *room;
static int file;

static void errors(void)
{
	int write_only = open("write-only", O_WRONLY | O_CREAT, 0600), read_only;

	SHOW_ADDRESS(mmap(NULL, 0, RW, ANON, -1, 0));
	SHOW_ADDRESS(mmap(NULL, PAGE, RW, MAP_ANONYMOUS, -1, 0));
	SHOW_ADDRESS(mmap(NULL, PAGE, RW, MAP_PRIVATE, -1, 0));
	SHOW_ADDRESS(mmap(NULL, PAGE, RW, MAP_PRIVATE, 999, 0));
	SHOW_ADDRESS((void *)syscall(SYS_mmap, NULL, PAGE, RW, MAP_PRIVATE, file, 1));
	SHOW_ADDRESS((void *)syscall(SYS_mmap, NULL, PAGE, RW, MAP_PRIVATE, file, 0x7ffffffffffff000));
	SHOW_ADDRESS((void *)syscall(SYS_mmap, NULL, PAGE, RW, MAP_PRIVATE, file, 0xfffffffffffff000));
	SHOW_ADDRESS((void *)syscall(SYS_mmap, NULL, -1L, RW, ANON, -1, 0));
	SHOW_ADDRESS((void *)syscall(SYS_mmap, NULL, 1L << 47, RW, ANON, -1, 0));
	SHOW_ADDRESS((void *)syscall(SYS_mmap, (1L << 47) - PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0));
	SHOW_ADDRESS((void *)syscall(SYS_mmap, 1L << 47, PAGE, RW, ANON | MAP_FIXED, -1, 0));
	SHOW_ADDRESS((void *)syscall(SYS_mmap, ~0UL << 47, PAGE, RW, ANON | MAP_FIXED, -1, 0));
	SHOW_ADDRESS((void *)syscall(SYS_mmap, room + 1, PAGE, RW, ANON | MAP_FIXED, -1, 0));
	SHOW_ADDRESS((void *)syscall(SYS_mmap, NULL, PAGE, RW, MAP_SHARED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	SHOW_ADDRESS((void *)syscall(SYS_mmap, NULL, PAGE, RW, MAP_SHARED_VALIDATE | MAP_ANONYMOUS | 0x8000000, -1, 0));
	SHOW_ADDRESS((void *)syscall(SYS_mmap, NULL, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0));
	SHOW_ADDRESS(mmap(NULL, PAGE, RW, MAP_PRIVATE, write_only, 0));
	SHOW_ADDRESS(mmap(NULL, PAGE, PROT_WRITE, MAP_SHARED, write_only, 0));
	MUST((read_only = open("file", O_RDONLY)) >= 0);
	SHOW_ADDRESS(mmap(NULL, PAGE, RW, MAP_SHARED, read_only, 0));
	SHOW_ADDRESS(mmap(NULL, PAGE, RW, MAP_PRIVATE, read_only, 0));
	SHOW_ADDRESS(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, read_only, 0));
	int folder = open(".", O_RDONLY);
	SHOW_ADDRESS(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, folder, 0));
	int ends[2];
	MUST(pipe(ends) == 0);
	SHOW_ADDRESS(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, ends[0], 0));
	SHOW_ADDRESS(mmap(NULL, PAGE, 0xf0, ANON, -1, 0));
	SHOW(munmap(room + 1, PAGE));
	SHOW(munmap(room, 0));
	SHOW(munmap(room, -1UL));
	SHOW(munmap((void *)(1UL << 47), PAGE));
	SHOW(munmap(room, PAGE));
}

static void placement(void)
{
	char *first = mmap(room, 4 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0);

	MUST(first == room);
	SHOW_ADDRESS(mmap(room + PAGE, PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0));
	SHOW_ADDRESS(mmap(room + 3 * PAGE, 2 * PAGE, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0));
	char *hint = mmap(room + 8 * PAGE + 5, PAGE, RW, ANON, -1, 0);
	printf("a hint that is free is taken, rounded down: %+ld\n", hint - room);
	char *taken = mmap(room + 2 * PAGE, PAGE, RW, ANON, -1, 0);
	printf("a hint that is taken is not: %d\n", taken != room + 2 * PAGE);
	munmap(taken, PAGE);
	strcpy(first + PAGE, "old");
	MUST(mmap(room + PAGE, PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0) == room + PAGE);
	printf("fixed replaces: %d\n", room[PAGE]);
	show_areas(room, room + 16 * PAGE);
	MUST(mmap(room + 4 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == room + 4 * PAGE);
	MUST(mmap(room + 5 * PAGE, PAGE, RW, ANON | MAP_FIXED | MAP_NORESERVE, -1, 0) == room + 5 * PAGE);
	MUST(mmap(room + 6 * PAGE, PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == room + 6 * PAGE);
	MUST(mmap(room + 7 * PAGE, PAGE, PROT_EXEC | PROT_READ, ANON | MAP_FIXED, -1, 0) == room + 7 * PAGE);
	show_areas(room, room + 16 * PAGE);
	MUST(munmap(room + 2 * PAGE, 4 * PAGE) == 0);
	show_areas(room, room + 16 * PAGE);
	MUST(munmap(room, 16 * PAGE) == 0);
	show_areas(room, room + 16 * PAGE);
	char *high = mmap(NULL, PAGE, RW, ANON, -1, 0), *low = mmap(NULL, PAGE, RW, ANON, -1, 0);
	printf("addresses are given from the top down: %d, next to one another: %+ld\n", low < high, (low - high) / (long)PAGE);
	char *b32 = mmap(NULL, PAGE, RW, ANON | MAP_32BIT, -1, 0);
	printf("MAP_32BIT: %d\n", b32 != MAP_FAILED && (uintptr_t)b32 < 1UL << 31);
}

static void contents(void)
{
	unsigned char *fresh = mmap(NULL, 64 * PAGE, RW, ANON | MAP_POPULATE, -1, 0);
	int sum = 0;

	for (size_t i = 0; i < 64 * PAGE; i++)
		sum += fresh[i];
	printf("fresh memory sums to %d\n", sum);
	memset(fresh, 0xff, 64 * PAGE);
	munmap(fresh, 64 * PAGE);
	fresh = mmap(NULL, 64 * PAGE, RW, ANON, -1, 0);
	for (size_t i = 0; i < 64 * PAGE; i += 512)
		sum += fresh[i];
	printf("recycled memory sums to %d\n", sum);
	munmap(fresh, 64 * PAGE);
	TRY(fresh[0] = 1, fresh);
	TRY(fresh[PAGE - 1] = 1, fresh);
}

int main(void)
{
	file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	MUST(file >= 0 && ftruncate(file, 3 * PAGE) == 0);
	room = reserve(64 * PAGE);
	catch_faults();
	errors();
	placement();
	contents();
	return 0;
}

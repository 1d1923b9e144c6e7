// build: glibc-static, musl-static
#include "guest.h"

/* The kernel's own brk, which gives the end of the heap, moved or not. */
static char *kernel_brk(void *to)
{
	return (char *)syscall(SYS_brk, to);
}

int main(void)
{
	static volatile char *heap;
	char *start, *wall;

	catch_faults();
	start = kernel_brk(NULL);
	start = kernel_brk((char *)(((uintptr_t)start + PAGE - 1) & -PAGE));
	heap = start;
	printf("aligned: %d\n", ((uintptr_t)start & (PAGE - 1)) == 0);
	printf("grow by 1: %+ld\n", kernel_brk(start + 1) - start);
	heap[0] = 1;
	heap[PAGE - 1] = 2;
	TRY(heap[PAGE] = 3, start);
	printf("grow by 10 pages: %+ld\n", kernel_brk(start + 10 * PAGE) - start);
	memset(start, 7, 10 * PAGE);
	show_areas(start, start + 20 * PAGE);
	printf("shrink to 5 pages and a bit: %+ld\n", kernel_brk(start + 5 * PAGE + 100) - start);
	printf("bytes behind it in its page: %d\n", heap[5 * PAGE + 200]);
	TRY(heap[6 * PAGE] = 3, start);
	printf("grow again: %+ld\n", kernel_brk(start + 10 * PAGE) - start);
	printf("fresh %d, old %d\n", heap[6 * PAGE], heap[5 * PAGE + 200]);
	printf("below the start: %+ld\n", kernel_brk(start - (1 << 24)) - start);
	printf("too far: %+ld\n", kernel_brk((char *)(1UL << 47)) - start);
	MUST(mprotect(start + 2 * PAGE, PAGE, PROT_READ) == 0);
	show_areas(start, start + 20 * PAGE);
	MUST(mprotect(start + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE) == 0);
	wall = mmap(start + 20 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	MUST(wall == start + 20 * PAGE);
	printf("up to a wall: %+ld\n", kernel_brk(start + 19 * PAGE) - start);
	printf("against it: %+ld\n", kernel_brk(start + 20 * PAGE) - start);
	printf("through it: %+ld\n", kernel_brk(start + 21 * PAGE) - start);
	munmap(wall, PAGE);
	MUST(munmap(start + 4 * PAGE, 2 * PAGE) == 0);
	printf("with a hole: %+ld\n", kernel_brk(start + 25 * PAGE) - start);
	show_areas(start, start + 40 * PAGE);
	printf("to the start: %+ld\n", kernel_brk(start) - start);
	show_areas(start, start + 40 * PAGE);
	struct rlimit limit = { 1 << 20, 1 << 20 };
	MUST(setrlimit(RLIMIT_DATA, &limit) == 0);
	printf("beyond RLIMIT_DATA: %+ld\n", kernel_brk(start + (2 << 20)) - start);
	printf("below it: %+ld\n", kernel_brk(start + 8 * PAGE) - start);
	return 0;
}

// build: glibc-static
#include "guest.h"

struct range { unsigned long long off, len; };
struct counts { unsigned long long cache, dirty, writeback, evicted, recent; };

static long cachestat(int fd, struct range *range, struct counts *counts, unsigned flags)
{
	return syscall(451, fd, range, counts, flags);
}

static void show(int fd, unsigned long long off, unsigned long long len)
{
	struct range range = { off, len };
	struct counts counts;

	SHOW(cachestat(fd, &range, &counts, 0));
	printf("  cache %llu writeback %llu evicted %llu recent %llu\n", counts.cache, counts.writeback, counts.evicted, counts.recent);
}

int main(void)
{
	struct range range = { 0, 0 };
	struct counts counts;
	static char data[8 * PAGE];
	int memory = (int)syscall(SYS_memfd_create, "m", 0), ends[2];

	MUST(memory >= 0 && ftruncate(memory, 16 * PAGE) == 0 && pipe(ends) == 0);
	memset(data, 1, sizeof(data));
	show(memory, 0, 0);
	MUST(pwrite(memory, data, 3 * PAGE, 2 * PAGE) == (ssize_t)(3 * PAGE));
	show(memory, 0, 0);
	show(memory, 3 * PAGE, PAGE);
	show(memory, 3 * PAGE + 1, PAGE);
	show(memory, 5 * PAGE, 0);
	show(memory, 100 * PAGE, PAGE);
	MUST(fallocate(memory, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2 * PAGE, PAGE) == 0);
	show(memory, 0, 0);
	SHOW(cachestat(-1, &range, &counts, 0));
	SHOW(cachestat(memory, NULL, &counts, 0));
	SHOW(cachestat(memory, &range, NULL, 0));
	SHOW(cachestat(memory, &range, &counts, 1));
	SHOW(cachestat(ends[0], &range, &counts, 0));
	return 0;
}

// emu: --memory 128M,nodes=2
/* NUMA balancing: pages that lie on the wrong node come to where the processor is that uses them; those of a policy stay. */
#include "../guest.h"

#define PAGES 8

static void where(const char *name, char *at)
{
	void *page[PAGES];
	int status[PAGES];

	for (int i = 0; i < PAGES; i++)
		page[i] = at + i * PAGE;
	MUST(syscall(SYS_move_pages, 0, (unsigned long)PAGES, page, NULL, status, 0) == 0);
	printf("%s:", name);
	for (int i = 0; i < PAGES; i++)
		printf(" %d", status[i]);
	printf("\n");
}

static void balancing(const char *value)
{
	int file = open("/proc/sys/kernel/numa_balancing", O_WRONLY);

	MUST(file >= 0);
	SHOW(write(file, value, 1));
	close(file);
}

/* Time passes, ticks come, and the pages are used. */
static void work(char *one, char *other)
{
	volatile long sum = 0;

	for (int round = 0; round < 6; round++) {
		sleep(2);
		for (long i = 0; i < 2000000; i++)
			sum += i;
		for (int i = 0; i < PAGES; i++)
			sum += ++one[i * PAGE] + ++other[i * PAGE];
	}
}

int main(void)
{
	unsigned long second = 2;
	char *free_pages = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *bound = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	SHOW(syscall(SYS_mbind, bound, PAGES * PAGE, 2, &second, 64UL, 0));
	SHOW(syscall(SYS_set_mempolicy, 2, &second, 64UL));
	for (int i = 0; i < PAGES; i++)
		free_pages[i * PAGE] = bound[i * PAGE] = 1;
	SHOW(syscall(SYS_set_mempolicy, 0, NULL, 0UL));
	work(free_pages, bound);
	where("without balancing", free_pages);
	balancing("1");
	work(free_pages, bound);
	where("with balancing", free_pages);
	where("bound", bound);
	for (int i = 0; i < PAGES; i++)
		MUST(free_pages[i * PAGE] == 13 && bound[i * PAGE] == 13);
	printf("hints came: %d\n", strtol(strstr(read_whole("/proc/vmstat"), "\nnuma_hint_faults ") + 18, NULL, 10) > 0);
	balancing("0");
	return 0;
}

/* Huge pages from the pool: promises, faults, sharing, forks, what is aligned and what is not. */
#include "guest.h"

#define HUGE (2UL << 20)
#define POOL "/sys/kernel/mm/hugepages/hugepages-2048kB/"

#ifndef MAP_HUGE_2MB
#define MAP_HUGE_2MB (21 << 26)
#endif

static char *room;
static long before;

static void set(const char *path, const char *text)
{
	int file = open(path, O_WRONLY);

	MUST(file >= 0);
	errno = 0;
	printf("%s <- %s: %s\n", strrchr(path, '/') + 1, text, write(file, text, strlen(text)) < 0 ? errno_name(errno) : "done");
	close(file);
}

static long number_of(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), POOL "%s", name);
	return strtol(read_whole(path), NULL, 10);
}

static void pool(const char *when)
{
	printf("%s: %ld pages, %ld free, %ld promised, %ld surplus; mine %ld\n", when, number_of("nr_hugepages"), number_of("free_hugepages"),
		number_of("resv_hugepages"), number_of("surplus_hugepages"), status_of("HugetlbPages"));
}

static void meminfo(void)
{
	for (const char *line = read_whole("/proc/meminfo"); *line; line = strchr(line, '\n') + 1)
		if (strncmp(line, "Huge", 4) == 0)
			printf("%.*s\n", (int)(strchr(line, '\n') - line), line);
}

static char *map(unsigned long pages, int protection, int flags, int file)
{
	return mmap(room, pages * HUGE, protection, flags | MAP_FIXED | (file < 0 ? MAP_ANONYMOUS | MAP_HUGETLB : 0), file, 0);
}

static void empty_pool(void)
{
	SHOW_ADDRESS(map(1, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1));
	SHOW_ADDRESS(map(1, PROT_READ | PROT_WRITE, MAP_SHARED, -1));
	SHOW_ADDRESS(map(1, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, -1));
	TRY(room[0] = 1, room);
	SHOW(munmap(room, HUGE));
	SHOW_ADDRESS(map(1, PROT_READ | PROT_WRITE, MAP_PRIVATE | (20 << 26), -1));
	pool("empty");
}

static void private_memory(void)
{
	SHOW_ADDRESS(map(3, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1));
	pool("mapped");
	TRY(room[5] = 1, room);
	TRY((void)*(volatile char *)(room + HUGE), room);
	pool("one written, one read");
	TRY(room[HUGE] = 2, room);
	pool("the second written");
	show_areas(room, room + 4 * HUGE);
	SHOW(munmap(room + PAGE, PAGE));
	SHOW(munmap(room, PAGE));
	SHOW(mprotect(room + PAGE, HUGE, PROT_READ));
	SHOW(mprotect(room, HUGE, PROT_READ));
	TRY(room[5] = 1, room);
	SHOW(mprotect(room, HUGE, PROT_READ | PROT_WRITE));
	TRY(room[5] = 3, room);
	SHOW(madvise(room, HUGE, MADV_DONTNEED));
	pool("dropped");
	printf("%d\n", room[5]);
	SHOW(madvise(room + PAGE, HUGE, MADV_DONTNEED));
	SHOW(madvise(room, HUGE, MADV_FREE));
	SHOW(madvise(room, HUGE, MADV_HUGEPAGE));
	SHOW(madvise(room, HUGE, MADV_MERGEABLE));
	SHOW_ADDRESS(mremap(room, HUGE, 2 * HUGE, MREMAP_MAYMOVE));
	SHOW_ADDRESS(mremap(room, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 8 * HUGE + PAGE));
	SHOW(mlock(room, HUGE));
	SHOW(munmap(room, 3 * HUGE));
	pool("unmapped");
	SHOW_ADDRESS(mmap(room + PAGE, HUGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1, 0));
	SHOW_ADDRESS(mmap(room, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_HUGE_2MB | MAP_FIXED, -1, 0));
	TRY(room[HUGE - 1] = 1, room);
	SHOW(munmap(room, HUGE));
	SHOW_ADDRESS(map(9, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1));
	pool("too many");
}

static void forks(void)
{
	int child;

	MUST(map(2, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1) == room);
	room[0] = room[HUGE] = 'p';
	fflush(stdout);
	child = fork();
	if (child == 0) {
		pool("in the child");
		TRY(room[0] = 'c', room);
		printf("%c %c\n", room[0], room[HUGE]);
		pool("the child wrote");
		fflush(stdout);
		_exit(0);
	}
	MUST(waitpid(child, NULL, 0) == child);
	printf("%c\n", room[0]);
	TRY(room[0] = 'q', room);
	pool("after the child");
	MUST(munmap(room, 2 * HUGE) == 0);
	MUST(map(2, PROT_READ | PROT_WRITE, MAP_SHARED, -1) == room);
	room[0] = 's';
	fflush(stdout);
	child = fork();
	if (child == 0) {
		room[0]++;
		room[HUGE] = 'n';
		_exit(0);
	}
	MUST(waitpid(child, NULL, 0) == child);
	printf("%c %c\n", room[0], room[HUGE]);
	pool("shared");
	/* Moving private memory makes Linux forget a promise for good; so what moves here is shared. */
	SHOW_ADDRESS(mremap(room + HUGE, HUGE, HUGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 8 * HUGE));
	printf("%c\n", room[8 * HUGE]);
	pool("moved");
	MUST(munmap(room, 9 * HUGE) == 0);
	pool("unmapped");
}

static void file_of_pages(void)
{
	int file = (int)syscall(SYS_memfd_create, "huge", 4);
	char text[8];
	struct stat status;

	MUST(file >= 0);
	SHOW(ftruncate(file, PAGE));
	SHOW(ftruncate(file, 2 * HUGE));
	SHOW_ADDRESS(map(2, PROT_READ | PROT_WRITE, MAP_SHARED, file));
	pool("a file mapped");
	TRY(strcpy(room, "huge"), room);
	SHOW(read(file, text, 5));
	printf("%s\n", text);
	SHOW(write(file, text, 5));
	SHOW(fstat(file, &status));
	printf("%ld bytes, blocks of %ld, %ld sectors\n", (long)status.st_size, (long)status.st_blksize, (long)status.st_blocks);
	SHOW_ADDRESS(mmap(room + 4 * HUGE, HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file, 0));
	printf("%s\n", room + 4 * HUGE);
	TRY(room[4 * HUGE] = 'H', room);
	printf("%s %s\n", room, room + 4 * HUGE);
	pool("a private copy");
	SHOW_ADDRESS(mmap(room + 6 * HUGE, HUGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, PAGE));
	SHOW(ftruncate(file, 0));
	TRY(room[0] = 1, room);
	pool("cut off");
	SHOW(munmap(room, 8 * HUGE));
	close(file);
	pool("closed");
}

static void surplus(void)
{
	set(POOL "nr_overcommit_hugepages", "2");
	SHOW_ADDRESS(map(10, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1));
	pool("beyond the pool");
	for (int i = 0; i < 10; i++)
		room[(unsigned long)i * HUGE] = 1;
	pool("touched");
	SHOW_ADDRESS(mmap(room + 20 * HUGE, HUGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB | MAP_FIXED, -1, 0));
	SHOW(munmap(room, 10 * HUGE));
	pool("unmapped");
	set(POOL "nr_overcommit_hugepages", "0");
	MUST(map(4, PROT_READ | PROT_WRITE, MAP_PRIVATE, -1) == room);
	room[0] = 1;
	set("/proc/sys/vm/nr_hugepages", "1");
	pool("made smaller");
	SHOW(munmap(room, 4 * HUGE));
	pool("unmapped");
}

int main(void)
{
	catch_faults();
	room = (char *)0x200000000000;
	before = number_of("nr_hugepages");
	MUST(before == 0);
	empty_pool();
	set("/proc/sys/vm/nr_hugepages", "8");
	pool("filled");
	meminfo();
	private_memory();
	forks();
	file_of_pages();
	surplus();
	set(POOL "nr_hugepages", "0");
	set(POOL "nr_hugepages", "x");
	pool("at last");
	return 0;
}

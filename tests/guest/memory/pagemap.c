/* pagemap, PAGEMAP_SCAN, clear_refs, mem and map_files: what /proc tells of each page, and memory as a file. */
#include "guest.h"
#include <dirent.h>
#include <sys/ioctl.h>

#define PRESENT (1ULL << 63)
#define SWAPPED (1ULL << 62)
#define FILE_PAGE (1ULL << 61)
#define GUARD (1ULL << 58)
#define EXCLUSIVE (1ULL << 56)

struct region { uint64_t start, end, categories; };
struct scan {
	uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages, inverted, mask, anyof, returned;
};

#define SCAN _IOWR('f', 16, struct scan)

static char *room;

static void show(const char *what, unsigned int pages)
{
	uint64_t words[64];
	int file = open("/proc/self/pagemap", O_RDONLY);

	MUST(file >= 0);
	MUST(pread(file, words, pages * 8, (off_t)((unsigned long)room / PAGE * 8)) == pages * 8);
	printf("%s:", what);
	for (unsigned int i = 0; i < pages; i++)
		printf(" %s%s%s%s%s", words[i] & PRESENT ? "p" : "-", words[i] & FILE_PAGE ? "f" : "", words[i] & EXCLUSIVE ? "x" : "",
			words[i] & GUARD ? "g" : "", words[i] & SWAPPED ? "s" : "");
	printf("\n");
	close(file);
}

static void pagemap(void)
{
	uint64_t word;
	int file = open("/proc/self/pagemap", O_RDONLY);

	SHOW(pread(file, &word, 4, 0));
	SHOW(pread(file, &word, 8, 4));
	SHOW(pread(file, &word, 8, 0));
	printf("%d\n", word == 0);
	SHOW(pread(file, &word, 8, 1L << 39));
	SHOW(lseek(file, 80, SEEK_SET));
	SHOW(lseek(file, 0, SEEK_END));
	SHOW(lseek(file, 8, SEEK_CUR));
	SHOW(ioctl(file, 0x5555, 0));
	close(file);
}

static void scan_one(struct scan arguments)
{
	struct region regions[16];
	int file = open("/proc/self/pagemap", O_RDONLY), found;

	arguments.size = sizeof(arguments);
	arguments.start = (uint64_t)room;
	arguments.end = (uint64_t)room + 16 * PAGE;
	arguments.vec = (uint64_t)regions;
	errno = 0;
	found = ioctl(file, SCAN, &arguments);
	printf("scan %llx %llx %llx: %d %s, up to %ld\n", (unsigned long long)arguments.mask, (unsigned long long)arguments.anyof,
		(unsigned long long)arguments.inverted, found, found < 0 ? errno_name(errno) : "", (long)(arguments.walk_end - (uint64_t)room) / (long)PAGE);
	for (int i = 0; i < found; i++)
		printf("  %ld-%ld %llx\n", (long)(regions[i].start - (uint64_t)room) / (long)PAGE, (long)(regions[i].end - (uint64_t)room) / (long)PAGE,
			(unsigned long long)(regions[i].categories & ~128ULL));
	close(file);
}

static void scans(void)
{
	scan_one((struct scan){ .vec_len = 16, .mask = 8, .returned = 0x17f });
	scan_one((struct scan){ .vec_len = 16, .anyof = 0x124, .returned = 0x17f });
	scan_one((struct scan){ .vec_len = 16, .mask = 8, .inverted = 8, .returned = 0x17f });
	scan_one((struct scan){ .vec_len = 16, .mask = 8, .max_pages = 2, .returned = 8 });
	scan_one((struct scan){ .vec_len = 1, .mask = 8, .returned = 0x17f });
	scan_one((struct scan){ .vec_len = 16, .flags = 2, .mask = 8, .returned = 8 });
	scan_one((struct scan){ .vec_len = 16, .flags = 1, .mask = 8, .returned = 8 });
	scan_one((struct scan){ .vec_len = 16, .flags = 4 });
	scan_one((struct scan){ .vec_len = 16, .mask = 1 << 9 });
	scan_one((struct scan){ .vec_len = 16, .mask = 1, .returned = 8 });
}

static void clear(const char *text)
{
	int file = open("/proc/self/clear_refs", O_WRONLY);

	errno = 0;
	printf("clear_refs %s: %s\n", text, write(file, text, strlen(text)) < 0 ? errno_name(errno) : "done");
	close(file);
}

static void memory(void)
{
	char text[64];
	int file = open("/proc/self/mem", O_RDWR);

	MUST(file >= 0);
	strcpy(room, "written");
	SHOW(pread(file, text, 8, (off_t)room));
	printf("%s\n", text);
	SHOW(pwrite(file, "changed", 8, (off_t)room));
	printf("%s\n", room);
	SHOW(pread(file, text, 8, 0));
	SHOW(pwrite(file, text, 8, 4096));
	SHOW(mprotect(room, PAGE, PROT_READ));
	SHOW(pwrite(file, "forced", 7, (off_t)room));
	printf("%s\n", room);
	SHOW(mprotect(room, PAGE, PROT_NONE));
	SHOW(pread(file, text, 7, (off_t)room));
	printf("%s\n", text);
	SHOW(pread(file, text, 64, (off_t)(room + 16 * PAGE - 10)));
	SHOW(lseek(file, 0, SEEK_END));
	SHOW(lseek(file, 100, SEEK_SET));
	SHOW(mprotect(room, PAGE, PROT_READ | PROT_WRITE));
	close(file);
}

static void map_files(void)
{
	char name[64], target[256];
	ssize_t length;
	int file = memfd_create("mapped", 0);
	struct stat status;
	DIR *directory;
	int found = 0;

	MUST(ftruncate(file, PAGE) == 0);
	MUST(mmap(room + 32 * PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0) == room + 32 * PAGE);
	snprintf(name, sizeof(name), "/proc/self/map_files/%lx-%lx", (unsigned long)room + 32 * PAGE, (unsigned long)room + 33 * PAGE);
	length = readlink(name, target, sizeof(target) - 1);
	MUST(length > 0);
	target[length] = 0;
	printf("%s\n", target);
	SHOW(lstat(name, &status));
	printf("%o\n", status.st_mode);
	SHOW(stat(name, &status));
	printf("%ld\n", (long)status.st_size);
	directory = opendir("/proc/self/map_files");
	for (struct dirent *entry; (entry = readdir(directory)) != NULL;)
		found += strcmp(entry->d_name, name + strlen("/proc/self/map_files/")) == 0;
	closedir(directory);
	printf("listed %d\n", found);
	SHOW(access("/proc/self/map_files/1000-2000", F_OK));
	SHOW(access("/proc/self/map_files/x", F_OK));
	close(file);
}

static void frames(void)
{
	static const char *names[] = { "/proc/kpagecount", "/proc/kpageflags", "/proc/kpagecgroup" };
	uint64_t word, where;
	int file = open("/proc/self/pagemap", O_RDONLY);

	MUST(pread(file, &word, 8, (off_t)((unsigned long)room / PAGE * 8)) == 8);
	close(file);
	where = word & ((1ULL << 55) - 1);
	MUST(where != 0);
	for (int i = 0; i < 3; i++) {
		file = open(names[i], O_RDONLY);
		printf("%s:", names[i]);
		SHOW(pread(file, &word, 8, (off_t)where * 8));
		/* what is the same everywhere: one mapping; mapped, anonymous, backed by swap */
		printf("%llx\n", (unsigned long long)(i == 0 ? word : i == 1 ? word & 0x105800 : 0));
		SHOW(pread(file, &word, 7, 0));
		close(file);
	}
}

int main(void)
{
	int file = memfd_create("pagemap", 0);

	room = reserve(64 * PAGE);
	MUST(ftruncate(file, 4 * PAGE) == 0);
	MUST(mmap(room, 16 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == room);
	MUST(mmap(room + 8 * PAGE, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, file, 0) == room + 8 * PAGE);
	show("nothing", 16);
	room[0] = room[PAGE] = room[8 * PAGE] = 1;
	(void)*(volatile char *)(room + 2 * PAGE);
	(void)*(volatile char *)(room + 9 * PAGE);
	SHOW(madvise(room + 14 * PAGE, PAGE, 102));
	show("touched", 20);
	pagemap();
	scans();
	clear("0");
	clear("1");
	clear("2");
	clear("3");
	clear("5");
	clear("6");
	clear("x");
	show("cleared", 16);
	memory();
	map_files();
	frames();
	return 0;
}

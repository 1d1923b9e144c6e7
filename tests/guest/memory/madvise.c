// build: glibc-static
#include "guest.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define MIB (1UL << 20)
#define COLLAPSE 25
#define GUARD_INSTALL 102
#define GUARD_REMOVE 103

static char *room;

static const int advices[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 99,
	100, 101, 102, 103, 104, -1 };

/* Each advice to memory of one kind: what comes of it, and what the memory holds then. */
static void all(const char *kind, char *at, size_t length)
{
	printf("%s:", kind);
	for (size_t i = 0; i < sizeof(advices) / sizeof(advices[0]); i++) {
		errno = 0;
		int result = madvise(at, length, advices[i]);

		printf(" %d=%s", advices[i], result == 0 ? "0" : errno_name(errno));
	}
	printf("\n");
}

static void kinds(int file)
{
	char *at = room;

	MUST(mmap(at, 4 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == at);
	all("private", at, 4 * PAGE);
	at += 8 * PAGE;
	MUST(mmap(at, 4 * PAGE, PROT_READ, ANON | MAP_FIXED, -1, 0) == at);
	all("private, read-only", at, 4 * PAGE);
	at += 8 * PAGE;
	MUST(mmap(at, 4 * PAGE, PROT_NONE, ANON | MAP_FIXED, -1, 0) == at);
	all("private, no access", at, 4 * PAGE);
	at += 8 * PAGE;
	MUST(mmap(at, 4 * PAGE, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == at);
	all("shared", at, 4 * PAGE);
	at += 8 * PAGE;
	MUST(mmap(at, 4 * PAGE, RW, MAP_PRIVATE | MAP_FIXED, file, 0) == at);
	all("private file", at, 4 * PAGE);
	at += 8 * PAGE;
	MUST(mmap(at, 4 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 0) == at);
	all("shared file, read-only", at, 4 * PAGE);
	at += 8 * PAGE;
	MUST(mmap(at, 4 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == at && mlock(at, 4 * PAGE) == 0);
	all("locked", at, 4 * PAGE);
	MUST(munmap(room, 64 * PAGE) == 0);
}

static void ranges(void)
{
	MUST(mmap(room, 8 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == room);
	MUST(munmap(room + 3 * PAGE, PAGE) == 0);
	memset(room, 1, 3 * PAGE);
	memset(room + 4 * PAGE, 1, 4 * PAGE);
	SHOW(madvise(room + 1, PAGE, MADV_DONTNEED));
	SHOW(madvise(room, 0, MADV_DONTNEED));
	SHOW(madvise(room, -1UL, MADV_DONTNEED));
	SHOW(madvise(room, 1, MADV_DONTNEED));
	SHOW(madvise(room + PAGE, 4 * PAGE, MADV_DONTNEED));
	SHOW(madvise(room + 3 * PAGE, PAGE, MADV_DONTNEED));
	SHOW(madvise(room + 6 * PAGE, 4 * PAGE, MADV_DONTNEED));
	SHOW(madvise((void *)(1UL << 47), PAGE, MADV_DONTNEED));
	for (int i = 0; i < 8; i++)
		printf(" %d", i == 3 ? -1 : room[i * PAGE]);
	printf("\n");
	SHOW(madvise(room + PAGE, PAGE, MADV_SEQUENTIAL));
	SHOW(madvise(room + 5 * PAGE, PAGE, MADV_DONTDUMP));
	show_areas(room, room + 8 * PAGE);
	SHOW(madvise(room, 8 * PAGE, MADV_NORMAL));
	SHOW(madvise(room + 4 * PAGE, 4 * PAGE, MADV_DODUMP));
	show_areas(room, room + 8 * PAGE);
	MUST(munmap(room, 8 * PAGE) == 0);
}

static void guards(void)
{
	pid_t child;
	int status;

	MUST(mmap(room, 8 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == room);
	memset(room, 5, 8 * PAGE);
	SHOW(madvise(room + PAGE, 2 * PAGE, GUARD_INSTALL));
	TRY(room[PAGE] = 1, room);
	TRY(room[2 * PAGE + 7]++, room);
	TRY(room[3 * PAGE]++, room);
	SHOW(write(1, room + PAGE, 1));
	SHOW(madvise(room, 8 * PAGE, MADV_DONTNEED));
	TRY(room[PAGE] = 1, room);
	SHOW(mprotect(room, 8 * PAGE, PROT_READ));
	SHOW(mprotect(room, 8 * PAGE, RW));
	TRY(room[PAGE] = 1, room);
	SHOW(madvise(room, 8 * PAGE, 22 /* MADV_POPULATE_READ */));
	SHOW(mlock(room, 4 * PAGE));
	SHOW(madvise(room, PAGE, GUARD_INSTALL));
	SHOW(munlock(room, 8 * PAGE));
	MUST(mremap(room + PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 16 * PAGE) == room + 16 * PAGE);
	TRY(room[16 * PAGE] = 1, room);
	child = fork();
	if (child == 0) {
		room[2 * PAGE] = 1;
		_exit(1);
	}
	MUST(waitpid(child, &status, 0) == child);
	printf("child %x\n", (unsigned)status);
	SHOW(madvise(room, 17 * PAGE, GUARD_REMOVE));
	TRY(room[2 * PAGE]++, room);
	TRY(room[16 * PAGE] = 1, room);
	show_areas(room, room + 20 * PAGE);
	MUST(munmap(room, 20 * PAGE) == 0);
}

static void populate(int file)
{
	unsigned char resident[8];

	MUST(mmap(room, 4 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == room);
	MUST(mmap(room + 4 * PAGE, 2 * PAGE, RW, MAP_PRIVATE | MAP_FIXED, file, 3 * PAGE) == room + 4 * PAGE);
	SHOW(madvise(room, 2 * PAGE, 23 /* MADV_POPULATE_WRITE */));
	SHOW(madvise(room, 4 * PAGE, 22));
	SHOW(mincore(room, 4 * PAGE, resident));
	printf("%d%d%d%d\n", resident[0] & 1, resident[1] & 1, resident[2] & 1, resident[3] & 1);
	SHOW(madvise(room, 5 * PAGE, 23));
	SHOW(madvise(room, 6 * PAGE, 23)); /* beyond the end of the file */
	SHOW(madvise(room, 7 * PAGE, 22));
	MUST(mprotect(room + PAGE, PAGE, PROT_READ) == 0);
	SHOW(madvise(room, 2 * PAGE, 23));
	MUST(mprotect(room + PAGE, PAGE, PROT_NONE) == 0);
	SHOW(madvise(room, 2 * PAGE, 22));
	MUST(munmap(room, 8 * PAGE) == 0);
}

static void forks(void)
{
	pid_t child;
	int status;

	MUST(mmap(room, 8 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == room);
	memset(room, 6, 8 * PAGE);
	SHOW(madvise(room + PAGE, PAGE, MADV_DONTFORK));
	SHOW(madvise(room + 2 * PAGE, PAGE, MADV_WIPEONFORK));
	child = fork();
	if (child == 0) {
		printf("child: %d %d\n", room[0], room[2 * PAGE]);
		show_areas(room, room + 8 * PAGE);
		fflush(stdout);
		room[PAGE] = 1;
		_exit(1);
	}
	MUST(waitpid(child, &status, 0) == child);
	printf("child %x\n", (unsigned)status);
	SHOW(madvise(room, 8 * PAGE, MADV_DOFORK));
	SHOW(madvise(room, 8 * PAGE, MADV_KEEPONFORK));
	show_areas(room, room + 8 * PAGE);
	MUST(munmap(room, 8 * PAGE) == 0);
}

static void removal(void)
{
	int memory = (int)syscall(SYS_memfd_create, "m", 2 /* MFD_ALLOW_SEALING */), plain = open("plain", O_RDWR | O_CREAT, 0600);
	struct stat status;

	MUST(memory >= 0 && plain >= 0 && ftruncate(memory, 4 * PAGE) == 0 && ftruncate(plain, 4 * PAGE) == 0);
	MUST(mmap(room, 4 * PAGE, RW, MAP_SHARED | MAP_FIXED, memory, 0) == room);
	MUST(mmap(room + 8 * PAGE, 4 * PAGE, RW, MAP_SHARED | MAP_FIXED, plain, 0) == room + 8 * PAGE);
	memset(room, 7, 4 * PAGE);
	memset(room + 8 * PAGE, 7, 4 * PAGE);
	SHOW(madvise(room + PAGE, PAGE, MADV_REMOVE));
	SHOW(madvise(room + 9 * PAGE, PAGE, MADV_REMOVE));
	printf("%d %d %d, %d %d\n", room[0], room[PAGE], room[2 * PAGE], room[8 * PAGE], room[9 * PAGE]);
	MUST(fstat(memory, &status) == 0);
	printf("size %ld, blocks %ld\n", (long)status.st_size, (long)status.st_blocks);
	MUST(munmap(room, 16 * PAGE) == 0);
	close(memory);
	close(plain);
	unlink("plain");
}

static void collapse(void)
{
	char *at = (char *)(((unsigned long)room + 2 * MIB - 1) & ~(2 * MIB - 1));

	MUST(mmap(at, 6 * MIB, RW, ANON | MAP_FIXED, -1, 0) == at);
	SHOW(madvise(at, 2 * MIB, COLLAPSE));
	at[5] = 1;
	at[2 * MIB] = 2;
	SHOW(madvise(at, 2 * MIB, COLLAPSE));
	SHOW(madvise(at, 2 * MIB, COLLAPSE));
	SHOW(madvise(at, 4096, COLLAPSE));
	SHOW(madvise(at + 4096, 4096, COLLAPSE));
	SHOW(madvise(at + 4096, 4 * MIB, COLLAPSE));
	SHOW(madvise(at, 6 * MIB, COLLAPSE));
	SHOW(madvise(at + 2 * MIB, 4096, GUARD_INSTALL));
	SHOW(madvise(at + 2 * MIB, 2 * MIB, COLLAPSE));
	SHOW(madvise(at, 6 * MIB, MADV_NOHUGEPAGE));
	SHOW(madvise(at, 2 * MIB, COLLAPSE));
	printf("%d\n", at[5]);
	MUST(munmap(at, 6 * MIB) == 0);
}

int main(void)
{
	int file = open("file", O_RDWR | O_CREAT, 0600);

	MUST(file >= 0 && ftruncate(file, 4 * PAGE) == 0);
	room = reserve(16 * MIB);
	catch_faults();
	kinds(file);
	ranges();
	guards();
	populate(file);
	forks();
	removal();
	collapse();
	return 0;
}

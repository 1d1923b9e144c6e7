// build: glibc-static, musl-static
#include "guest.h"

#define RW (PROT_READ | PROT_WRITE)

static volatile char sink;
static char *room;

static void fill(int file, int pages)
{
	char page[PAGE];

	for (int i = 0; i < pages; i++) {
		memset(page, 'a' + i % 26, sizeof(page));
		MUST(pwrite(file, page, sizeof(page), i * (off_t)PAGE) == (ssize_t)PAGE);
	}
}

/* A mapping and read and write see one another at once. */
static void coherence(int file)
{
	char *shared = mmap(room, 4 * PAGE, RW, MAP_SHARED | MAP_FIXED, file, 0);
	char *copy = mmap(room + 8 * PAGE, 4 * PAGE, RW, MAP_PRIVATE | MAP_FIXED, file, 0);
	char text[8] = "";

	MUST(shared == room && copy == room + 8 * PAGE);
	printf("%c %c %c\n", shared[0], copy[0], copy[3 * PAGE]);
	shared[1] = 'S';
	MUST(pread(file, text, 3, 0) == 3);
	printf("read sees a store: %.3s\n", text);
	MUST(pwrite(file, "WWW", 3, 10) == 3);
	printf("a mapping sees write: %.3s, the private one too, untouched as it is: %.3s\n", shared + 10, copy + 10);
	copy[20] = 'P';
	MUST(pwrite(file, "XXX", 3, 30) == 3);
	printf("a private page once written is cut off: %.3s %.3s %c %c\n", shared + 30, copy + 30, shared[20], copy[20]);
	SHOW(msync(shared, 4 * PAGE, MS_SYNC));
	SHOW(msync(shared, 4 * PAGE, MS_ASYNC | MS_SYNC));
	SHOW(msync(shared + 1, PAGE, MS_SYNC));
	SHOW(msync(shared, 6 * PAGE, MS_SYNC));
	SHOW(msync(shared, PAGE, 8));
	show_areas(room, room + 16 * PAGE);
	munmap(room, 16 * PAGE);
	printf("the file keeps what was stored: ");
	MUST(pread(file, text, 3, 0) == 3);
	printf("%.3s\n", text);
}

/* Past the end of the file: zeros up to the end of the page, SIGBUS behind it. */
static void end_of_file(void)
{
	int file = open("short", O_RDWR | O_CREAT | O_TRUNC, 0600);
	volatile char *at;

	MUST(write(file, "short", 5) == 5);
	at = mmap(room, 4 * PAGE, RW, MAP_SHARED | MAP_FIXED, file, 0);
	MUST(at == room);
	printf("%d %d\n", at[4], at[5]);
	TRY(at[PAGE - 1] = 1, at);
	TRY(sink = at[PAGE], at);
	TRY(at[3 * PAGE] = 1, at);
	TRY(sink = at[4 * PAGE], at);
	MUST(ftruncate(file, 2 * PAGE + 10) == 0);
	TRY(sink = at[2 * PAGE], at);
	printf("what was stored past the end is %d now\n", at[PAGE - 1]);
	at[2 * PAGE + 5] = 'k';
	at[2 * PAGE + 50] = 'g';
	MUST(ftruncate(file, 2 * PAGE + 8) == 0);
	MUST(ftruncate(file, 3 * PAGE) == 0);
	printf("kept %d, cut off %d\n", at[2 * PAGE + 5], at[2 * PAGE + 50]);
	MUST(ftruncate(file, PAGE) == 0);
	TRY(sink = at[PAGE], at);
	TRY(at[2 * PAGE] = 1, at);
	MUST(ftruncate(file, 4 * PAGE) == 0);
	printf("grown again, all zero: %d %d\n", at[PAGE], at[2 * PAGE + 5]);
	munmap((char *)at, 4 * PAGE);
	at = mmap(room, 4 * PAGE, RW, MAP_PRIVATE | MAP_FIXED, file, 0);
	at[0] = 'p';
	at[2 * PAGE] = 'q';
	MUST(ftruncate(file, PAGE) == 0);
	printf("private copies: %c\n", at[0]);
	TRY(sink = at[2 * PAGE], at);
	munmap((char *)at, 4 * PAGE);
	close(file);
}

static void offsets(int file)
{
	for (int page = 0; page < 20; page += 7) {
		char *at = mmap(room, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, page * (off_t)PAGE);
		printf("page %d: %c %c\n", page, at[0], at[PAGE]);
	}
	munmap(room, 2 * PAGE);
	/* Areas that continue one another in the file are one area. */
	MUST(mmap(room, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 0) == room);
	MUST(mmap(room + 2 * PAGE, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 2 * PAGE) == room + 2 * PAGE);
	MUST(mmap(room + 4 * PAGE, 2 * PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, file, 5 * PAGE) == room + 4 * PAGE);
	MUST(mmap(room + 6 * PAGE, 2 * PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, file, 7 * PAGE) == room + 6 * PAGE);
	show_areas(room, room + 16 * PAGE);
	MUST(munmap(room + PAGE, PAGE) == 0);
	show_areas(room, room + 16 * PAGE);
	munmap(room, 16 * PAGE);
}

static void outlives(void)
{
	int file = open("gone", O_RDWR | O_CREAT | O_TRUNC, 0600);
	char *at;

	fill(file, 2);
	at = mmap(room, 2 * PAGE, RW, MAP_SHARED | MAP_FIXED, file, 0);
	MUST(unlink("gone") == 0);
	show_areas(room, room + 4 * PAGE);
	close(file);
	at[PAGE] = '!';
	printf("a mapping outlives its name and its descriptor: %c %c\n", at[0], at[PAGE]);
	munmap(at, 2 * PAGE);
}

/* Parts of one file side by side become one area, also of a file that the guest cannot write. */
static void merges(void)
{
	int file = open("/proc/self/exe", O_RDONLY);

	MUST(file >= 0);
	for (int i = 0; i < 3; i++)
		MUST(mmap(room + i * PAGE, PAGE, RW, MAP_PRIVATE | MAP_FIXED, file, i * (off_t)PAGE) == room + i * PAGE);
	show_areas(room, room + 4 * PAGE);
	munmap(room, 3 * PAGE);
	close(file);
}

int main(void)
{
	int file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);

	MUST(file >= 0);
	catch_faults();
	room = reserve(64 * PAGE);
	fill(file, 40);
	coherence(file);
	end_of_file();
	offsets(file);
	outlives();
	merges();
	return 0;
}

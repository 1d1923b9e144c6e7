/* /proc/self/smaps of areas of every kind, smaps_rollup, statm and status: what is mapped, shared, dirty, locked. */
#include "guest.h"

static char *room;

/* What smaps says of the areas of the room, but for the names of files and what depends on how the kernel was built. */
static void show(const char *what)
{
	static char text[1 << 18];
	size_t length = 0;
	ssize_t got;
	int file = open("/proc/self/smaps", O_RDONLY), inside = 0;

	MUST(file >= 0);
	while ((got = read(file, text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)got;
	close(file);
	text[length] = 0;
	printf("== %s\n", what);
	for (char *line = text; *line; line = strchr(line, '\n') + 1) {
		unsigned long from, to;
		char rights[8], *end = strchr(line, '\n'), *flag;

		if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) == 3) {
			inside = from >= (unsigned long)room && to <= (unsigned long)room + 1024 * PAGE;
			if (inside)
				printf("%lx-%lx %s\n", (from - (unsigned long)room) / PAGE, (to - (unsigned long)room) / PAGE, rights);
			continue;
		}
		if (!inside || strstr(line, ":") > end)
			continue;
		if (strncmp(line, "VmFlags:", 8) == 0 && (flag = strstr(line, "sd ")) != NULL && flag < end)
			memmove(flag, flag + 3, strlen(flag + 3) + 1);
		end = strchr(line, '\n');
		if (strstr(line, "        0 kB\n") != NULL && strstr(line, "        0 kB\n") < end)
			continue;
		printf("  %.*s\n", (int)(end - line), line);
	}
}

static char *map(unsigned int at, unsigned int pages, int protection, int flags, int file)
{
	char *area = mmap(room + at * PAGE, pages * PAGE, protection, flags | MAP_FIXED, file, 0);

	MUST(area == room + at * PAGE);
	return area;
}

static void anonymous(void)
{
	char *at = map(0, 16, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	show("nothing touched");
	for (int i = 0; i < 4; i++)
		at[i * PAGE] = 1;
	(void)*(volatile char *)(at + 8 * PAGE);
	show("four written, one read");
	MUST(mlock(at, 2 * PAGE) == 0);
	MUST(mprotect(at + 12 * PAGE, 2 * PAGE, PROT_READ) == 0);
	MUST(madvise(at + 14 * PAGE, 2 * PAGE, MADV_DONTDUMP) == 0);
	show("locked, protected, not dumped");
	MUST(munlock(at, 2 * PAGE) == 0);
}

static void kinds(void)
{
	int file = memfd_create("smaps", 0);
	char *at;

	MUST(file >= 0 && ftruncate(file, 8 * PAGE) == 0);
	at = map(100, 8, PROT_READ | PROT_WRITE, MAP_SHARED, file);
	at[0] = at[PAGE] = 1;
	at = map(110, 8, PROT_READ | PROT_WRITE, MAP_PRIVATE, file);
	(void)*(volatile char *)at;
	at[PAGE] = 2;
	at = map(120, 4, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1);
	at[0] = 1;
	at = map(130, 4, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	at = map(140, 4, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	at = map(150, 4, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1);
	at = map(160, 4, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	at = map(170, 10, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	MUST(madvise(at, PAGE, MADV_DONTFORK) == 0);
	MUST(madvise(at + PAGE, PAGE, MADV_WIPEONFORK) == 0);
	MUST(madvise(at + 2 * PAGE, PAGE, MADV_SEQUENTIAL) == 0);
	MUST(madvise(at + 3 * PAGE, PAGE, MADV_RANDOM) == 0);
	MUST(madvise(at + 4 * PAGE, PAGE, MADV_MERGEABLE) == 0);
	MUST(madvise(at + 5 * PAGE, PAGE, MADV_NOHUGEPAGE) == 0);
	MUST(syscall(SYS_mlock2, at + 6 * PAGE, PAGE, 1) == 0);
	show("kinds");
	close(file);
}

static void huge(void)
{
	char *at = map(512, 512, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

	MUST(madvise(at, 512 * PAGE, MADV_HUGEPAGE) == 0);
	show("huge, not touched");
	at[0] = 1;
	show("huge");
	MUST(munmap(at + 511 * PAGE, PAGE) == 0);
	show("huge, the last page unmapped");
	MUST(munmap(at, 511 * PAGE) == 0);
}

static void shared(void)
{
	int child, ends[2];
	char byte;

	MUST(pipe(ends) == 0);
	child = fork();
	if (child == 0) {
		close(ends[1]);
		room[0] = 2; /* a copy of its own */
		_exit(read(ends[0], &byte, 1) < 0);
	}
	usleep(100000);
	show("a child shares it");
	close(ends[1]);
	MUST(waitpid(child, NULL, 0) == child);
	show("the child has ended");
}

static void rollup(void)
{
	const char *text = read_whole("/proc/self/smaps_rollup");

	MUST(strstr(text, "---p 00000000 00:00 0                          [rollup]\n") != NULL);
	for (text = strchr(text, '\n') + 1; *text; text = strchr(text, '\n') + 1)
		printf("%.16s kB\n", text);
}

int main(void)
{
	room = reserve(1024 * PAGE);
	anonymous();
	kinds();
	huge();
	shared();
	rollup();
	return 0;
}

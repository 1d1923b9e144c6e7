// build: glibc-static, musl-static
#include "guest.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_ANONYMOUS | MAP_FIXED)

static char *room;

static int wait_for(pid_t child)
{
	int status;

	MUST(waitpid(child, &status, 0) == child);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static unsigned int sum(const char *at)
{
	unsigned int total = 0;

	for (size_t i = 0; i < 32 * PAGE; i += 64)
		total = total * 31 + (unsigned char)at[i];
	return total;
}

/* What each side writes, only that side sees; shared memory both see. */
static void copies(void)
{
	char *own = room, *shared = room + 64 * PAGE;
	pid_t child;

	for (int i = 0; i < 32; i += 2)
		own[i * PAGE] = (char)i;
	memcpy(shared, "shared", 7);
	fflush(stdout);
	if ((child = fork()) == 0) {
		unsigned int before = sum(own);

		for (int i = 0; i < 32; i += 3)
			own[i * PAGE] ^= 0x55;
		shared[0] = 'S';
		printf("child: before %08x, after %08x\n", before, sum(own));
		fflush(stdout);
		_exit(sum(own) & 0x7f);
	}
	own[5 * PAGE] = 'p';
	own[6 * PAGE] = 'q';
	int status = wait_for(child);
	printf("parent: %08x, child ended with %d, %s\n", sum(own), status, shared);
}

static void generations(int depth)
{
	pid_t child;

	room[depth * PAGE] = (char)('A' + depth);
	fflush(stdout);
	if (depth == 5)
		return;
	if ((child = fork()) == 0) {
		generations(depth + 1);
		for (int i = 0; i < 8; i++)
			putchar(room[i * PAGE] >= 32 ? room[i * PAGE] : '.');
		printf(" generation %d\n", depth + 1);
		fflush(stdout);
		_exit(depth + 1);
	}
	MUST(wait_for(child) == depth + 1);
}

/* Some areas are not the child's, or are the child's empty. */
static void advice(void)
{
	pid_t child;

	memset(room, 'x', 8 * PAGE);
	SHOW(madvise(room, PAGE, MADV_DONTFORK));
	SHOW(madvise(room + PAGE, PAGE, MADV_WIPEONFORK));
	SHOW(madvise(room + 64 * PAGE, PAGE, MADV_WIPEONFORK));
	fflush(stdout);
	if ((child = fork()) == 0) {
		TRY(room[0] = 1, room);
		printf("wiped: %d, kept: %d\n", room[PAGE], room[2 * PAGE]);
		show_areas(room, room + 96 * PAGE);
		fflush(stdout);
		_exit(0);
	}
	wait_for(child);
	printf("parent: %d %d\n", room[0], room[PAGE]);
	SHOW(madvise(room, PAGE, MADV_DOFORK));
	SHOW(madvise(room + PAGE, PAGE, MADV_KEEPONFORK));
	show_areas(room, room + 96 * PAGE);
}

static void read_only_and_file(void)
{
	int file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	pid_t child;
	char *at;

	MUST(ftruncate(file, 4 * PAGE) == 0);
	at = mmap(room + 100 * PAGE, 4 * PAGE, RW, MAP_PRIVATE | MAP_FIXED, file, 0);
	at[0] = 'm';
	MUST(mprotect(at, PAGE, PROT_READ) == 0);
	fflush(stdout);
	if ((child = fork()) == 0) {
		TRY(at[0] = 'c', at);
		MUST(mprotect(at, PAGE, RW) == 0);
		at[0] = 'c';
		at[PAGE] = 'd';
		printf("child %c %c\n", at[0], at[PAGE]);
		fflush(stdout);
		kill(getpid(), SIGKILL);
	}
	int status = wait_for(child);
	printf("parent %c %d, child by signal %d\n", at[0], at[PAGE], -status);
	char byte;
	MUST(pread(file, &byte, 1, 0) == 1);
	printf("file %d\n", byte);
}

int main(void)
{
	catch_faults();
	room = reserve(128 * PAGE);
	MUST(mmap(room, 32 * PAGE, RW, MAP_PRIVATE | ANON, -1, 0) == room);
	MUST(mmap(room + 64 * PAGE, 8 * PAGE, RW, MAP_SHARED | ANON, -1, 0) == room + 64 * PAGE);
	copies();
	generations(0);
	advice();
	read_only_and_file();
	return 0;
}

// build: glibc-static, musl-static
// flags: -Wno-nonnull -Wno-stringop-overflow -Wno-stringop-overread
#include "guest.h"
#include <sys/uio.h>
#include <time.h>

#define RW (PROT_READ | PROT_WRITE)

static char *room;

/* The kernel reads and writes a program's memory with the program's rights: EFAULT, or what fitted. */
int main(void)
{
	int ends[2], file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	struct timespec *nowhere = (struct timespec *)8;

	catch_faults();
	room = reserve(64 * PAGE);
	MUST(mmap(room, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == room);
	MUST(mprotect(room + 3 * PAGE, PAGE, PROT_READ) == 0);
	char *edge = room + 4 * PAGE, *wall = room + 3 * PAGE;
	MUST(pipe(ends) == 0);
	SHOW(write(ends[1], NULL, 4));
	SHOW(write(ends[1], edge, 4));
	SHOW(write(ends[1], edge - 10, 10));
	SHOW(write(ends[1], edge - 10, 20));
	SHOW(read(ends[0], wall, 5));
	SHOW(read(ends[0], wall - 5, 10));
	SHOW(read(ends[0], (void *)0xffffffff81000000, 1));
	SHOW(read(ends[0], (void *)0x800000000000, 1));
	memset(room, 'r', 3 * PAGE);
	SHOW(write(file, room, 3 * PAGE));
	SHOW(write(file, edge - 100, 200));
	SHOW(write(file, edge, 1));
	SHOW(lseek(file, 0, SEEK_CUR));
	SHOW(pread(file, wall - 100, 200, 0));
	SHOW(pread(file, wall, 200, 0));
	SHOW(pread(file, wall, 0, 0));
	SHOW(write(file, room, -1UL));
	struct iovec vector[3] = { { room, 10 }, { edge, 10 }, { room + 20, 10 } };
	SHOW(pwritev(file, vector, 3, 0));
	SHOW(preadv(file, vector, 3, 0));
	vector[1].iov_len = -1UL;
	SHOW(pwritev(file, vector, 3, 0));
	SHOW(writev(file, (void *)8, 1));
	SHOW(writev(file, vector, -1));
	SHOW(writev(file, vector, 1025));
	SHOW(open((char *)8, O_RDONLY));
	SHOW(open(edge - 1, O_RDONLY));
	memset(room, 'p', PAGE + 1);
	SHOW(open(room, O_RDONLY));
	SHOW(pipe((int *)8));
	SHOW(syscall(SYS_nanosleep, nowhere, NULL));
	SHOW(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, wall));
	SHOW(syscall(SYS_uname, wall));
	SHOW(syscall(SYS_getcwd, room, 1));
	SHOW(syscall(SYS_getcwd, wall, PAGE));
	SHOW(syscall(SYS_rt_sigaction, SIGUSR1, 8, NULL, 8));
	SHOW(syscall(SYS_rt_sigprocmask, SIG_BLOCK, 8, NULL, 8));
	SHOW(syscall(SYS_wait4, -1, wall, WNOHANG, NULL));
	SHOW(syscall(SYS_getrandom, wall, 10, 0));
	SHOW(syscall(SYS_getrandom, wall - 4, 10, 0));
	SHOW(syscall(SYS_getrlimit, RLIMIT_STACK, wall));
	SHOW(syscall(SYS_newfstatat, AT_FDCWD, "file", wall, 0));
	/* The kernel brings pages in as the program would: a fresh page, a copy on write, the stack. */
	MUST(mmap(room + 8 * PAGE, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == room + 8 * PAGE);
	SHOW(pread(file, room + 8 * PAGE, 3 * PAGE, 0));
	SHOW(room[9 * PAGE]);
	char *stack = (char *)__builtin_frame_address(0) - 64 * PAGE;
	SHOW(pread(file, stack, 10, 0));
	SHOW(stack[3]);
	return 0;
}

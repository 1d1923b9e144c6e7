// build: glibc-static
#include "guest.h"
#include <sys/uio.h>

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define SELF (-10000) /* PIDFD_SELF_THREAD */

static char *room;

static long advise(int fd, const struct iovec *ranges, unsigned long count, int advice, unsigned flags)
{
	return syscall(440, fd, ranges, count, advice, flags);
}

static void transfers(void)
{
	char buffer[3 * PAGE];
	struct iovec local[3] = { { buffer, 10 }, { buffer + 10, 0 }, { buffer + 10, 2 * PAGE } };
	struct iovec remote[3] = { { room + PAGE - 4, 8 }, { room + 4 * PAGE, 4 }, { room + 2 * PAGE - 2, 4 } };
	pid_t child;
	int ends[2], status;
	char byte;

	MUST(pipe(ends) == 0);
	for (int i = 0; i < 2 * (int)PAGE; i++)
		room[i] = (char)(i % 127);
	child = fork();
	if (child == 0) {
		room[PAGE] = 99;
		MUST(write(ends[1], "x", 1) == 1);
		pause();
		_exit(0);
	}
	MUST(read(ends[0], &byte, 1) == 1);
	memset(buffer, 0, sizeof(buffer));
	SHOW(process_vm_readv(child, local, 3, remote, 1, 0));
	printf("%d %d %d %d %d\n", buffer[0], buffer[3], buffer[4], buffer[7], buffer[8]);
	SHOW(process_vm_readv(child, local, 3, remote, 3, 0));
	SHOW(process_vm_readv(child, local, 3, remote + 2, 1, 0)); /* the second half is not mapped */
	SHOW(process_vm_readv(child, local, 3, remote + 1, 1, 0));
	memset(buffer, 55, sizeof(buffer));
	SHOW(process_vm_writev(child, local, 1, remote, 1, 0));
	SHOW(process_vm_readv(child, local + 2, 1, remote, 1, 0));
	printf("%d %d\n", buffer[10], room[PAGE]);
	MUST(mprotect(room, PAGE, PROT_READ) == 0);
	SHOW(process_vm_writev(getpid(), local, 1, remote, 1, 0));
	MUST(mprotect(room, PAGE, PROT_NONE) == 0);
	SHOW(process_vm_readv(getpid(), local, 1, remote, 1, 0));
	MUST(mprotect(room, PAGE, RW) == 0);
	SHOW(process_vm_readv(child, local, 3, remote, 1, 1));
	SHOW(process_vm_readv(child, local, 2000, remote, 1, 0));
	SHOW(process_vm_readv(child, local, 1, remote, 2000, 0));
	SHOW(process_vm_readv(child, NULL, 1, remote, 1, 0));
	SHOW(process_vm_readv(child, local, 1, NULL, 1, 0));
	SHOW(process_vm_readv(child, local, 0, remote, 1, 0));
	SHOW(process_vm_readv(child, local, 1, remote, 0, 0));
	SHOW(process_vm_readv(999999, local, 1, remote, 1, 0));
	local[0].iov_len = (size_t)-1;
	SHOW(process_vm_readv(child, local, 1, remote, 1, 0));
	local[0].iov_len = 4;
	remote[0].iov_len = (size_t)-1;
	SHOW(process_vm_readv(child, local, 1, remote, 1, 0));
	remote[0] = (struct iovec){ (void *)(1UL << 63), 8 };
	SHOW(process_vm_readv(child, local, 1, remote, 1, 0));
	local[0].iov_base = NULL;
	remote[0] = (struct iovec){ room, 4 };
	SHOW(process_vm_readv(child, local, 1, remote, 1, 0));
	MUST(kill(child, SIGKILL) == 0 && waitpid(child, &status, 0) == child);
	SHOW(process_vm_readv(child, local, 1, remote, 1, 0));
}

static void advice(void)
{
	struct iovec ranges[3] = { { room, PAGE }, { room + PAGE, PAGE }, { room + 5 * PAGE, PAGE } };

	memset(room, 1, 2 * PAGE);
	SHOW(advise(SELF, ranges, 2, MADV_DONTNEED, 0));
	printf("%d %d\n", room[0], room[PAGE]);
	SHOW(advise(SELF, ranges, 3, 20 /* MADV_COLD */, 0));
	SHOW(advise(SELF, ranges + 2, 1, 20, 0));
	SHOW(advise(SELF, ranges, 2, 20, 1));
	SHOW(advise(SELF, ranges, 2, 77, 0));
	SHOW(advise(SELF, ranges, 2000, 20, 0));
	SHOW(advise(SELF, NULL, 1, 20, 0));
	SHOW(advise(SELF, ranges, 0, 20, 0));
	SHOW(advise(-5, ranges, 1, 20, 0));
	SHOW(advise(1, ranges, 1, 20, 0));
	SHOW(syscall(448, SELF, 0));
	SHOW(syscall(448, SELF, 1));
	SHOW(syscall(448, 1, 0));
}

int main(void)
{
	room = reserve(16 * PAGE);
	MUST(mmap(room, 2 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == room);
	catch_faults();
	transfers();
	advice();
	return 0;
}

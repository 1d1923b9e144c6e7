// build: glibc-static
#include "guest.h"
#include <sys/uio.h>

#define RW (PROT_READ | PROT_WRITE)

int main(void)
{
	char *room = reserve(64 * PAGE), buffer[8] = "abcdefg";
	struct iovec local = { buffer, 4 }, remote;
	unsigned char resident[4];
	struct stat status;
	int fd, ends[2];

	catch_faults();
	SHOW(syscall(447, 1));
	fd = (int)syscall(447, O_CLOEXEC);
	MUST(fd >= 0 && pipe(ends) == 0);
	printf("flags %x, %x\n", (unsigned)fcntl(fd, F_GETFL), (unsigned)fcntl(fd, F_GETFD));
	SHOW(read(fd, buffer, 4));
	SHOW(write(fd, buffer, 4));
	SHOW(lseek(fd, 0, SEEK_SET));
	SHOW(fallocate(fd, 0, 0, PAGE));
	MUST(fstat(fd, &status) == 0);
	printf("mode %o, size %ld\n", status.st_mode, (long)status.st_size);
	SHOW(ftruncate(fd, 4 * PAGE));
	SHOW(ftruncate(fd, 8 * PAGE));
	SHOW_ADDRESS(mmap(room, 4 * PAGE, RW, MAP_PRIVATE | MAP_FIXED, fd, 0));
	MUST(mmap(room, 6 * PAGE, RW, MAP_SHARED | MAP_FIXED, fd, 0) == room);
	show_areas(room, room + 8 * PAGE);
	SHOW(mincore(room, 4 * PAGE, resident));
	printf("%d%d%d%d\n", resident[0], resident[1], resident[2], resident[3]);
	TRY(room[5] = 9, room);
	TRY(room[4 * PAGE] = 9, room);
	SHOW(mincore(room, 4 * PAGE, resident));
	printf("%d%d%d%d\n", resident[0], resident[1], resident[2], resident[3]);
	/* the process's own calls get at it, others do not */
	SHOW(write(ends[1], room, 8));
	SHOW(read(ends[0], room + PAGE, 8));
	printf("%d\n", room[PAGE + 5]);
	remote = (struct iovec){ room, 4 };
	SHOW(process_vm_readv(getpid(), &local, 1, &remote, 1, 0));
	SHOW(munlock(room, 4 * PAGE));
	SHOW(madvise(room, PAGE, MADV_DONTNEED));
	SHOW(madvise(room, PAGE, 24 /* MADV_DONTNEED_LOCKED */));
	printf("%d\n", room[5]);
	SHOW(madvise(room, PAGE, 22 /* MADV_POPULATE_READ */));
	SHOW(madvise(room, PAGE, 20 /* MADV_COLD */));
	SHOW(mprotect(room, PAGE, PROT_READ));
	show_areas(room, room + 8 * PAGE);
	/* neighbours of one file are joined */
	MUST(mmap(room + 16 * PAGE, 2 * PAGE, RW, MAP_SHARED | MAP_FIXED, fd, 0) == room + 16 * PAGE);
	MUST(mmap(room + 18 * PAGE, 2 * PAGE, RW, MAP_SHARED | MAP_FIXED, fd, 2 * PAGE) == room + 18 * PAGE);
	show_areas(room + 16 * PAGE, room + 20 * PAGE);
	printf("%d\n", room[17 * PAGE + 5]);
	struct rlimit limit = { 8 * PAGE, 8 * PAGE };
	MUST(setrlimit(RLIMIT_MEMLOCK, &limit) == 0);
	MUST(munmap(room, 64 * PAGE) == 0);
	close(fd);
	return 0;
}

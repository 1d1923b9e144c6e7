// build: glibc-static
// args: .
// args: /dev/shm
#include "files/place.h"
#include <sys/ioctl.h>
#include <linux/fs.h>

static int close_range_(unsigned int first, unsigned int last, unsigned int flags)
{
	return (int)syscall(SYS_close_range, first, last, flags);
}

/* Which of the numbers below 40 are open, and which of them exec closes. */
static void show_open(void)
{
	printf("  open:");
	for (int fd = 0; fd < 40; fd++) {
		int flags = fcntl(fd, F_GETFD);

		if (flags >= 0)
			printf(" %d%s", fd, flags ? "x" : "");
	}
	printf("\n");
}

int main(int argc, char **argv)
{
	struct rlimit limit;
	char text[32];
	int file, other, value = 1;

	enter_place(argc, argv);
	for (int fd = 3; fd < 1024; fd++)
		close(fd);
	make_file("file", "0123456789");
	MUST((file = open("file", O_RDWR)) == 3);
	SHOW(dup(file));
	SHOW(dup2(file, 10));
	SHOW(dup2(file, file));
	SHOW(dup2(99, 5));
	SHOW(dup2(file, -1));
	SHOW(dup2(99, 99));
	SHOW(dup3(file, 11, O_CLOEXEC));
	SHOW(dup3(file, file, 0));
	SHOW(dup3(file, 12, O_NONBLOCK));
	SHOW(fcntl(file, F_DUPFD, 20));
	SHOW(fcntl(file, F_DUPFD_CLOEXEC, 20));
	SHOW(fcntl(file, F_DUPFD, -1));
	SHOW(fcntl(file, F_DUPFD, 1 << 30));
	show_open();
	SHOW(dup2(file, 20));
	show_open();
	MUST(read(10, text, 4) == 4);
	SHOW(lseek(file, 0, SEEK_CUR));
	MUST((other = open("file", O_RDONLY)) >= 0);
	SHOW(lseek(other, 0, SEEK_CUR));
	SHOW(fcntl(file, F_SETFD, FD_CLOEXEC));
	SHOW(fcntl(file, F_GETFD));
	SHOW(fcntl(10, F_GETFD));
	SHOW(fcntl(file, F_SETFL, O_APPEND | O_NONBLOCK | O_RDWR));
	printf("%o\n", fcntl(10, F_GETFL));
	SHOW(fcntl(file, F_SETFL, 0));
	printf("%o\n", fcntl(10, F_GETFL));
	SHOW(ioctl(file, FIONBIO, &value));
	printf("%o\n", fcntl(file, F_GETFL));
	SHOW(ioctl(file, FIOCLEX));
	SHOW(ioctl(file, FIONCLEX));
	SHOW(fcntl(file, F_GETFD));
	SHOW(ioctl(file, FIONREAD, &value));
	printf("%d\n", value);
	SHOW(ioctl(file, FIGETBSZ, &value));
	printf("%d\n", value);
	SHOW(ioctl(file, 0x5413, text));
	SHOW(ioctl(file, 0x12345, text));
	SHOW(ioctl(99, FIONREAD, &value));
	SHOW(fcntl(99, F_GETFD));
	SHOW(fcntl(file, 77, 0));
	SHOW(fcntl(file, F_GETOWN));
	SHOW(fcntl(file, F_SETOWN, getpid()));
	SHOW(fcntl(file, F_GETOWN) == getpid());
	SHOW(fcntl(file, F_SETOWN, 99999999));
	SHOW(fcntl(file, F_GETPIPE_SZ));
	SHOW(close(99));
	SHOW(close(-1));
	SHOW(close(20));
	show_open();
	SHOW(close_range_(10, 12, 4));
	show_open();
	SHOW(close_range_(4, 11, 0));
	show_open();
	SHOW(close_range_(5, 4, 0));
	SHOW(close_range_(5, 4, 9));
	SHOW(close_range_(20, ~0U, 0));
	show_open();
	int path = open("file", O_PATH);
	SHOW(read(path, text, 1));
	SHOW(fcntl(path, F_GETFL) == (O_PATH | O_LARGEFILE) || fcntl(path, F_GETFL) == O_PATH);
	SHOW(fcntl(path, F_SETFL, 0));
	SHOW(ioctl(path, FIONREAD, &value));
	SHOW(fsync(path));
	SHOW(fchmod(path, 0600));
	SHOW(fcntl(path, F_DUPFD, 30));
	SHOW(mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, path, 0) == MAP_FAILED);

	MUST(getrlimit(RLIMIT_NOFILE, &limit) == 0);
	limit.rlim_cur = 8;
	MUST(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	int count = 0;
	while (open("file", O_RDONLY) >= 0)
		count++;
	printf("%d more, then %s\n", count, errno_name(errno));
	SHOW(open("missing", O_RDONLY));
	SHOW(dup(3));
	SHOW(dup2(3, 8));
	SHOW(dup2(3, 7));
	SHOW(pipe(&value));
	SHOW(read(30, text, 1));
	SHOW(fcntl(3, F_DUPFD, 8));

	/* A child has a table of its own, but the same open files. */
	if (fork() == 0) {
		lseek(3, 2, SEEK_SET);
		close(3);
		_exit(0);
	}
	wait(NULL);
	SHOW(lseek(3, 0, SEEK_CUR));
	limit.rlim_cur = limit.rlim_max;
	MUST(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	return 0;
}

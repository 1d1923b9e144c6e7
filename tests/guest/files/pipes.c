// build: glibc-static
#include "files/place.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/uio.h>

static volatile int signals;

static void count_signal(int number)
{
	(void)number;
	signals++;
}

static void show_poll(int fd, short events)
{
	struct pollfd entry = { fd, events, 0 };
	int ready = poll(&entry, 1, 0);

	printf("  poll %d: %x\n", ready, entry.revents);
}

int main(void)
{
	static char big[200000], back[200000];
	int ends[2], value, status;
	char text[64] = "";

	signal(SIGPIPE, count_signal);
	SHOW(pipe((int *)8));
	SHOW(pipe2(ends, 0x10));
	MUST(pipe2(ends, O_CLOEXEC) == 0);
	SHOW(fcntl(ends[0], F_GETFD));
	printf("%o %o\n", fcntl(ends[0], F_GETFL), fcntl(ends[1], F_GETFL));
	SHOW(fcntl(ends[0], F_GETPIPE_SZ));
	SHOW(write(ends[0], "x", 1));
	SHOW(read(ends[1], text, 1));
	SHOW(lseek(ends[0], 0, SEEK_SET));
	SHOW(pread(ends[0], text, 1, 0));
	show_poll(ends[0], POLLIN);
	show_poll(ends[1], POLLOUT);
	SHOW(write(ends[1], "hello", 5));
	show_poll(ends[0], POLLIN | POLLRDNORM);
	SHOW(ioctl(ends[0], FIONREAD, &value));
	printf("%d\n", value);
	SHOW(read(ends[0], text, 3));
	SHOW(read(ends[0], text + 3, 30));
	printf("%s\n", text);
	SHOW(fcntl(ends[0], F_SETFL, O_NONBLOCK));
	SHOW(read(ends[0], text, 1));
	SHOW(fcntl(ends[1], F_SETFL, O_NONBLOCK));
	SHOW(write(ends[1], big, sizeof(big)));
	SHOW(write(ends[1], big, 1));
	show_poll(ends[1], POLLOUT);
	SHOW(fcntl(ends[1], F_SETPIPE_SZ, 4096));
	SHOW(fcntl(ends[1], F_SETPIPE_SZ, 200000));
	SHOW(write(ends[1], big, 4097));
	SHOW(read(ends[0], back, sizeof(back)));
	SHOW(fcntl(ends[1], F_SETPIPE_SZ, 100));
	SHOW(fcntl(ends[1], F_SETPIPE_SZ, -1));
	SHOW(write(ends[1], big, 5000));
	SHOW(write(ends[1], big, 4096));
	SHOW(read(ends[0], back, 1000));
	SHOW(write(ends[1], big, 4096));
	SHOW(write(ends[1], big, 5));
	SHOW(read(ends[0], back, sizeof(back)));
	SHOW(read(ends[0], (char *)8, 4));
	MUST(write(ends[1], "abcd", 4) == 4);
	SHOW(read(ends[0], (char *)8, 4));
	SHOW(read(ends[0], text, 4));
	SHOW(write(ends[1], (char *)8, 4));
	SHOW(read(ends[0], text, 0));
	SHOW(close(ends[1]));
	show_poll(ends[0], POLLIN);
	SHOW(read(ends[0], text, 4));
	SHOW(close(ends[0]));

	MUST(pipe(ends) == 0);
	close(ends[0]);
	show_poll(ends[1], POLLOUT);
	SHOW(write(ends[1], "x", 1));
	SHOW(write(ends[1], "x", 0));
	printf("signals %d\n", signals);
	close(ends[1]);

	/* Each packet is read by itself. */
	MUST(pipe2(ends, O_DIRECT) == 0);
	SHOW(write(ends[1], "first", 5));
	SHOW(write(ends[1], "second", 6));
	SHOW(read(ends[0], text, 3));
	SHOW(read(ends[0], text, 30));
	printf("%.6s\n", text);
	close(ends[0]);
	close(ends[1]);

	/* More than fits, between two processes, in order. */
	MUST(pipe(ends) == 0);
	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 7 + (i >> 8));
	if (fork() == 0) {
		close(ends[0]);
		for (int round = 0; round < 5; round++)
			if (write(ends[1], big, sizeof(big)) != (ssize_t)sizeof(big))
				_exit(1);
		_exit(7);
	}
	close(ends[1]);
	long total = 0, wrong = 0;
	ssize_t got;
	while ((got = read(ends[0], back, 30000)) > 0) {
		for (ssize_t i = 0; i < got; i++)
			wrong += back[i] != big[(total + i) % (long)sizeof(big)];
		total += got;
	}
	wait(&status);
	printf("total %ld wrong %ld status %d\n", total, wrong, WEXITSTATUS(status));
	close(ends[0]);

	/* A reader is woken by a signal. */
	MUST(pipe(ends) == 0);
	struct sigaction action = { .sa_handler = count_signal };
	sigaction(SIGALRM, &action, NULL);
	ualarm(20000, 0);
	SHOW(read(ends[0], text, 1));
	ualarm(20000, 0);
	MUST(fcntl(ends[1], F_SETPIPE_SZ, 4096) == 4096);
	SHOW(write(ends[1], big, 9000));
	printf("signals %d\n", signals);

	char name[64];
	snprintf(name, sizeof(name), "/proc/self/fd/%d", ends[0]);
	int again = open(name, O_WRONLY | O_NONBLOCK);
	SHOW(again >= 0);
	SHOW(write(again, "x", 1));
	MUST(read(ends[0], back, sizeof(back)) == 4096);
	SHOW(write(again, "x", 1));
	SHOW(read(ends[0], back, sizeof(back)));
	struct stat file_status;
	MUST(fstat(ends[0], &file_status) == 0);
	printf("mode %o size %ld links %ld\n", file_status.st_mode, (long)file_status.st_size, (long)file_status.st_nlink);
	return 0;
}

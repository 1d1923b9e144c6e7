// build: glibc-static, musl-static
/* Signals that are read. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const char *what, long result)
{
	int error = errno;

	printf("%s: %ld", what, result);
	if (result < 0)
		printf(" errno %d", error);
	printf("\n");
}

int main(void)
{
	struct signalfd_siginfo info[4];
	union sigval value = { .sival_int = 1234 };
	sigset_t set;
	int fd, status;
	pid_t child;

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_NONBLOCK);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	show("nothing", read(fd, info, sizeof info));
	show("poll", poll(&poll_fd, 1, 0));
	show("too short", read(fd, info, 100));
	kill(getpid(), SIGUSR1);
	sigqueue(getpid(), SIGRTMIN, value);
	sigqueue(getpid(), SIGRTMIN, value);
	show("poll", poll(&poll_fd, 1, 0));
	long result = read(fd, info, sizeof info);
	show("three", result);
	for (int i = 0; i < result / 128; i++)
		printf("  signal %d code %d pid %d value %d ptr %d\n", info[i].ssi_signo == (unsigned)SIGRTMIN ? 100 : (int)info[i].ssi_signo,
		       info[i].ssi_code, info[i].ssi_pid == (unsigned)getpid(), info[i].ssi_int, (int)info[i].ssi_ptr);
	sigdelset(&set, SIGRTMIN);
	show("other signals", signalfd(fd, &set, 0) == fd);
	sigqueue(getpid(), SIGRTMIN, value);
	show("not for us", read(fd, info, sizeof info));
	child = fork();
	if (child == 0) {
		usleep(3000);
		_exit(42);
	}
	show("poll", poll(&poll_fd, 1, 5000));
	result = read(fd, info, sizeof info);
	show("child", result);
	printf("  signal %d code %d status %d pid %d\n", info[0].ssi_signo, info[0].ssi_code, info[0].ssi_status, info[0].ssi_pid == (unsigned)child);
	waitpid(child, &status, 0);
	show("bad flags", signalfd(-1, &set, 1));
	show("not a signalfd", signalfd(0, &set, 0));
	show("no file", signalfd(99, &set, 0));
	int blocking = signalfd(-1, &set, SFD_CLOEXEC);
	child = fork();
	if (child == 0) {
		usleep(3000);
		kill(getppid(), SIGUSR1);
		_exit(0);
	}
	result = read(blocking, info, sizeof info[0]);
	printf("waited for: %ld signal %d from %d\n", result, info[0].ssi_signo, info[0].ssi_pid == (unsigned)child);
	return 0;
}

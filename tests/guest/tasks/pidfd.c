// build: glibc-static
/* Descriptors of processes. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static void show(const char *what, long result)
{
	int error = errno;

	printf("%s: %ld", what, result);
	if (result < 0)
		printf(" errno %d", error);
	printf("\n");
}

static long open_pid(pid_t pid, unsigned flags)
{
	return syscall(SYS_pidfd_open, pid, flags);
}

static long send(int fd, int signal, siginfo_t *info, unsigned flags)
{
	return syscall(SYS_pidfd_send_signal, fd, signal, info, flags);
}

static void *thread(void *argument)
{
	*(pid_t *)argument = (pid_t)syscall(SYS_gettid);
	for (;;)
		pause();
	return NULL;
}

int main(void)
{
	siginfo_t info;
	int pidfd = -1, status;
	pid_t child = fork();

	if (child == 0)
		for (;;)
			pause();
	int fd = (int)open_pid(child, 0);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };
	show("open", fd >= 0);
	show("bad flags", open_pid(child, 1));
	show("zero", open_pid(0, 0));
	show("nobody", open_pid(99999999, 0));
	show("lives", poll(&poll_fd, 1, 0));
	show("signal 0", send(fd, 0, NULL, 0));
	show("bad signal", send(fd, 99, NULL, 0));
	show("bad flags", send(fd, 0, NULL, 99));
	show("no pidfd", send(0, 0, NULL, 0));
	memset(&info, 0, sizeof info);
	info.si_signo = SIGUSR1;
	info.si_code = SI_QUEUE;
	show("another signal in it", send(fd, SIGUSR2, &info, 0));
	info.si_code = SI_USER;
	show("as if by kill", send(fd, SIGUSR1, &info, 0));
	show("its file", syscall(SYS_pidfd_getfd, fd, 1, 0) >= 0);
	show("no such file", syscall(SYS_pidfd_getfd, fd, 77, 0));
	show("flags", syscall(SYS_pidfd_getfd, fd, 1, 1));
	show("kill", send(fd, SIGKILL, NULL, 0));
	show("ends", poll(&poll_fd, 1, 5000));
	printf("events %x\n", poll_fd.revents & (POLLIN | POLLHUP));
	show("waitid", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));
	printf("pid %d code %d status %d\n", info.si_pid == child, info.si_code, info.si_status);
	show("gone", send(fd, 0, NULL, 0));
	show("poll", poll(&poll_fd, 1, 0));
	printf("events %x\n", poll_fd.revents & (POLLIN | POLLHUP));
	show("waitid of none", waitid(P_PIDFD, 77, &info, WEXITED));
	show("waitid of what is gone", waitid(P_PIDFD, (id_t)fd, &info, WEXITED));

	struct clone_args args = { .flags = CLONE_PIDFD, .pidfd = (uintptr_t)&pidfd, .exit_signal = SIGCHLD };
	child = (pid_t)syscall(SYS_clone3, &args, sizeof args);
	if (child == 0) {
		usleep(3000);
		_exit(9);
	}
	printf("clone: %d\n", pidfd >= 0);
	int never = (int)open_pid(child, 04000);
	show("does not wait", waitid(P_PIDFD, (id_t)never, &info, WEXITED));
	show("waits", waitid(P_PIDFD, (id_t)pidfd, &info, WEXITED));
	printf("status %d\n", info.si_status);

	pthread_t id;
	volatile pid_t tid = 0;
	pthread_create(&id, NULL, thread, (void *)&tid);
	while (tid == 0)
		usleep(1000);
	show("thread as process", open_pid(tid, 0));
	show("thread", open_pid(tid, 0200) >= 0);
	show("bad address", syscall(SYS_clone, CLONE_PIDFD | SIGCHLD, 0, 8, 0, 0));
	while (waitpid(-1, &status, 0) > 0)
		;
	return 0;
}

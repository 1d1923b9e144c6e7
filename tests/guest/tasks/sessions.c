// build: glibc-static, musl-static
/* Process groups and sessions, and the rules for moving between them. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const char *what, int result)
{
	int error = errno;

	printf("%s: %d", what, result);
	if (result < 0)
		printf(" errno %d", error);
	printf("\n");
}

static void in_child(void (*what)(void))
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		what();
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, &status, 0);
	if (status != 0)
		printf("status %x\n", (unsigned)status);
}

static void leader(void)
{
	printf("setsid: %d\n", setsid() == getpid());
	printf("sid %d pgid %d\n", getsid(0) == getpid(), getpgrp() == getpid());
	show("setsid again", setsid());
	show("setpgid of a session leader", setpgid(0, 0));
}

static void group_leader(void)
{
	show("setpgid", setpgid(0, 0));
	printf("pgid %d\n", getpgid(0) == getpid());
	show("setsid of a group leader", setsid());
	show("setpgid to no group", setpgid(0, 99999));
	show("setpgid negative", setpgid(0, -1));
	show("setpgid of nobody", setpgid(99999, 0));
	show("setpgid of the parent", setpgid(getppid(), 0));
	show("getpgid of nobody", getpgid(99999));
	show("getsid of nobody", getsid(99999));
}

static void other_session(void)
{
	pid_t child = fork();

	if (child == 0) {
		setsid();
		for (;;)
			pause();
	}
	while (getsid(child) != child)
		usleep(1000);
	show("setpgid of a child in another session", setpgid(child, 0));
	pid_t second = fork();
	if (second == 0)
		for (;;)
			pause();
	show("setpgid into a group of another session", setpgid(second, child));
	show("setpgid of a child", setpgid(second, 0));
	printf("pgid %d\n", getpgid(second) == second);
	kill(child, SIGKILL);
	kill(second, SIGKILL);
	while (wait(NULL) > 0)
		;
}

static volatile int hangups, continues;

static void note(int signal)
{
	if (signal == SIGHUP)
		hangups++;
	else
		continues++;
}

/* A stopped member of a group that becomes orphaned gets SIGHUP and SIGCONT. */
static void orphaned(void)
{
	int fd[2];
	pid_t middle;
	char got;

	if (pipe(fd) != 0)
		return;
	middle = fork();
	if (middle == 0) {
		setpgid(0, 0);
		if (fork() == 0) {
			signal(SIGHUP, note);
			signal(SIGCONT, note);
			raise(SIGSTOP);
			got = (char)('0' + hangups * 2 + continues);
			if (write(fd[1], &got, 1) != 1)
				_exit(1);
			_exit(0);
		}
		usleep(50000);
		_exit(0);
	}
	close(fd[1]);
	waitpid(middle, NULL, 0);
	if (read(fd[0], &got, 1) == 1)
		printf("orphaned and stopped: %c\n", got);
}

int main(void)
{
	in_child(leader);
	in_child(group_leader);
	in_child(other_session);
	in_child(orphaned);
	return 0;
}

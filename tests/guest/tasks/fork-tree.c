// build: glibc-static, musl-static
/* A tree of processes, orphans, subreapers, and what parents learn. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Each process adds its children's sums to its own depth. */
static int tree(int depth, int width)
{
	int sum = depth, status;

	if (depth == 0)
		return 1;
	for (int i = 0; i < width; i++)
		if (fork() == 0)
			_exit(tree(depth - 1, width));
	while (wait(&status) > 0)
		sum += WEXITSTATUS(status);
	return sum;
}

static void orphan(int reap)
{
	int status;
	pid_t child, got;

	prctl(PR_SET_CHILD_SUBREAPER, reap);
	child = fork();
	if (child == 0) {
		pid_t parent = getpid();

		if (fork() == 0) {
			while (getppid() == parent)
				usleep(1000);
			_exit(reap ? 33 : 34);
		}
		_exit(1);
	}
	got = waitpid(child, &status, 0);
	printf("child: %d %d\n", got == child, WEXITSTATUS(status));
	got = wait(&status);
	if (got > 0)
		printf("grandchild: %d\n", WEXITSTATUS(status));
	else
		printf("no more children: %d\n", errno);
}

static void groups(void)
{
	pid_t a, b;
	int status;

	a = fork();
	if (a == 0) {
		setpgid(0, 0);
		for (;;)
			pause();
	}
	setpgid(a, a);
	b = fork();
	if (b == 0) {
		setpgid(0, a);
		_exit(3);
	}
	setpgid(b, a);
	printf("in the group: %d\n", waitpid(-a, &status, 0) == b);
	printf("still running: %d\n", waitpid(-a, &status, WNOHANG));
	printf("kill of the group: %d\n", killpg(a, SIGKILL));
	printf("in the group: %d, status %d\n", waitpid(-a, &status, 0) == a, WTERMSIG(status));
	printf("empty: %d", waitpid(-a, &status, 0));
	printf(" errno %d\n", errno);
	printf("kill of an empty group: %d", killpg(a, 0));
	printf(" errno %d\n", errno);
}

static void death_signal(void)
{
	int status;
	pid_t child;

	prctl(PR_SET_CHILD_SUBREAPER, 1);
	child = fork();
	if (child == 0) {
		if (fork() == 0) {
			prctl(PR_SET_PDEATHSIG, SIGUSR1);
			for (;;)
				pause();
		}
		usleep(20000);
		_exit(0);
	}
	waitpid(child, &status, 0);
	wait(&status);
	printf("parent's death: %d\n", WTERMSIG(status) == SIGUSR1);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
}

static void vforks(void)
{
	volatile int changed = 1;
	int status;
	pid_t child = vfork();

	if (child == 0) {
		changed = 2;
		_exit(9);
	}
	waitpid(child, &status, 0);
	printf("vfork: %d, status %d\n", changed, WEXITSTATUS(status));
}

int main(void)
{
	printf("tree: %d\n", tree(3, 3));
	orphan(1);
	orphan(0);
	groups();
	death_signal();
	vforks();
	for (int i = 0; i < 300; i++)
		if (fork() == 0)
			_exit(i & 1);
	int ones = 0, all = 0, status;
	while (wait(&status) > 0) {
		all++;
		ones += WEXITSTATUS(status);
	}
	printf("%d children, %d ones\n", all, ones);
	return 0;
}

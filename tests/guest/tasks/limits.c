// build: glibc-static, musl-static
/* Resource limits: reading, setting, and the signals of RLIMIT_CPU. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int times;

static void on_xcpu(int signal)
{
	(void)signal;
	times++;
}

static void set(const char *what, int resource, rlim_t soft, rlim_t hard)
{
	struct rlimit limit = { soft, hard };
	int result = setrlimit(resource, &limit), error = errno;

	getrlimit(resource, &limit);
	printf("%s: %d errno %d, now %lld %lld\n", what, result, result ? error : 0, (long long)limit.rlim_cur, (long long)limit.rlim_max);
}

static void burn(rlim_t soft, rlim_t hard, int handle)
{
	int status;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct rlimit limit = { soft, hard }, none = { 0, 0 };

		setrlimit(RLIMIT_CORE, &none);
		if (handle)
			signal(SIGXCPU, on_xcpu);
		setrlimit(RLIMIT_CPU, &limit);
		while (times < 1)
			;
		_exit(40 + times);
	}
	waitpid(child, &status, 0);
	printf("burnt: exit %d signal %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : -1, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

int main(void)
{
	struct rlimit limit;

	set("files", RLIMIT_NOFILE, 100, 200);
	set("files up", RLIMIT_NOFILE, 150, 200);
	set("soft above hard", RLIMIT_NOFILE, 201, 200);
	set("core", RLIMIT_CORE, 0, 0);
	set("stack", RLIMIT_STACK, 1 << 20, 16 << 20);
	printf("unknown: %d", getrlimit(99, &limit));
	printf(" errno %d\n", errno);
	printf("bad address: %ld", syscall(SYS_getrlimit, RLIMIT_CORE, 8));
	printf(" errno %d\n", errno);
	printf("of nobody: %ld", syscall(SYS_prlimit64, 99999999, RLIMIT_CORE, NULL, &limit));
	printf(" errno %d\n", errno);
	printf("of the parent of a child: ");
	fflush(stdout);
	if (fork() == 0) {
		long result = syscall(SYS_prlimit64, getppid(), RLIMIT_NOFILE, NULL, &limit);

		printf("%ld %lld\n", result, (long long)limit.rlim_cur);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	burn(1, RLIM_INFINITY, 0);
	burn(1, RLIM_INFINITY, 1);
	burn(1, 1, 0);
	if (fork() == 0) {
		if (setuid(1) != 0)
			_exit(1);
		set("up without privilege", RLIMIT_NOFILE, 100, 300);
		set("down without privilege", RLIMIT_NOFILE, 50, 60);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	return 0;
}

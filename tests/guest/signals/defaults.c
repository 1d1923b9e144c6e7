// build: glibc-static, musl-static
/* What each signal does by default, and what it does when it is ignored. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void one(int signal, int ignore)
{
	int status;
	pid_t child = fork();

	if (child == 0) {
		struct rlimit none = { 0, 0 };

		setrlimit(RLIMIT_CORE, &none);
		setpgid(0, 0); /* a group whose parent is outside it, so that stop signals stop */
		if (ignore)
			sigaction(signal, &(struct sigaction) { .sa_handler = SIG_IGN }, NULL);
		kill(getpid(), signal);
		_exit(42);
	}
	if (waitpid(child, &status, WUNTRACED) != child)
		printf("?");
	if (WIFSTOPPED(status)) {
		printf(" %d:stop", signal);
		kill(child, SIGKILL);
		waitpid(child, &status, 0);
	} else if (WIFSIGNALED(status)) {
		printf(" %d:%s", signal, WTERMSIG(status) == signal ? "dies" : "dies of another");
	} else {
		printf(" %d:%s", signal, WEXITSTATUS(status) == 42 ? "goes on" : "?");
	}
}

int main(void)
{
	for (int ignore = 0; ignore < 2; ignore++) {
		printf(ignore ? "ignored" : "default");
		fflush(stdout);
		for (int signal = 1; signal < 32; signal++)
			one(signal, ignore);
		one(SIGRTMIN, ignore);
		one(64, ignore);
		printf("\n");
	}
	return 0;
}

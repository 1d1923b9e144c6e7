// build: glibc-static, musl-static
/* Stopping and continuing: what wait, waitid and SIGCHLD tell the parent. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int children, codes[16];

static void on_child(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	codes[children++ & 15] = info->si_code * 1000 + info->si_status;
}

static void wait_one(const char *what, pid_t pid, int options)
{
	int status = -1;
	pid_t got = waitpid(pid, &status, options);

	printf("%s: %s", what, got == pid ? "it" : got == 0 ? "nothing" : "error");
	if (got < 0)
		printf(" %d", errno);
	else if (got > 0)
		printf(" status %04x", (unsigned)status);
	printf(", SIGCHLD");
	for (int i = 0; i < children; i++)
		printf(" %d", codes[i]);
	printf("\n");
	children = 0;
}

static void waitid_one(const char *what, pid_t pid, int options)
{
	siginfo_t info;
	int result;

	memset(&info, 0xff, sizeof info);
	result = waitid(P_PID, (id_t)pid, &info, options);
	printf("%s: %d", what, result);
	if (result < 0)
		printf(" errno %d\n", errno);
	else
		printf(" signo %d code %d status %d pid %s\n", info.si_signo, info.si_code, info.si_status, info.si_pid == pid ? "it" : "0");
}

static pid_t start(void)
{
	pid_t pid = fork();

	if (pid == 0)
		for (;;)
			pause();
	setpgid(pid, pid); /* a group whose parent is outside it, so that SIGTSTP stops */
	return pid;
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = on_child, .sa_flags = SA_SIGINFO | SA_RESTART };
	pid_t child;

	sigaction(SIGCHLD, &action, NULL);
	child = start();
	wait_one("runs", child, WNOHANG | WUNTRACED | WCONTINUED);
	kill(child, SIGSTOP);
	wait_one("stopped", child, WUNTRACED);
	wait_one("told once", child, WUNTRACED | WNOHANG);
	kill(child, SIGTERM);
	wait_one("held while stopped", child, WUNTRACED | WNOHANG);
	kill(child, SIGCONT);
	int last = 0;
	printf("ended: %d", waitpid(child, &last, 0) == child);
	printf(" status %04x\n", (unsigned)last);
	children = 0; /* that it went on and that it ended may have been told as one */
	wait_one("gone", child, 0);

	child = start();
	kill(child, SIGTSTP);
	waitid_one("stopped, left", child, WSTOPPED | WNOWAIT);
	waitid_one("stopped, left again", child, WSTOPPED | WNOWAIT);
	waitid_one("stopped, taken", child, WSTOPPED);
	waitid_one("nothing", child, WSTOPPED | WNOHANG);
	kill(child, SIGCONT);
	waitid_one("goes on", child, WCONTINUED);
	waitid_one("told once", child, WCONTINUED | WNOHANG);
	kill(child, SIGKILL);
	waitid_one("dead, left", child, WEXITED | WNOWAIT);
	waitid_one("dead, taken", child, WEXITED);
	waitid_one("gone", child, WEXITED);
	children = 0;

	action.sa_flags |= SA_NOCLDSTOP;
	sigaction(SIGCHLD, &action, NULL);
	child = start();
	kill(child, SIGSTOP);
	wait_one("without SIGCHLD for stops", child, WUNTRACED);
	kill(child, SIGCONT);
	wait_one("goes on", child, WCONTINUED);
	kill(child, SIGABRT);
	int status;
	waitpid(child, &status, 0);
	printf("aborted: %d\n", WTERMSIG(status));

	signal(SIGCHLD, SIG_IGN);
	children = 0;
	child = start();
	kill(child, SIGKILL);
	wait_one("not waited for", child, 0);
	printf("bad options: %d", waitpid(-1, NULL, 0x40));
	printf(" errno %d\n", errno);
	printf("no options: %d", waitid(P_ALL, 0, NULL, WNOHANG));
	printf(" errno %d\n", errno);
	printf("bad type: %d", waitid((idtype_t)9, 0, NULL, WEXITED));
	printf(" errno %d\n", errno);
	printf("no children: %d", waitpid(-1, NULL, WNOHANG));
	printf(" errno %d\n", errno);
	return 0;
}

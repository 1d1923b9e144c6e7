// build: glibc-static, musl-static
/* Blocking, waiting for and looking at pending signals. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static volatile int count;
static char order[64];

static void note(int signal)
{
	order[count++] = (char)('a' + signal % 26);
}

static void nested(int signal)
{
	note(signal);
	raise(SIGUSR2);
	note(signal);
}

static void show(const char *what)
{
	sigset_t pending, mask;

	sigpending(&pending);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	printf("%s: order %.*s, pending", what, count, order);
	for (int i = 1; i < 65; i++)
		if (sigismember(&pending, i) == 1)
			printf(" %d", i);
	printf(", blocked");
	for (int i = 1; i < 65; i++)
		if (sigismember(&mask, i) == 1)
			printf(" %d", i);
	printf("\n");
	count = 0;
}

static void on(int signal, void (*handler)(int), int flags, int blocked)
{
	struct sigaction action = { .sa_handler = handler, .sa_flags = flags };

	sigemptyset(&action.sa_mask);
	if (blocked)
		sigaddset(&action.sa_mask, blocked);
	sigaction(signal, &action, NULL);
}

static void waits(void)
{
	sigset_t set;
	siginfo_t info;
	struct timespec none = { 0, 0 }, some = { 0, 1000000 }, bad = { 0, -1 };

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGRTMIN + 1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	printf("nothing there: %d", sigtimedwait(&set, &info, &none));
	printf(" errno %d\n", errno);
	printf("nothing comes: %d", sigtimedwait(&set, &info, &some));
	printf(" errno %d\n", errno);
	printf("bad time: %d", sigtimedwait(&set, &info, &bad));
	printf(" errno %d\n", errno);
	union sigval value = { .sival_int = 77 };
	sigqueue(getpid(), SIGRTMIN + 1, value);
	kill(getpid(), SIGUSR1);
	int signal = sigwaitinfo(&set, &info);
	printf("first %d code %d pid %d\n", signal == SIGUSR1, info.si_code, info.si_pid == getpid());
	signal = sigwaitinfo(&set, &info);
	printf("then %d code %d value %d\n", signal == SIGRTMIN + 1, info.si_code, info.si_value.sival_int);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void suspends(void)
{
	sigset_t none, usr1, old;

	sigemptyset(&none);
	sigemptyset(&usr1);
	sigaddset(&usr1, SIGUSR1);
	sigprocmask(SIG_BLOCK, &usr1, &old);
	raise(SIGUSR1);
	show("held back");
	printf("sigsuspend %d", sigsuspend(&none));
	printf(" errno %d\n", errno);
	show("after sigsuspend");
	sigprocmask(SIG_SETMASK, &old, NULL);
	alarm(1);
	printf("pause %d", pause());
	printf(" errno %d\n", errno);
	show("after pause");
}

static void errors(void)
{
	struct sigaction action;
	unsigned long set = 0;

	memset(&action, 0, sizeof action);
	printf("sigaction of SIGKILL: %d", sigaction(SIGKILL, &action, NULL));
	printf(" errno %d\n", errno);
	printf("sigaction of 65: %ld", syscall(SYS_rt_sigaction, 65, NULL, NULL, 8));
	printf(" errno %d\n", errno);
	printf("wrong size: %ld", syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 4));
	printf(" errno %d\n", errno);
	printf("how 7: %ld", syscall(SYS_rt_sigprocmask, 7, &set, NULL, 8));
	printf(" errno %d\n", errno);
	printf("how 7 without a set: %ld\n", syscall(SYS_rt_sigprocmask, 7, NULL, &set, 8));
	printf("bad address: %ld", syscall(SYS_rt_sigprocmask, SIG_BLOCK, 8, NULL, 8));
	printf(" errno %d\n", errno);
	set = ~0UL;
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 8);
	syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &set, 8);
	printf("all blocked: %016lx\n", set);
	printf("kill with 65: %d", kill(getpid(), 65));
	printf(" errno %d\n", errno);
	printf("kill of nobody: %d", kill(99999999, 0));
	printf(" errno %d\n", errno);
	printf("kill of myself with 0: %d\n", kill(getpid(), 0));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOFBF, 1 << 16);
	on(SIGUSR1, note, 0, 0);
	on(SIGUSR2, note, 0, 0);
	on(SIGALRM, note, 0, 0);
	raise(SIGUSR1);
	show("plain");
	on(SIGUSR1, nested, 0, 0);
	raise(SIGUSR1);
	show("nested");
	on(SIGUSR1, nested, 0, SIGUSR2);
	raise(SIGUSR1);
	show("nested, blocked");
	on(SIGUSR1, note, SA_RESETHAND | SA_NODEFER, 0);
	raise(SIGUSR1);
	struct sigaction now;
	sigaction(SIGUSR1, NULL, &now);
	printf("reset: %d\n", now.sa_handler == SIG_DFL);
	show("reset");
	on(SIGUSR1, note, 0, 0);
	waits();
	suspends();
	on(SIGUSR1, SIG_IGN, 0, 0);
	raise(SIGUSR1);
	show("ignored");
	errors();
	return 0;
}

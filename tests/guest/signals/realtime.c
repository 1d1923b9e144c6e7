// build: glibc-static, musl-static
/* Real-time signals queue, in order; the others do not. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct { int signal, code, value; } seen[64];
static volatile int count;

static void note(int signal, siginfo_t *info, void *context)
{
	(void)context;
	seen[count].signal = signal;
	seen[count].code = info->si_code;
	seen[count++].value = info->si_value.sival_int;
}

static void show(const char *what)
{
	printf("%s:", what);
	for (int i = 0; i < count; i++)
		printf(" %d/%d/%d", seen[i].signal >= SIGRTMIN ? seen[i].signal - SIGRTMIN + 100 : seen[i].signal, seen[i].code, seen[i].value);
	printf("\n");
	count = 0;
}

static void send(int signal, int value)
{
	union sigval with = { .sival_int = value };

	if (sigqueue(getpid(), signal, with) != 0)
		printf("sigqueue: errno %d\n", errno);
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO };
	sigset_t all, old;
	struct rlimit limit;
	siginfo_t fake = { .si_signo = SIGUSR1, .si_code = -42, .si_pid = 1 };

	sigfillset(&action.sa_mask);
	for (int i = 0; i < 4; i++)
		sigaction(SIGRTMIN + i, &action, NULL);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	for (int i = 0; i < 3; i++) {
		send(SIGRTMIN + 2, 10 + i);
		send(SIGRTMIN, 20 + i);
		send(SIGUSR1, 30 + i);
		send(SIGUSR2, 40 + i);
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	show("in order");

	getrlimit(RLIMIT_SIGPENDING, &limit);
	limit.rlim_cur = 0;
	setrlimit(RLIMIT_SIGPENDING, &limit);
	sigprocmask(SIG_BLOCK, &all, NULL);
	send(SIGRTMIN, 1);
	send(SIGUSR1, 2);
	kill(getpid(), SIGRTMIN + 1);
	kill(getpid(), SIGUSR2);
	sigprocmask(SIG_SETMASK, &old, NULL);
	show("queue full");

	printf("with a code of my own: %ld\n", syscall(SYS_rt_sigqueueinfo, getpid(), SIGUSR1, &fake));
	show("fake");
	pid_t child = fork();
	if (child == 0) {
		fake.si_code = 0;
		long result = syscall(SYS_rt_sigqueueinfo, getppid(), SIGUSR1, &fake);
		printf("as if by kill: %ld errno %d\n", result, errno);
		fake.si_code = SI_TKILL;
		result = syscall(SYS_rt_tgsigqueueinfo, getppid(), getppid(), SIGUSR1, &fake);
		printf("as if by tgkill: %ld errno %d\n", result, errno);
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, NULL, 0);
	show("nothing came");
	return 0;
}

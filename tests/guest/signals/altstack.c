// build: glibc-static, musl-static
/* Handlers on an alternate stack, its errors, and what becomes of a stack that overflows. */
#define _GNU_SOURCE
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <ucontext.h>
#include <unistd.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif

static char stack[65536];
static sigjmp_buf back;
static int depth;

static int on_stack(void *at)
{
	return (char *)at >= stack && (char *)at < stack + sizeof stack;
}

static void handler(int signal, siginfo_t *info, void *context)
{
	stack_t now, wanted = { .ss_sp = stack, .ss_size = sizeof stack };
	stack_t saved = ((ucontext_t *)context)->uc_stack;

	(void)info;
	sigaltstack(NULL, &now);
	printf("signal %d: on it %d, flags %x, saved %d %x %zu\n", signal, on_stack(&now), (unsigned)now.ss_flags, saved.ss_sp == stack,
	       (unsigned)saved.ss_flags, saved.ss_size);
	if (signal == SIGUSR1 && depth++ == 0) {
		printf("change: %d", sigaltstack(&wanted, NULL));
		printf(" errno %d\n", errno);
		raise(SIGUSR1);
	}
	if (signal == SIGSEGV)
		siglongjmp(back, 1);
}

static void set(const char *what, void *at, size_t size, int flags)
{
	stack_t wanted = { .ss_sp = at, .ss_size = size, .ss_flags = flags };
	int result = sigaltstack(&wanted, NULL);

	printf("%s: %d errno %d\n", what, result, result ? errno : 0);
}

static int recurse(int n)
{
	volatile char room[4096];

	room[n & 4095] = (char)n;
	return n < 0 ? 0 : recurse(n + 1) + room[n & 4095];
}

static void overflow(int flags)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags };
	pid_t child = fork();
	int status;

	if (child == 0) {
		struct rlimit none = { 0, 0 };

		setrlimit(RLIMIT_CORE, &none);
		sigaction(SIGSEGV, &action, NULL);
		if (!sigsetjmp(back, 1))
			recurse(0);
		printf("came back\n");
		fflush(stdout);
		_exit(0);
	}
	waitpid(child, &status, 0);
	printf("overflow %s: status %x\n", flags ? "with it" : "without it", (unsigned)status);
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER };
	stack_t now;

	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaltstack(NULL, &now);
	printf("at first: %p %zu %x\n", now.ss_sp, now.ss_size, (unsigned)now.ss_flags);
	sigaction(SIGUSR1, &action, NULL);
	sigaction(SIGUSR2, &action, NULL);
	raise(SIGUSR2);
	set("too small", stack, 1024, 0);
	set("bad flags", stack, sizeof stack, 4);
	set("good", stack, sizeof stack, 0);
	raise(SIGUSR1);
	sigaltstack(NULL, &now);
	printf("now: %d %zu %x\n", now.ss_sp == stack, now.ss_size, (unsigned)now.ss_flags);
	set("disarmed in use", stack, sizeof stack, (int)SS_AUTODISARM);
	raise(SIGUSR2);
	sigaltstack(NULL, &now);
	printf("now: %d %zu %x\n", now.ss_sp == stack, now.ss_size, (unsigned)now.ss_flags);
	set("plain again", stack, sizeof stack, 0);
	overflow(0);
	overflow(SA_ONSTACK);
	set("off", NULL, 0, SS_DISABLE);
	sigaltstack(NULL, &now);
	printf("at last: %p %zu %x\n", now.ss_sp, now.ss_size, (unsigned)now.ss_flags);
	return 0;
}

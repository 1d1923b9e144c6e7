/* clone and clone3 by hand: what is shared, where numbers are written, and what is refused. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char stack[65536] __attribute__((aligned(16)));
static volatile int shared;
static int parent_tid, child_tid;

static int child(void *argument)
{
	shared = (int)(long)argument;
	return 5;
}

static void by_clone(const char *name, int flags, long value)
{
	int status = -1;
	pid_t pid;

	shared = 0;
	parent_tid = child_tid = -1;
	pid = clone(child, stack + sizeof stack, flags, (void *)value, &parent_tid, NULL, &child_tid);
	if (pid < 0) {
		printf("%s: errno %d\n", name, errno);
		return;
	}
	pid_t got = waitpid(pid, &status, __WALL);
	printf("%s: %d status %x shared %d parent %s child %s\n", name, got == pid, (unsigned)status, shared,
	       parent_tid == pid ? "pid" : parent_tid == -1 ? "-" : "?", child_tid == pid ? "pid" : child_tid == 0 ? "0" : child_tid == -1 ? "-" : "?");
}

static long raw3(struct clone_args *args, size_t size)
{
	return syscall(SYS_clone3, args, size);
}

static void refused(const char *name, struct clone_args args)
{
	long result = raw3(&args, sizeof args);

	if (result == 0)
		_exit(0);
	printf("%s: %s errno %d\n", name, result < 0 ? "no" : "yes", result < 0 ? errno : 0);
	if (result > 0)
		waitpid((pid_t)result, NULL, __WALL);
}

int main(void)
{
	struct { struct clone_args args; uint64_t more[4]; } large;
	int status;
	long pid;

	signal(SIGUSR1, SIG_IGN);
	by_clone("as fork", SIGCHLD, 1);
	by_clone("shared memory", CLONE_VM | SIGCHLD, 2);
	by_clone("vfork", CLONE_VM | CLONE_VFORK | SIGCHLD, 3);
	by_clone("numbers", CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 4);
	by_clone("numbers, shared", CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | SIGCHLD, 5);
	by_clone("cleared", CLONE_VM | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, 6);
	by_clone("another signal", SIGUSR1 | CLONE_VM, 7);
	by_clone("no signal", CLONE_VM, 8);
	by_clone("handlers without memory", CLONE_SIGHAND | SIGCHLD, 9);
	by_clone("thread without handlers", CLONE_THREAD | CLONE_VM, 10);
	by_clone("files and directory", CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | SIGCHLD, 11);

	refused("clone3", (struct clone_args) { .exit_signal = SIGCHLD });
	refused("bad exit signal", (struct clone_args) { .exit_signal = 65 });
	refused("detached", (struct clone_args) { .flags = CLONE_DETACHED, .exit_signal = SIGCHLD });
	refused("stack without size", (struct clone_args) { .stack = (uintptr_t)stack, .exit_signal = SIGCHLD });
	refused("size without stack", (struct clone_args) { .stack_size = 4096, .exit_signal = SIGCHLD });
	refused("thread with a signal", (struct clone_args) { .flags = CLONE_THREAD | CLONE_SIGHAND | CLONE_VM, .exit_signal = SIGCHLD });
	refused("both kinds of handlers", (struct clone_args) { .flags = CLONE_SIGHAND | CLONE_CLEAR_SIGHAND | CLONE_VM, .exit_signal = SIGCHLD });
	refused("unknown flag", (struct clone_args) { .flags = 1ULL << 40, .exit_signal = SIGCHLD });
	refused("tls beyond", (struct clone_args) { .flags = CLONE_SETTLS, .tls = 1ULL << 63, .exit_signal = SIGCHLD });
	memset(&large, 0, sizeof large);
	large.args.exit_signal = SIGCHLD;
	pid = raw3(&large.args, 40);
	printf("too small: %ld errno %d\n", pid, errno);
	pid = raw3(&large.args, 8192);
	printf("too large: %ld errno %d\n", pid, errno);
	large.more[2] = 1;
	pid = raw3(&large.args, sizeof large);
	if (pid == 0)
		_exit(0);
	printf("unknown and set: %ld errno %d\n", pid, errno);
	large.more[2] = 0;
	pid = raw3(&large.args, sizeof large);
	if (pid == 0)
		_exit(6);
	waitpid((pid_t)pid, &status, 0);
	printf("unknown and zero: %d\n", WEXITSTATUS(status));
	pid = raw3((struct clone_args *)8, 64);
	printf("bad address: %ld errno %d\n", pid, errno);

	struct sigaction action = { .sa_handler = SIG_IGN };
	sigaction(SIGUSR1, &action, NULL);
	struct clone_args clear = { .flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD };
	pid = raw3(&clear, sizeof clear);
	if (pid == 0) {
		sigaction(SIGUSR1, NULL, &action);
		_exit(action.sa_handler == SIG_DFL);
	}
	waitpid((pid_t)pid, &status, 0);
	printf("handlers cleared, ignored too: %d\n", WEXITSTATUS(status));
	return 0;
}

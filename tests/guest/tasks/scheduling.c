// build: glibc-static
/* Policies, priorities, affinity. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void show(const char *what, long result)
{
	int error = errno;
	struct sched_param param = { -1 };

	sched_getparam(0, &param);
	printf("%s: %ld errno %d, policy %x priority %d nice %d\n", what, result, result < 0 ? error : 0, (unsigned)sched_getscheduler(0),
	       param.sched_priority, getpriority(PRIO_PROCESS, 0));
}

static long policy(int policy, int priority)
{
	struct sched_param param = { priority };

	return sched_setscheduler(0, policy, &param);
}

static void nice_values(void)
{
	show("nice 5", setpriority(PRIO_PROCESS, 0, 5));
	show("nice 50", setpriority(PRIO_PROCESS, 0, 50));
	show("nice -50", setpriority(PRIO_PROCESS, 0, -50));
	show("nice of nobody", setpriority(PRIO_PROCESS, 99999999, 1));
	show("nice of a strange kind", setpriority(7, 0, 1));
	show("nice of the group", setpriority(PRIO_PGRP, 0, 1));
	setpriority(PRIO_PROCESS, 0, 0);
}

static void policies(void)
{
	printf("ranges: %d-%d %d-%d %d-%d %d-%d\n", sched_get_priority_min(SCHED_OTHER), sched_get_priority_max(SCHED_OTHER),
	       sched_get_priority_min(SCHED_FIFO), sched_get_priority_max(SCHED_FIFO), sched_get_priority_min(SCHED_RR),
	       sched_get_priority_max(SCHED_RR), sched_get_priority_min(99), sched_get_priority_max(SCHED_IDLE));
	show("batch", policy(SCHED_BATCH, 0));
	show("idle", policy(SCHED_IDLE, 0));
	show("fifo without priority", policy(SCHED_FIFO, 0));
	show("other with priority", policy(SCHED_OTHER, 1));
	show("fifo 100", policy(SCHED_FIFO, 100));
	show("no such policy", policy(4, 0));
	show("round robin 9", policy(SCHED_RR, 9));
	show("reset on fork", policy(SCHED_RR | SCHED_RESET_ON_FORK, 9));
	fflush(stdout);
	if (fork() == 0) {
		show("child", 0);
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
	show("other again", policy(SCHED_OTHER, 0));
	show("of nobody", sched_getscheduler(99999999));
	show("negative", sched_getscheduler(-1));
	show("without parameters", sched_setscheduler(0, SCHED_OTHER, NULL));
}

static void affinity(void)
{
	unsigned long mask[16];
	long result;

	memset(mask, 0, sizeof mask);
	result = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
	printf("affinity: %d, cpu 0 %ld\n", result > 0 && result % 8 == 0, mask[0] & 1);
	result = syscall(SYS_sched_getaffinity, 0, 3, mask);
	printf("odd length: %ld errno %d\n", result, errno);
	mask[0] = 1;
	printf("cpu 0 alone: %ld\n", syscall(SYS_sched_setaffinity, 0, 8, mask));
	syscall(SYS_sched_getaffinity, 0, 8, mask);
	printf("now %lx, on %d\n", mask[0], sched_getcpu());
	mask[0] = 0;
	result = syscall(SYS_sched_setaffinity, 0, 8, mask);
	printf("none: %ld errno %d\n", result, errno);
	result = syscall(SYS_sched_setaffinity, 0, 8, (void *)8);
	printf("bad address: %ld errno %d\n", result, errno);
}

int main(void)
{
	struct timespec slice;

	show("at first", 0);
	nice_values();
	policies();
	affinity();
	policy(SCHED_RR, 1);
	sched_rr_get_interval(0, &slice);
	printf("slice %ld.%09ld, yield %d\n", (long)slice.tv_sec, slice.tv_nsec, sched_yield());
	return 0;
}

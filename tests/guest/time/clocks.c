// build: glibc-static, musl-static
/* Clocks: which there are, that they run, and that they agree. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <time.h>
#include <unistd.h>

static long long get(clockid_t clock)
{
	struct timespec time;

	return clock_gettime(clock, &time) == 0 ? time.tv_sec * 1000000000LL + time.tv_nsec : -1;
}

int main(void)
{
	struct timespec at;
	struct timeval of_day;
	struct rusage usage;
	struct tms tms;
	volatile long sum = 0;

	for (int clock = -1; clock < 14; clock++) {
		long result = syscall(SYS_clock_gettime, clock, &at);

		printf("clock %d: %ld errno %d", clock, result, result ? errno : 0);
		if (clock != CLOCK_REALTIME_ALARM && clock != CLOCK_BOOTTIME_ALARM && clock != 5 && clock != 6) {
			result = syscall(SYS_clock_getres, clock, &at);
			printf(", resolution %ld errno %d", result ? result : at.tv_sec * 1000000000L + at.tv_nsec, result ? errno : 0);
		}
		printf("\n");
	}
	long long monotonic = get(CLOCK_MONOTONIC), process = get(CLOCK_PROCESS_CPUTIME_ID), thread = get(CLOCK_THREAD_CPUTIME_ID);
	for (long i = 0; i < 3000000; i++)
		sum += i;
	printf("run: %d %d %d\n", get(CLOCK_MONOTONIC) - monotonic > 100000, get(CLOCK_PROCESS_CPUTIME_ID) - process > 100000,
	       get(CLOCK_THREAD_CPUTIME_ID) - thread > 100000);
	long long realtime = get(CLOCK_REALTIME);
	gettimeofday(&of_day, NULL);
	long long difference = of_day.tv_sec * 1000000000LL + of_day.tv_usec * 1000LL - realtime;
	printf("gettimeofday: %d, time: %d\n", difference > -2000 && difference < 1000000000, (int)(time(NULL) - realtime / 1000000000) <= 1);
	clockid_t clock;
	printf("process clock: %d", clock_getcpuclockid(getpid(), &clock));
	printf(" %d", get(clock) >= process);
	printf(", of nobody %d\n", clock_getcpuclockid(99999999, &clock));
	getrusage(RUSAGE_SELF, &usage);
	long long used = (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000LL + usage.ru_utime.tv_usec + usage.ru_stime.tv_usec;
	printf("used: %d, faults %d, rss %d\n", used >= 1000, usage.ru_minflt > 0, usage.ru_maxrss > 0);
	printf("who 9: %d", getrusage(9, &usage));
	printf(" errno %d\n", errno);
	clock_t ticks = times(&tms);
	printf("times: %d %d\n", ticks > 0, tms.tms_cutime == 0);
	struct timespec bad = { 0, 1000000000 };
	printf("set a bad time: %d", clock_settime(CLOCK_REALTIME, &bad));
	printf(" errno %d\n", errno);
	printf("set monotonic time: %d", clock_settime(CLOCK_MONOTONIC, &at));
	printf(" errno %d\n", errno);
	printf("set process time: %d", clock_settime(CLOCK_PROCESS_CPUTIME_ID, &at));
	printf(" errno %d\n", errno);
	return 0;
}

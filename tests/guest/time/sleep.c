// build: glibc-static, musl-static
/* Sleeping, and what interrupts it. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile int alarms;

static void note(int signal)
{
	(void)signal;
	alarms++;
}

static void on_alarm(int flags)
{
	struct sigaction action = { .sa_handler = note, .sa_flags = flags };

	sigaction(SIGALRM, &action, NULL);
}

static long long now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void in(int milliseconds)
{
	struct itimerval timer = { { 0, 0 }, { 0, milliseconds * 1000 } };

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void show(const char *what, long result, const struct timespec *left)
{
	printf("%s: %ld errno %d alarms %d", what, result, result < 0 ? errno : 0, alarms);
	if (left)
		printf(" left %s", left->tv_sec == 0 && left->tv_nsec == -1 ? "untouched" : left->tv_sec == 0 && left->tv_nsec > 0 ? "some" : "?");
	printf("\n");
	alarms = 0;
}

int main(void)
{
	struct timespec short_time = { 0, 3000000 }, long_time = { 0, 500000000 }, left = { 0, -1 }, when;
	long long start = now(CLOCK_MONOTONIC);
	int status;

	on_alarm(0);
	show("nanosleep", nanosleep(&short_time, &left), &left);
	printf("long enough: %d\n", now(CLOCK_MONOTONIC) - start >= 3000000);
	in(2);
	show("interrupted", nanosleep(&long_time, &left), &left);
	on_alarm(SA_RESTART);
	left = (struct timespec) { 0, -1 };
	in(2);
	show("interrupted in spite of SA_RESTART", nanosleep(&long_time, &left), &left);
	left = (struct timespec) { 0, -1 };
	show("zero", nanosleep(&(struct timespec) { 0, 0 }, &left), &left);
	show("negative", nanosleep(&(struct timespec) { -1, 0 }, &left), NULL);
	show("too many nanoseconds", nanosleep(&(struct timespec) { 0, 1000000000 }, &left), NULL);
	show("bad address", syscall(SYS_nanosleep, 8, NULL), NULL);

	clock_gettime(CLOCK_MONOTONIC, &when);
	when.tv_nsec += 2000000;
	when.tv_sec += when.tv_nsec / 1000000000;
	when.tv_nsec %= 1000000000;
	printf("until: %d\n", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL));
	printf("until then again: %d\n", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, NULL));
	when.tv_sec += 100;
	in(2);
	left = (struct timespec) { 0, -1 };
	printf("until, interrupted: %d", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &when, &left));
	printf(" left %s\n", left.tv_nsec == -1 ? "untouched" : "?");
	clock_gettime(CLOCK_REALTIME, &when);
	when.tv_nsec += 2000000;
	when.tv_sec += when.tv_nsec / 1000000000;
	when.tv_nsec %= 1000000000;
	printf("until by realtime: %d\n", clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &when, NULL));
	long result = syscall(SYS_clock_nanosleep, 77, 0, &short_time, NULL);
	printf("no such clock: %ld errno %d\n", result, errno);
	result = syscall(SYS_clock_nanosleep, CLOCK_THREAD_CPUTIME_ID, 0, &short_time, NULL);
	printf("by the thread's time: %ld errno %d\n", result, errno);
	result = syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC_RAW, 0, &short_time, NULL);
	printf("by raw time: %ld errno %d\n", result, errno);

	/* A stop does not end a sleep; it goes on where it was. */
	pid_t child = fork();
	if (child == 0) {
		struct timespec time = { 0, 40000000 };

		start = now(CLOCK_MONOTONIC);
		result = nanosleep(&time, NULL);
		_exit(result == 0 && now(CLOCK_MONOTONIC) - start >= 40000000 ? 21 : 22);
	}
	nanosleep(&short_time, NULL);
	kill(child, SIGSTOP);
	waitpid(child, &status, WUNTRACED);
	nanosleep(&short_time, NULL);
	kill(child, SIGCONT);
	waitpid(child, &status, 0);
	printf("stopped in its sleep: %d\n", WEXITSTATUS(status));

	on_alarm(0);
	printf("alarm: %u", alarm(10));
	printf(" %u", alarm(1));
	printf(" %u\n", alarm(0));
	in(1);
	show("pause", pause(), NULL);
	show("sleep left", sleep(0), NULL);
	return 0;
}

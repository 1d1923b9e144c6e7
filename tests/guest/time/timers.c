// build: glibc-static, musl-static
/* Interval timers and POSIX timers. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static volatile int count, overruns;
static siginfo_t last;

static void note(int signal, siginfo_t *info, void *context)
{
	(void)signal;
	(void)context;
	last = *info;
	overruns += info->si_overrun;
	count++;
}

static int wait_for(int wanted)
{
	while (count < wanted)
		;
	return count;
}

static void interval(const char *name, int which)
{
	struct itimerval timer = { { 0, 2000 }, { 0, 3000 } }, got;

	count = 0;
	setitimer(which, &timer, NULL);
	getitimer(which, &got);
	printf("%s: period %ld, left at most 3000 %d", name, (long)got.it_interval.tv_usec, got.it_value.tv_usec <= 3000 && got.it_value.tv_usec > 0);
	wait_for(3);
	timer.it_value.tv_usec = 0;
	setitimer(which, &timer, &got);
	printf(", came %d, code %x, left %d", count >= 3, (unsigned)last.si_code, got.it_value.tv_usec > 0);
	getitimer(which, &got);
	printf(", off %ld %ld\n", (long)got.it_interval.tv_usec, (long)got.it_value.tv_usec);
}

static timer_t create(clockid_t clock, int notify, int signal, int value)
{
	struct sigevent event = { .sigev_notify = notify, .sigev_signo = signal, .sigev_value.sival_int = value };
	timer_t timer = 0;

	if (timer_create(clock, &event, &timer) != 0)
		printf("timer_create: errno %d\n", errno);
	return timer;
}

static void set(timer_t timer, int flags, long value, long period)
{
	struct itimerspec setting = { { 0, period }, { 0, value } };

	if (timer_settime(timer, flags, &setting, NULL) != 0)
		printf("timer_settime: errno %d\n", errno);
}

static void by_clock(const char *name, clockid_t clock)
{
	timer_t timer = create(clock, SIGEV_SIGNAL, SIGRTMIN, 42);
	struct itimerspec got;

	count = 0;
	set(timer, 0, 3000000, 2000000);
	timer_gettime(timer, &got);
	printf("%s: period %ld left %d", name, got.it_interval.tv_nsec, got.it_value.tv_nsec > 0 && got.it_value.tv_nsec <= 3000000);
	wait_for(3);
	set(timer, 0, 0, 0);
	timer_gettime(timer, &got);
	printf(", code %d value %d, off %ld %ld, delete %d\n", last.si_code, last.si_value.sival_int, got.it_interval.tv_nsec, got.it_value.tv_nsec,
	       timer_delete(timer));
}

static void overrun(void)
{
	timer_t timer = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN, 1);
	sigset_t set_of, old;
	struct timespec long_time = { 0, 25000000 };

	sigemptyset(&set_of);
	sigaddset(&set_of, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set_of, &old);
	count = overruns = 0;
	set(timer, 0, 1000000, 1000000);
	nanosleep(&long_time, NULL);
	sigprocmask(SIG_SETMASK, &old, NULL);
	printf("overrun: signals %d, overruns at least 20 %d, same %d\n", count >= 1, overruns >= 20, timer_getoverrun(timer) >= 0);
	timer_delete(timer);

	timer = create(CLOCK_MONOTONIC, SIGEV_SIGNAL, SIGRTMIN, 1);
	sigprocmask(SIG_BLOCK, &set_of, &old);
	count = 0;
	set(timer, 0, 1000000, 0);
	nanosleep(&long_time, NULL);
	set(timer, 0, 0, 0);
	sigprocmask(SIG_SETMASK, &old, NULL);
	printf("set anew while its signal waits: %d\n", count);
	set(timer, 0, 1000000, 0);
	timer_delete(timer);
	printf("deleted: %d", timer_delete(timer));
	printf(" errno %d\n", errno);
}

static void silent(void)
{
	timer_t timer = create(CLOCK_MONOTONIC, SIGEV_NONE, 0, 0);
	struct itimerspec got;
	struct timespec some = { 0, 5000000 };

	count = 0;
	set(timer, 0, 1000000, 0);
	nanosleep(&some, NULL);
	timer_gettime(timer, &got);
	printf("silent: %d, left %ld\n", count, got.it_value.tv_nsec);
	set(timer, 0, 1000000, 3000000);
	nanosleep(&some, NULL);
	timer_gettime(timer, &got);
	printf("silent, periodic: left %d\n", got.it_value.tv_nsec > 0 && got.it_value.tv_nsec <= 3000000);
	timer_delete(timer);
}

static void errors(void)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = 99 };
	struct itimerspec bad = { { 0, 0 }, { 0, -1 } };
	timer_t timer;

	printf("bad signal: %d", timer_create(CLOCK_MONOTONIC, &event, &timer));
	printf(" errno %d\n", errno);
	event.sigev_signo = SIGALRM;
	event.sigev_notify = 77;
	printf("bad notification: %d", timer_create(CLOCK_MONOTONIC, &event, &timer));
	printf(" errno %d\n", errno);
	int id;
	long result = syscall(SYS_timer_create, 77, NULL, &id);
	printf("bad clock: %ld errno %d\n", result, errno);
	result = syscall(SYS_timer_create, CLOCK_MONOTONIC_RAW, NULL, &id);
	printf("clock without timers: %ld errno %d\n", result, errno);
	result = syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, 8);
	printf("bad address: %ld errno %d\n", result, errno);
	result = syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &id);
	printf("by default: %ld", result);
	result = syscall(SYS_timer_settime, id, 0, &bad, NULL);
	printf(", bad time %ld errno %d", result, errno);
	result = syscall(SYS_timer_settime, id, 0, NULL, NULL);
	printf(", none %ld errno %d\n", result, errno);
	result = syscall(SYS_timer_gettime, 12345, &bad);
	printf("no such timer: %ld errno %d\n", result, errno);
	struct itimerval wrong = { { 0, 1000000 }, { 0, 0 } };
	printf("bad interval: %d", setitimer(ITIMER_REAL, &wrong, NULL));
	printf(" errno %d\n", errno);
	result = syscall(SYS_setitimer, 9, NULL, NULL);
	printf("no such interval: %ld errno %d\n", result, errno);
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = note, .sa_flags = SA_SIGINFO | SA_RESTART };
	timer_t timer;
	struct timespec now;
	struct itimerspec at = { { 0, 0 }, { 0, 0 } };

	sigaction(SIGALRM, &action, NULL);
	sigaction(SIGVTALRM, &action, NULL);
	sigaction(SIGPROF, &action, NULL);
	sigaction(SIGRTMIN, &action, NULL);
	interval("real", ITIMER_REAL);
	interval("virtual", ITIMER_VIRTUAL);
	interval("profiling", ITIMER_PROF);
	by_clock("monotonic", CLOCK_MONOTONIC);
	by_clock("realtime", CLOCK_REALTIME);
	by_clock("boot time", CLOCK_BOOTTIME);
	by_clock("process time", CLOCK_PROCESS_CPUTIME_ID);
	by_clock("thread time", CLOCK_THREAD_CPUTIME_ID);
	timer = create(CLOCK_REALTIME, SIGEV_SIGNAL, SIGRTMIN, 7);
	clock_gettime(CLOCK_REALTIME, &now);
	at.it_value = now;
	count = 0;
	timer_settime(timer, TIMER_ABSTIME, &at, NULL);
	wait_for(1);
	printf("at a time that has passed: %d\n", count);
	timer_delete(timer);
	overrun();
	silent();
	errors();
	return 0;
}

// build: glibc-static, musl-static
/* Timers that are read. */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static void show(const char *what, long result)
{
	int error = errno;

	printf("%s: %ld", what, result);
	if (result < 0)
		printf(" errno %d", error);
	printf("\n");
}

static int set(int fd, int flags, long seconds, long value, long period)
{
	struct itimerspec setting = { { 0, period }, { seconds, value } };

	return timerfd_settime(fd, flags, &setting, NULL);
}

int main(void)
{
	uint64_t ticks = 0;
	struct itimerspec got;
	struct timespec some = { 0, 20000000 };
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), blocking = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC);
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	show("off", read(fd, &ticks, 8));
	show("too short", read(fd, &ticks, 4));
	show("set", set(fd, 0, 0, 2000000, 3000000));
	show("not yet", read(fd, &ticks, 8));
	show("poll", poll(&poll_fd, 1, 1000));
	nanosleep(&some, NULL);
	long result = read(fd, &ticks, 8);
	show("periodic", result);
	printf("at least 5: %d\n", ticks >= 5 && ticks < 1000);
	timerfd_gettime(fd, &got);
	printf("left %d period %ld\n", got.it_value.tv_nsec > 0 && got.it_value.tv_nsec <= 3000000, got.it_interval.tv_nsec);
	show("set off", set(fd, 0, 0, 0, 0));
	timerfd_gettime(fd, &got);
	printf("left %ld period %ld\n", got.it_value.tv_nsec, got.it_interval.tv_nsec);
	show("absolute, past", set(blocking, TFD_TIMER_ABSTIME, 1, 0, 0));
	result = read(blocking, &ticks, 8);
	show("once", result);
	printf("ticks %d\n", (int)ticks);
	show("relative", set(blocking, 0, 0, 2000000, 0));
	result = read(blocking, &ticks, 8);
	show("waited for", result);
	printf("ticks %d\n", (int)ticks);
	show("bad clock", timerfd_create(77, 0));
	show("bad flags", timerfd_create(CLOCK_MONOTONIC, 1));
	show("bad settings", set(fd, 8, 0, 1, 0));
	show("bad time", set(fd, 0, 0, -1, 0));
	show("no timer", set(0, 0, 0, 1, 0));
	show("no file", set(99, 0, 0, 1, 0));
	show("write", write(fd, &ticks, 8));
	show("lseek", lseek(fd, 0, SEEK_SET));
	return 0;
}

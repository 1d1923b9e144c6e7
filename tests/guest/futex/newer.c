// build: glibc-static
/* futex_waitv, futex_wait, futex_wake and futex_requeue. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define SIZE_32 2
#define PRIVATE 128
#define WAKE 454
#define WAIT 455
#define REQUEUE 456

struct waitv {
	uint64_t val, uaddr;
	uint32_t flags, reserved;
};

static uint32_t words[8];
static volatile int woken;

static void show(const char *what, long result)
{
	int error = errno;

	printf("%s: %ld", what, result);
	if (result < 0)
		printf(" errno %d", error);
	printf("\n");
}

static void fill(struct waitv *vector, int count)
{
	for (int i = 0; i < count; i++)
		vector[i] = (struct waitv) { words[i], (uintptr_t)&words[i], SIZE_32 | PRIVATE, 0 };
}

static void *wake_fourth(void *argument)
{
	usleep(3000);
	while (syscall(WAKE, &words[4], 0xffffffffUL, 1, SIZE_32 | PRIVATE) != 1)
		usleep(1000);
	return argument;
}

static void *wait_first(void *argument)
{
	long result = syscall(WAIT, &words[0], 0UL, 0xffUL, SIZE_32 | PRIVATE, NULL, 0);

	(void)argument;
	__sync_fetch_and_add(&woken, 1);
	return (void *)result;
}

static void vectors(void)
{
	struct waitv vector[129];
	struct timespec past = { 1, 0 }, bad = { 0, -1 };
	pthread_t thread;

	memset(vector, 0, sizeof vector);
	fill(vector, 8);
	pthread_create(&thread, NULL, wake_fourth, NULL);
	show("woken", syscall(SYS_futex_waitv, vector, 8, 0, NULL, CLOCK_MONOTONIC));
	pthread_join(thread, NULL);
	show("past", syscall(SYS_futex_waitv, vector, 8, 0, &past, CLOCK_MONOTONIC));
	show("past realtime", syscall(SYS_futex_waitv, vector, 8, 0, &past, CLOCK_REALTIME));
	show("no such clock", syscall(SYS_futex_waitv, vector, 8, 0, &past, 7));
	show("bad time", syscall(SYS_futex_waitv, vector, 8, 0, &bad, CLOCK_MONOTONIC));
	show("none", syscall(SYS_futex_waitv, vector, 0, 0, NULL, 0));
	show("too many", syscall(SYS_futex_waitv, vector, 129, 0, NULL, 0));
	show("flags", syscall(SYS_futex_waitv, vector, 8, 1, NULL, 0));
	show("no vector", syscall(SYS_futex_waitv, NULL, 8, 0, NULL, 0));
	show("bad vector", syscall(SYS_futex_waitv, 8, 8, 0, NULL, 0));
	vector[3].val = 1;
	show("another value", syscall(SYS_futex_waitv, vector, 8, 0, NULL, 0));
	vector[3].val = 1UL << 32;
	show("value too wide", syscall(SYS_futex_waitv, vector, 8, 0, NULL, 0));
	fill(vector, 8);
	vector[3].flags = 0x1000;
	show("flags of one", syscall(SYS_futex_waitv, vector, 8, 0, NULL, 0));
	fill(vector, 8);
	vector[3].flags = PRIVATE;
	show("size of one", syscall(SYS_futex_waitv, vector, 8, 0, NULL, 0));
	fill(vector, 8);
	vector[3].reserved = 1;
	show("reserved", syscall(SYS_futex_waitv, vector, 8, 0, NULL, 0));
	fill(vector, 8);
	vector[3].uaddr = 8;
	show("bad address of one", syscall(SYS_futex_waitv, vector, 8, 0, NULL, 0));
	fill(vector, 8);
	vector[3].uaddr++;
	show("one not aligned", syscall(SYS_futex_waitv, vector, 8, 0, NULL, 0));
}

static void singles(void)
{
	struct waitv pair[2] = { { 0, (uintptr_t)&words[0], SIZE_32 | PRIVATE, 0 }, { 0, (uintptr_t)&words[1], SIZE_32 | PRIVATE, 0 } };
	struct timespec past = { 1, 0 };
	pthread_t threads[4];
	void *result;

	show("another value", syscall(WAIT, &words[0], 1UL, 1UL, SIZE_32, NULL, 0));
	show("no bits", syscall(WAIT, &words[0], 0UL, 0UL, SIZE_32, NULL, 0));
	show("past", syscall(WAIT, &words[0], 0UL, 1UL, SIZE_32, &past, CLOCK_MONOTONIC));
	show("size", syscall(WAIT, &words[0], 0UL, 1UL, 0, NULL, 0));
	show("flags", syscall(WAIT, &words[0], 0UL, 1UL, SIZE_32 | 0x10, NULL, 0));
	show("wake nobody", syscall(WAKE, &words[0], 1UL, 1, SIZE_32));
	show("wake none", syscall(WAKE, &words[0], 1UL, 0, SIZE_32));
	show("wake without bits", syscall(WAKE, &words[0], 0UL, 1, SIZE_32));
	show("wake with flags", syscall(WAKE, &words[0], 1UL, 1, SIZE_32 | 0x10));
	show("requeue flags", syscall(REQUEUE, pair, 1, 1, 1));
	show("requeue nothing", syscall(REQUEUE, pair, 0, 1, 1));
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, wait_first, NULL);
	usleep(20000);
	show("other bits", syscall(WAKE, &words[0], 0x100UL, 9, SIZE_32 | PRIVATE));
	show("requeue", syscall(REQUEUE, pair, 0, 1, 2));
	show("first", syscall(WAKE, &words[0], 1UL, 9, SIZE_32 | PRIVATE));
	show("second", syscall(WAKE, &words[1], 1UL, 9, SIZE_32 | PRIVATE));
	long sum = 0;
	for (int i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		sum += (long)result;
	}
	printf("all: %ld, %d\n", sum, woken);
}

int main(void)
{
	vectors();
	singles();
	return 0;
}

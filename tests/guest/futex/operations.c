// build: glibc-static
/* The operations of futex(2), one by one. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint32_t a, b;
static volatile int waiting, woken;

static long futex(uint32_t *word, int op, uint32_t value, const void *time, uint32_t *other, uint32_t more)
{
	return syscall(SYS_futex, word, op, value, time, other, more);
}

static void show(const char *what, long result)
{
	int error = errno;

	printf("%s: %ld", what, result);
	if (result < 0)
		printf(" errno %d", error);
	printf("\n");
}

struct wait {
	uint32_t *word, bits;
	long result;
	int error;
};

static void *wait_on(void *argument)
{
	struct wait *wait = argument;

	__sync_fetch_and_add(&waiting, 1);
	wait->result = futex(wait->word, FUTEX_WAIT_BITSET_PRIVATE, *wait->word, NULL, NULL, wait->bits);
	wait->error = wait->result < 0 ? errno : 0;
	__sync_fetch_and_add(&woken, 1);
	return NULL;
}

static pthread_t threads[8];
static struct wait waits[8];

static void start(int count, uint32_t *word)
{
	waiting = woken = 0;
	for (int i = 0; i < count; i++) {
		waits[i] = (struct wait) { word, 1U << i, -2, 0 };
		pthread_create(&threads[i], NULL, wait_on, &waits[i]);
		while (waiting != i + 1)
			sched_yield();
		usleep(3000); /* so that it sleeps, and in this order */
	}
}

static void settle(int count)
{
	for (int i = 0; i < 200 && woken < count; i++)
		usleep(1000);
	usleep(2000);
	printf("  woken %d\n", woken);
}

static void join(int count)
{
	for (int i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	printf("  results");
	for (int i = 0; i < count; i++)
		printf(" %ld/%d", waits[i].result, waits[i].error);
	printf("\n");
}

static void errors(void)
{
	struct timespec none = { 0, 0 }, bad = { 0, -1 }, some = { 0, 2000000 };

	show("another value", futex(&a, FUTEX_WAIT, 1, NULL, NULL, 0));
	show("no time", futex(&a, FUTEX_WAIT, 0, &none, NULL, 0));
	show("some time", futex(&a, FUTEX_WAIT_PRIVATE, 0, &some, NULL, 0));
	show("bad time", futex(&a, FUTEX_WAIT, 0, &bad, NULL, 0));
	show("past time", futex(&a, FUTEX_WAIT_BITSET, 0, &some, NULL, ~0U));
	show("past realtime", futex(&a, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, 0, &some, NULL, ~0U));
	show("no bits", futex(&a, FUTEX_WAIT_BITSET, 0, NULL, NULL, 0));
	show("no bits to wake", futex(&a, FUTEX_WAKE_BITSET, 1, NULL, NULL, 0));
	show("not aligned", futex((uint32_t *)((char *)&a + 1), FUTEX_WAIT, 0, NULL, NULL, 0));
	show("not aligned to wake", futex((uint32_t *)((char *)&a + 2), FUTEX_WAKE, 1, NULL, NULL, 0));
	show("bad address", futex((uint32_t *)8, FUTEX_WAIT, 0, NULL, NULL, 0));
	show("bad address to wake", futex((uint32_t *)8, FUTEX_WAKE, 1, NULL, NULL, 0));
	show("bad private address to wake", futex((uint32_t *)8, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
	show("kernel address", futex((uint32_t *)(1UL << 63), FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
	show("no such operation", futex(&a, 99, 0, NULL, NULL, 0));
	show("realtime wake", futex(&a, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1, NULL, NULL, 0));
	show("realtime wait", futex(&a, FUTEX_WAIT | FUTEX_CLOCK_REALTIME, 0, &some, NULL, 0));
	show("descriptor", futex(&a, FUTEX_FD, 0, NULL, NULL, 0));
	show("nobody to wake", futex(&a, FUTEX_WAKE, 10, NULL, NULL, 0));
	show("requeue of nobody", futex(&a, FUTEX_CMP_REQUEUE, 1, (void *)1, &b, 0));
	show("requeue with another value", futex(&a, FUTEX_CMP_REQUEUE, 1, (void *)1, &b, 5));
	show("requeue of less than none", futex(&a, FUTEX_CMP_REQUEUE, -1, (void *)1, &b, 0));
}

static void wakes(void)
{
	printf("five wait\n");
	start(5, &a);
	show("wake two", futex(&a, FUTEX_WAKE_PRIVATE, 2, NULL, NULL, 0));
	settle(2);
	show("wake as shared", futex(&a, FUTEX_WAKE, 5, NULL, NULL, 0));
	show("wake the fifth", futex(&a, FUTEX_WAKE_BITSET_PRIVATE, 5, NULL, NULL, 1U << 4));
	settle(3);
	show("wake all", futex(&a, FUTEX_WAKE_PRIVATE, 5, NULL, NULL, 0));
	settle(5);
	join(5);
}

static void requeues(void)
{
	printf("six wait\n");
	start(6, &a);
	show("wake one, move three", futex(&a, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)3, &b, 0));
	settle(1);
	show("left on the first", futex(&a, FUTEX_WAKE_PRIVATE, 9, NULL, NULL, 0));
	settle(3);
	show("on the second", futex(&b, FUTEX_WAKE_PRIVATE, 9, NULL, NULL, 0));
	settle(6);
	join(6);
}

static void wake_op(const char *name, uint32_t at_first, int op, int operand, int compare, int argument)
{
	long result;

	b = at_first;
	start(2, &a);
	result = futex(&a, FUTEX_WAKE_OP_PRIVATE, 1, (void *)1, &b, FUTEX_OP(op, operand, compare, argument));
	show(name, result);
	printf("  now %#x\n", b);
	settle(1);
	futex(&a, FUTEX_WAKE_PRIVATE, 9, NULL, NULL, 0);
	join(2);
}

static void wake_ops(void)
{
	wake_op("set, equal", 5, FUTEX_OP_SET, 9, FUTEX_OP_CMP_EQ, 5);
	wake_op("add, less", 5, FUTEX_OP_ADD, -2, FUTEX_OP_CMP_LT, 6);
	wake_op("or, greater", 5, FUTEX_OP_OR, 0x70, FUTEX_OP_CMP_GT, 6);
	wake_op("and not, not equal", 0xff, FUTEX_OP_ANDN, 0xf, FUTEX_OP_CMP_NE, 0);
	wake_op("xor by shift, at most", 0xff, FUTEX_OP_XOR | FUTEX_OP_OPARG_SHIFT, 4, FUTEX_OP_CMP_LE, -1);
	b = 1;
	show("no such operation", futex(&a, FUTEX_WAKE_OP, 1, (void *)1, &b, 7U << 28));
	show("no such comparison", futex(&a, FUTEX_WAKE_OP, 1, (void *)1, &b, 6U << 24));
	b = 0;
}

static void nothing(int signal)
{
	(void)signal;
}

static void signals(void)
{
	struct sigaction action = { .sa_handler = nothing };
	struct itimerval timer = { { 0, 0 }, { 0, 3000 } };
	struct timespec some = { 0, 400000000 };

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	show("interrupted", futex(&a, FUTEX_WAIT, 0, NULL, NULL, 0));
	action.sa_flags = SA_RESTART;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
	show("interrupted, with a time", futex(&a, FUTEX_WAIT, 0, &some, NULL, 0));
}

/* Processes meet in shared memory, each by its own address. */
static void shared(void)
{
	uint32_t *word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		uint32_t *moved = mremap(word, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, (char *)word - (64 << 12));
		long result;

		__atomic_store_n(&moved[1], 1, __ATOMIC_SEQ_CST);
		result = futex(moved, FUTEX_WAIT, 0, NULL, NULL, 0);
		_exit(result == 0 || errno == EAGAIN ? 3 : 4);
	}
	while (__atomic_load_n(&word[1], __ATOMIC_SEQ_CST) == 0)
		usleep(1000);
	usleep(10000);
	printf("private wake of a shared futex: %ld\n", futex(word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0));
	printf("shared wake: %ld\n", futex(word, FUTEX_WAKE, 1, NULL, NULL, 0));
	waitpid(child, &status, 0);
	printf("child: %d\n", WEXITSTATUS(status));
	munmap(word, 4096);
}

int main(void)
{
	errors();
	wakes();
	requeues();
	wake_ops();
	signals();
	shared();
	return 0;
}

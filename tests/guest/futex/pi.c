// build: glibc-static
/* Locks that name their owner, robust locks, and what becomes of them when the owner dies. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static uint32_t word;
static volatile int got;

static long futex(uint32_t *at, int op, uint32_t value, const void *time)
{
	return syscall(SYS_futex, at, op, value, time, NULL, 0);
}

static uint32_t tid(void)
{
	return (uint32_t)syscall(SYS_gettid);
}

static void show(const char *what, long result)
{
	int error = errno;
	uint32_t owner = word & FUTEX_TID_MASK;

	printf("%s: %ld", what, result);
	if (result < 0)
		printf(" errno %d", error);
	printf(", owner %s%s%s\n", owner == 0 ? "none" : owner == tid() ? "me" : "other", word & FUTEX_WAITERS ? " waiters" : "",
	       word & FUTEX_OWNER_DIED ? " died" : "");
}

static void *take(void *argument)
{
	long result = futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL);

	got = result == 0 && (word & FUTEX_TID_MASK) == tid() ? 1 : -1;
	if (argument)
		return NULL; /* ends with the lock */
	usleep(2000);
	futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL);
	return NULL;
}

static void by_hand(void)
{
	pthread_t thread;

	show("unlock of none", futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL));
	show("lock", futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL));
	show("lock again", futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL));
	show("try again", futex(&word, FUTEX_TRYLOCK_PI_PRIVATE, 0, NULL));
	show("unlock", futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL));
	show("try", futex(&word, FUTEX_TRYLOCK_PI_PRIVATE, 0, NULL));
	pthread_create(&thread, NULL, take, NULL);
	while (!(__atomic_load_n(&word, __ATOMIC_SEQ_CST) & FUTEX_WAITERS))
		usleep(1000);
	usleep(2000);
	show("wake of a lock", futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL));
	show("somebody waits", futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL));
	show("lock", futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL));
	printf("the thread had it: %d\n", got);
	pthread_join(thread, NULL);
	futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL);
	word = 0x3ffffff0;
	show("of nobody", futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL));
	word = 0;
	got = 0;
	futex(&word, FUTEX_LOCK_PI_PRIVATE, 0, NULL);
	pthread_create(&thread, NULL, take, &word);
	while (!(__atomic_load_n(&word, __ATOMIC_SEQ_CST) & FUTEX_WAITERS))
		usleep(1000);
	futex(&word, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL);
	pthread_join(thread, NULL);
	printf("a thread ended with it: %d", got);
	show("", 0);
	word = 0;
}

static void mutex_init(pthread_mutex_t *mutex, int inherit, int robust, int shared)
{
	pthread_mutexattr_t attr;

	pthread_mutexattr_init(&attr);
	pthread_mutexattr_setprotocol(&attr, inherit ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE);
	pthread_mutexattr_setrobust(&attr, robust ? PTHREAD_MUTEX_ROBUST : PTHREAD_MUTEX_STALLED);
	pthread_mutexattr_setpshared(&attr, shared ? PTHREAD_PROCESS_SHARED : PTHREAD_PROCESS_PRIVATE);
	pthread_mutex_init(mutex, &attr);
}

static void *die_with(void *mutex)
{
	pthread_mutex_lock(mutex);
	((volatile char *)mutex)[2048] = 1;
	usleep(5000);
	return NULL;
}

static void robust(const char *name, int inherit, int by_process)
{
	pthread_mutex_t *mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_t thread;
	int first, second;

	mutex_init(mutex, inherit, 1, 1);
	fflush(stdout);
	if (by_process) {
		if (fork() == 0) {
			die_with(mutex);
			_exit(0);
		}
	} else {
		pthread_create(&thread, NULL, die_with, mutex);
	}
	while (((volatile char *)mutex)[2048] == 0)
		usleep(1000);
	first = pthread_mutex_lock(mutex);
	second = pthread_mutex_consistent(mutex);
	printf("%s: lock %d, consistent %d, unlock %d", name, first, second, pthread_mutex_unlock(mutex));
	first = pthread_mutex_lock(mutex);
	printf(", lock %d, unlock %d\n", first, pthread_mutex_unlock(mutex));
	if (by_process)
		wait(NULL);
	else
		pthread_join(thread, NULL);
	munmap(mutex, 4096);
}

static pthread_mutex_t counted;
static int count;

static void *add(void *argument)
{
	for (int i = 0; i < 2000; i++) {
		pthread_mutex_lock(&counted);
		count++;
		if (i % 100 == 0)
			sched_yield();
		pthread_mutex_unlock(&counted);
	}
	return argument;
}

static void contended(const char *name, int inherit, int robust)
{
	pthread_t threads[4];

	count = 0;
	mutex_init(&counted, inherit, robust, 0);
	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, add, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("%s: %d\n", name, count);
}

int main(void)
{
	by_hand();
	robust("robust, thread", 0, 0);
	robust("robust, process", 0, 1);
	robust("robust and inheriting, thread", 1, 0);
	robust("robust and inheriting, process", 1, 1);
	contended("plain", 0, 0);
	contended("inheriting", 1, 0);
	contended("robust", 0, 1);
	contended("both", 1, 1);
	return 0;
}

// build: glibc-static, musl-static
/* POSIX threads: create, join, mutexes, conditions, cancellation, keys, exit of the process by a thread. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_key_t key;
static int count, turn, destroyed;
static __thread int own = 5;

static void *add(void *argument)
{
	long id = (long)argument;

	for (int i = 0; i < 2000; i++) {
		pthread_mutex_lock(&mutex);
		count++;
		pthread_mutex_unlock(&mutex);
	}
	own += (int)id;
	pthread_mutex_lock(&mutex);
	while (turn != id)
		pthread_cond_wait(&cond, &mutex);
	turn++;
	pthread_cond_broadcast(&cond);
	pthread_mutex_unlock(&mutex);
	return (void *)(long)own;
}

static void destroy(void *value)
{
	destroyed += (int)(long)value;
}

static void *use_key(void *argument)
{
	pthread_setspecific(key, argument);
	return NULL;
}

static void cleanup(void *argument)
{
	printf("clean-up %s\n", (const char *)argument);
}

static void *wait_for_ever(void *argument)
{
	pthread_cleanup_push(cleanup, argument);
	for (;;)
		pause();
	pthread_cleanup_pop(0);
	return NULL;
}

static void *count_for_ever(void *argument)
{
	volatile long *number = argument;

	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	for (;;)
		++*number;
	return NULL;
}

static void cancels(void)
{
	pthread_t thread;
	void *result;
	static long number;

	pthread_create(&thread, NULL, wait_for_ever, "deferred");
	usleep(1000);
	pthread_cancel(thread);
	pthread_join(thread, &result);
	printf("cancelled: %d\n", result == PTHREAD_CANCELED);
	pthread_create(&thread, NULL, count_for_ever, &number);
	while (*(volatile long *)&number == 0)
		usleep(1000);
	pthread_cancel(thread);
	pthread_join(thread, &result);
	printf("cancelled at any time: %d, counted %d\n", result == PTHREAD_CANCELED, number > 0);
}

static void timed(void)
{
	struct timespec when;
	pthread_mutexattr_t attr;
	pthread_mutex_t kind;

	clock_gettime(CLOCK_REALTIME, &when);
	when.tv_nsec += 2000000;
	when.tv_sec += when.tv_nsec / 1000000000;
	when.tv_nsec %= 1000000000;
	pthread_mutex_lock(&mutex);
	printf("timed wait: %d\n", pthread_cond_timedwait(&cond, &mutex, &when));
	pthread_mutex_unlock(&mutex);
	pthread_mutexattr_init(&attr);
	pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
	pthread_mutex_init(&kind, &attr);
	pthread_mutex_lock(&kind);
	printf("again: %d\n", pthread_mutex_lock(&kind));
	pthread_mutex_unlock(&kind);
	printf("not mine: %d\n", pthread_mutex_unlock(&kind));
}

static void *post(void *argument)
{
	for (int i = 0; i < 100; i++)
		sem_post(argument);
	return NULL;
}

static void semaphores(void)
{
	pthread_t thread;
	sem_t sem;
	int value;

	sem_init(&sem, 0, 0);
	pthread_create(&thread, NULL, post, &sem);
	for (int i = 0; i < 99; i++)
		sem_wait(&sem);
	pthread_join(thread, NULL);
	sem_getvalue(&sem, &value);
	printf("semaphore: %d\n", value);
}

static pthread_barrier_t barrier;
static int serial;

static void *meet(void *argument)
{
	(void)argument;
	for (int i = 0; i < 20; i++)
		if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
			__sync_fetch_and_add(&serial, 1);
	return NULL;
}

static void barriers(void)
{
	pthread_t threads[5];

	pthread_barrier_init(&barrier, NULL, 5);
	for (int i = 0; i < 5; i++)
		pthread_create(&threads[i], NULL, meet, NULL);
	for (int i = 0; i < 5; i++)
		pthread_join(threads[i], NULL);
	printf("barriers: %d\n", serial);
}

static void *exit_all(void *argument)
{
	usleep(1000);
	_exit((int)(long)argument);
}

static void endings(void)
{
	pthread_t thread;
	int status;

	if (fork() == 0) {
		pthread_create(&thread, NULL, exit_all, (void *)7);
		pause();
	}
	wait(&status);
	printf("a thread ends all: %d\n", WEXITSTATUS(status));
	fflush(stdout);
	if (fork() == 0) {
		for (int i = 0; i < 3; i++)
			pthread_create(&thread, NULL, wait_for_ever, "never");
		kill(getpid(), SIGTERM);
		pause();
	}
	wait(&status);
	printf("killed: %d\n", WTERMSIG(status));
}

int main(void)
{
	pthread_t threads[8];
	void *result;
	long sum = 0;

	for (long i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, add, (void *)i);
	for (int i = 0; i < 8; i++) {
		pthread_join(threads[i], &result);
		sum += (long)result;
	}
	printf("count %d sum %ld own %d\n", count, sum, own);
	pthread_key_create(&key, destroy);
	for (long i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, use_key, (void *)(i + 1));
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	printf("destroyed %d\n", destroyed);
	cancels();
	timed();
	semaphores();
	barriers();
	fflush(stdout);
	endings();
	return 0;
}

// build: glibc-static, musl-static
/* The main thread ends before the others: the process goes on until the last has ended. */
#include <pthread.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static pthread_t main_thread;

static void *last(void *argument)
{
	void *result;

	usleep(2000);
	printf("joined the main thread: %d\n", pthread_join(main_thread, &result));
	printf("it said %ld\n", (long)result);
	printf("process %d thread %d\n", (long)getpid() == *(long *)argument, syscall(SYS_gettid) != getpid());
	return NULL;
}

int main(void)
{
	static long pid;
	pthread_t thread;

	pid = getpid();
	main_thread = pthread_self();
	pthread_create(&thread, NULL, last, &pid);
	pthread_exit((void *)17);
}

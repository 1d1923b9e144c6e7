// build: glibc-static
/* Four threads add to a number without a lock: how much is lost tells the schedule. */
#include <pthread.h>
#include <stdio.h>

static volatile long sum;

static void *add(void *unused)
{
	for (int i = 0; i < 20000; i++)
		sum = sum + 1;
	return unused;
}

int main(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, add, NULL);
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	printf("%ld\n", sum);
	return 0;
}

// build: glibc-static, musl-static
// args: return
// args: exit
// args: quick
// args: abort
// args: kill 15
// args: kill 9
// args: segv
// args: ill
// args: trap
// args: divide
// args: big
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile int *volatile nowhere = (volatile int *)16;

static void say(void)
{
	printf("atexit ran\n");
}

/* All the ways in which a program can end. */
int main(int argc, char **argv)
{
	const char *how = argv[1];

	atexit(say);
	printf("%s\n", how);
	if (strcmp(how, "exit") == 0)
		exit(7);
	if (strcmp(how, "big") == 0)
		exit(0x1234567);
	fflush(stdout);
	if (strcmp(how, "quick") == 0)
		_exit(8);
	if (strcmp(how, "abort") == 0)
		abort();
	if (strcmp(how, "kill") == 0)
		kill(getpid(), argc > 2 ? atoi(argv[2]) : SIGTERM);
	if (strcmp(how, "segv") == 0)
		*nowhere = 1;
	if (strcmp(how, "ill") == 0)
		__asm__ volatile("ud2");
	if (strcmp(how, "trap") == 0)
		__asm__ volatile("int3");
	if (strcmp(how, "divide") == 0)
		__asm__ volatile("xor %%ecx, %%ecx; xor %%edx, %%edx; div %%ecx" ::: "eax", "ecx", "edx");
	return 3;
}

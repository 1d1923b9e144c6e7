// build: glibc-static
/* System calls of random numbers with random arguments, in many processes: nothing may bring the machine down. The seed is printed. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE 8192UL

static unsigned long state;
static char *pages;

static unsigned long draw(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	return state ^= state << 17;
}

static unsigned long argument(void)
{
	switch (draw() % 12) {
	case 0: return 0;
	case 1: return draw() % 16;
	case 2: return -1UL;
	case 3: return (unsigned long)pages + draw() % SIZE;
	case 4: return (unsigned long)pages;
	case 5: return draw() % 5;
	case 6: return 1UL << draw() % 64;
	case 7: return draw();
	case 8: return draw() % 4096;
	case 9: return (unsigned long)pages + SIZE - draw() % 64;
	case 10: return 0x7fffffffffff - draw() % 4096;
	default: return (unsigned long)pages + 64 * (draw() % 16);
	}
}

/* What ends the process, waits for ever, or takes its memory away proves nothing. */
static int is_left_out(long number)
{
	static const short numbers[] = {
		SYS_poll, SYS_mprotect, SYS_munmap, SYS_brk, SYS_rt_sigreturn, SYS_select, SYS_pause, SYS_nanosleep, SYS_alarm, SYS_setitimer,
		SYS_clone, SYS_fork, SYS_vfork, SYS_exit, SYS_wait4, SYS_kill, SYS_setsid, SYS_rt_sigtimedwait, SYS_rt_sigqueueinfo,
		SYS_rt_sigsuspend, SYS_setrlimit, SYS_reboot, SYS_tkill, SYS_futex, SYS_clock_nanosleep, SYS_exit_group, SYS_epoll_wait, SYS_tgkill,
		SYS_waitid, SYS_pselect6, SYS_ppoll, SYS_epoll_pwait, SYS_rt_tgsigqueueinfo, SYS_prlimit64, 424, 435, 441, 449, 454, 455, 456,
	};

	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		if (numbers[i] == number)
			return 1;
	return 0;
}

static void run(int calls)
{
	struct rlimit files = { 64, 64 };
	int ends[2];

	pages = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (unsigned i = 0; i < SIZE / sizeof(long); i++)
		((unsigned long *)pages)[i] = draw() % 3 ? draw() % 8 : argument();
	strcpy(pages, "a");
	strcpy(pages + 64, "b");
	strcpy(pages + 128, ".");
	strcpy(pages + 192, "/proc/self/maps");
	setrlimit(RLIMIT_NOFILE, &files);
	for (int fd = 0; fd < 3; fd++)
		close(fd);
	if (open("file", O_RDWR | O_CREAT, 0600) < 0 || pipe2(ends, O_NONBLOCK) != 0)
		_exit(1);
	alarm(20);
	for (int i = 0; i < calls; i++) {
		unsigned long a[6];
		long number = (long)(draw() % 470);

		for (int j = 0; j < 6; j++)
			a[j] = argument();
		if (!is_left_out(number))
			syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	_exit(0);
}

int main(int argc, char **argv)
{
	unsigned long seed = argc > 1 ? strtoul(argv[1], NULL, 0) : 1;
	int processes = argc > 2 ? atoi(argv[2]) : 10, calls = argc > 3 ? atoi(argv[3]) : 1000, status;

	printf("seed %lu\n", seed);
	fflush(stdout);
	for (int i = 0; i < processes; i++) {
		pid_t child = fork();

		if (child == 0) {
			state = seed * 1000003 + (unsigned long)i * 7919 + 1;
			run(calls);
		}
		while (waitpid(child, &status, 0) != child)
			;
	}
	printf("done\n");
	return 0;
}

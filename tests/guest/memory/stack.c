// build: glibc-static, musl-static
// flags: -Wno-infinite-recursion -fno-stack-protector
#include "guest.h"

static char alternate[65536];
static volatile int reached;
static rlim_t limit_bytes;
static char *stack_top;

/* 1 KiB or so a level. */
__attribute__((noinline)) static int deep(int levels)
{
	volatile char room[1000];

	room[0] = (char)levels;
	room[999] = 1;
	reached = levels;
	int below = levels > 0 ? deep(levels - 1) : 0;
	return room[0] == (char)levels ? below + 1 : -1000000;
}

static void on_overflow(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	long depth = stack_top - (char *)info->si_addr;

	printf("signal %d code %d, within %d of the limit\n", signal_number, info->si_code,
		labs(depth - (long)limit_bytes) < (long)(256 * 1024));
	fflush(stdout);
	_exit(0);
}

static long stack_kib(void)
{
	return status_of("VmStk");
}

static void far_below(void)
{
	volatile char *pointer = __builtin_frame_address(0);

	TRY(pointer[-3 * 1024 * 1024] = 1, pointer);
	printf("a touch far below the stack pointer extends the stack: %d\n", stack_kib() >= 3 * 1024);
	TRY(pointer[-(long)limit_bytes - (1 << 20)] = 1, pointer);
}

static void guard_gap(void)
{
	volatile char *pointer = __builtin_frame_address(0);
	char *wall = (char *)(((uintptr_t)pointer & -PAGE) - 5 * 1024 * 1024);

	MUST(mmap(wall, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == wall);
	TRY(wall[PAGE] = 1, wall);
	TRY(wall[256 * PAGE] = 1, wall);
	TRY(wall[257 * PAGE - 1] = 1, wall);
	TRY(wall[258 * PAGE] = 1, wall);
	munmap(wall, PAGE);
}

static void grows_down(void)
{
	char *room = reserve(4096 * PAGE);
	char *at = mmap(room + 2000 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED, -1, 0);

	MUST(at == room + 2000 * PAGE);
	at[0] = 1;
	TRY(at[-1] = 1, at);
	TRY(at[-100 * (long)PAGE] = 1, at);
	show_areas(room, room + 4096 * PAGE);
	SHOW(mprotect(at, PAGE, PROT_READ | PROT_GROWSDOWN));
	show_areas(room, room + 4096 * PAGE);
	MUST(mmap(room + 1500 * PAGE, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
	TRY(room[1600 * PAGE] = 1, at);
}

int main(void)
{
	struct rlimit limit;
	stack_t stack = { .ss_sp = alternate, .ss_size = sizeof(alternate) };
	struct sigaction action = { .sa_sigaction = on_overflow, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	catch_faults();
	MUST(getrlimit(RLIMIT_STACK, &limit) == 0);
	printf("limit %ld\n", (long)limit.rlim_cur);
	limit_bytes = limit.rlim_cur;
	stack_top = __builtin_frame_address(0);
	MUST(sigaltstack(&stack, NULL) == 0);
	printf("depth %d\n", deep(1000));
	printf("the stack has grown: %d\n", stack_kib() > 1000);
	far_below();
	grows_down();
	guard_gap();
	fflush(stdout);
	MUST(sigaction(SIGSEGV, &action, NULL) == 0);
	printf("%d\n", deep(1 << 30));
	return 1;
}

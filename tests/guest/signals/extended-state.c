// build: glibc-static, musl-static
// flags: -mavx -mxsave
/* The XSAVE image in a signal frame: its description, the upper halves of YMM registers, and frames that are not as they should be. */
#include "guest.h"
#include <immintrin.h>
#include <ucontext.h>

enum { DESCRIPTION = 464, HEADER = 512, UPPER = 576 };

static int change;
static volatile unsigned control;

static uint32_t word(const unsigned char *area, int place)
{
	uint32_t value;

	memcpy(&value, area + place, 4);
	return value;
}

static void put(unsigned char *area, int place, uint64_t value, size_t size)
{
	memcpy(area + place, &value, size);
}

static void handler(int signal, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	unsigned char *area = (unsigned char *)uc->uc_mcontext.fpregs;
	uint32_t size = word(area, DESCRIPTION + 16);

	(void)signal;
	(void)info;
	printf("flags %lx, aligned %lu, marks %x %x, extended %u, features %x, size %u\n", (unsigned long)uc->uc_flags, (unsigned long)((uintptr_t)area % 64),
	       word(area, DESCRIPTION), word(area, (int)size), word(area, DESCRIPTION + 4), word(area, DESCRIPTION + 8), size);
	printf("present %x, format %x, upper %08x %08x, low %08x\n", word(area, HEADER), word(area, HEADER + 8), word(area, UPPER + 5 * 16), word(area, UPPER + 15 * 16 + 12),
	       word(area, 160 + 5 * 16));
	printf("mxcsr here %x\n", _mm_getcsr());
	__asm__ volatile("vpcmpeqd %%xmm5, %%xmm5, %%xmm5\n\tvinsertf128 $1, %%xmm5, %%ymm5, %%ymm5" : : : "xmm5");
	switch (change) {
	case 1: put(area, UPPER + 5 * 16, 0x12345678, 4); break;
	case 2: put(area, HEADER, 3, 8); break;
	case 3: put(area, (int)size, 0, 4); break;
	case 4: put(area, DESCRIPTION, 0, 4); break;
	case 5: put(area, DESCRIPTION + 8, 3, 8); break;
	case 6: put(area, HEADER, 1 << 20, 8); break;
	case 7: put(area, HEADER + 16, 1, 8); break;
	case 8: put(area, 24, 0xffff0000, 4); break;
	case 9: put(area, HEADER, 4, 8); break;
	case 10: put(area, DESCRIPTION + 8, 0, 8); break;
	case 11: put(area, DESCRIPTION + 16, 100000, 4); break;
	case 12: uc->uc_mcontext.fpregs = NULL; break;
	}
}

static void run(void)
{
	uint32_t values[8];

	_mm_setcsr(0x9fc0);
	__asm__ volatile(
		"movl $0x5a5a5a5a, %%eax\n\tvmovd %%eax, %%xmm5\n\tvpshufd $0, %%xmm5, %%xmm5\n\tvinsertf128 $1, %%xmm5, %%ymm5, %%ymm5\n\t"
		"vmovaps %%ymm5, %%ymm15\n\tud2\n\tvmovups %%ymm5, %0"
		: "=m"(values) : : "rax", "xmm5", "xmm15", "memory");
	control = _mm_getcsr();
	_mm_setcsr(0x1f80);
	__asm__ volatile("vzeroupper" : : : "memory");
	printf("behind: %08x %08x %08x, mxcsr %x\n", values[0], values[4], values[7], control);
}

static void step_over(int signal, siginfo_t *info, void *context)
{
	handler(signal, info, context);
	((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = step_over, .sa_flags = SA_SIGINFO };

	setvbuf(stdout, NULL, _IONBF, 0);
	sigaction(SIGILL, &action, NULL);
	for (change = 0; change <= 12; change++) {
		int status;
		pid_t child = fork();

		if (child == 0) {
			printf("-- %d\n", change);
			run();
			_exit(0);
		}
		waitpid(child, &status, 0);
		printf("status %x\n", status);
	}
	return 0;
}

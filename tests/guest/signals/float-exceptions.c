// flags: -mavx -mfma -lm
/* Unmasked exceptions of SSE, AVX, FMA and the x87: the signal's code, where it points, and what the status says. */
#include "guest.h"
#include <fenv.h>
#include <immintrin.h>
#include <setjmp.h>
#include <ucontext.h>

static sigjmp_buf back;

static const char *code_name(int code)
{
	switch (code) {
	case FPE_INTDIV: return "INTDIV";
	case FPE_FLTDIV: return "FLTDIV";
	case FPE_FLTOVF: return "FLTOVF";
	case FPE_FLTUND: return "FLTUND";
	case FPE_FLTRES: return "FLTRES";
	case FPE_FLTINV: return "FLTINV";
	case FPE_FLTSUB: return "FLTSUB";
	}
	return "other";
}

static void handler(int signal, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;

	printf("signal %d %s (%d), at rip %d, trap %lld, mxcsr %x, fsw %x fcw %x\n", signal, code_name(info->si_code), info->si_code,
	       (greg_t)info->si_addr == uc->uc_mcontext.gregs[REG_RIP], (long long)uc->uc_mcontext.gregs[REG_TRAPNO], uc->uc_mcontext.fpregs->mxcsr,
	       uc->uc_mcontext.fpregs->swd & 0x80ff, uc->uc_mcontext.fpregs->cwd);
	siglongjmp(back, 1);
}

static const double values[] = { 1.0, 0.0, 1e308, 1e-308, 5e-324, 3.0, -1.0 };

static void sse(unsigned unmasked)
{
	for (int a = 0; a < 7; a++) {
		for (int operation = 0; operation < 6; operation++) {
			volatile double x = values[a], y = values[(a + operation) % 7], z = 0;
			unsigned control = 0x1f80 & ~(unmasked << 7);

			if (sigsetjmp(back, 1) == 0) {
				__m128d vx = _mm_set_sd(x), vy = _mm_set_sd(y), r = vx;
				__m256d wide = _mm256_set_pd(x, y, 1, 2), other = _mm256_set_pd(y, x, 3, 4);

				_mm_setcsr(control);
				switch (operation) {
				case 0: r = _mm_div_sd(vx, vy); break;
				case 1: r = _mm_mul_sd(vx, vy); break;
				case 2: r = _mm_sqrt_sd(vx, vx); break;
				case 3: r = _mm_fmadd_sd(vx, vy, vx); break;
				case 4: r = _mm256_castpd256_pd128(_mm256_div_pd(wide, other)); break;
				case 5: r = _mm_cvtss_sd(r, _mm_cvtsd_ss(_mm_setzero_ps(), vx)); break;
				}
				z = _mm_cvtsd_f64(r);
			}
			unsigned after = _mm_getcsr();
			_mm_setcsr(0x1f80);
			printf("sse %02x %d %d: mxcsr %x, %a\n", unmasked, a, operation, after, z);
		}
	}
}

static void x87(unsigned unmasked)
{
	unsigned short control = (unsigned short)(0x37f & ~unmasked), status;

	for (int a = 0; a < 7; a++) {
		volatile double x = values[a], y = values[(a + 1) % 7];

		if (sigsetjmp(back, 1) == 0) {
			__asm__ volatile("fninit\n\tfldcw %0" : : "m"(control));
			__asm__ volatile("fldl %1\n\tfdivl %0\n\tfstps -8(%%rsp)\n\tfwait" : : "m"(y), "m"(x) : "memory");
		}
		__asm__ volatile("fnstsw %0\n\tfnclex\n\tfninit" : "=m"(status));
		printf("x87 %02x %d: status %x\n", unmasked, a, status);
	}
	if (sigsetjmp(back, 1) == 0)
		__asm__ volatile("fninit\n\tfldcw %0\n\tfaddp\n\tfwait" : : "m"(control));
	__asm__ volatile("fnclex\n\tfninit");
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

	sigaction(SIGFPE, &action, NULL);
	for (unsigned flag = 1; flag <= 0x20; flag <<= 1) {
		sse(flag);
		x87(flag);
	}
	sse(0x3f);
	x87(0x3f);
	return 0;
}

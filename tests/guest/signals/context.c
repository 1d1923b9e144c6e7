// build: glibc-static, musl-static
/* What a handler sees of the registers, and what it may change. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

static uint64_t seen[17];
static int changes;

static void handler(int signal, siginfo_t *info, void *context)
{
	ucontext_t *uc = context;
	greg_t *regs = uc->uc_mcontext.gregs;
	static const int order[] = { REG_RAX, REG_RBX, REG_RCX, REG_RDX, REG_RSI, REG_RDI, REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13,
		REG_R14, REG_R15 };

	(void)signal;
	(void)info;
	for (int i = 0; i < 14; i++)
		seen[i] = (uint64_t)regs[order[i]];
	seen[14] = (uint64_t)regs[REG_EFL] & 0xcd5;
	printf("csgsfs %llx, flags %lx, link %d, fp %s, aligned %d\n", (unsigned long long)regs[REG_CSGSFS], uc->uc_flags & ~1UL, uc->uc_link != NULL,
	       uc->uc_mcontext.fpregs ? "there" : "none", (int)((uintptr_t)uc->uc_mcontext.fpregs & 63));
	printf("mxcsr %x, cwd %x\n", uc->uc_mcontext.fpregs->mxcsr, uc->uc_mcontext.fpregs->cwd);
	printf("xmm5 %08x %08x\n", uc->uc_mcontext.fpregs->_xmm[5].element[0], uc->uc_mcontext.fpregs->_xmm[5].element[1]);
	uint32_t now, control = 0x1f80;
	asm volatile("stmxcsr %0" : "=m"(now));
	printf("here mxcsr %x\n", now);
	asm volatile("ldmxcsr %0\n\tpxor %%xmm5, %%xmm5\n\tcld" : : "m"(control) : "xmm5");
	if (changes) {
		regs[REG_RBX] = 0x1234;
		regs[REG_RIP] += 2; /* over the instruction behind */
		regs[REG_EFL] |= 1;
		uc->uc_mcontext.fpregs->_xmm[5].element[0] = 0xabcd;
		sigaddset(&uc->uc_sigmask, SIGUSR2);
	}
}

static void run(void)
{
	uint64_t rbx, r15, flags, low;
	uint32_t control = 0x9fc0, after;

	asm volatile("ldmxcsr %0" : : "m"(control));
	asm volatile(
		"mov $0x1111, %%rbx\n\tmov $0x3333, %%rdx\n\tmov $0x6666, %%r8\n\tmov $0x7777, %%r9\n\tmov $0x8888, %%r10\n\t"
		"mov $0xcccc, %%r12\n\tmov $0xdddd, %%r13\n\tmov $0xeeee, %%r14\n\tmov $0xffff, %%r15\n\t"
		"movl $0x5a5a, %%eax\n\tmovd %%eax, %%xmm5\n\t"
		"mov $0x2222, %%rcx\n\tmov $0x4444, %%rsi\n\tmov $0x5555, %%rdi\n\t"
		"xor %%eax, %%eax\n\tstd\n\tud2\n\tcld\n\t"
		"mov %%rbx, %0\n\tmov %%r15, %1\n\tmovq %%xmm5, %%rax\n\tmov %%rax, %3\n\tpushfq\n\tpop %2\n\t"
		: "=m"(rbx), "=m"(r15), "=r"(flags), "=m"(low)
		:
		: "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15", "xmm5", "memory", "cc");
	asm volatile("stmxcsr %0" : "=m"(after));
	control = 0x1f80;
	asm volatile("ldmxcsr %0" : : "m"(control));
	printf("rbx %lx r15 %lx xmm5 %lx carry %d mxcsr %x\n", rbx, r15, low, (int)(flags & 1), after);
	for (int i = 0; i < 15; i++)
		if (i != 9)
			printf(" %lx", seen[i]);
	printf("\n");
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	sigset_t mask;

	sigaction(SIGILL, &action, NULL);
	changes = 1;
	run();
	sigprocmask(SIG_SETMASK, NULL, &mask);
	printf("blocked: %d %d\n", sigismember(&mask, SIGUSR2), sigismember(&mask, SIGILL));
	return 0;
}

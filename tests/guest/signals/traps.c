// build: glibc-static, musl-static
/* Exceptions other than page faults. */
#define _GNU_SOURCE
#include <fenv.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

static sigjmp_buf back;
static unsigned long expected;

static void handler(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	unsigned long rip = (unsigned long)regs[REG_RIP];
	int by_address = signal == SIGFPE || signal == SIGILL || (signal == SIGTRAP && info->si_code == TRAP_TRACE);

	printf("  signal %d code %d addr %s trapno %lld err %llx flags %llx rip %+ld\n", signal, info->si_code,
	       !by_address ? info->si_addr ? "set" : "none" : (unsigned long)info->si_addr == rip ? "rip" : "other", (long long)regs[REG_TRAPNO],
	       (unsigned long long)regs[REG_ERR], (unsigned long long)regs[REG_EFL] & 0x10100, (long)(rip - expected));
	if (signal == SIGTRAP && info->si_code == TRAP_TRACE)
		regs[REG_EFL] &= ~0x100LL;
	siglongjmp(back, 1);
}

#define TRY(name, code) \
	do { \
		printf("%s\n", name); \
		if (!sigsetjmp(back, 1)) { \
			asm volatile("lea 1f(%%rip), %%rax\n\tmov %%rax, %0\n1:\n\t" code : "=m"(expected) : : "rax", "rcx", "rdx", "memory", "cc"); \
			printf("  passed\n"); \
		} \
	} while (0)

static void unmasked(const char *name, unsigned mask, double a, double b, char operation)
{
	volatile double x = a, y = b, z;
	unsigned mxcsr = 0x1f80 & ~(mask << 7);

	printf("%s\n", name);
	if (!sigsetjmp(back, 1)) {
		asm volatile("ldmxcsr %0" : : "m"(mxcsr));
		z = operation == '/' ? x / y : operation == '*' ? x * y : x + y;
		(void)z;
		printf("  passed\n");
	}
	mxcsr = 0x1f80;
	asm volatile("ldmxcsr %0" : : "m"(mxcsr));
}

static void x87(const char *name, unsigned short control, const char *what)
{
	printf("%s\n", name);
	if (!sigsetjmp(back, 1)) {
		asm volatile("fninit\n\tfldcw %0" : : "m"(control));
		if (what[0] == '/')
			asm volatile("lea 1f(%%rip), %%rax\n\tmov %%rax, %0\n\tfld1\n\tfldz\n\tfdivrp\n1:\n\tfwait" : "=m"(expected) : : "rax");
		else
			asm volatile("lea 1f(%%rip), %%rax\n\tmov %%rax, %0\n\tfldz\n\tfldz\n\tfdivrp\n1:\n\tfwait" : "=m"(expected) : : "rax");
		printf("  passed\n");
	}
	asm volatile("fninit");
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };

	for (int signal = SIGHUP; signal < SIGSYS; signal++)
		if (signal == SIGILL || signal == SIGTRAP || signal == SIGBUS || signal == SIGFPE || signal == SIGSEGV)
			sigaction(signal, &action, NULL);
	TRY("divide by zero", "xor %%ecx, %%ecx\n\txor %%edx, %%edx\n\tdiv %%ecx");
	TRY("quotient too large", "mov $1, %%ecx\n\tmov $5, %%edx\n\tdiv %%ecx");
	TRY("undefined", "ud2");
	TRY("breakpoint", "int3");
	TRY("int 3", ".byte 0xcd, 3");
	TRY("int 4", ".byte 0xcd, 4");
	TRY("int 0x40", ".byte 0xcd, 0x40");
	TRY("halt", "hlt");
	TRY("in", "inb $0x80, %%al");
	TRY("cli", "cli");
	TRY("read a control register", "mov %%cr0, %%rax");
	TRY("not canonical", "movabs $0x8000000000000000, %%rcx\n\tmovb (%%rcx), %%al");
	TRY("not canonical, by the stack segment", "push %%rbp\n\tmovabs $0x8000000000000000, %%rbp\n\tmovb (%%rbp), %%al");
	TRY("not aligned", "lea 1(%%rsp), %%rcx\n\tmovaps (%%rcx), %%xmm0");
	TRY("single step", "pushfq\n\torl $0x100, (%%rsp)\n\tpopfq\n\tnop\n\tnop");
	unmasked("sse divide by zero", 4, 1, 0, '/');
	unmasked("sse invalid", 1, 0, 0, '/');
	unmasked("sse overflow", 8, 1e308, 1e308, '*');
	unmasked("sse underflow", 0x10, 1e-308, 1e-308, '*');
	unmasked("sse inexact", 0x20, 1, 3, '/');
	x87("x87 divide by zero", 0x37b, "/");
	x87("x87 invalid", 0x37e, "i");
	return 0;
}

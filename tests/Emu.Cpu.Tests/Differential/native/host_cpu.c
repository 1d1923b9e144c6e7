/*
 * Executes machine code on the host's processor from a given state, and reports the state that it leaves.
 *
 * Protocol: stdin carries batches. A batch is a 32-bit count, the code area, and as many cases; stdout answers it with
 * as many cases, changed. The code area is filled with INT3 where no code stands, so that every case ends in a trap,
 * if not in a fault before.
 *
 * Each case is entered by returning from a signal handler and left by the next signal: the kernel loads and stores the
 * whole state, and none of our own is in the way. The program stands without the C library, which could not live with
 * what the cases do to FS; once it is set up, seccomp allows it a handful of calls and kills it at any other.
 */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <asm/unistd.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <ucontext.h>

#define DATA_ADDRESS 0x10000000ul
#define DATA_SIZE 0x2000ul
#define READ_ONLY_SIZE 0x1000ul
#define WINDOW_OFFSET 0xC00ul
#define WINDOW_SIZE 0x800ul
#define CODE_ADDRESS 0x20000000ul
#define CODE_SIZE 0x10000ul
#define MAX_CASES 1024

#define FX_SIZE 416
#define YMM_HIGH_SIZE 256
#define XSTATE_BV_OFFSET 512
#define YMM_HIGH_OFFSET 576
#define XSTATE_FP_SSE 3ul
#define XSTATE_YMM 4ul
#define BATCH_SECONDS 30
#define CASE_SECONDS 5

/* The flags that a handler must not run with, and that the kernel does not reset on the way to it: NT, AC, ID. */
#define STICKY_FLAGS "0x244000"

struct test_case {
	uint64_t gpr[16];
	uint64_t rip;
	uint64_t rflags;
	uint64_t fs_base;
	uint64_t gs_base;
	uint16_t es, ds, fs, gs, cs, unused[3];
	uint8_t fx[FX_SIZE];
	uint8_t ymm_high[YMM_HIGH_SIZE];
	uint8_t window[WINDOW_SIZE];
	uint32_t trap;
	uint32_t error;
	uint64_t fault_address;
	uint32_t signal;
	uint32_t wrote_outside;
};

struct kernel_sigaction {
	void (*handler)(void);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

/* From the order of the encoding to that of the signal frame. */
static const uint8_t frame_index[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

static struct test_case cases[MAX_CASES];
static uint32_t count, current;
static int running, has_ymm;

static uint8_t *const data = (uint8_t *)DATA_ADDRESS;

static struct {
	gregset_t registers;
	uint8_t fx[FX_SIZE];
} own;

void on_signal(int signal, siginfo_t *info, ucontext_t *context);
void run(void);

/* A handler is entered with the flags of what it interrupts: the first thing is to be rid of AC, and of NT and ID. */
__asm__(
	".globl _start, signal_entry, signal_return\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	and $-16, %rsp\n"
	"	call run\n"
	"signal_entry:\n"
	"	pushfq\n"
	"	andq $~" STICKY_FLAGS ", (%rsp)\n"
	"	popfq\n"
	"	jmp on_signal\n"
	"signal_return:\n"
	"	mov $15, %eax\n"
	"	syscall\n");

void signal_entry(void);
void signal_return(void);

static long call6(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d, r8 __asm__("r8") = e, r9 __asm__("r9") = f;
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return result;
}

static long call3(long number, long a, long b, long c)
{
	return call6(number, a, b, c, 0, 0, 0);
}

/* The compiler may make calls of these of any loop. */
void *memcpy(void *to, const void *from, size_t length)
{
	void *result = to;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(length) : : "memory");
	return result;
}

void *memset(void *to, int value, size_t length)
{
	void *result = to;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(length) : "a"(value) : "memory");
	return result;
}

static void __attribute__((noreturn)) leave(int status)
{
	for (;;)
		call3(__NR_exit_group, status, 0, 0);
}

static int is_zero(const uint8_t *bytes, size_t length)
{
	const uint64_t *words = (const uint64_t *)bytes;
	uint64_t all = 0;

	for (size_t i = 0; i < length / 8; i++)
		all |= words[i];
	return all == 0;
}

static void load_extended(const struct test_case *c, uint8_t *area)
{
	memcpy(area, c->fx, FX_SIZE);
	*(uint64_t *)(area + XSTATE_BV_OFFSET) |= XSTATE_FP_SSE;
	if (has_ymm) {
		memcpy(area + YMM_HIGH_OFFSET, c->ymm_high, YMM_HIGH_SIZE);
		*(uint64_t *)(area + XSTATE_BV_OFFSET) |= XSTATE_YMM;
	}
}

static void load(const struct test_case *c, ucontext_t *context)
{
	greg_t *registers = context->uc_mcontext.gregs;

	memcpy(data + WINDOW_OFFSET, c->window, WINDOW_SIZE);
	for (int i = 0; i < 16; i++)
		registers[frame_index[i]] = (greg_t)c->gpr[i];
	registers[REG_RIP] = (greg_t)c->rip;
	registers[REG_EFL] = (greg_t)c->rflags;
	registers[REG_CSGSFS] = own.registers[REG_CSGSFS];
	load_extended(c, (uint8_t *)context->uc_mcontext.fpregs);
	__asm__ volatile("mov %0, %%es\n\tmov %0, %%ds" : : "r"(0));
	call3(__NR_arch_prctl, ARCH_SET_FS, (long)c->fs_base, 0);
	call3(__NR_arch_prctl, ARCH_SET_GS, (long)c->gs_base, 0);
}

static void store_segments(struct test_case *c)
{
	__asm__ volatile("mov %%es, %0" : "=r"(c->es));
	__asm__ volatile("mov %%ds, %0" : "=r"(c->ds));
	__asm__ volatile("mov %%fs, %0" : "=r"(c->fs));
	__asm__ volatile("mov %%gs, %0" : "=r"(c->gs));
	call3(__NR_arch_prctl, ARCH_GET_FS, (long)&c->fs_base, 0);
	call3(__NR_arch_prctl, ARCH_GET_GS, (long)&c->gs_base, 0);
}

static void store(struct test_case *c, const ucontext_t *context, int signal)
{
	const greg_t *registers = context->uc_mcontext.gregs;
	const uint8_t *area = (const uint8_t *)context->uc_mcontext.fpregs;
	size_t behind = WINDOW_OFFSET + WINDOW_SIZE;

	memcpy(c->window, data + WINDOW_OFFSET, WINDOW_SIZE);
	for (int i = 0; i < 16; i++)
		c->gpr[i] = (uint64_t)registers[frame_index[i]];
	c->rip = (uint64_t)registers[REG_RIP];
	c->rflags = (uint64_t)registers[REG_EFL];
	memcpy(c->fx, area, FX_SIZE);
	if (has_ymm)
		memcpy(c->ymm_high, area + YMM_HIGH_OFFSET, YMM_HIGH_SIZE);
	c->cs = (uint16_t)registers[REG_CSGSFS];
	store_segments(c);
	c->trap = (uint32_t)registers[REG_TRAPNO];
	c->error = (uint32_t)registers[REG_ERR];
	c->fault_address = (uint64_t)registers[REG_CR2];
	c->signal = (uint32_t)signal;
	c->wrote_outside = !is_zero(data, WINDOW_OFFSET) || !is_zero(data + behind, DATA_SIZE - behind);
	if (c->wrote_outside)
		memset(data, 0, DATA_SIZE);
}

void on_signal(int signal, siginfo_t *info, ucontext_t *context)
{
	uint8_t *area = (uint8_t *)context->uc_mcontext.fpregs;

	(void)info;
	if (signal == SIGALRM)
		call3(__NR_alarm, CASE_SECONDS, 0, 0);
	if (running) {
		store(&cases[current++], context, signal);
	} else {
		memcpy(own.registers, context->uc_mcontext.gregs, sizeof own.registers);
		memcpy(own.fx, area, FX_SIZE);
		running = 1;
	}
	if (current < count) {
		load(&cases[current], context);
		return;
	}
	running = 0;
	memcpy(context->uc_mcontext.gregs, own.registers, sizeof own.registers);
	memcpy(area, own.fx, FX_SIZE);
	*(uint64_t *)(area + XSTATE_BV_OFFSET) |= XSTATE_FP_SSE;
}

static void *map(unsigned long address, size_t size, int protection, int flags, int file)
{
	long at = call6(__NR_mmap, (long)address, (long)size, protection, flags | (address ? MAP_FIXED_NOREPLACE : 0), file, 0);

	if (at < 0 && at > -4096)
		leave(2);
	return (void *)at;
}

static void catch_signals(void)
{
	static const uint8_t signals[] = { SIGTRAP, SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGALRM };
	static uint8_t stack[1 << 16];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
	struct kernel_sigaction action = {
		.handler = signal_entry,
		.flags = SA_SIGINFO | SA_ONSTACK | 0x04000000 /* SA_RESTORER */,
		.restorer = signal_return,
		.mask = ~0ul,
	};

	if (call3(__NR_sigaltstack, (long)&alternate, 0, 0) != 0)
		leave(2);
	for (size_t i = 0; i < sizeof signals; i++)
		if (call6(__NR_rt_sigaction, signals[i], (long)&action, 0, 8, 0, 0) != 0)
			leave(2);
}

#define ALLOW(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static void restrict_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		ALLOW(__NR_read),
		ALLOW(__NR_write),
		ALLOW(__NR_rt_sigreturn),
		ALLOW(__NR_arch_prctl),
		ALLOW(__NR_alarm),
		ALLOW(__NR_exit_group),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};
	struct sock_fprog program = { .len = sizeof filter / sizeof *filter, .filter = filter };

	if (call6(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0) != 0)
		leave(2);
	if (call3(__NR_prctl, PR_SET_SECCOMP, SECCOMP_MODE_FILTER, (long)&program) != 0)
		leave(2);
}

static int transfer(long number, long file, void *buffer, size_t length)
{
	for (size_t done = 0; done < length;) {
		long n = call3(number, file, (long)buffer + (long)done, (long)(length - done));

		if (n <= 0)
			return 0;
		done += (size_t)n;
	}
	return 1;
}

/* OSXSAVE and AVX. */
static int cpu_has_ymm(void)
{
	const uint32_t needed = 1u << 27 | 1u << 28;
	uint32_t a = 1, b, c = 0, d;

	__asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
	return (c & needed) == needed;
}

void run(void)
{
	long memory = call3(__NR_memfd_create, (long)"code", 0, 0);
	uint8_t *code;

	if (memory < 0 || call3(__NR_ftruncate, memory, CODE_SIZE, 0) != 0)
		leave(2);
	code = map(0, CODE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, (int)memory);
	map(CODE_ADDRESS, CODE_SIZE, PROT_READ | PROT_EXEC, MAP_SHARED, (int)memory);
	map(DATA_ADDRESS, DATA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	(void)*(volatile uint8_t *)map(DATA_ADDRESS + DATA_SIZE, READ_ONLY_SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	has_ymm = cpu_has_ymm();
	catch_signals();
	restrict_calls();
	while (transfer(__NR_read, 0, &count, sizeof count)) {
		if (count > MAX_CASES || !transfer(__NR_read, 0, code, CODE_SIZE) || !transfer(__NR_read, 0, cases, count * sizeof *cases))
			leave(2);
		current = 0;
		call3(__NR_alarm, BATCH_SECONDS, 0, 0);
		__asm__ volatile("int3" : : : "memory");
		call3(__NR_alarm, 0, 0, 0);
		if (!transfer(__NR_write, 1, cases, count * sizeof *cases))
			leave(2);
	}
	leave(0);
}

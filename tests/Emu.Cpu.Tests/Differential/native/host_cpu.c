/*
 * Executes machine code on the host's processor from a given state, and reports the state that it leaves.
 *
 * Protocol: stdin carries batches. A batch is a 32-bit count, the code area, and as many cases; stdout answers it with
 * as many cases, changed. The code area is filled with INT3 where no code stands, so that every case ends in a trap,
 * if not in a fault before.
 *
 * Each case is entered by returning from a signal handler and left by the next signal: the kernel loads and stores the
 * whole state, and none of our own is in the way.
 */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define DATA_ADDRESS 0x10000000ul
#define DATA_SIZE 0x2000ul
#define WINDOW_OFFSET 0xC00ul
#define WINDOW_SIZE 0x800ul
#define CODE_ADDRESS 0x20000000ul
#define CODE_SIZE 0x10000ul
#define GS_BASE (DATA_ADDRESS - 0x12340)

#define FX_SIZE 416
#define XSTATE_BV_OFFSET 512
#define XSTATE_FP_SSE 3
#define TIMEOUT_SECONDS 60

/* The flags that a handler must not run with, and that the kernel does not reset on the way back: NT, AC, ID. */
#define STICKY_FLAGS 0x244000l

struct test_case {
	uint64_t gpr[16];
	uint64_t rip;
	uint64_t rflags;
	uint8_t fx[FX_SIZE];
	uint8_t window[WINDOW_SIZE];
	uint32_t trap;
	uint32_t error;
	uint64_t fault_address;
	uint32_t signal;
	uint32_t wrote_outside;
};

/* From the order of the encoding to that of the signal frame. */
static const int frame_index[16] = {
	REG_RAX, REG_RCX, REG_RDX, REG_RBX, REG_RSP, REG_RBP, REG_RSI, REG_RDI,
	REG_R8, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15,
};

static struct test_case *cases;
static uint32_t count, current;
static int running;

static uint8_t *const data = (uint8_t *)DATA_ADDRESS;

static struct {
	gregset_t registers;
	uint8_t fx[FX_SIZE];
} own;

static int is_zero(const uint8_t *bytes, size_t length)
{
	const uint64_t *words = (const uint64_t *)bytes;
	uint64_t all = 0;

	for (size_t i = 0; i < length / 8; i++)
		all |= words[i];
	return all == 0;
}

static void load(const struct test_case *c, ucontext_t *context)
{
	uint8_t *fx = (uint8_t *)context->uc_mcontext.fpregs;
	greg_t *registers = context->uc_mcontext.gregs;

	memcpy(data + WINDOW_OFFSET, c->window, WINDOW_SIZE);
	for (int i = 0; i < 16; i++)
		registers[frame_index[i]] = (greg_t)c->gpr[i];
	registers[REG_RIP] = (greg_t)c->rip;
	registers[REG_EFL] = (greg_t)c->rflags;
	memcpy(fx, c->fx, FX_SIZE);
	*(uint64_t *)(fx + XSTATE_BV_OFFSET) |= XSTATE_FP_SSE;
}

static void store(struct test_case *c, const ucontext_t *context, int signal)
{
	const greg_t *registers = context->uc_mcontext.gregs;
	size_t behind = WINDOW_OFFSET + WINDOW_SIZE;

	memcpy(c->window, data + WINDOW_OFFSET, WINDOW_SIZE);
	for (int i = 0; i < 16; i++)
		c->gpr[i] = (uint64_t)registers[frame_index[i]];
	c->rip = (uint64_t)registers[REG_RIP];
	c->rflags = (uint64_t)registers[REG_EFL];
	memcpy(c->fx, context->uc_mcontext.fpregs, FX_SIZE);
	c->trap = (uint32_t)registers[REG_TRAPNO];
	c->error = (uint32_t)registers[REG_ERR];
	c->fault_address = (uint64_t)registers[REG_CR2];
	c->signal = (uint32_t)signal;
	c->wrote_outside = !is_zero(data, WINDOW_OFFSET) || !is_zero(data + behind, DATA_SIZE - behind);
	if (c->wrote_outside)
		memset(data, 0, DATA_SIZE);
}

static void on_signal(int signal, siginfo_t *info, void *pointer)
{
	ucontext_t *context = pointer;
	uint8_t *fx = (uint8_t *)context->uc_mcontext.fpregs;

	(void)info;
	__asm__ volatile("pushfq\n\tandq %0, (%%rsp)\n\tpopfq" : : "e"(~STICKY_FLAGS) : "cc", "memory");
	if (running) {
		store(&cases[current++], context, signal);
	} else {
		memcpy(own.registers, context->uc_mcontext.gregs, sizeof own.registers);
		memcpy(own.fx, fx, FX_SIZE);
		running = 1;
	}
	if (current < count) {
		load(&cases[current], context);
		return;
	}
	running = 0;
	memcpy(context->uc_mcontext.gregs, own.registers, sizeof own.registers);
	memcpy(fx, own.fx, FX_SIZE);
	*(uint64_t *)(fx + XSTATE_BV_OFFSET) |= XSTATE_FP_SSE;
}

static void *map(unsigned long address, size_t size, int protection, int flags, int file)
{
	void *at = mmap((void *)address, size, protection, flags | MAP_FIXED_NOREPLACE, file, 0);

	if (at != (void *)address) {
		perror("host_cpu: mmap");
		exit(2);
	}
	return at;
}

static void catch_signals(void)
{
	static const int signals[] = { SIGTRAP, SIGSEGV, SIGBUS, SIGILL, SIGFPE };
	static uint8_t stack[1 << 16];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof stack };
	struct sigaction action = { .sa_sigaction = on_signal, .sa_flags = SA_SIGINFO | SA_ONSTACK };

	if (sigaltstack(&alternate, NULL) != 0)
		exit(2);
	for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
		if (sigaction(signals[i], &action, NULL) != 0)
			exit(2);
}

static int read_all(void *buffer, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t n = read(0, (char *)buffer + done, length - done);

		if (n <= 0)
			return 0;
		done += (size_t)n;
	}
	return 1;
}

static void write_all(const void *buffer, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t n = write(1, (const char *)buffer + done, length - done);

		if (n <= 0)
			exit(2);
		done += (size_t)n;
	}
}

int main(void)
{
	int memory = memfd_create("code", 0);
	uint8_t *code;

	if (memory < 0 || ftruncate(memory, CODE_SIZE) != 0)
		return 2;
	code = mmap(NULL, CODE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, memory, 0);
	map(CODE_ADDRESS, CODE_SIZE, PROT_READ | PROT_EXEC, MAP_SHARED, memory);
	map(DATA_ADDRESS, DATA_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	if (code == MAP_FAILED || syscall(SYS_arch_prctl, ARCH_SET_GS, GS_BASE) != 0)
		return 2;
	catch_signals();
	while (read_all(&count, sizeof count)) {
		cases = malloc((size_t)count * sizeof *cases);
		if (!cases || !read_all(code, CODE_SIZE) || !read_all(cases, (size_t)count * sizeof *cases))
			return 2;
		current = 0;
		alarm(TIMEOUT_SECONDS);
		__asm__ volatile("int3" : : : "memory");
		alarm(0);
		write_all(cases, (size_t)count * sizeof *cases);
		free(cases);
	}
	return 0;
}

/*
 * Executes single x87 instructions on the host and reports what they left behind.
 *
 * Protocol: stdin carries batches, each a 32-bit count followed by that many 32-byte cases; stdout answers
 * each batch with as many 32-byte results. A batch is read whole before the first result is written.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct __attribute__((packed)) test_case {
	uint16_t op;
	uint16_t control;
	uint8_t st0[10];
	uint8_t st1[10];
	uint8_t memory[8];
};

struct __attribute__((packed)) test_result {
	uint8_t st0[10];
	uint8_t st1[10];
	uint16_t status;
	uint8_t memory[10];
};

/*
 * Loads both registers under a control word that masks everything, switches to the control word of the case,
 * runs one instruction and collects the status word before anything can deliver a pending exception.
 */
#define RUN(instruction)                                                                                        \
	__asm__ volatile(                                                                                           \
		"fninit\n\tfldt %[b]\n\tfldt %[a]\n\tfldcw %[cw]\n\t" instruction "\n\tfnstsw %[sw]\n\tfnclex\n\t"      \
		"fldcw %[quiet]\n\tfstpt %[r0]\n\tfstpt %[r1]\n\t"                                                      \
		: [sw] "=m"(r->status), [r0] "=m"(r->st0), [r1] "=m"(r->st1), [m] "+m"(r->memory), [flags] "=&r"(flags) \
		: [a] "m"(c->st0), [b] "m"(c->st1), [cw] "m"(c->control), [quiet] "m"(quiet), [src] "m"(c->memory)      \
		: "memory", "cc", "st", "st(1)", "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)")

#define OP(number, instruction) \
	case number:                \
		RUN(instruction);       \
		break

/* The comparisons that answer in EFLAGS put ZF, PF and CF into the first bytes of the memory result. */
#define FLAGS(instruction) instruction "\n\tpushfq\n\tpopq %[flags]\n\tmovq %[flags], %[m]"

static const uint16_t quiet = 0x37f;

static void run(const struct test_case *c, struct test_result *r)
{
	uint64_t flags;

	memset(r->memory, 0xA5, sizeof r->memory);
	switch (c->op) {
	OP(0, "fadd %%st(1), %%st");
	OP(1, "fsub %%st(1), %%st");
	OP(2, "fsubr %%st(1), %%st");
	OP(3, "fmul %%st(1), %%st");
	OP(4, "fdiv %%st(1), %%st");
	OP(5, "fdivr %%st(1), %%st");
	OP(6, "fsqrt");
	OP(7, "fcom %%st(1)");
	OP(8, "fucom %%st(1)");
	OP(9, FLAGS("fcomi %%st(1), %%st"));
	OP(10, FLAGS("fucomi %%st(1), %%st"));
	OP(11, "ftst");
	OP(12, "fxam");
	OP(13, "fprem");
	OP(14, "fprem1");
	OP(15, "frndint");
	OP(16, "fscale");
	OP(17, "fxtract");
	OP(18, "fabs");
	OP(19, "fchs");

	OP(20, "flds %[src]");
	OP(21, "fldl %[src]");
	OP(22, "filds %[src]");
	OP(23, "fildl %[src]");
	OP(24, "fildll %[src]");
	OP(25, "fsts %[m]");
	OP(26, "fstl %[m]");
	OP(27, "fists %[m]");
	OP(28, "fistl %[m]");
	OP(29, "fistpll %[m]");
	OP(30, "fisttps %[m]");
	OP(31, "fisttpl %[m]");
	OP(32, "fisttpll %[m]");
	OP(33, "fbld %[b]");
	OP(34, "fbstp %[m]");

	OP(35, "fld1");
	OP(36, "fldl2t");
	OP(37, "fldl2e");
	OP(38, "fldpi");
	OP(39, "fldlg2");
	OP(40, "fldln2");
	OP(41, "fldz");

	OP(42, "f2xm1");
	OP(43, "fyl2x");
	OP(44, "fyl2xp1");
	OP(45, "fptan");
	OP(46, "fpatan");
	OP(47, "fsin");
	OP(48, "fcos");
	OP(49, "fsincos");

	OP(50, "fadds %[src]");
	OP(51, "faddl %[src]");
	OP(52, "fiadds %[src]");
	OP(53, "fmuls %[src]");
	OP(54, "fdivl %[src]");
	OP(55, "fdivrl %[src]");
	OP(56, "fcoms %[src]");
	OP(57, "fcoml %[src]");
	OP(58, "ficoms %[src]");
	OP(59, "fidivrl %[src]");
	OP(60, "fsubl %[src]");
	OP(61, "fsubrs %[src]");
	default:
		fprintf(stderr, "x87_oracle: no operation %u\n", c->op);
		exit(2);
	}
}

static void read_all(void *buffer, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t n = read(0, (char *)buffer + done, length - done);

		if (n <= 0)
			exit(done == 0 && n == 0 ? 0 : 1);
		done += n;
	}
}

static void write_all(const void *buffer, size_t length)
{
	for (size_t done = 0; done < length;) {
		ssize_t n = write(1, (const char *)buffer + done, length - done);

		if (n <= 0)
			exit(1);
		done += n;
	}
}

int main(void)
{
	for (;;) {
		uint32_t count;

		read_all(&count, sizeof count);

		struct test_case *cases = malloc((size_t)count * sizeof *cases);
		struct test_result *results = malloc((size_t)count * sizeof *results);

		if (!cases || !results)
			return 1;
		read_all(cases, (size_t)count * sizeof *cases);
		for (uint32_t i = 0; i < count; i++)
			run(&cases[i], &results[i]);
		write_all(results, (size_t)count * sizeof *results);
		free(cases);
		free(results);
	}
}

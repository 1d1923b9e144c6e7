// build: nostdlib, nostdlib-pie
// args: one two
/* No library at all: what the kernel hands over is read straight from the stack. */
static long call3(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return result;
}

static void put(const char *text)
{
	long length = 0;

	while (text[length])
		length++;
	call3(1, 1, (long)text, length);
}

__attribute__((used)) static void start(const long *stack)
{
	put("hello, world\n");
	for (long i = 1; i < stack[0]; i++) {
		put((const char *)stack[1 + i]);
		put("\n");
	}
	call3(231, (long)stack & 15, 0, 0);
}

__asm__(".globl _start\n_start: xor %ebp, %ebp\n mov %rsp, %rdi\n and $-16, %rsp\n call start\n");

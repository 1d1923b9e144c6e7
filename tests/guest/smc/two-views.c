// build: glibc-static, musl-static
#include "guest.h"

/* One memory, mapped once to be written and once to be executed: a store through one view changes the code in the other. */
static unsigned char *writer;
static const unsigned char *runner;

static int run(long offset, int argument)
{
	return ((int (*)(int))(uintptr_t)(runner + offset))(argument);
}

static void put(long offset, const char *bytes, size_t length)
{
	memcpy(writer + offset, bytes, length);
}

int main(void)
{
	int file = (int)syscall(SYS_memfd_create, "code", 0);
	unsigned int sum = 0;

	MUST(file >= 0 && ftruncate(file, 4 * PAGE) == 0);
	writer = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	runner = mmap(NULL, 4 * PAGE, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
	MUST(writer != MAP_FAILED && runner != MAP_FAILED);
	for (int i = 0; i < 3000; i++) {
		/* lea N(%rdi), %eax; ret */
		put(i % 50 * 4, "\x8d\x47\x00\xc3", 4);
		writer[i % 50 * 4 + 2] = (unsigned char)i;
		sum = sum * 31 + (unsigned int)run(i % 50 * 4, i);
		sum = sum * 31 + (unsigned int)run((i + 7) % 50 * 4 < i * 4 ? (i + 7) % 50 * 4 : 0, i);
	}
	printf("by store: %08x\n", sum);
	for (int i = 0; i < 200; i++) {
		unsigned char text[6] = { 0xb8, (unsigned char)i, 1, 2, 0, 0xc3 };
		MUST(pwrite(file, text, 6, PAGE - 3) == 6);
		sum = sum * 31 + (unsigned int)run((long)PAGE - 3, 0);
	}
	printf("by write, over the edge: %08x\n", sum);
	/* A child has the same memory; a third view, private, has it until it is written. */
	put(2048, "\xb8\x01\x00\x00\x00\xc3", 6);
	printf("before: %d\n", run(2048, 0));
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		writer[2049] = 2;
		_exit(run(2048, 0));
	}
	int status;
	MUST(waitpid(child, &status, 0) == child);
	printf("the child changed it: %d %d\n", WEXITSTATUS(status), run(2048, 0));
	unsigned char *copy = mmap(NULL, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE, file, 0);
	printf("private view: %d ", ((int (*)(void))(uintptr_t)(copy + 2048))());
	writer[2049] = 3;
	printf("%d ", ((int (*)(void))(uintptr_t)(copy + 2048))());
	copy[2049] = 4;
	printf("%d ", ((int (*)(void))(uintptr_t)(copy + 2048))());
	writer[2049] = 5;
	printf("%d %d\n", ((int (*)(void))(uintptr_t)(copy + 2048))(), run(2048, 0));
	/* Punched out, the code is zeros: add %al, (%rax). */
	MUST(fallocate(file, 3, 0, PAGE) == 0);
	printf("punched out: %d\n", runner[2048]);
	put(2048, "\xb8\x09\x00\x00\x00\xc3", 6);
	printf("and written again: %d\n", run(2048, 0));
	return 0;
}

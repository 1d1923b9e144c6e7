// build: glibc-static, musl-static
// flags: -fcf-protection=none
#include "guest.h"

/* mov $IMMEDIATE, %eax; ret, at the very beginning of a page that is written while it runs. */
static unsigned char *code;

static int call(const unsigned char *at)
{
	return ((int (*)(void))(uintptr_t)at)();
}

static void put_constant(unsigned char *at, int value)
{
	at[0] = 0xb8;
	memcpy(at + 1, &value, 4);
	at[5] = 0xc3;
}

/* A program that patches its own next instruction, as the processor allows. */
static int patches_itself(int value)
{
	unsigned char *at = code + 2048, *patch;

	/* mov %edi, patch(%rip); jmp 1f; 1: mov $0, %eax; ret */
	at[0] = 0x89, at[1] = 0x3d;
	patch = at + 6 + 2 + 1;
	int distance = (int)(patch - (at + 6));
	memcpy(at + 2, &distance, 4);
	at[6] = 0xeb, at[7] = 0x00;
	at[8] = 0xb8, memset(at + 9, 0, 4);
	at[13] = 0xc3;
	return ((int (*)(int))(uintptr_t)at)(value);
}

/* A loop whose body changes while it runs: add $n, %eax gets another n at each turn. */
static int changes_its_loop(int turns)
{
	/* xor %eax,%eax; 1: add $0,%eax; incb -4(%rip) [the immediate]; dec %edi; jnz 1b; ret */
	static const unsigned char text[] = {
		0x31, 0xc0, 0x83, 0xc0, 0x00, 0xfe, 0x05, 0xf9, 0xff, 0xff, 0xff, 0xff, 0xcf, 0x75, 0xf3, 0xc3,
	};
	unsigned char *at = code + 3000;

	memcpy(at, text, sizeof(text));
	return ((int (*)(int))(uintptr_t)at)(turns);
}

int main(void)
{
	unsigned int sum = 0;

	code = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	MUST(code != MAP_FAILED);
	for (int i = 0; i < 2000; i++) {
		put_constant(code, i);
		sum = sum * 31 + (unsigned int)call(code);
	}
	printf("rewritten: %08x\n", sum);
	for (int i = 0; i < 2000; i++) {
		code[1] = (unsigned char)i;
		sum = sum * 31 + (unsigned int)call(code);
		code[4] = (unsigned char)(i >> 3);
		sum = sum * 31 + (unsigned int)call(code);
	}
	printf("patched: %08x\n", sum);
	/* A call that lies over the edge of two pages, changed on either side. */
	for (int i = 0; i < 500; i++) {
		put_constant(code + PAGE - 3, (int)(i * 0x01010101u));
		sum = sum * 31 + (unsigned int)call(code + PAGE - 3);
		code[PAGE + 1] ^= 0x40;
		sum = sum * 31 + (unsigned int)call(code + PAGE - 3);
		code[PAGE - 2] ^= 0x20;
		sum = sum * 31 + (unsigned int)call(code + PAGE - 3);
	}
	printf("over the edge: %08x\n", sum);
	for (int i = 0; i < 300; i++)
		sum = sum * 31 + (unsigned int)patches_itself(i * 7);
	printf("itself: %08x\n", sum);
	printf("loop: %d\n", changes_its_loop(10));
	printf("loop: %d\n", changes_its_loop(100));
	/* Data beside code, in the same line and in another. */
	put_constant(code, 5);
	for (int i = 0; i < 100000; i++) {
		code[16]++;
		code[200]++;
		if (i % 1000 == 0)
			sum += (unsigned int)call(code);
	}
	printf("data beside code: %08x %d %d\n", sum, code[16], code[200]);
	/* The kernel writes code, too. */
	int ends[2];
	unsigned char buffer[6];
	MUST(pipe(ends) == 0);
	for (int i = 0; i < 50; i++) {
		put_constant(buffer, i * 1000);
		MUST(write(ends[1], buffer, 6) == 6 && read(ends[0], code, 6) == 6);
		sum = sum * 31 + (unsigned int)call(code);
	}
	printf("read into code: %08x\n", sum);
	/* Rights taken away and given back, another page put in its place. */
	for (int i = 0; i < 50; i++) {
		MUST(mprotect(code, PAGE, PROT_READ | PROT_WRITE) == 0);
		put_constant(code, i + 77);
		MUST(mprotect(code, PAGE, PROT_READ | PROT_EXEC) == 0);
		sum = sum * 31 + (unsigned int)call(code);
		MUST(mmap(code, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == code);
		put_constant(code, i);
		sum = sum * 31 + (unsigned int)call(code);
		MUST(mremap(code + 2 * PAGE, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, code) == code);
		put_constant(code, i + 5);
		sum = sum * 31 + (unsigned int)call(code);
		MUST(mmap(code + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
	}
	printf("mapped anew: %08x\n", sum);
	return 0;
}

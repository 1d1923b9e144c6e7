// build: glibc-static, musl-static
/* What a handler of SIGSEGV learns of loads, stores and fetches at addresses of every kind. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096UL

static sigjmp_buf back;
static unsigned long base;
static const char *kind;

static void handler(int signal, siginfo_t *info, void *context)
{
	greg_t *regs = ((ucontext_t *)context)->uc_mcontext.gregs;
	unsigned long rip = (unsigned long)regs[REG_RIP];

	printf("  %-5s signal %d code %d addr %+ld err %#llx trapno %lld cr2 %+ld rip %s\n", kind, signal, info->si_code,
	       (long)((unsigned long)info->si_addr - base), (unsigned long long)regs[REG_ERR], (long long)regs[REG_TRAPNO],
	       (long)((unsigned long)regs[REG_CR2] - base), rip == base ? "there" : "here");
	siglongjmp(back, 1);
}

static void load(unsigned long at)
{
	kind = "load";
	if (!sigsetjmp(back, 1)) {
		unsigned char byte;

		asm volatile("movb (%1), %0" : "=r"(byte) : "r"(at) : "memory");
		printf("  load  ok\n");
	}
}

static void store(unsigned long at)
{
	kind = "store";
	if (!sigsetjmp(back, 1)) {
		asm volatile("movb $0xc3, (%0)" : : "r"(at) : "memory");
		printf("  store ok\n");
	}
}

static void fetch(unsigned long at)
{
	kind = "fetch";
	if (!sigsetjmp(back, 1)) {
		asm volatile("call *%0" : : "r"(at) : "memory", "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11");
		printf("  fetch ok\n");
	}
}

static void all(const char *name, unsigned long at)
{
	printf("%s\n", name);
	base = at;
	load(at);
	store(at);
	fetch(at);
}

static unsigned long area(int protection)
{
	char *at = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	memset(at, 0xc3, 3 * PAGE);
	mprotect(at + PAGE, PAGE, protection);
	return (unsigned long)at + PAGE;
}

/* Far below the stack, but where it could be if its limit were higher. */
static void below_stack(void)
{
	struct rlimit limit;
	unsigned long here = (unsigned long)&limit;

	getrlimit(RLIMIT_STACK, &limit);
	limit.rlim_cur = 8UL << 20;
	setrlimit(RLIMIT_STACK, &limit);
	all("below the stack's limit", (here & ~(PAGE - 1)) - (9UL << 20));
}

/* A mapping right below what the stack may become keeps a gap. */
static void in_gap(void)
{
	char here;
	unsigned long at = ((unsigned long)&here & ~(PAGE - 1)) - (4UL << 20);

	if (mmap((void *)at, PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != (void *)at)
		abort();
	printf("in the stack's guard gap\n");
	base = at + PAGE;
	load(base);
	store(base);
	base = at + 255 * PAGE;
	load(base);
	munmap((void *)at, PAGE);
}

/* A page of a file that ends before it. */
static void past_end(int flags, const char *name)
{
	int fd = memfd_create("short", 0);
	char *at;

	if (fd < 0 || ftruncate(fd, 100) != 0)
		abort();
	at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, flags, fd, 0);
	if (at == MAP_FAILED)
		abort();
	all(name, (unsigned long)at + PAGE);
	base = (unsigned long)at + PAGE - 1;
	load(base);
	store(base);
	munmap(at, 2 * PAGE);
	close(fd);
}

int main(void)
{
	struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
	unsigned long gone = area(PROT_NONE);

	sigaction(SIGSEGV, &action, NULL);
	sigaction(SIGBUS, &action, NULL);
	munmap((void *)(gone - PAGE), 3 * PAGE);
	all("unmapped", gone);
	all("null", 0);
	all("kernel half", 0xffffffff80000000UL);
	all("last page of the user half", 0x00007ffffffff000UL);
	all("not canonical", 0x0000800000000000UL);
	all("not canonical, odd", 0x123456789abcdef0UL);
	all("no access", area(PROT_NONE));
	all("read only", area(PROT_READ));
	all("read and write", area(PROT_READ | PROT_WRITE));
	all("read and execute", area(PROT_READ | PROT_EXEC));
	all("execute only", area(PROT_EXEC));
	past_end(MAP_SHARED, "past the end of a mapped file");
	past_end(MAP_PRIVATE, "past the end of a file mapped privately");
	below_stack();
	in_gap();
	return 0;
}

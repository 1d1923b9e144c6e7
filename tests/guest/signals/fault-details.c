// build: glibc-static, musl-static
#include "guest.h"
#include <ucontext.h>

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED)

enum access { LOAD, STORE, FETCH };

static const char *const access_names[] = { "load", "store", "fetch" };
static char *room, *target;
static sigjmp_buf after;
static char alternate[65536];

/* What the signal frame tells: siginfo, and err, trapno and cr2 of the context. */
static void show(int signal_number, siginfo_t *info, void *context)
{
	const greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
	const char *address = info->si_addr;
	const char *cr2 = (const char *)registers[REG_CR2];

	printf("signal %d code %d errno %d ", signal_number, info->si_code, info->si_errno);
	if (address == NULL)
		printf("addr 0 ");
	else
		printf("addr target%+ld ", address - target);
	printf("err %llx trapno %lld ", registers[REG_ERR], registers[REG_TRAPNO]);
	if (info->si_code > 0 && info->si_code != SI_KERNEL)
		printf("cr2 target%+ld rip %s", cr2 - target, (const char *)registers[REG_RIP] == target ? "target" : "elsewhere");
	printf("\n");
	siglongjmp(after, 1);
}

static void attempt(const char *where, char *at, enum access access)
{
	target = at;
	printf("%s, %s: ", where, access_names[access]);
	if (sigsetjmp(after, 1) != 0)
		return;
	if (access == LOAD)
		__asm__ volatile("movb (%0), %%al" : : "r"(at) : "rax", "memory");
	else if (access == STORE)
		__asm__ volatile("movb $1, (%0)" : : "r"(at) : "memory");
	else
		__asm__ volatile("call *%0" : : "r"(at) : "memory");
	printf("nothing happened\n");
}

static void all(const char *where, char *at)
{
	for (enum access access = LOAD; access <= FETCH; access++)
		attempt(where, at, access);
}

static void prepare(void)
{
	int file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);

	MUST(file >= 0 && write(file, "0123456789", 10) == 10);
	MUST(mmap(room, PAGE, PROT_NONE, ANON, -1, 0) == room);
	MUST(mmap(room + 2 * PAGE, PAGE, PROT_READ, ANON, -1, 0) != MAP_FAILED);
	MUST(mmap(room + 4 * PAGE, PAGE, RW, ANON, -1, 0) != MAP_FAILED);
	room[4 * PAGE] = (char)0xc3;
	MUST(mmap(room + 6 * PAGE, 4 * PAGE, RW | PROT_EXEC, MAP_SHARED | MAP_FIXED, file, 0) != MAP_FAILED);
	MUST(mmap(room + 12 * PAGE, PAGE, PROT_READ | PROT_EXEC, ANON, -1, 0) != MAP_FAILED);
	MUST(mmap(room + 14 * PAGE, 2 * PAGE, RW, ANON, -1, 0) != MAP_FAILED);
	MUST(mprotect(room + 15 * PAGE, PAGE, PROT_NONE) == 0);
}

/* Each instruction is one that touches memory in a way of its own. */
static void forms(void)
{
	struct { const char *name; char *at; } edges[] = { { "last bytes before PROT_NONE", room + 15 * PAGE - 3 } };

	target = edges[0].at;
	printf("8 bytes over the edge: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("movq (%0), %%rax" : : "r"(target) : "rax");
	printf("store over the edge: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("movq $-1, (%0)" : : "r"(target) : "memory");
	printf("half of it was not stored: %d\n", target[0]);
	printf("rep movsb over the edge: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("rep movsb" : : "c"(10), "D"(target), "S"(room + 4 * PAGE) : "memory");
	printf("what fitted was stored: %x\n", (unsigned char)target[0]);
	printf("read-modify-write of a read-only page: ");
	target = room + 2 * PAGE;
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("lock addl $0, (%0)" : : "r"(target) : "memory");
	printf("compare that fails, in a read-only page: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("lock cmpxchgl %%ecx, (%0)" : : "r"(target), "a"(77), "c"(1) : "memory");
	printf("push: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("mov %%rsp, %%rbx; mov %0, %%rsp; pushq $1; mov %%rbx, %%rsp" : : "r"(target + 8) : "rbx", "memory");
	printf("16 bytes: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("movaps %%xmm0, (%0)" : : "r"(target) : "memory");
	printf("16 bytes unaligned, where they must be aligned: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("movaps %%xmm0, (%0)" : : "r"(room + 4 * PAGE + 8) : "memory");
}

static void others(void)
{
	target = NULL;
	printf("ud2: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("ud2");
	printf("hlt: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("hlt");
	printf("in: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("inb $0x80, %%al" : : : "rax");
	printf("int 0x55: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("int $0x55");
	printf("int3: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("int3");
	printf("division by zero: ");
	if (sigsetjmp(after, 1) == 0)
		__asm__ volatile("xor %%edx, %%edx; div %%edx" : : "a"(1) : "rdx");
}

int main(void)
{
	static const int signals[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP };
	struct sigaction action = { .sa_sigaction = show, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	stack_t stack = { .ss_sp = alternate, .ss_size = sizeof(alternate) };
	struct rlimit limit;

	room = reserve(64 * PAGE);
	prepare();
	MUST(sigaltstack(&stack, NULL) == 0);
	for (int i = 0; i < 5; i++)
		MUST(sigaction(signals[i], &action, NULL) == 0);
	all("unmapped", room + 40 * PAGE + 123);
	all("the zeroth page", (char *)16);
	all("kernel half", (char *)0xffffffff81000000);
	all("end of the address space", (char *)-1);
	all("first page above the user's", (char *)0x7ffffffff000);
	all("not canonical", (char *)0x800000000000);
	all("not canonical, high", (char *)0x8000000000000000);
	attempt("NX", room + 4 * PAGE, FETCH);
	all("PROT_NONE", room);
	all("read-only", room + 2 * PAGE);
	attempt("read and execute", room + 12 * PAGE, STORE);
	all("past the end of a mapped file", room + 8 * PAGE);
	MUST(getrlimit(RLIMIT_STACK, &limit) == 0);
	char *here = (char *)((uintptr_t)__builtin_frame_address(0) & -PAGE);
	all("below the limit of the stack", here - limit.rlim_cur - 16 * PAGE);
	char *wall = here - 4 * 1024 * 1024;
	MUST(mmap(wall, PAGE, RW, ANON, -1, 0) == wall);
	all("in the guard gap of the stack", wall + 10 * PAGE);
	forms();
	others();
	return 0;
}

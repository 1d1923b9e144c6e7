/* What the samples share. They use no library: each page that a sample touches, its own source touches. */
#ifndef SAMPLE_H
#define SAMPLE_H

#define PAGE 4096ul
#define ROOM ((char *)0x10000000) /* where the samples put their memory: far from all else, the same each time */

enum { SYS_read, SYS_write, SYS_open, SYS_close, SYS_mmap = 9, SYS_mprotect, SYS_munmap, SYS_brk, SYS_mremap = 25, SYS_msync, SYS_mincore,
	SYS_madvise, SYS_fork = 57, SYS_exit = 60, SYS_wait4, SYS_ftruncate = 77, SYS_mlock = 149, SYS_munlock, SYS_memfd_create = 319 };
enum { PROT_NONE, PROT_READ, PROT_WRITE, PROT_EXEC = 4, RW = PROT_READ | PROT_WRITE };
enum { MAP_SHARED = 1, MAP_PRIVATE, MAP_FIXED = 16, MAP_ANONYMOUS = 32, MAP_GROWSDOWN = 256, MAP_POPULATE = 0x8000 };
enum { MADV_DONTNEED = 4, MREMAP_MAYMOVE = 1, MREMAP_FIXED = 2, O_RDWR = 2, O_CREAT = 64, O_TRUNC = 512, MS_SYNC = 4 };

static inline long call6(long number, long a, long b, long c, long d, long e, long f)
{
	long result;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;

	__asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return result;
}

#define call(number, a, b, c) call6(number, (long)(a), (long)(b), (long)(c), 0, 0, 0)

static inline char *map(void *at, unsigned long length, int rights, int flags, int file)
{
	return (char *)call6(SYS_mmap, (long)at, (long)length, rights, flags, file, 0);
}

static inline char *map_fresh(unsigned long pages)
{
	return map(ROOM, pages * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
}

/* Steps of their own, so that the trace can name them. */
#define STEP __attribute__((noinline, unused)) static

STEP void print(const char *text)
{
	long length = 0;

	while (text[length])
		length++;
	call(SYS_write, 1, text, length);
}

STEP void load(const char *at)
{
	(void)*(const volatile char *)at;
}

STEP void store(char *at, char value)
{
	*(volatile char *)at = value;
}

int main(void);

__attribute__((used, noreturn)) static void start(void)
{
	call(SYS_exit, main(), 0, 0);
	__builtin_unreachable();
}

__asm__(".globl _start\n_start: xor %ebp, %ebp\n and $-16, %rsp\n call start\n");

#endif

// What the samples share: system calls without a C library, and little else.
#pragma once

#include <asm/unistd.h>
#include <linux/fcntl.h>
#include <linux/memfd.h>
#include <linux/mman.h>

#define PAGE 4096ul
#define SIGBUS 7
#define SIGSEGV 11

static inline long call(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
    return result;
}

#define call0(n) call(n, 0, 0, 0, 0, 0, 0)
#define call1(n, a) call(n, (long)(a), 0, 0, 0, 0, 0)
#define call2(n, a, b) call(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define call3(n, a, b, c) call(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define call4(n, a, b, c, d) call(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

typedef volatile unsigned char *Bytes;

_Noreturn static inline void leave(int status)
{
    for (;;)
        call1(__NR_exit_group, status);
}

// A sample ends with the number of the line whose call did not do what it must.
#define MUST(condition) do { if (!(condition)) leave(__LINE__); } while (0)

static inline Bytes map_file(unsigned long length, int protection, int flags, int file)
{
    return (Bytes)call(__NR_mmap, 0, (long)length, protection, flags, file, 0);
}

static inline Bytes map(unsigned long length, int protection, int flags)
{
    return map_file(length, protection, flags | MAP_ANONYMOUS, -1);
}

static inline int mapped(Bytes at)
{
    return (unsigned long)at < -4095ul;
}

// One byte of each page.
static inline void write_pages(Bytes from, unsigned long count, int value)
{
    for (unsigned long i = 0; i < count; i++)
        from[i * PAGE] = (unsigned char)value;
}

static inline unsigned read_pages(Bytes from, unsigned long count)
{
    unsigned sum = 0;
    for (unsigned long i = 0; i < count; i++)
        sum += from[i * PAGE];
    return sum;
}

static inline int status_of(long child)
{
    int status = -1;
    MUST(call4(__NR_wait4, child, &status, 0, 0) == child);
    return status;
}

// Whether a child that stores there is killed by a signal.
static inline int dies_of_store(Bytes at, int signal)
{
    long child = call0(__NR_fork);
    MUST(child >= 0);
    if (child == 0) {
        *at = 1;
        leave(0);
    }
    return (status_of(child) & 127) == signal;
}

static void sample(void);

_Noreturn void _start(void)
{
    sample();
    leave(0);
}

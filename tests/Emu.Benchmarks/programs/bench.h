// What the benchmarks share. A program prints a line for each measure: name, unit, operations, nanoseconds.
#pragma once

#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAGE 4096ul

// What is not as it must be ends the program, and with it the measure.
#define MUST(condition) do { if (!(condition)) { perror(#condition); exit(1); } } while (0)

static inline long now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static inline void report(const char *name, const char *unit, long operations, long start)
{
    long spent = now() - start;
    printf("%s %s %ld %ld\n", name, unit, operations, spent);
    fflush(stdout);
}

// Statements that are run and measured. What they compute must reach memory or a call.
#define MEASURE(name, unit, count, ...) do { \
        long begun = now(); \
        for (long i = 0; i < (count); i++) { __VA_ARGS__; } \
        report(name, unit, count, begun); \
    } while (0)

static inline volatile char *map(unsigned long length)
{
    volatile char *at = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    MUST(at != MAP_FAILED);
    return at;
}

static inline void unmap(volatile char *at, unsigned long length)
{
    MUST(munmap((void *)at, length) == 0);
}

static inline void touch(volatile char *at, unsigned long length)
{
    for (unsigned long i = 0; i < length; i += PAGE)
        at[i] = 1;
}

// Calls and faults of memory, each by itself. Huge pages are off, so that each page is one fault.
#include "bench.h"
#include <sys/prctl.h>

#define MAPPING (2ul << 20)
#define PAGES (MAPPING / PAGE)

static void faults(void)
{
    enum { First = 16, Rounds = 50 };
    volatile char *at = map(First * MAPPING);
    long start = now();
    touch(at, First * MAPPING);
    report("anon-first-touch", "page", First * PAGES, start);
    unmap(at, First * MAPPING);
    long spent = 0;
    for (int i = 0; i < Rounds; i++) {
        at = map(MAPPING);
        start = now();
        touch(at, MAPPING);
        spent += now() - start;
        unmap(at, MAPPING);
    }
    report("anon-recycled", "page", Rounds * PAGES, now() - spent);
}

static void mappings(void)
{
    volatile char *at;
    MEASURE("mmap+munmap", "pair", 10000, unmap(map(16 * PAGE), 16 * PAGE));
    MEASURE("mmap+touch+munmap", "pair", 10000, at = map(PAGE); touch(at, PAGE); unmap(at, PAGE));
}

static void changes(void)
{
    char *at = (char *)map(64 * PAGE);
    touch(at, 64 * PAGE);
    MEASURE("mprotect", "call", 10000, MUST(mprotect(at + 16 * PAGE, 16 * PAGE, i % 2 == 0 ? PROT_READ : PROT_READ | PROT_WRITE) == 0));
    // Back and forth between two places, sixteen pages each time.
    char *from = (char *)map(16 * PAGE), *to = (char *)map(16 * PAGE), *old;
    touch(from, 16 * PAGE);
    MEASURE("mremap-move-16", "call", 5000,
        MUST(mremap(from, 16 * PAGE, 16 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, to) == to); old = from; from = to; to = old);
    MEASURE("dontneed+touch", "page", 20000, MUST(madvise(at, PAGE, MADV_DONTNEED) == 0); at[0] = 1);
}

static void heap(void)
{
    char *start = sbrk(0); // malloc takes none meanwhile, for stdout has its buffer already
    MEASURE("brk-grow-shrink", "pair", 10000, MUST(brk(start + 16 * PAGE) == 0); MUST(brk(start) == 0));
    MEASURE("brk+touch", "pair", 10000, MUST(brk(start + PAGE) == 0); *(volatile char *)start = 1; MUST(brk(start) == 0));
}

int main(void)
{
    MUST(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) == 0);
    faults();
    mappings();
    changes();
    heap();
    return 0;
}

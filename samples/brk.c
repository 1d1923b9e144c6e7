// build: sample
// The heap grows by brk(2), gives its end back, and is empty where it grows again.
#include "sample.h"

static void sample(void)
{
    long start = call1(__NR_brk, 0);
    Bytes heap = (Bytes)start;

    MUST(call1(__NR_brk, start + 3 * PAGE) == start + (long)(3 * PAGE));
    write_pages(heap, 3, 1);
    MUST(call1(__NR_brk, start + PAGE) == start + (long)PAGE);
    MUST(call1(__NR_brk, start + 2 * PAGE) == start + (long)(2 * PAGE));
    MUST(heap[0] == 1 && heap[PAGE] == 0);
}

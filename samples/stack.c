// build: sample
// The stack grows to what is touched below it; where something is mapped, a gap is kept and a store into it kills.
#include "sample.h"

static void sample(void)
{
    Bytes top = (Bytes)((unsigned long)__builtin_frame_address(0) & ~(PAGE - 1));
    write_pages(top - 4 * PAGE, 4, 1);
    *(top - 100 * PAGE) = 2;
    MUST(*(top - 50 * PAGE) == 0);

    Bytes near = (Bytes)call(__NR_mmap, (long)(top - 600 * PAGE), PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    MUST(near == top - 600 * PAGE);
    near[0] = 3;
    *(top - 300 * PAGE) = 4;
    MUST(dies_of_store(near + 2 * PAGE, SIGSEGV));
}

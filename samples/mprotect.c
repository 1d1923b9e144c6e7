// build: sample
// mprotect(2): a store into a read-only page kills, pages that come back to be writable are used again without a copy.
#include "sample.h"

static void sample(void)
{
    Bytes area = map(3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    MUST(mapped(area));
    write_pages(area, 2, 1);
    MUST(call3(__NR_mprotect, area + PAGE, 2 * PAGE, PROT_READ) == 0);
    MUST(area[PAGE] == 1 && area[2 * PAGE] == 0);
    MUST(dies_of_store(area + PAGE, SIGSEGV));
    MUST(call3(__NR_mprotect, area, 3 * PAGE, PROT_READ | PROT_WRITE) == 0);
    write_pages(area, 3, 2);
    MUST(call3(__NR_mprotect, area, PAGE, PROT_NONE) == 0);
    MUST(dies_of_store(area, SIGSEGV));
}

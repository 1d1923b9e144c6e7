// build: sample
// madvise(2): pages given away are empty when they are touched again; pages asked for come without a fault.
#include "sample.h"

static void sample(void)
{
    Bytes area = map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    MUST(mapped(area));
    write_pages(area, 2, 1);
    MUST(call3(__NR_madvise, area, PAGE, MADV_DONTNEED) == 0);
    MUST(area[0] == 0 && area[PAGE] == 1);
    area[0] = 2;
    MUST(call3(__NR_madvise, area + 2 * PAGE, PAGE, MADV_POPULATE_WRITE) == 0);
    area[2 * PAGE] = 3;
    MUST(call3(__NR_madvise, area + 3 * PAGE, PAGE, MADV_POPULATE_READ) == 0);
    area[3 * PAGE] = 4;

    MUST(call3(__NR_madvise, area, 4 * PAGE, MADV_DONTFORK) == 0);
    MUST(dies_of_store(area, SIGSEGV));
}

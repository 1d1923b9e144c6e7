// build: sample
// mincore(2) tells which pages are there: none of a new mapping, then those that were touched.
#include "sample.h"

static unsigned char present[4];

static int pages(Bytes area)
{
    MUST(call3(__NR_mincore, area, 4 * PAGE, present) == 0);
    return (present[0] & 1) | (present[1] & 1) << 1 | (present[2] & 1) << 2 | (present[3] & 1) << 3;
}

static void sample(void)
{
    Bytes area = map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    MUST(mapped(area) && pages(area) == 0);
    area[PAGE] = 1;
    MUST(pages(area) == 2);
    area[3 * PAGE] = 1;
    MUST(pages(area) == 10);
    MUST(call3(__NR_madvise, area + PAGE, PAGE, MADV_DONTNEED) == 0 && pages(area) == 8);
}

// build: sample
// mlock(2) brings every page at once; with MLOCK_ONFAULT they come one by one; mlockall(2) does it for what is mapped later.
#include "sample.h"

static void sample(void)
{
    Bytes area = map(3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    MUST(mapped(area));
    MUST(call2(__NR_mlock, area, 3 * PAGE) == 0);
    write_pages(area, 3, 1);
    MUST(call2(__NR_munlock, area, 3 * PAGE) == 0);

    Bytes later = map(2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE);
    MUST(mapped(later));
    MUST(call3(__NR_mlock2, later, 2 * PAGE, MLOCK_ONFAULT) == 0);
    write_pages(later, 2, 2);
    MUST(call1(__NR_mlockall, MCL_FUTURE) == 0);
    Bytes locked = map(2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    MUST(mapped(locked));
    write_pages(locked, 2, 3);
}

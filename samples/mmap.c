// build: sample
// Anonymous memory by mmap(2): read first and written first, private and shared, populated, and at an address.
#include "sample.h"

static void sample(void)
{
    Bytes private = map(3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    Bytes shared = map(2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
    Bytes populated = map(4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_POPULATE);
    MUST(mapped(private) && mapped(shared) && mapped(populated));

    MUST(read_pages(private, 2) == 0);
    write_pages(private, 3, 1);
    MUST(read_pages(shared, 1) == 0);
    write_pages(shared, 2, 2);
    write_pages(populated, 4, 3);

    Bytes fixed = (Bytes)call(__NR_mmap, (long)(private + PAGE), PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    MUST(fixed == private + PAGE && fixed[0] == 0);
    fixed[0] = 4;
    MUST(private[0] == 1 && private[2 * PAGE] == 1);
}

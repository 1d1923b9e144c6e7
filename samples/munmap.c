// build: sample
// A hole made by munmap(2): what is left keeps its pages, who stores into the hole is killed, and a new mapping in it is empty.
#include "sample.h"

static void sample(void)
{
    Bytes area = map(5 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    MUST(mapped(area));
    write_pages(area, 5, 1);
    MUST(call2(__NR_munmap, area + PAGE, 3 * PAGE) == 0);
    MUST(area[0] == 1 && area[4 * PAGE] == 1);
    MUST(dies_of_store(area + 2 * PAGE, SIGSEGV));

    Bytes again = (Bytes)call(__NR_mmap, (long)(area + PAGE), 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    MUST(again == area + PAGE);
    write_pages(again, 3, 2);
    MUST(call2(__NR_munmap, area, 5 * PAGE) == 0);
}

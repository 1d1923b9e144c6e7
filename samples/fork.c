// build: sample
// fork(2) shares pages until one side writes: the first to write copies, the last takes the page as it is.
#include "sample.h"

static void sample(void)
{
    Bytes private = map(3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    Bytes shared = map(PAGE, PROT_READ | PROT_WRITE, MAP_SHARED);
    MUST(mapped(private) && mapped(shared));
    write_pages(private, 3, 1);

    long child = call0(__NR_fork);
    MUST(child >= 0);
    if (child == 0) {
        write_pages(private, 2, 2);
        shared[0] = 3;
        leave(0);
    }
    MUST(status_of(child) == 0);
    MUST(read_pages(private, 3) == 3 && shared[0] == 3);
    write_pages(private, 3, 4);
}

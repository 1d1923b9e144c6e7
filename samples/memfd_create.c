// build: sample
// Memory with a descriptor, by memfd_create(2): two mappings of one page, and SIGBUS past the end.
#include "sample.h"

static void sample(void)
{
    int file = (int)call2(__NR_memfd_create, "sample", MFD_CLOEXEC);
    MUST(file >= 0 && call2(__NR_ftruncate, file, 2 * PAGE) == 0);
    Bytes shared = map_file(4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file);
    Bytes private = map_file(2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file);
    MUST(mapped(shared) && mapped(private));
    MUST(read_pages(shared, 1) == 0);
    write_pages(shared, 2, 1);
    MUST(read_pages(private, 2) == 2);
    private[0] = 2;
    MUST(shared[0] == 1);
    MUST(dies_of_store(shared + 2 * PAGE, SIGBUS));
}

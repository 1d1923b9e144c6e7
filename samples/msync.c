// build: sample
// msync(2) writes a shared mapping back: the file is clean then, and the next store is told to it by a fault.
#include "sample.h"

static void sample(void)
{
    int file = (int)call3(__NR_open, "msync.data", O_RDWR | O_CREAT | O_TRUNC, 0600);
    MUST(file >= 0 && call2(__NR_ftruncate, file, 2 * PAGE) == 0);
    Bytes area = map_file(2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file);
    MUST(mapped(area));
    write_pages(area, 2, 1);
    MUST(call3(__NR_msync, area, 2 * PAGE, MS_SYNC) == 0);
    write_pages(area, 2, 2);

    unsigned char byte = 0;
    MUST(call4(__NR_pread64, file, &byte, 1, PAGE) == 1 && byte == 2);
    MUST(call1(__NR_unlink, "msync.data") == 0);
}

// build: sample
// mremap(2): a mapping grows, moves with its pages, leaves an empty one behind (MREMAP_DONTUNMAP), and shrinks.
#include "sample.h"

static Bytes remap(Bytes from, unsigned long old_length, unsigned long length, int flags)
{
    return (Bytes)call(__NR_mremap, (long)from, (long)old_length, (long)length, flags, 0, 0);
}

static void sample(void)
{
    Bytes area = map(2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    MUST(mapped(area));
    write_pages(area, 2, 1);
    Bytes larger = remap(area, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE);
    MUST(mapped(larger) && read_pages(larger, 2) == 2);
    write_pages(larger, 4, 2);
    Bytes moved = remap(larger, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
    MUST(mapped(moved) && moved != larger && read_pages(moved, 4) == 8);
    MUST(larger[0] == 0);
    larger[PAGE] = 3;
    MUST(remap(moved, 4 * PAGE, PAGE, 0) == moved && moved[0] == 2);
}

// build: sample
// A file in memory: the sample's own program, of which a private mapping is read and written, and a shared one is read.
#include "sample.h"

// In the program's file, for not all of it is zero.
_Alignas(PAGE) static volatile unsigned char filler[32 * PAGE] = { 1 };

static void sample(void)
{
    int file = (int)call2(__NR_open, "/proc/self/exe", O_RDONLY);
    MUST(file >= 0);
    Bytes private = map_file(32 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, file);
    Bytes shared = map_file(32 * PAGE, PROT_READ, MAP_SHARED, file);
    MUST(mapped(private) && mapped(shared));
    MUST(private[1] == 'E' && private[20 * PAGE] == 0);
    private[0] = 1;
    private[30 * PAGE] = 2;
    MUST(shared[0] == 127 && shared[30 * PAGE] == 0);
    MUST(dies_of_store(shared, SIGSEGV));
    MUST(filler[0] == 1);
    filler[PAGE] = 3;
}

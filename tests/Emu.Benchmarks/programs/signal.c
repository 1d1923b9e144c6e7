// A store into a page that may not be written, a handler that allows it, and the store again.
#include "bench.h"
#include <signal.h>

static char *page;

static void allow(int number)
{
    (void)number;
    MUST(mprotect(page, PAGE, PROT_READ | PROT_WRITE) == 0);
}

int main(void)
{
    page = (char *)map(PAGE);
    MUST(signal(SIGSEGV, allow) != SIG_ERR);
    MEASURE("sigsegv-handler", "signal", 5000, MUST(mprotect(page, PAGE, PROT_NONE) == 0); *(volatile char *)page = 1);
    return 0;
}

#include "bench.h"
#include <string.h>

enum { Limit = 1000000 };

static char composite[Limit];

static int primes(void)
{
    int count = 0;
    memset(composite, 0, sizeof composite);
    for (int i = 2; i < Limit; i++) {
        if (composite[i])
            continue;
        count++;
        for (int k = i + i; k < Limit; k += i)
            composite[k] = 1;
    }
    return count;
}

int main(void)
{
    MEASURE("sieve", "run", 8, MUST(primes() == 78498));
    return 0;
}

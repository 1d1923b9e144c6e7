#include "bench.h"

enum { Count = 100000 };

static unsigned values[Count];

static int compare(const void *a, const void *b)
{
    unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
    return (x > y) - (x < y);
}

static void sort(void)
{
    unsigned state = 1;
    for (int i = 0; i < Count; i++)
        values[i] = state = state * 1664525 + 1013904223;
    qsort(values, Count, sizeof values[0], compare);
    for (int i = 1; i < Count; i++)
        MUST(values[i - 1] <= values[i]);
}

int main(void)
{
    MEASURE("qsort", "run", 5, sort());
    return 0;
}

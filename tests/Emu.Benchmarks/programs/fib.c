#include "bench.h"

__attribute__((noinline, noclone)) static long fib(long n)
{
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

int main(void)
{
    volatile long n = 30;
    MEASURE("fib", "run", 10, MUST(fib(n) == 832040));
    return 0;
}

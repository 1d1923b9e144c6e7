// build: glibc-static-pie
// flags: -z, max-page-size=0x200000
#include <stdint.h>
#include <stdio.h>

extern const char __ehdr_start[];

/* An image that asks to lie at a multiple of 2 MiB. */
int main(void)
{
	printf("offset %lx\n", (unsigned long)((uintptr_t)__ehdr_start & 0x1fffff));
	return 0;
}

#include "sample.h"

/* The least program: what the kernel itself touches, one page of code, one of constants. */
int main(void)
{
	print("hello from a machine of our own\n");
	return 0;
}

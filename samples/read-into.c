#include "sample.h"

/* The kernel touches a program's memory as the program would: the fault is the kernel's, the page the program's. */
int main(void)
{
	int file = (int)call(SYS_memfd_create, "source", 0, 0);
	char *at = map_fresh(2);

	call(SYS_ftruncate, file, 2 * PAGE, 0);
	call(SYS_read, file, at + PAGE - 8, 16);	/* over the edge: two faults */
	return at[PAGE];
}

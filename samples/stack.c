#include "sample.h"

/* The stack grows by itself when something below it is touched, up to its limit. */
int main(void)
{
	char *here = __builtin_frame_address(0);

	store(here - 16 * PAGE, 1);	/* anon: the kernel mapped 132 KiB at the start */
	store(here - 64 * PAGE, 1);	/* stack-grow: the area now reaches down to here */
	store(here - 48 * PAGE, 1);	/* anon: in between is the stack's already */
	store(here - 4096 * PAGE, 1);	/* SIGSEGV: 16 MiB is more than the limit allows */
	return 0;
}

#include "sample.h"

/* A mapping that moves takes its frames with it: nothing is copied, and what was there is there. */
int main(void)
{
	char *at = map_fresh(2), *to;

	store(at, 'm');
	to = (char *)call6(SYS_mremap, (long)at, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, (long)(ROOM + 32 * PAGE), 0);
	load(to);		/* no fault: the frame came along */
	store(to + 3 * PAGE, 1);	/* the new end is fresh */
	return to[0] == 'm' ? 0 : 1;
}

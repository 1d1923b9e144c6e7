#include "sample.h"

/* What is unmapped is gone: mapped again, it is fresh. A touch in between would be a SIGSEGV. */
int main(void)
{
	char *at = map_fresh(4);

	store(at + PAGE, 1);
	store(at + 2 * PAGE, 1);
	call(SYS_munmap, at + PAGE, PAGE, 0);
	map(at + PAGE, PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
	load(at + PAGE);
	load(at + 2 * PAGE);	/* untouched by all that: no fault */
	return at[PAGE];
}

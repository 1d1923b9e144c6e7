#include "sample.h"

/* After fork both have the same frames, read-only; the first to write gets a copy, the last keeps the original. */
int main(void)
{
	char *at = map_fresh(2);

	store(at, 'p');
	store(at + PAGE, 'p');
	if (call(SYS_fork, 0, 0, 0) == 0) {
		load(at);		/* no fault: the tables were copied */
		store(at, 'c');		/* a copy */
		call(SYS_exit, at[PAGE] == 'p' ? 0 : 1, 0, 0);
	}
	call(SYS_wait4, -1, 0, 0);
	store(at, 'q');			/* nobody else has it any more: made writable where it is */
	store(at + PAGE, 'q');
	return at[0] == 'q' ? 0 : 1;
}

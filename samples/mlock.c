#include "sample.h"

/* mlock brings every page in before it returns: what follows takes no fault. */
int main(void)
{
	char *at = map_fresh(3);

	call(SYS_mlock, at, 2 * PAGE, 0);
	store(at, 1);
	store(at + PAGE, 1);
	store(at + 2 * PAGE, 1);	/* not locked */
	return 0;
}

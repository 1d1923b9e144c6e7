#include "sample.h"

/* A mapping is a promise; the frame comes with the first touch, or at once with MAP_POPULATE. */
int main(void)
{
	char *at = map_fresh(4);

	store(at, 1);
	store(at + 1, 2);	/* the same page: no fault */
	store(at + 3 * PAGE, 3);
	at = map(ROOM + 16 * PAGE, 4 * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE, -1);
	store(at, 4);		/* already there */
	return 0;
}

#include "sample.h"

/* Fresh memory that is only read costs no frame: all pages of it are the one page of zeros, until they are written. */
int main(void)
{
	char *at = map_fresh(3);

	load(at);
	load(at + PAGE);
	store(at, 1);		/* cow: from the zero page to a frame of its own */
	store(at + 2 * PAGE, 1);	/* anon: never read before, so it gets its frame at once */
	return 0;
}

#include "sample.h"

/* MADV_DONTNEED gives the frames back at once; the mapping stays, and is fresh. */
int main(void)
{
	char *at = map_fresh(2);

	store(at, 1);
	store(at + PAGE, 1);
	call(SYS_madvise, at, PAGE, MADV_DONTNEED);
	load(at);
	load(at + PAGE);
	return at[0];
}

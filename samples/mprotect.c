#include "sample.h"

/* Rights are taken away and given back. The page stays, and as nobody shares it, it is writable again without a fault. */
int main(void)
{
	char *at = map_fresh(2);

	store(at, 1);
	call(SYS_mprotect, at, PAGE, PROT_READ);
	load(at);		/* no fault */
	call(SYS_mprotect, at, PAGE, RW);
	store(at, 2);		/* no fault */
	call(SYS_mprotect, at + PAGE, PAGE, PROT_NONE);
	store(at + PAGE, 3);	/* SIGSEGV, ACCERR */
	return 0;
}

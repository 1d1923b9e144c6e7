#include "sample.h"

/* Behind the end of a file there is nothing to map: SIGBUS, not SIGSEGV, for the mapping itself is good. */
int main(void)
{
	int file = (int)call(SYS_open, "sample-file", O_RDWR | O_CREAT | O_TRUNC, 0600);

	call(SYS_write, file, "short", 5);
	char *at = map(ROOM, 2 * PAGE, RW, MAP_SHARED | MAP_FIXED, file);
	store(at + 100, 1);	/* in the last page of the file */
	store(at + PAGE, 1);	/* behind it */
	return 0;
}

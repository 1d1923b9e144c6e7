#include "sample.h"

/* A private mapping of a file shows the page cache, until it is written: then that page is the program's own. */
int main(void)
{
	int file = (int)call(SYS_open, "sample-file", O_RDWR | O_CREAT | O_TRUNC, 0600);

	call(SYS_write, file, "0123456789", 10);
	char *at = map(ROOM, PAGE, RW, MAP_PRIVATE | MAP_FIXED, file);
	load(at);
	store(at, 'x');
	return at[1] == '1' ? 0 : 1;
}

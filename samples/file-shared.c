#include "sample.h"

/* A shared mapping of a file is the page cache. After msync the next store faults once more, so that the kernel knows of it. */
int main(void)
{
	int file = (int)call(SYS_open, "sample-file", O_RDWR | O_CREAT | O_TRUNC, 0600);

	call(SYS_write, file, "0123456789", 10);
	char *at = map(ROOM, PAGE, RW, MAP_SHARED | MAP_FIXED, file);
	load(at);
	store(at, 'x');
	call(SYS_msync, at, PAGE, MS_SYNC);
	store(at, 'y');
	return 0;
}

#include "sample.h"

/* Memory with a descriptor, mapped twice: both mappings show the same frame. */
int main(void)
{
	int file = (int)call(SYS_memfd_create, "sample", 0, 0);

	call(SYS_ftruncate, file, 2 * PAGE, 0);
	char *one = map(ROOM, 2 * PAGE, RW, MAP_SHARED | MAP_FIXED, file);
	char *two = map(ROOM + 16 * PAGE, 2 * PAGE, RW, MAP_SHARED | MAP_FIXED, file);
	store(one, 7);
	load(two);		/* a fault, but the same frame */
	return two[0] == 7 ? 0 : 1;
}

#include "sample.h"

/* The heap grows by brk, page by page as it is touched; shrunk and grown again it is fresh. */
int main(void)
{
	char *heap = (char *)call(SYS_brk, 0, 0, 0);

	call(SYS_brk, heap + 3 * PAGE, 0, 0);
	store(heap, 1);
	store(heap + 2 * PAGE, 1);
	call(SYS_brk, heap + PAGE, 0, 0);
	call(SYS_brk, heap + 3 * PAGE, 0, 0);
	load(heap + 2 * PAGE);
	return heap[2 * PAGE];
}

// emu: --memory 64M --swap 512M
/* Overcommit by guess: what is larger than all memory and swap is refused at once, what is not is promised as often as wanted. */
#include "pressure.h"

int main(void)
{
	SHOW_ADDRESS(mmap(NULL, 1024 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	SHOW_ADDRESS(mmap(NULL, 1024 * MB, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
	SHOW_ADDRESS(mmap(NULL, 1024 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0));
	SHOW_ADDRESS(mmap(NULL, 1024 * MB, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	for (int i = 0; i < 4; i++)
		SHOW_ADDRESS(mmap(NULL, 400 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	return 0;
}

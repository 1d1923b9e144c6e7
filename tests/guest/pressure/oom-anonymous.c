// emu: --memory 64M
/* Without swap the OOM killer ends who takes all memory; the parent learns of it, and all of it is free again. */
#include "pressure.h"

int main(void)
{
	unsigned pieces = 192 * MB / PIECE;
	char *piece[MAX_PIECES];
	long before = number_of("/proc/meminfo", "MemFree");

	for (int round = 0; round < 3; round++) {
		pid_t child = fork();

		MUST(child >= 0);
		if (child == 0) {
			map_pieces(piece, pieces, MAP_PRIVATE | MAP_ANONYMOUS, -1);
			write_pages(piece, pieces, 1);
			_exit(wrong_pages(piece, pieces, 1) != 0);
		}
		show_end("child", child);
		printf("memory is back: %d\n", number_of("/proc/meminfo", "MemFree") > before - 1024);
	}
	map_pieces(piece, 1, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	write_pages(piece, 1, 7);
	printf("wrong in what fits: %u\n", wrong_pages(piece, 1, 7));
	return 0;
}

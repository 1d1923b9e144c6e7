// emu: --memory 64M --swap 512M
/* Three times the machine's memory in anonymous pages: they go to swap and come back. */
#include "pressure.h"

int main(void)
{
	unsigned pieces = pieces_of(192);
	char *piece[MAX_PIECES];

	map_pieces(piece, pieces, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	write_pages(piece, pieces, 1);
	printf("wrong: %u\n", wrong_pages(piece, pieces, 1));
	write_pages(piece, pieces, 2);
	printf("wrong after the second time: %u\n", wrong_pages(piece, pieces, 2));
	unmap_pieces(piece, pieces);
	return 0;
}

// emu: --memory 64M --swap 512M
/* A mapped file three times as large as memory: dirty pages go to the file and are read again. */
#include "pressure.h"

int main(void)
{
	unsigned pieces = pieces_of(192);
	char *piece[MAX_PIECES];
	int file = open("pressure.file", O_RDWR | O_CREAT | O_EXCL, 0600);

	MUST(file >= 0);
	MUST(ftruncate(file, (off_t)(pieces * PIECE)) == 0);
	map_pieces(piece, pieces, MAP_SHARED, file);
	write_pages(piece, pieces, 3);
	printf("wrong: %u\n", wrong_pages(piece, pieces, 3));
	unmap_pieces(piece, pieces);
	map_pieces(piece, pieces, MAP_PRIVATE, file);
	printf("wrong in another mapping: %u\n", wrong_pages(piece, pieces, 3));
	write_pages(piece, pieces, 4);
	printf("wrong in private copies: %u\n", wrong_pages(piece, pieces, 4));
	unmap_pieces(piece, pieces);
	MUST(unlink("pressure.file") == 0);
	return 0;
}

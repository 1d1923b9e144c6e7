// emu: --memory 64M --swap 512M
/* Four children at a time, 48 MiB each, beside what they share with their parent. */
#include "pressure.h"

#define CHILDREN 4

int main(void)
{
	unsigned pieces = pieces_of(48);
	char *piece[MAX_PIECES], *shared[1];
	pid_t child[CHILDREN];

	map_pieces(shared, 1, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	write_pages(shared, 1, 9);
	fflush(stdout);
	for (unsigned i = 0; i < CHILDREN; i++) {
		MUST((child[i] = fork()) >= 0);
		if (child[i] == 0) {
			unsigned wrong;

			map_pieces(piece, pieces, MAP_PRIVATE | MAP_ANONYMOUS, -1);
			write_pages(piece, pieces, i);
			wrong = wrong_pages(shared, 1, 9);
			write_pages(shared, 1, i + 20);
			wrong += wrong_pages(piece, pieces, i) + wrong_pages(shared, 1, i + 20);
			_exit(wrong != 0);
		}
	}
	for (unsigned i = 0; i < CHILDREN; i++)
		show_end("child", child[i]);
	printf("wrong in the parent: %u\n", wrong_pages(shared, 1, 9));
	return 0;
}

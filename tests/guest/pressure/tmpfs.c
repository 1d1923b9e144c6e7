// emu: --memory 64M --swap 512M
/* A file of 192 MiB on a tmpfs of 256 MiB: written, read and mapped; then the file system is full, and empty again. */
#include "pressure.h"
#include <sys/mount.h>
#include <sys/vfs.h>

static void show_blocks(unsigned pieces)
{
	struct statfs fs;

	MUST(statfs("/tmp/pressure", &fs) == 0);
	printf("blocks %ld, in use beside the pieces: %ld\n", (long)fs.f_blocks, (long)(fs.f_blocks - fs.f_bfree - pieces * PIECE_PAGES));
}

int main(void)
{
	unsigned pieces = pieces_of(192);
	static char block[PIECE];
	char *piece[MAX_PIECES];
	unsigned wrong = 0;
	int file, other;

	SHOW(mkdir("/tmp/pressure", 0700));
	SHOW(mount("none", "/tmp/pressure", "tmpfs", 0, "size=256M"));
	show_blocks(0);
	MUST((file = open("/tmp/pressure/file", O_RDWR | O_CREAT | O_EXCL, 0600)) >= 0);
	MUST(ftruncate(file, (off_t)(pieces * PIECE)) == 0);
	map_pieces(piece, pieces, MAP_SHARED, file);
	write_pages(piece, pieces, 5);
	printf("wrong: %u\n", wrong_pages(piece, pieces, 5));
	show_blocks(pieces);
	unmap_pieces(piece, pieces);
	for (unsigned i = 0; i < pieces; i++)
		MUST(pread(file, block, PIECE, (off_t)(i * PIECE)) == (ssize_t)PIECE &&
			pwrite(file, block, PIECE, (off_t)((pieces - 1 - i) * PIECE)) == (ssize_t)PIECE);
	map_pieces(piece, pieces, MAP_SHARED, file);
	for (unsigned i = 0; i < pieces / 2; i++) {
		uint64_t *low = page_at(piece, i * PIECE_PAGES), *high = page_at(piece, (pieces - 1 - i) * PIECE_PAGES);

		wrong += memcmp(low, high, PIECE) != 0;
	}
	printf("pieces that differ from their mirrors: %u\n", wrong);
	unmap_pieces(piece, pieces);
	MUST((other = open("/tmp/pressure/other", O_RDWR | O_CREAT | O_EXCL, 0600)) >= 0);
	for (unsigned i = pieces; i < 16; i++)
		MUST(write(other, block, PIECE) == (ssize_t)PIECE);
	SHOW(write(other, block, PAGE));
	show_blocks(16);
	close(other);
	close(file);
	SHOW(unlink("/tmp/pressure/other"));
	SHOW(unlink("/tmp/pressure/file"));
	show_blocks(0);
	SHOW(umount("/tmp/pressure"));
	SHOW(rmdir("/tmp/pressure"));
	return 0;
}

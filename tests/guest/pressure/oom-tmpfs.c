// emu: --memory 64M
/* Without swap a tmpfs that is larger than memory: who fills it is killed, and its file keeps memory until it is unlinked. */
#include "pressure.h"
#include <sys/mount.h>

static void fill(unsigned pieces, int mapped)
{
	static char block[MB];
	char *piece[MAX_PIECES];
	int file = open("/tmp/pressure/file", O_RDWR | O_CREAT | O_EXCL, 0600);

	MUST(file >= 0);
	if (mapped) {
		MUST(ftruncate(file, (off_t)(pieces * PIECE)) == 0);
		map_pieces(piece, pieces, MAP_SHARED, file);
		write_pages(piece, pieces, 5);
	} else {
		memset(block, 1, MB);
		while (write(file, block, MB) == (ssize_t)MB)
			;
	}
	_exit(3);
}

int main(void)
{
	unsigned pieces = 192 * MB / PIECE;
	long before;

	SHOW(mkdir("/tmp/pressure", 0700));
	SHOW(mount("none", "/tmp/pressure", "tmpfs", 0, "size=256M"));
	before = number_of("/proc/meminfo", "MemFree");
	for (int mapped = 0; mapped < 2; mapped++) {
		pid_t child = fork();

		MUST(child >= 0);
		if (child == 0)
			fill(pieces, mapped);
		show_end(mapped ? "mapped" : "written", child);
		printf("memory is back before the file goes: %d\n", number_of("/proc/meminfo", "MemFree") > before - 4096);
		SHOW(unlink("/tmp/pressure/file"));
		printf("memory is back: %d\n", number_of("/proc/meminfo", "MemFree") > before - 1024);
	}
	SHOW(umount("/tmp/pressure"));
	SHOW(rmdir("/tmp/pressure"));
	return 0;
}

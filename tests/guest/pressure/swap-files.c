// emu: --memory 64M --swap 128M
/* Swap areas come and go: files with priorities beside the one that the machine began with, and swapoff under load. */
#include "pressure.h"
#include <sys/swap.h>

static void show_swaps(void)
{
	printf("%s", read_whole("/proc/swaps"));
}

/* The same without how much is in use; that of each area is only shown as little or much. */
static void show_use(void)
{
	for (const char *line = strchr(read_whole("/proc/swaps"), '\n') + 1; *line; line = strchr(line, '\n') + 1) {
		char name[128], kind[32];
		long size, used;
		int priority;

		MUST(sscanf(line, "%127s %31s %ld %ld %d", name, kind, &size, &used, &priority) == 5);
		printf("  %s %s, %s, priority %d\n", strrchr(name, '/') + 1, kind, used == 0 ? "empty" : used > size / 2 ? "full" : "in use", priority);
	}
}

/* What mkswap writes. */
static void make(const char *name, uint32_t pages, uint32_t last)
{
	static char header[PAGE];
	int file = open(name, O_RDWR | O_CREAT | O_EXCL, 0600);

	MUST(file >= 0);
	memset(header, 0, sizeof(header));
	((uint32_t *)(header + 1024))[0] = 1;
	((uint32_t *)(header + 1024))[1] = last;
	memcpy(header + PAGE - 10, "SWAPSPACE2", 10);
	MUST(write(file, header, PAGE) == (ssize_t)PAGE);
	MUST(ftruncate(file, (off_t)(pages * PAGE)) == 0);
	close(file);
}

static void refusals(void)
{
	int file = open("plain", O_RDWR | O_CREAT, 0600);

	MUST(file >= 0 && write(file, "no header", 9) == 9);
	SHOW(swapon("plain", 0));
	MUST(ftruncate(file, 100 * PAGE) == 0);
	close(file);
	SHOW(swapon("plain", 0));
	SHOW(swapon("absent", 0));
	SHOW(swapon(".", 0));
	SHOW(swapon((char *)1, 0));
	SHOW(swapon("plain", 1 << 20));
	make("short", 10, 20);
	SHOW(swapon("short", 0));
	make("nothing", 10, 0);
	SHOW(swapon("nothing", 0));
	SHOW(swapoff("plain"));
	SHOW(swapoff("absent"));
	unlink("plain");
	unlink("short");
	unlink("nothing");
}

int main(void)
{
	char *piece[MAX_PIECES], *shared[1];
	int file;
	pid_t child;

	show_swaps();
	refusals();
	make("low", 8192, 8191);
	make("high", 8192, 8191);
	SHOW(swapon("low", 0));
	SHOW(swapon("high", SWAP_FLAG_PREFER | 7));
	SHOW(swapon("high", 0));
	show_use();
	file = open("high", O_RDWR);
	SHOW(write(file, "x", 1));
	SHOW(ftruncate(file, 0));
	SHOW(unlink("high"));
	close(file);
	map_pieces(piece, 4, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	map_pieces(shared, 1, MAP_SHARED | MAP_ANONYMOUS, -1);
	write_pages(shared, 1, 9);
	write_pages(piece, 4, 1);
	show_use();
	SHOW(swapoff("high"));
	show_use();
	printf("wrong: %u\n", wrong_pages(piece, 4, 1) + wrong_pages(shared, 1, 9));
	fflush(stdout);
	child = fork();
	if (child == 0) {
		unsigned wrong = wrong_pages(shared, 1, 9);

		if (swapoff("low") < 0)
			_exit(100);
		wrong += wrong_pages(piece, 4, 1);
		write_pages(piece, 1, 3);
		_exit(wrong + wrong_pages(piece, 1, 3) != 0);
	}
	show_end("child", child);
	show_use();
	printf("wrong: %u\n", wrong_pages(piece, 4, 1) + wrong_pages(shared, 1, 9));
	fflush(stdout);
	child = fork(); /* what is out has no room without the last area */
	if (child == 0)
		_exit(swapoff("/dev/zram0") < 0);
	show_end("child", child);
	show_use();
	unmap_pieces(piece, 4);
	SHOW(swapoff("/dev/zram0"));
	show_swaps();
	printf("wrong: %u\n", wrong_pages(shared, 1, 9));
	SHOW(unlink("high"));
	SHOW(unlink("low"));
	return 0;
}

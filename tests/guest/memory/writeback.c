// emu: --memory 64M
/* When what was written through a mapping reaches the file: after its time, or when there is too much of it. */
#include "../guest.h"
#include <time.h>

static long number_of(const char *key)
{
	const char *at = strstr(read_whole("/proc/vmstat"), key);

	MUST(at != NULL);
	return strtol(at + strlen(key), NULL, 10);
}

static void put(const char *path, const char *value)
{
	int file = open(path, O_WRONLY);

	MUST(file >= 0);
	SHOW(write(file, value, strlen(value)));
	close(file);
}

int main(void)
{
	int file = open("written", O_RDWR | O_CREAT | O_EXCL, 0600);
	char *at;
	long most = 0;

	MUST(file >= 0 && ftruncate(file, 8192 * PAGE) == 0);
	at = mmap(NULL, 8192 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	MUST(at != MAP_FAILED);
	memset(at, 1, 10 * PAGE);
	printf("dirty: %ld\n", number_of("\nnr_dirty "));
	for (int i = 0; i < 8; i++) {
		sleep(5);
		printf("after %d s: %ld\n", (i + 1) * 5, number_of("\nnr_dirty "));
	}
	at[0] = 2;
	printf("dirty again: %ld\n", number_of("\nnr_dirty "));
	put("/proc/sys/vm/dirty_expire_centisecs", "100");
	put("/proc/sys/vm/dirty_writeback_centisecs", "50");
	sleep(8);
	printf("sooner: %ld\n", number_of("\nnr_dirty "));
	for (int i = 0; i < 8192; i++) {
		at[i * PAGE] = 3;
		if (i % 64 == 0) {
			long dirty = number_of("\nnr_dirty "), limit = number_of("\nnr_dirty_background_threshold ");

			most = dirty - limit > most ? dirty - limit : most;
		}
	}
	printf("never much above the limit: %d\n", most <= 64);
	SHOW(munmap(at, 8192 * PAGE));
	SHOW(fsync(file));
	printf("in the end: %ld\n", number_of("\nnr_dirty "));
	SHOW(unlink("written"));
	return 0;
}

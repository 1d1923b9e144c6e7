/* A directory of the program's own beneath the one that is its first argument, so that it can be tried on every kind of file system. */
#ifndef PLACE_H
#define PLACE_H

#include "guest.h"

/* Bad pointers and sizes are given on purpose. */
#pragma GCC diagnostic ignored "-Wstringop-overflow"
#pragma GCC diagnostic ignored "-Wstringop-overread"
#pragma GCC diagnostic ignored "-Wnonnull"
#include <dirent.h>
#include <ftw.h>

static char place[4096];

static int remove_one(const char *path, const struct stat *status, int kind, struct FTW *at)
{
	(void)status;
	(void)kind;
	(void)at;
	return remove(path);
}

static inline void leave_place(void)
{
	MUST(chdir("/") == 0);
	nftw(place, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

static inline void enter_place(int argc, char **argv)
{
	MUST(argc > 1);
	snprintf(place, sizeof(place), "%s/emu-place-XXXXXX", argv[1]);
	MUST(mkdtemp(place) != NULL);
	MUST(realpath(place, NULL) != NULL);
	strcpy(place, realpath(place, NULL));
	MUST(chdir(place) == 0);
	umask(022);
	atexit(leave_place);
}

/* Makes a file with some bytes in it. */
static inline void make_file(const char *name, const char *text)
{
	int file = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	MUST(file >= 0);
	MUST(write(file, text, strlen(text)) == (ssize_t)strlen(text));
	MUST(close(file) == 0);
}

/* Prints what a file holds. */
static inline void show_file(const char *name)
{
	char text[256];
	int file = open(name, O_RDONLY);
	ssize_t got = file < 0 ? -1 : read(file, text, sizeof(text) - 1);

	if (got < 0)
		printf("  %s: %s\n", name, errno_name(errno));
	else
		printf("  %s: [%.*s]\n", name, (int)got, text);
	if (file >= 0)
		close(file);
}

/* Prints what stat tells that is the same everywhere. */
static inline void show_stat(const char *name)
{
	struct stat status;

	if (lstat(name, &status) != 0) {
		printf("  %s: %s\n", name, errno_name(errno));
		return;
	}
	printf("  %s: mode %o links %ld", name, status.st_mode, S_ISDIR(status.st_mode) ? -1 : (long)status.st_nlink);
	if (!S_ISDIR(status.st_mode))
		printf(" size %ld", (long)status.st_size);
	printf(" uid %u gid %u\n", status.st_uid, status.st_gid);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Prints the names in a directory in order, with their types. */
static inline void show_directory(const char *name)
{
	char *names[512];
	int count = 0;
	struct dirent *entry;
	DIR *directory = opendir(name);

	if (!directory) {
		printf("  %s/: %s\n", name, errno_name(errno));
		return;
	}
	while (count < 512 && (entry = readdir(directory)) != NULL) {
		MUST(asprintf(&names[count], "%s:%d", entry->d_name, entry->d_type) > 0);
		count++;
	}
	closedir(directory);
	qsort(names, count, sizeof(*names), by_name);
	printf("  %s/:", name);
	for (int i = 0; i < count; i++) {
		printf(" %s", names[i]);
		free(names[i]);
	}
	printf("\n");
}

#endif

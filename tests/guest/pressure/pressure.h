/* More memory than the machine has: pieces of 16 MiB, their pages written and verified in random order. */
#ifndef PRESSURE_H
#define PRESSURE_H

#include "../guest.h"

#define MB (1024UL * 1024)
#define PIECE (16 * MB)
#define PIECE_PAGES (PIECE / PAGE)
#define WORDS (PAGE / sizeof(uint64_t))
#define MAX_PIECES 64

static uint32_t order[MAX_PIECES * PIECE_PAGES];

/* Pieces that make up so many MiB; fewer, and at least one, if EMU_TEST_SCALE is below 1. */
static inline unsigned pieces_of(unsigned megabytes)
{
	const char *text = getenv("EMU_TEST_SCALE");
	double scale = text == NULL ? 1 : atof(text);
	unsigned pieces = (unsigned)(megabytes * (scale < 1 ? scale : 1)) / (unsigned)(PIECE / MB);

	return pieces == 0 ? 1 : pieces;
}

static inline void shuffle(uint32_t pages, uint64_t seed)
{
	uint64_t state = seed * 2 + 1;

	for (uint32_t i = 0; i < pages; i++)
		order[i] = i;
	for (uint32_t i = pages - 1; i > 0; i--) {
		uint32_t other = (uint32_t)(next_random(&state) % (i + 1)), kept = order[i];

		order[i] = order[other];
		order[other] = kept;
	}
}

static inline uint64_t *page_at(char **piece, uint32_t page)
{
	return (uint64_t *)(piece[page / PIECE_PAGES] + page % PIECE_PAGES * PAGE);
}

static inline uint64_t first_word(uint32_t page, uint64_t seed)
{
	return (page + 1) * 0x9e3779b97f4a7c15UL + seed;
}

static inline void write_pages(char **piece, unsigned pieces, uint64_t seed)
{
	uint32_t pages = (uint32_t)(pieces * PIECE_PAGES);

	shuffle(pages, seed);
	for (uint32_t i = 0; i < pages; i++) {
		uint64_t *page = page_at(piece, order[i]), value = first_word(order[i], seed);

		for (unsigned word = 0; word < WORDS; word++)
			page[word] = value + word;
	}
}

/* Returns how many pages hold something else than was written. */
static inline unsigned wrong_pages(char **piece, unsigned pieces, uint64_t seed)
{
	uint32_t pages = (uint32_t)(pieces * PIECE_PAGES), wrong = 0;

	shuffle(pages, seed + 1);
	for (uint32_t i = 0; i < pages; i++) {
		uint64_t *page = page_at(piece, order[i]), value = first_word(order[i], seed), difference = 0;

		for (unsigned word = 0; word < WORDS; word++)
			difference |= page[word] ^ (value + word);
		wrong += difference != 0;
	}
	return wrong;
}

static inline void map_pieces(char **piece, unsigned pieces, int flags, int file)
{
	for (unsigned i = 0; i < pieces; i++) {
		piece[i] = mmap(NULL, PIECE, PROT_READ | PROT_WRITE, flags, file, file < 0 ? 0 : (off_t)(i * PIECE));
		MUST(piece[i] != MAP_FAILED);
	}
}

static inline void unmap_pieces(char **piece, unsigned pieces)
{
	for (unsigned i = 0; i < pieces; i++)
		MUST(munmap(piece[i], PIECE) == 0);
}

/* A number of a file such as /proc/meminfo or /proc/vmstat. */
static inline long number_of(const char *path, const char *key)
{
	const char *text = read_whole(path), *at = text;

	while ((at = strstr(at, key)) != NULL && !((at == text || at[-1] == '\n') && strchr(": ", at[strlen(key)])))
		at++;
	return at == NULL ? -1 : strtol(at + strlen(key) + strspn(at + strlen(key), ": "), NULL, 10);
}

static inline void show_end(const char *name, pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, 0) == pid);
	if (WIFSIGNALED(status))
		printf("%s: killed by %d\n", name, WTERMSIG(status));
	else
		printf("%s: exit %d\n", name, WEXITSTATUS(status));
}

#endif

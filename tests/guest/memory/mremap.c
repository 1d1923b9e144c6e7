// build: glibc-static, musl-static
#include "guest.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static char *room;

static char *map(long page, long pages, int rights, int flags)
{
	char *at = mmap(room + page * PAGE, pages * PAGE, rights, flags | MAP_ANONYMOUS | MAP_FIXED, -1, 0);

	MUST(at == room + page * PAGE);
	return at;
}

static void show(void)
{
	show_areas(room, room + 64 * PAGE);
}

static void errors(void)
{
	map(0, 4, RW, MAP_PRIVATE);
	map(5, 1, RW, MAP_PRIVATE);
	SHOW_ADDRESS(mremap(room + 1, PAGE, PAGE, 0));
	SHOW_ADDRESS(mremap(room, PAGE, 0, 0));
	SHOW_ADDRESS(mremap(room + 40 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
	SHOW_ADDRESS(mremap(room, 4 * PAGE, 6 * PAGE, 0));
	SHOW_ADDRESS(mremap(room, 6 * PAGE, 8 * PAGE, MREMAP_MAYMOVE));
	SHOW_ADDRESS(mremap(room, PAGE, PAGE, 0x80));
	SHOW_ADDRESS(mremap(room, PAGE, PAGE, MREMAP_FIXED, room + 20 * PAGE));
	SHOW_ADDRESS(mremap(room, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 20 * PAGE + 1));
	SHOW_ADDRESS(mremap(room, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + PAGE));
	SHOW_ADDRESS(mremap(room, -PAGE, PAGE, MREMAP_MAYMOVE));
	SHOW_ADDRESS(mremap(room, PAGE, -PAGE, MREMAP_MAYMOVE));
	SHOW_ADDRESS(mremap(room, 0, PAGE, MREMAP_MAYMOVE));
	SHOW_ADDRESS(mremap(room, PAGE, 2 * PAGE, MREMAP_DONTUNMAP));
	show();
	munmap(room, 64 * PAGE);
}

static void in_place(void)
{
	char *at = map(0, 4, RW, MAP_PRIVATE);

	strcpy(at + 3 * PAGE, "kept");
	printf("grows in place: %+ld\n", (char *)mremap(at, 4 * PAGE, 8 * PAGE, 0) - room);
	show();
	at[7 * PAGE] = 1;
	printf("shrinks in place: %+ld\n", (char *)mremap(at, 8 * PAGE, 4 * PAGE, 0) - room);
	show();
	printf("the middle cannot grow: %d\n", mremap(at, PAGE, 2 * PAGE, 0) == MAP_FAILED);
	printf("%s\n", at + 3 * PAGE);
	munmap(room, 64 * PAGE);
}

static void moves(void)
{
	char *at = map(0, 8, RW, MAP_PRIVATE), *to;

	for (int i = 0; i < 8; i++)
		if (i != 3)
			at[i * PAGE] = (char)('a' + i);
	to = mremap(at + 2 * PAGE, 4 * PAGE, 6 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 20 * PAGE);
	MUST(to == room + 20 * PAGE);
	show();
	printf("%d %d %d %d %d %d\n", to[0], to[PAGE], to[2 * PAGE], to[3 * PAGE], to[4 * PAGE], to[5 * PAGE]);
	TRY(at[2 * PAGE] = 1, at);
	map(30, 4, PROT_READ, MAP_PRIVATE);
	to = mremap(to, 6 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 31 * PAGE);
	show();
	printf("%d %d\n", to[0], to[PAGE]);
	to = mremap(to, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE);
	printf("moved elsewhere: %d, with %d %d %d\n", to != room + 31 * PAGE, to[0], to[PAGE], to[2 * PAGE]);
	munmap(to, 4 * PAGE);
	munmap(room, 64 * PAGE);
}

static void back_together(void)
{
	char *at = map(0, 8, RW, MAP_PRIVATE);

	memset(at, 'm', 8 * PAGE);
	MUST(mremap(at + 4 * PAGE, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 30 * PAGE) == room + 30 * PAGE);
	show();
	MUST(mremap(room + 30 * PAGE, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 4 * PAGE) == room + 4 * PAGE);
	show();
	map(12, 2, RW, MAP_PRIVATE);
	MUST(mremap(room + 12 * PAGE, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 8 * PAGE) == room + 8 * PAGE);
	show();
	munmap(room, 64 * PAGE);
}

static void shared(void)
{
	char *at = map(0, 4, RW, MAP_SHARED), *copy;

	strcpy(at, "shared");
	copy = mremap(at, 0, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 10 * PAGE);
	MUST(copy == room + 10 * PAGE);
	copy[0] = 'S';
	printf("two views of one memory: %s %s\n", at, copy);
	show();
	copy = mremap(at, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP);
	printf("left behind and read again: %s %s\n", at, copy);
	munmap(copy, 4 * PAGE);
	munmap(room, 64 * PAGE);
	at = map(0, 2, RW, MAP_PRIVATE);
	strcpy(at, "private");
	copy = mremap(at, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_DONTUNMAP | MREMAP_FIXED, room + 10 * PAGE);
	printf("left behind empty: '%s' '%s'\n", at, copy);
	show();
	munmap(room, 64 * PAGE);
}

int main(void)
{
	room = reserve(64 * PAGE);
	catch_faults();
	errors();
	in_place();
	moves();
	back_together();
	shared();
	return 0;
}

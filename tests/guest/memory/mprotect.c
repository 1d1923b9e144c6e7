// build: glibc-static, musl-static
#include "guest.h"

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static volatile char *room;
static volatile char sink;

static void errors(void)
{
	char *at = (char *)room;
	int read_only = open("file", O_RDONLY);

	SHOW(mprotect(at + 1, PAGE, PROT_READ));
	SHOW(mprotect(at, 0, PROT_READ));
	SHOW(mprotect(at, -1UL, PROT_READ));
	SHOW(mprotect(at + 20 * PAGE, PAGE, PROT_READ));
	SHOW(mprotect(at + 14 * PAGE, 4 * PAGE, PROT_READ));
	SHOW(mprotect(at, PAGE, 0x1000));
	SHOW(mprotect(at, PAGE, PROT_READ | PROT_GROWSDOWN | PROT_GROWSUP));
	SHOW(mprotect(at, PAGE, PROT_READ | PROT_GROWSDOWN));
	SHOW(mprotect((void *)(1UL << 47), PAGE, PROT_READ));
	char *shared = mmap(NULL, PAGE, PROT_READ, MAP_SHARED, read_only, 0), *copy = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE, read_only, 0);
	MUST(shared != MAP_FAILED && copy != MAP_FAILED);
	SHOW(mprotect(shared, PAGE, RW));
	SHOW(mprotect(shared, PAGE, PROT_READ | PROT_EXEC));
	SHOW(mprotect(copy, PAGE, RW));
	show_areas(at, at + 32 * PAGE);
}

static void splits(void)
{
	char *at = (char *)room;

	SHOW(mprotect(at + 4 * PAGE, 2 * PAGE, PROT_READ));
	show_areas(at, at + 32 * PAGE);
	SHOW(mprotect(at + 6 * PAGE, 2 * PAGE, PROT_NONE));
	SHOW(mprotect(at + 8 * PAGE, 100, RW | PROT_EXEC));
	show_areas(at, at + 32 * PAGE);
	SHOW(mprotect(at + 2 * PAGE, 5 * PAGE, PROT_READ));
	show_areas(at, at + 32 * PAGE);
	SHOW(mprotect(at, 16 * PAGE, RW));
	show_areas(at, at + 32 * PAGE);
}

static void accesses(void)
{
	static const int rights[] = { PROT_NONE, PROT_READ, PROT_WRITE, RW, PROT_EXEC, PROT_READ | PROT_EXEC, RW | PROT_EXEC };

	for (int touched = 0; touched < 2; touched++) {
		for (int i = 0; i < 7; i++) {
			volatile char *page = room + (touched * 8 + i) * PAGE;
			void (*function)(void) = (void (*)(void))(uintptr_t)page;

			if (touched)
				*page = (char)0xc3;
			MUST(mprotect((char *)page, PAGE, rights[i]) == 0);
			printf("rights %d, touched %d\n", rights[i], touched);
			if (rights[i] != PROT_EXEC) /* with protection keys it cannot be read, without them it can */
				TRY(sink = page[0], page);
			TRY(page[1] = 2, page);
			if (touched || !(rights[i] & PROT_EXEC))
				TRY(function(), page);
		}
	}
	MUST(mprotect((char *)room, 16 * PAGE, RW) == 0);
	for (int i = 0; i < 16; i++)
		printf(" %x", (unsigned char)room[i * PAGE]);
	printf("\n");
}

int main(void)
{
	int file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);

	MUST(file >= 0 && ftruncate(file, PAGE) == 0);
	room = reserve(32 * PAGE);
	MUST(mmap((char *)room, 16 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == room);
	catch_faults();
	errors();
	splits();
	accesses();
	return 0;
}

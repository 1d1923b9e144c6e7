/* Soft-dirty bits: pages that were written since they were cleared. Not every kernel has them. */
#include "guest.h"

static char *room;

static void show(const char *what)
{
	uint64_t words[16];
	int file = open("/proc/self/pagemap", O_RDONLY);

	MUST(pread(file, words, sizeof(words), (off_t)((unsigned long)room / PAGE * 8)) == sizeof(words));
	printf("%s: ", what);
	for (int i = 0; i < 16; i++)
		printf("%c", words[i] & (1ULL << 55) ? 'd' : words[i] >> 63 ? 'p' : '-');
	printf("\n");
	close(file);
}

static void clear(void)
{
	int file = open("/proc/self/clear_refs", O_WRONLY);

	MUST(write(file, "4", 1) == 1);
	close(file);
}

static void flags(void)
{
	FILE *file = fopen("/proc/self/smaps", "r");
	char line[512];
	int inside = 0;

	while (fgets(line, sizeof(line), file) != NULL) {
		unsigned long from, to;

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			inside = from >= (unsigned long)room && to <= (unsigned long)room + 32 * PAGE;
		else if (inside && strncmp(line, "VmFlags", 7) == 0)
			printf("%s", line);
	}
	fclose(file);
}

int main(void)
{
	int memory = memfd_create("soft-dirty", 0), child;

	room = reserve(32 * PAGE);
	MUST(ftruncate(memory, 4 * PAGE) == 0);
	MUST(mmap(room, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == room);
	MUST(mmap(room + 8 * PAGE, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, memory, 0) == room + 8 * PAGE);
	for (int i = 0; i < 10; i++)
		room[i * PAGE] = 1;
	show("new areas are dirty");
	flags();
	clear();
	show("cleared");
	flags();
	room[0] = 2;
	room[9 * PAGE] = 2;
	(void)*(volatile char *)(room + 1 * PAGE);
	show("two written, one read");
	room[7 * PAGE] = 2;
	MUST(mprotect(room, 4 * PAGE, PROT_READ) == 0 && mprotect(room, 4 * PAGE, PROT_READ | PROT_WRITE) == 0);
	room[2 * PAGE] = 2;
	show("protected and back, a third written");
	fflush(stdout);
	child = fork();
	if (child == 0) {
		show("the child's");
		room[3 * PAGE] = 3;
		show("the child wrote");
		fflush(stdout);
		_exit(0);
	}
	MUST(waitpid(child, NULL, 0) == child);
	show("the parent's");
	clear();
	MUST(mremap(room, 4 * PAGE, 4 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 12 * PAGE) == room + 12 * PAGE);
	show("moved");
	MUST(mmap(room, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == room);
	show("mapped anew");
	return 0;
}

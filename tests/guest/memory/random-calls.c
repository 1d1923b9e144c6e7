// build: glibc-static, musl-static
// args: 1 400
// args: 2 400
// args: 3 400
// args: 4 400
// args: 5 400
// args: 6 400
#include "guest.h"

#define PAGES 64
#define RW (PROT_READ | PROT_WRITE)

static char *room;
static uint64_t state;
static int file, memory_file;

static unsigned int below(unsigned int limit)
{
	return (unsigned int)(next_random(&state) >> 33) % limit;
}

static void show_result(const char *what, unsigned int from, unsigned int count, long result)
{
	printf("%s %u %u = ", what, from, count);
	if (result == -1)
		printf("%s\n", errno_name(errno));
	else
		printf("%ld\n", result >= (long)room ? result - (long)room : result);
}

static long map(unsigned int from, unsigned int count)
{
	static const int rights[] = { RW, RW, RW, PROT_READ, PROT_NONE, RW | PROT_EXEC };
	int flags = MAP_FIXED, right = rights[below(6)], source = -1;
	off_t offset = 0;

	switch (below(5)) {
	case 0:
	case 1:
		flags |= MAP_PRIVATE | MAP_ANONYMOUS;
		break;
	case 2:
		flags |= MAP_SHARED | MAP_ANONYMOUS;
		break;
	case 3:
		flags |= MAP_PRIVATE;
		source = file;
		offset = from * PAGE;
		break;
	default:
		flags |= MAP_SHARED;
		source = memory_file;
		offset = from * PAGE;
		break;
	}
	return (long)mmap(room + from * PAGE, count * PAGE, right, flags, source, offset);
}

static long step(unsigned int from, unsigned int count, const char **what)
{
	static const int rights[] = { PROT_NONE, PROT_READ, RW, RW };
	static const int advices[] = { MADV_DONTNEED, MADV_NORMAL, MADV_RANDOM, MADV_SEQUENTIAL, MADV_WILLNEED, MADV_DONTFORK, MADV_DOFORK, MADV_DONTDUMP };
	char *at = room + from * PAGE;
	size_t length = count * PAGE;

	switch (below(12)) {
	case 0:
	case 1:
	case 2:
	case 10:
	case 11:
		*what = "mmap";
		return map(from, count);
	case 3:
		*what = "munmap";
		return munmap(at, length);
	case 4:
	case 5:
		*what = "mprotect";
		return mprotect(at, length, rights[below(4)]);
	case 6:
		*what = "madvise";
		return madvise(at, length, advices[below(8)]);
	case 7:
		*what = "mremap to";
		return (long)mremap(at, length, (1 + below(8)) * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + below(PAGES - 8) * PAGE);
	case 8:
		*what = "mremap";
		return (long)mremap(at, length, (1 + below(8)) * PAGE, 0);
	default:
		*what = "mlock";
		return below(2) ? mlock(at, length) : munlock(at, length);
	}
}

/* Every page is read and, at random, written; what it held and whether it could be is summed up. */
static void touch(void)
{
	unsigned long sum = 0;

	for (unsigned int i = 0; i < PAGES; i++) {
		volatile char *page = room + i * PAGE;

		fault_expected = 1;
		if (sigsetjmp(fault_return, 1) == 0) {
			sum = sum * 31 + (unsigned char)page[7];
			page[7] = (char)i;
			sum = sum * 31 + (unsigned char)page[PAGE - 1];
		} else {
			sum = sum * 31 + (unsigned long)(fault_signal * 10 + fault_code);
		}
		fault_expected = 0;
	}
	printf("contents %016lx\n", sum);
}

/* Calls at random in a small room, with the areas and the contents that they leave: splits, merges and errors as Linux has them. */
int main(int argc, char **argv)
{
	state = argc > 1 ? strtoull(argv[1], NULL, 10) * 0x9E3779B97F4A7C15u : 88172645463325252u;
	int steps = argc > 2 ? atoi(argv[2]) : 100;

	catch_faults();
	room = reserve(PAGES * PAGE);
	file = open("file", O_RDWR | O_CREAT | O_TRUNC, 0600);
	memory_file = (int)syscall(SYS_memfd_create, "room", 0);
	MUST(mmap(room, PAGES * PAGE, RW, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == room);
	MUST(ftruncate(file, PAGES / 2 * PAGE) == 0 && ftruncate(memory_file, PAGES * PAGE) == 0);
	for (int i = 0; i < steps; i++) {
		unsigned int from = below(PAGES - 8), count = 1 + below(8);
		const char *what = "";

		errno = 0;
		long result = step(from, count, &what);
		show_result(what, from, count, result);
		if (i % 4 == 3) {
			touch();
			show_areas(room, room + PAGES * PAGE);
		}
	}
	return 0;
}

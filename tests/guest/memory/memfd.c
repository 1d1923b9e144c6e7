// build: glibc-static, musl-static
#include "guest.h"

#define RW (PROT_READ | PROT_WRITE)
#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 0x10
#endif

static volatile char sink;
static char *room;

static int memfd(const char *name, unsigned int flags)
{
	return (int)syscall(SYS_memfd_create, name, flags);
}

int main(void)
{
	char long_name[300], text[8] = "";
	struct stat status;
	int file;

	catch_faults();
	room = reserve(64 * PAGE);
	memset(long_name, 'n', sizeof(long_name) - 1);
	long_name[299] = 0;
	SHOW(memfd(long_name, 0));
	long_name[249] = 0;
	SHOW(memfd(long_name, 0) >= 0);
	SHOW(memfd("x", 0x100));
	SHOW(memfd((char *)8, 0));
	MUST((file = memfd("mine", 2)) >= 0);
	SHOW(fcntl(file, F_GETFD));
	SHOW(fcntl(file, F_GETFL) & O_ACCMODE);
	MUST(fstat(file, &status) == 0);
	printf("mode %o size %ld links %ld\n", status.st_mode, (long)status.st_size, (long)status.st_nlink);
	MUST(ftruncate(file, 3 * PAGE) == 0);
	char *one = mmap(room, 4 * PAGE, RW, MAP_SHARED | MAP_FIXED, file, 0);
	char *two = mmap(room + 8 * PAGE, 4 * PAGE, RW, MAP_SHARED | MAP_FIXED, file, 0);
	MUST(one == room && two == room + 8 * PAGE);
	show_areas(room, room + 16 * PAGE);
	strcpy(one, "both");
	printf("%s, and %d behind\n", two, two[2 * PAGE]);
	MUST(pwrite(file, "B", 1, 0) == 1);
	MUST(pread(file, text, 4, 0) == 4);
	printf("%s %s %s\n", one, two, text);
	TRY(one[3 * PAGE] = 1, one);
	MUST(ftruncate(file, PAGE) == 0);
	TRY(sink = two[PAGE], two);
	MUST(fstat(file, &status) == 0);
	printf("size %ld blocks %ld\n", (long)status.st_size, (long)status.st_blocks);
	SHOW(fcntl(file, F_GET_SEALS));
	SHOW(fcntl(file, F_ADD_SEALS, F_SEAL_GROW | F_SEAL_SHRINK));
	SHOW(fcntl(file, F_GET_SEALS));
	SHOW(fallocate(file, 0, 0, PAGE));

	int sealed = memfd("sealed", MFD_ALLOW_SEALING);
	MUST(ftruncate(sealed, 2 * PAGE) == 0);
	SHOW(fcntl(sealed, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW));
	SHOW(ftruncate(sealed, PAGE));
	SHOW(ftruncate(sealed, 3 * PAGE));
	SHOW(pwrite(sealed, "x", 1, 2 * PAGE));
	SHOW(pwrite(sealed, "x", 1, PAGE));
	char *writer = mmap(NULL, PAGE, RW, MAP_SHARED, sealed, 0);
	SHOW(fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE));
	munmap(writer, PAGE);
	SHOW(fcntl(sealed, F_ADD_SEALS, F_SEAL_WRITE));
	SHOW(pwrite(sealed, "x", 1, 0));
	SHOW_ADDRESS(mmap(NULL, PAGE, RW, MAP_SHARED, sealed, 0));
	SHOW_ADDRESS(mmap(NULL, PAGE, PROT_READ, MAP_SHARED, sealed, 0));
	SHOW_ADDRESS(mmap(NULL, PAGE, RW, MAP_PRIVATE, sealed, 0));
	SHOW(fcntl(sealed, F_ADD_SEALS, F_SEAL_SEAL));
	SHOW(fcntl(sealed, F_ADD_SEALS, F_SEAL_FUTURE_WRITE));
	SHOW(fcntl(sealed, F_GET_SEALS));

	int holes = memfd("holes", 0);
	MUST(ftruncate(holes, 100 * PAGE) == 0);
	MUST(pwrite(holes, "data", 4, 50 * PAGE) == 4);
	SHOW(lseek(holes, 0, SEEK_DATA));
	SHOW(lseek(holes, 50 * PAGE, SEEK_HOLE));
	SHOW(lseek(holes, 60 * PAGE, SEEK_DATA));
	SHOW(fallocate(holes, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 50 * PAGE, PAGE));
	SHOW(lseek(holes, 0, SEEK_DATA));
	SHOW(fallocate(holes, 0, 0, 3 * PAGE));
	MUST(fstat(holes, &status) == 0);
	printf("size %ld blocks %ld\n", (long)status.st_size, (long)status.st_blocks);
	return 0;
}

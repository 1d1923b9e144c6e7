// build: glibc-static
// args: .
// args: /dev/shm
// args: /tmp
#include "files/place.h"
#include <sys/file.h>

static int lock(int fd, int command, short type, off_t start, off_t length)
{
	struct flock range = { .l_type = type, .l_whence = SEEK_SET, .l_start = start, .l_len = length };
	int result = fcntl(fd, command, &range);

	if (result == 0 && (command == F_GETLK || command == F_OFD_GETLK))
		printf("  type %d start %ld length %ld pid %d\n", range.l_type, (long)range.l_start, (long)range.l_len,
			range.l_pid > 0 ? 1 : (int)range.l_pid);
	return result;
}

/* Runs a part in a child, whose locks are its own, and waits for it. */
#define CHILD(...) do { \
	fflush(stdout); \
	if (fork() == 0) { \
		__VA_ARGS__; \
		fflush(stdout); \
		_exit(0); \
	} \
	wait(NULL); \
} while (0)

int main(int argc, char **argv)
{
	int file, other, ends[2];
	char byte;

	enter_place(argc, argv);
	make_file("file", "0123456789");
	MUST((file = open("file", O_RDWR)) >= 0);
	MUST((other = open("file", O_RDWR)) >= 0);
	SHOW(lock(file, F_SETLK, F_WRLCK, 2, 3));
	SHOW(lock(file, F_GETLK, F_WRLCK, 0, 0));
	CHILD(SHOW(lock(file, F_GETLK, F_WRLCK, 0, 0));
		SHOW(lock(file, F_GETLK, F_RDLCK, 0, 2));
		SHOW(lock(file, F_SETLK, F_RDLCK, 4, 1));
		SHOW(lock(file, F_SETLK, F_RDLCK, 5, 1));
		SHOW(lock(file, F_SETLK, F_UNLCK, 0, 0)));
	SHOW(lock(file, F_SETLK, F_RDLCK, 3, 1));
	CHILD(SHOW(lock(file, F_GETLK, F_WRLCK, 0, 0));
		SHOW(lock(file, F_GETLK, F_WRLCK, 3, 1));
		SHOW(lock(file, F_SETLK, F_RDLCK, 3, 1));
		SHOW(lock(file, F_GETLK, F_WRLCK, 4, 9)));
	SHOW(lock(file, F_SETLK, F_UNLCK, 0, 3));
	CHILD(SHOW(lock(file, F_GETLK, F_WRLCK, 0, 0)));
	close(other);
	CHILD(SHOW(lock(file, F_GETLK, F_WRLCK, 0, 0)));
	SHOW(lock(file, F_SETLK, 9, 0, 0));
	SHOW(lock(file, F_SETLK, F_WRLCK, -1, 0));
	SHOW(lock(file, F_SETLK, F_WRLCK, 5, -6));
	SHOW(lock(file, F_SETLK, F_WRLCK, 5, -3));
	CHILD(SHOW(lock(file, F_GETLK, F_WRLCK, 0, 0)));
	SHOW(fcntl(file, F_SETLK, (struct flock *)8));
	MUST((other = open("file", O_RDONLY)) >= 0);
	SHOW(lock(other, F_SETLK, F_WRLCK, 0, 1));
	close(other);
	MUST((other = open("file", O_WRONLY)) >= 0);
	SHOW(lock(other, F_SETLK, F_RDLCK, 0, 1));
	close(other);

	/* A waiter gets the lock when it is given up. */
	MUST(pipe(ends) == 0);
	SHOW(lock(file, F_SETLK, F_WRLCK, 0, 0));
	fflush(stdout);
	if (fork() == 0) {
		MUST(write(ends[1], "w", 1) == 1);
		int result = lock(file, F_SETLKW, F_WRLCK, 0, 0);
		MUST(write(ends[1], result == 0 ? "g" : "f", 1) == 1);
		_exit(0);
	}
	MUST(read(ends[0], &byte, 1) == 1);
	usleep(1000);
	SHOW(lock(file, F_SETLK, F_UNLCK, 0, 0));
	MUST(read(ends[0], &byte, 1) == 1);
	printf("%c\n", byte);
	wait(NULL);

	/* Two that would wait for each other. */
	SHOW(lock(file, F_SETLK, F_WRLCK, 0, 1));
	if (fork() == 0) {
		MUST(lock(file, F_SETLK, F_WRLCK, 1, 1) == 0);
		MUST(write(ends[1], "w", 1) == 1);
		_exit(lock(file, F_SETLKW, F_WRLCK, 0, 1) == 0 ? 1 : 2);
	}
	MUST(read(ends[0], &byte, 1) == 1);
	usleep(50000);
	SHOW(lock(file, F_SETLKW, F_WRLCK, 1, 1));
	SHOW(lock(file, F_SETLK, F_UNLCK, 0, 0));
	wait(NULL);

	/* Locks of open files. */
	MUST((other = open("file", O_RDWR)) >= 0);
	SHOW(lock(file, F_OFD_SETLK, F_WRLCK, 0, 5));
	SHOW(lock(other, F_OFD_SETLK, F_RDLCK, 4, 5));
	SHOW(lock(other, F_OFD_GETLK, F_RDLCK, 0, 0));
	SHOW(lock(other, F_SETLK, F_RDLCK, 0, 1));
	int copy = dup(file);
	SHOW(lock(copy, F_OFD_SETLK, F_UNLCK, 0, 3));
	SHOW(lock(other, F_OFD_GETLK, F_RDLCK, 0, 0));
	close(file);
	SHOW(lock(other, F_OFD_SETLK, F_RDLCK, 0, 0));
	close(copy);
	SHOW(lock(other, F_OFD_SETLK, F_RDLCK, 0, 0));

	MUST((file = open("file", O_RDWR)) >= 0);
	SHOW(flock(file, LOCK_EX));
	SHOW(flock(other, LOCK_EX | LOCK_NB));
	SHOW(flock(other, LOCK_SH | LOCK_NB));
	SHOW(flock(file, LOCK_SH));
	SHOW(flock(other, LOCK_SH | LOCK_NB));
	SHOW(flock(file, LOCK_EX | LOCK_NB));
	SHOW(flock(file, LOCK_UN));
	SHOW(flock(other, LOCK_EX | LOCK_NB));
	SHOW(flock(file, 77));
	SHOW(flock(999, LOCK_SH));
	CHILD(SHOW(flock(other, LOCK_UN)));
	SHOW(flock(file, LOCK_EX | LOCK_NB));
	return 0;
}

// build: glibc-static
// args: /dev/shm
// args: /tmp
#include "files/place.h"
#include <poll.h>

static void show_poll(int fd, short events)
{
	struct pollfd entry = { fd, events, 0 };
	int ready = poll(&entry, 1, 0);

	printf("  poll %d: %x\n", ready, entry.revents);
}

int main(int argc, char **argv)
{
	char text[32] = "";
	int reader, writer, status;

	enter_place(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	MUST(mkfifo("fifo", 0600) == 0);
	SHOW(open("fifo", O_WRONLY | O_NONBLOCK));
	MUST((reader = open("fifo", O_RDONLY | O_NONBLOCK)) >= 0);
	show_poll(reader, POLLIN);
	SHOW(read(reader, text, 4));
	MUST((writer = open("fifo", O_WRONLY | O_NONBLOCK)) >= 0);
	SHOW(read(reader, text, 4));
	SHOW(write(writer, "data", 4));
	show_poll(reader, POLLIN);
	SHOW(close(writer));
	show_poll(reader, POLLIN);
	SHOW(read(reader, text, 4));
	SHOW(read(reader, text, 4));
	close(reader);

	fflush(stdout);
	if (fork() == 0) {
		MUST((writer = open("fifo", O_WRONLY)) >= 0);
		MUST(write(writer, "from the child", 14) == 14);
		_exit(3);
	}
	MUST((reader = open("fifo", O_RDONLY)) >= 0);
	SHOW(read(reader, text, sizeof(text)));
	printf("%.14s\n", text);
	SHOW(read(reader, text, sizeof(text)));
	wait(&status);
	printf("status %d\n", WEXITSTATUS(status));
	close(reader);
	MUST((reader = open("fifo", O_RDWR)) >= 0);
	SHOW(write(reader, "own", 3));
	SHOW(read(reader, text, 3));
	MUST((writer = open("fifo", O_WRONLY)) >= 0);
	close(reader);
	SHOW(write(writer, "x", 1));
	return 0;
}

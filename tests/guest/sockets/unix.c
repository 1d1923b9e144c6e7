// build: glibc-static
// args: .
// args: /dev/shm
#include "files/place.h"
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

static void show_poll(int fd)
{
	struct pollfd entry = { fd, POLLIN | POLLOUT | POLLRDHUP, 0 };
	int ready = poll(&entry, 1, 0);

	printf("  poll %d: %x\n", ready, entry.revents);
}

static socklen_t path_address(struct sockaddr_un *address, const char *path)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	strcpy(address->sun_path, path);
	return sizeof(*address);
}

static socklen_t abstract_address(struct sockaddr_un *address, const char *name)
{
	memset(address, 0, sizeof(*address));
	address->sun_family = AF_UNIX;
	snprintf(address->sun_path + 1, sizeof(address->sun_path) - 1, "%s-%d", name, getpid());
	return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + strlen(address->sun_path + 1));
}

static void show_name(const char *what, int (*get)(int, struct sockaddr *, socklen_t *), int fd)
{
	struct sockaddr_un address = { 0 };
	socklen_t length = sizeof(address);

	if (get(fd, (struct sockaddr *)&address, &length) != 0)
		printf("  %s: %s\n", what, errno_name(errno));
	else if (length > 2 && address.sun_path[0] == 0)
		printf("  %s: family %d abstract %.4s\n", what, address.sun_family, address.sun_path + 1);
	else
		printf("  %s: family %d length %u %s\n", what, address.sun_family, length, length > 2 ? address.sun_path : "");
}

static int send_file(int socket, int file, const char *text)
{
	char control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec vector = { (void *)text, strlen(text) };
	struct msghdr message = { .msg_iov = &vector, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &file, sizeof(int));
	return (int)sendmsg(socket, &message, 0);
}

/* Receives and prints a message; gives the first file that came with it, or -1. */
static int receive(int socket, size_t room, size_t control_room, int flags)
{
	char control[256] = { 0 }, text[64] = "";
	struct sockaddr_un from = { 0 };
	struct iovec vector = { text, room };
	struct msghdr message = { .msg_name = &from, .msg_namelen = sizeof(from), .msg_iov = &vector, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = control_room };
	ssize_t got = recvmsg(socket, &message, flags);
	int file = -1;

	if (got < 0) {
		printf("  received: %s\n", errno_name(errno));
		return -1;
	}
	printf("  received %ld [%.*s] flags %x name length %u%s", (long)got, (int)(got < (ssize_t)room ? got : (ssize_t)room), text, message.msg_flags,
		message.msg_namelen, message.msg_namelen > 2 ? from.sun_path : "");
	for (struct cmsghdr *header = CMSG_FIRSTHDR(&message); header; header = CMSG_NXTHDR(&message, header)) {
		if (header->cmsg_type == SCM_RIGHTS) {
			int count = (int)((header->cmsg_len - CMSG_LEN(0)) / sizeof(int));

			printf(" files %d", count);
			memcpy(&file, CMSG_DATA(header), sizeof(int));
		} else if (header->cmsg_type == SCM_CREDENTIALS) {
			struct ucred who;

			memcpy(&who, CMSG_DATA(header), sizeof(who));
			printf(" from %s uid %d", who.pid == getpid() ? "self" : "other", who.uid == getuid());
		}
	}
	printf("\n");
	return file;
}

static void streams(void)
{
	struct sockaddr_un address;
	int pair[2], listener, client, server, value = 1, status;
	char text[64] = "";
	socklen_t length;

	printf("streams\n");
	SHOW(socket(99, SOCK_STREAM, 0));
	SHOW(socket(AF_UNIX, 99, 0));
	SHOW(socket(AF_UNIX, SOCK_STREAM, 5));
	SHOW(socketpair(AF_UNIX, SOCK_STREAM | 0x100, 0, pair));
	SHOW(socketpair(AF_INET, SOCK_STREAM, 0, pair));
	MUST(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0);
	printf("%d %o\n", fcntl(pair[0], F_GETFD), fcntl(pair[0], F_GETFL));
	show_poll(pair[0]);
	SHOW(write(pair[0], "hello", 5));
	SHOW(ioctl(pair[1], FIONREAD, &value));
	printf("%d\n", value);
	SHOW(recv(pair[1], text, 3, MSG_PEEK));
	SHOW(recv(pair[1], text, 3, 0));
	SHOW(write(pair[0], "more", 4));
	SHOW(read(pair[1], text, 60));
	printf("%s\n", text);
	SHOW(recv(pair[1], text, 4, MSG_DONTWAIT));
	SHOW(lseek(pair[1], 0, SEEK_SET));
	SHOW(pread(pair[1], text, 1, 0));
	show_name("own", getsockname, pair[0]);
	show_name("peer", getpeername, pair[0]);
	SHOW(shutdown(pair[0], SHUT_WR));
	show_poll(pair[0]);
	show_poll(pair[1]);
	SHOW(read(pair[1], text, 1));
	SHOW(send(pair[0], "x", 1, MSG_NOSIGNAL));
	SHOW(send(pair[1], "back", 4, 0));
	SHOW(close(pair[1]));
	show_poll(pair[0]);
	SHOW(read(pair[0], text, 60));
	SHOW(read(pair[0], text, 60));
	SHOW(shutdown(pair[0], 9));
	close(pair[0]);
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	SHOW(write(pair[0], "lost", 4));
	close(pair[1]);
	SHOW(read(pair[0], text, 4));
	SHOW(read(pair[0], text, 4));
	SHOW(send(pair[0], "x", 1, MSG_NOSIGNAL));
	close(pair[0]);

	MUST((listener = socket(AF_UNIX, SOCK_STREAM, 0)) >= 0);
	SHOW(listen(listener, 1));
	SHOW(read(listener, text, 1));
	SHOW(write(listener, text, 1));
	SHOW(accept(listener, NULL, NULL));
	show_poll(listener);
	length = path_address(&address, "sock");
	SHOW(bind(listener, (struct sockaddr *)&address, 2 + 109));
	SHOW(connect(listener, (struct sockaddr *)&address, length));
	SHOW(bind(listener, (struct sockaddr *)&address, length));
	SHOW(bind(listener, (struct sockaddr *)&address, length));
	show_stat("sock");
	SHOW(open("sock", O_RDWR));
	show_name("own", getsockname, listener);
	MUST((client = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)) >= 0);
	SHOW(bind(client, (struct sockaddr *)&address, length));
	SHOW(connect(client, (struct sockaddr *)&address, length));
	SHOW(listen(listener, 1));
	show_poll(listener);
	SHOW(connect(client, (struct sockaddr *)&address, length));
	SHOW(connect(client, (struct sockaddr *)&address, length));
	show_poll(listener);
	SHOW(write(client, "early", 5));
	int second = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0), third = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	SHOW(connect(second, (struct sockaddr *)&address, length));
	SHOW(connect(third, (struct sockaddr *)&address, length));
	length = sizeof(address);
	MUST((server = accept4(listener, (struct sockaddr *)&address, &length, SOCK_CLOEXEC)) >= 0);
	printf("length %u\n", length);
	show_name("own", getsockname, server);
	show_name("peer", getpeername, server);
	show_name("peer", getpeername, client);
	SHOW(read(server, text, 60));
	struct ucred who;
	length = sizeof(who);
	SHOW(getsockopt(server, SOL_SOCKET, SO_PEERCRED, &who, &length));
	printf("%d %d %d\n", who.pid == getpid(), who.uid == getuid(), who.gid == getgid());
	length = sizeof(value);
	SHOW(getsockopt(listener, SOL_SOCKET, SO_ACCEPTCONN, &value, &length));
	printf("%d\n", value);
	SHOW(getsockopt(client, SOL_SOCKET, SO_TYPE, &value, &length));
	printf("%d\n", value);
	SHOW(getsockopt(client, SOL_SOCKET, SO_DOMAIN, &value, &length));
	printf("%d\n", value);
	SHOW(getsockopt(client, SOL_SOCKET, SO_ERROR, &value, &length));
	printf("%d\n", value);
	SHOW(getsockopt(client, SOL_SOCKET, 9999, &value, &length));
	SHOW(getsockopt(client, 77, 1, &value, &length));
	value = 10000;
	SHOW(setsockopt(client, SOL_SOCKET, SO_SNDBUF, &value, sizeof(value)));
	SHOW(getsockopt(client, SOL_SOCKET, SO_SNDBUF, &value, &length));
	printf("%d\n", value);
	SHOW(setsockopt(client, SOL_SOCKET, SO_TYPE, &value, sizeof(value)));
	SHOW(setsockopt(client, SOL_SOCKET, SO_SNDBUF, &value, 2));
	SHOW(setsockopt(client, SOL_SOCKET, 9999, &value, sizeof(value)));
	close(listener);
	show_poll(second);
	SHOW(read(second, text, 1));
	SHOW(read(second, text, 1));
	path_address(&address, "sock");
	SHOW(connect(third, (struct sockaddr *)&address, sizeof(address)));
	SHOW(write(server, "answer", 6));
	SHOW(read(client, text, 60));
	SHOW(unlink("sock"));
	SHOW(connect(third, (struct sockaddr *)&address, sizeof(address)));
	make_file("plain", "x");
	path_address(&address, "plain");
	SHOW(connect(third, (struct sockaddr *)&address, sizeof(address)));
	SHOW(bind(third, (struct sockaddr *)&address, sizeof(address)));
	length = abstract_address(&address, "name");
	SHOW(bind(third, (struct sockaddr *)&address, length));
	show_name("own", getsockname, third);
	SHOW(listen(third, 5));
	int fourth = socket(AF_UNIX, SOCK_STREAM, 0);
	SHOW(bind(fourth, (struct sockaddr *)&address, length));
	SHOW(connect(fourth, (struct sockaddr *)&address, length));
	close(third);
	int fifth = socket(AF_UNIX, SOCK_STREAM, 0);
	SHOW(connect(fifth, (struct sockaddr *)&address, length));
	SHOW(bind(fifth, (struct sockaddr *)&address, 2));
	struct sockaddr_un got;
	length = sizeof(got);
	MUST(getsockname(fifth, (struct sockaddr *)&got, &length) == 0);
	printf("length %u\n", length);

	/* Between processes, with waiting on both sides. */
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	fflush(stdout);
	if (fork() == 0) {
		static char big[50000];
		long sum = 0;
		ssize_t part;

		close(pair[0]);
		while ((part = read(pair[1], big, sizeof(big))) > 0)
			sum += part;
		MUST(write(pair[1], &sum, sizeof(sum)) == sizeof(sum));
		_exit(5);
	}
	close(pair[1]);
	static char big[1000000];
	SHOW(write(pair[0], big, sizeof(big)));
	SHOW(shutdown(pair[0], SHUT_WR));
	long sum = 0;
	SHOW(recv(pair[0], &sum, sizeof(sum), MSG_WAITALL));
	printf("sum %ld\n", sum);
	wait(&status);
	printf("status %d\n", WEXITSTATUS(status));
	close(pair[0]);

	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
	struct timeval time = { 0, 5000 };
	SHOW(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)));
	SHOW(read(pair[0], text, 1));
	time.tv_usec = 1000000;
	SHOW(setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time)));
	SHOW(write(pair[0], (char *)8, 4));
	SHOW(write(pair[0], "abcd", 4));
	SHOW(read(pair[1], (char *)8, 4));
	SHOW(read(pair[1], text, 4));
}

static void datagrams(void)
{
	struct sockaddr_un one_address, two_address;
	int one, two, pair[2];
	char text[64] = "";

	printf("datagrams\n");
	MUST(socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) == 0);
	SHOW(write(pair[0], "first", 5));
	SHOW(write(pair[0], "second", 6));
	SHOW(write(pair[0], "", 0));
	SHOW(read(pair[1], text, 3));
	receive(pair[1], 60, 0, 0);
	receive(pair[1], 60, 0, 0);
	SHOW(recv(pair[1], text, 4, MSG_DONTWAIT));
	SHOW(close(pair[1]));
	SHOW(send(pair[0], "x", 1, 0));
	show_poll(pair[0]);
	SHOW(shutdown(pair[0], SHUT_RD));
	SHOW(recv(pair[0], text, 4, 0));
	close(pair[0]);

	MUST((one = socket(AF_UNIX, SOCK_DGRAM, 0)) >= 0 && (two = socket(AF_UNIX, SOCK_DGRAM, 0)) >= 0);
	path_address(&one_address, "one");
	path_address(&two_address, "two");
	SHOW(bind(one, (struct sockaddr *)&one_address, sizeof(one_address)));
	SHOW(bind(two, (struct sockaddr *)&two_address, sizeof(two_address)));
	SHOW(send(one, "x", 1, 0));
	SHOW(sendto(one, "to two", 6, 0, (struct sockaddr *)&two_address, sizeof(two_address)));
	receive(two, 60, 0, 0);
	SHOW(connect(two, (struct sockaddr *)&one_address, sizeof(one_address)));
	SHOW(send(two, "to one", 6, 0));
	receive(one, 4, 0, 0);
	SHOW(send(two, "longer than it fits", 19, 0));
	receive(one, 4, 0, MSG_TRUNC);
	show_name("peer", getpeername, two);
	int other = socket(AF_UNIX, SOCK_DGRAM, 0);
	SHOW(sendto(other, "x", 1, 0, (struct sockaddr *)&two_address, sizeof(two_address)));
	SHOW(sendto(other, "x", 1, 0, (struct sockaddr *)&one_address, sizeof(one_address)));
	receive(one, 60, 0, 0);
	SHOW(listen(one, 1));
	SHOW(accept(one, NULL, NULL));
	for (int i = 0; i < 30; i++)
		if (sendto(other, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&one_address, sizeof(one_address)) < 0) {
			printf("after %d: %s\n", i, errno_name(errno));
			break;
		}
	close(one);
	SHOW(send(two, "x", 1, 0));
	SHOW(send(two, "x", 1, 0));
	SHOW(sendto(other, "x", 1, 0, (struct sockaddr *)&one_address, sizeof(one_address)));
	unlink("one");
	SHOW(sendto(other, "x", 1, 0, (struct sockaddr *)&one_address, sizeof(one_address)));
	int stream = socket(AF_UNIX, SOCK_STREAM, 0);
	SHOW(connect(stream, (struct sockaddr *)&two_address, sizeof(two_address)));
	one_address.sun_family = AF_UNSPEC;
	SHOW(connect(two, (struct sockaddr *)&one_address, 2));
	show_name("peer", getpeername, two);
}

static void packets(void)
{
	int pair[2];
	char text[64];

	printf("packets\n");
	MUST(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) == 0);
	SHOW(write(pair[0], "one", 3));
	SHOW(write(pair[0], "two two", 7));
	receive(pair[1], 60, 0, MSG_PEEK);
	receive(pair[1], 60, 0, 0);
	receive(pair[1], 3, 0, 0);
	SHOW(recv(pair[1], text, 4, MSG_DONTWAIT));
	close(pair[0]);
	SHOW(read(pair[1], text, 4));
	SHOW(send(pair[1], "x", 1, MSG_NOSIGNAL));
	show_poll(pair[1]);
}

static void rights(void)
{
	int pair[2], ends[2], file, on = 1;
	char text[64] = "";

	printf("rights\n");
	MUST(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0 && pipe(ends) == 0);
	SHOW(send_file(pair[0], ends[1], "with a file"));
	SHOW(write(pair[0], " and without", 12));
	SHOW(send_file(pair[0], ends[0], "another"));
	file = receive(pair[1], 60, 100, 0);
	SHOW(write(file, "through", 7));
	SHOW(read(ends[0], text, 60));
	printf("%s\n", text);
	file = receive(pair[1], 60, 100, MSG_CMSG_CLOEXEC);
	SHOW(file < 0 ? -2 : fcntl(file, F_GETFD));
	SHOW(send_file(pair[0], ends[1], "no room"));
	receive(pair[1], 60, 0, 0);
	SHOW(send_file(pair[0], ends[1], "little room"));
	receive(pair[1], 60, 17, 0);
	SHOW(send_file(pair[0], 999, "bad"));
	SHOW(setsockopt(pair[1], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)));
	SHOW(write(pair[0], "who", 3));
	receive(pair[1], 60, 100, 0);
	SHOW(send_file(pair[0], ends[1], "both"));
	receive(pair[1], 60, 100, 0);
	/* A file on its way stays open although both ends close it. */
	SHOW(send_file(pair[0], ends[1], "last"));
	close(ends[1]);
	file = receive(pair[1], 60, 100, 0);
	SHOW(write(file, "alive", 5));
	SHOW(send_file(pair[0], pair[0], "itself"));
	close(pair[0]);
	receive(pair[1], 60, 100, 0);
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	enter_place(argc, argv);
	streams();
	datagrams();
	packets();
	rights();
	show_directory(".");
	return 0;
}

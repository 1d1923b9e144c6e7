// build: glibc-static
// args: 4
// args: 6
#include "guest.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static int family;

/* The loopback address with a port, in the family that is tried. */
static socklen_t loopback(struct sockaddr_storage *address, int port)
{
	memset(address, 0, sizeof(*address));
	if (family == AF_INET) {
		struct sockaddr_in *v4 = (struct sockaddr_in *)address;

		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		v4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		return sizeof(*v4);
	}
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)address;

	v6->sin6_family = AF_INET6;
	v6->sin6_port = htons((uint16_t)port);
	v6->sin6_addr = in6addr_loopback;
	return sizeof(*v6);
}

static int port_of(int fd)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	MUST(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
	return ntohs(((struct sockaddr_in *)&address)->sin_port);
}

static void show_name(const char *what, int (*get)(int, struct sockaddr *, socklen_t *), int fd)
{
	struct sockaddr_storage address = { 0 };
	socklen_t length = sizeof(address);
	char text[100];

	if (get(fd, (struct sockaddr *)&address, &length) != 0) {
		printf("  %s: %s\n", what, errno_name(errno));
		return;
	}
	inet_ntop(address.ss_family, address.ss_family == AF_INET ? (void *)&((struct sockaddr_in *)&address)->sin_addr
		: (void *)&((struct sockaddr_in6 *)&address)->sin6_addr, text, sizeof(text));
	printf("  %s: family %s length %u address %s port %d\n", what, address.ss_family == AF_INET ? "4" : "6", length, text,
		((struct sockaddr_in *)&address)->sin_port != 0);
}

static void show_poll(int fd)
{
	struct pollfd entry = { fd, POLLIN | POLLOUT | POLLRDHUP, 0 };
	int ready = poll(&entry, 1, 0);

	printf("  poll %d: %x\n", ready, entry.revents);
}

static void show_error(int fd)
{
	int error = -1;
	socklen_t length = sizeof(error);

	MUST(getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) == 0);
	printf("  error %s\n", error == 0 ? "none" : errno_name(error));
}

static int refused_port(void)
{
	struct sockaddr_storage address;
	int fd = socket(family, SOCK_STREAM, 0);
	socklen_t length = loopback(&address, 0);

	MUST(fd >= 0 && bind(fd, (struct sockaddr *)&address, length) == 0);
	int port = port_of(fd);
	close(fd);
	return port;
}

static void make_pair(int *client, int *server)
{
	struct sockaddr_storage address;
	int listener = socket(family, SOCK_STREAM, 0);
	socklen_t length = loopback(&address, 0);

	MUST(listener >= 0 && bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 5) == 0);
	length = loopback(&address, port_of(listener));
	MUST((*client = socket(family, SOCK_STREAM, 0)) >= 0);
	MUST(connect(*client, (struct sockaddr *)&address, length) == 0);
	MUST((*server = accept(listener, NULL, NULL)) >= 0);
	close(listener);
}

static void tcp(void)
{
	struct sockaddr_storage address;
	int listener, client, server, value = 1, status;
	char text[64] = "";
	socklen_t length, size = sizeof(value);

	printf("tcp\n");
	SHOW(socket(family, SOCK_STREAM, IPPROTO_UDP));
	SHOW(socket(family, SOCK_SEQPACKET, 0));
	MUST((listener = socket(family, SOCK_STREAM, IPPROTO_TCP)) >= 0);
	show_poll(listener);
	show_name("own", getsockname, listener);
	show_name("peer", getpeername, listener);
	SHOW(read(listener, text, 1));
	SHOW(send(listener, text, 1, MSG_NOSIGNAL));
	SHOW(accept(listener, NULL, NULL));
	int unconnected = socket(family, SOCK_STREAM, 0);
	SHOW(shutdown(unconnected, SHUT_RDWR));
	show_poll(unconnected);
	close(unconnected);
	length = loopback(&address, 0);
	SHOW(bind(listener, (struct sockaddr *)&address, 3));
	address.ss_family = AF_UNIX;
	SHOW(bind(listener, (struct sockaddr *)&address, length));
	loopback(&address, 0);
	SHOW(bind(listener, (struct sockaddr *)&address, length));
	SHOW(bind(listener, (struct sockaddr *)&address, length));
	show_name("own", getsockname, listener);
	SHOW(listen(listener, 5));
	show_poll(listener);
	loopback(&address, port_of(listener));
	MUST((client = socket(family, SOCK_STREAM, 0)) >= 0);
	SHOW(bind(client, (struct sockaddr *)&address, length));
	SHOW(setsockopt(client, SOL_SOCKET, SO_REUSEADDR, &value, sizeof(value)));
	SHOW(bind(client, (struct sockaddr *)&address, length));
	SHOW(connect(client, (struct sockaddr *)&address, length));
	SHOW(connect(client, (struct sockaddr *)&address, length));
	SHOW(connect(listener, (struct sockaddr *)&address, length));
	show_poll(listener);
	show_poll(client);
	SHOW(write(client, "before accept", 13));
	struct sockaddr_storage from;
	size = sizeof(from);
	MUST((server = accept(listener, (struct sockaddr *)&from, &size)) >= 0);
	printf("length %u\n", size);
	show_name("own", getsockname, server);
	show_name("peer", getpeername, server);
	printf("same port %d\n", ((struct sockaddr_in *)&from)->sin_port == htons((uint16_t)port_of(client)));
	SHOW(recv(server, text, 6, MSG_PEEK));
	SHOW(read(server, text, 60));
	printf("%.13s\n", text);
	SHOW(ioctl(server, FIONREAD, &value));
	printf("%d\n", value);
	SHOW(recv(server, text, 1, MSG_DONTWAIT));
	SHOW(write(server, "a", 1));
	SHOW(write(server, "b", 1));
	usleep(1000);
	SHOW(recv(client, text, 2, MSG_WAITALL));
	SHOW(shutdown(client, SHUT_WR));
	usleep(1000);
	show_poll(client);
	show_poll(server);
	SHOW(read(server, text, 1));
	SHOW(send(client, "x", 1, MSG_NOSIGNAL));
	SHOW(write(server, "half open", 9));
	SHOW(close(server));
	usleep(1000);
	show_poll(client);
	SHOW(read(client, text, 60));
	SHOW(read(client, text, 60));
	close(client);

	/* One that goes with data unread resets the connection. */
	make_pair(&client, &server);
	SHOW(write(client, "lost", 4));
	usleep(1000);
	close(server);
	usleep(1000);
	show_poll(client);
	SHOW(read(client, text, 1));
	SHOW(read(client, text, 1));
	SHOW(send(client, "x", 1, MSG_NOSIGNAL));
	close(client);
	/* One that goes without: the first write after it is lost, the second fails. */
	make_pair(&client, &server);
	close(server);
	usleep(1000);
	SHOW(send(client, "x", 1, MSG_NOSIGNAL));
	usleep(1000);
	SHOW(send(client, "x", 1, MSG_NOSIGNAL));
	SHOW(read(client, text, 1));
	close(client);

	MUST((client = socket(family, SOCK_STREAM, 0)) >= 0);
	length = loopback(&address, refused_port());
	SHOW(connect(client, (struct sockaddr *)&address, length));
	show_error(client);
	close(client);
	MUST((client = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0)) >= 0);
	SHOW(connect(client, (struct sockaddr *)&address, length));
	usleep(1000);
	show_poll(client);
	show_error(client);
	show_error(client);
	close(client);
	MUST((client = socket(family, SOCK_STREAM | SOCK_NONBLOCK, 0)) >= 0);
	loopback(&address, port_of(listener));
	SHOW(connect(client, (struct sockaddr *)&address, length));
	usleep(1000);
	show_poll(client);
	show_error(client);
	SHOW(connect(client, (struct sockaddr *)&address, length));
	SHOW(connect(client, (struct sockaddr *)&address, length));
	SHOW(read(client, text, 1));
	close(client);

	size = sizeof(value);
	SHOW(getsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &value, &size));
	printf("%d\n", value);
	value = 1;
	SHOW(setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &value, sizeof(value)));
	SHOW(getsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &value, &size));
	printf("%d\n", value);
	SHOW(getsockopt(listener, IPPROTO_TCP, TCP_KEEPIDLE, &value, &size));
	printf("%d\n", value);
	SHOW(getsockopt(listener, SOL_SOCKET, SO_PROTOCOL, &value, &size));
	printf("%d\n", value);
	SHOW(setsockopt(listener, IPPROTO_TCP, 999, &value, sizeof(value)));

	/* A megabyte there and back between two processes. */
	close(listener);
	MUST((listener = socket(family, SOCK_STREAM, 0)) >= 0 && listen(listener, 5) == 0);
	loopback(&address, port_of(listener));
	fflush(stdout);
	if (fork() == 0) {
		static char buffer[30000];
		ssize_t got;

		MUST((server = accept(listener, NULL, NULL)) >= 0);
		while ((got = read(server, buffer, sizeof(buffer))) > 0)
			MUST(send(server, buffer, (size_t)got, 0) == got);
		_exit(0);
	}
	MUST((client = socket(family, SOCK_STREAM, 0)) >= 0);
	MUST(connect(client, (struct sockaddr *)&address, length) == 0);
	close(listener);
	static char out[1000000], back[1000000];
	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (char)(i * 31 + (i >> 9));
	fflush(stdout);
	if (fork() == 0) {
		MUST(write(client, out, sizeof(out)) == (ssize_t)sizeof(out));
		shutdown(client, SHUT_WR);
		_exit(0);
	}
	SHOW(recv(client, back, sizeof(back), MSG_WAITALL));
	printf("equal %d\n", memcmp(out, back, sizeof(out)) == 0);
	SHOW(read(client, text, 1));
	wait(&status);
	printf("%d\n", WEXITSTATUS(status));
	wait(&status);
	printf("%d\n", WEXITSTATUS(status));
}

static void udp(void)
{
	struct sockaddr_storage one_address, two_address, from;
	int one, two, value = 0;
	char text[64] = "";
	socklen_t length, size;

	printf("udp\n");
	MUST((one = socket(family, SOCK_DGRAM, 0)) >= 0 && (two = socket(family, SOCK_DGRAM, 0)) >= 0);
	show_poll(one);
	SHOW(send(one, "x", 1, 0));
	length = loopback(&one_address, 0);
	SHOW(bind(one, (struct sockaddr *)&one_address, length));
	SHOW(bind(two, (struct sockaddr *)&one_address, length));
	loopback(&one_address, port_of(one));
	loopback(&two_address, port_of(two));
	SHOW(sendto(two, "hello", 5, 0, (struct sockaddr *)&one_address, length));
	size = sizeof(from);
	SHOW(recvfrom(one, text, 60, 0, (struct sockaddr *)&from, &size));
	printf("%s from %d length %u\n", text, ((struct sockaddr_in *)&from)->sin_port == ((struct sockaddr_in *)&two_address)->sin_port, size);
	SHOW(sendto(two, "", 0, 0, (struct sockaddr *)&one_address, length));
	SHOW(recv(one, text, 60, 0));
	SHOW(sendto(two, "0123456789", 10, 0, (struct sockaddr *)&one_address, length));
	SHOW(ioctl(one, FIONREAD, &value));
	printf("%d\n", value);
	SHOW(recv(one, text, 4, MSG_TRUNC | MSG_PEEK));
	SHOW(recv(one, text, 4, 0));
	SHOW(recv(one, text, 4, MSG_DONTWAIT));
	SHOW(shutdown(one, SHUT_RD));
	SHOW(connect(one, (struct sockaddr *)&two_address, length));
	show_name("own", getsockname, one);
	show_name("peer", getpeername, one);
	SHOW(send(one, "connected", 9, 0));
	SHOW(read(two, text, 60));
	int other = socket(family, SOCK_DGRAM, 0);
	SHOW(sendto(other, "stranger", 8, 0, (struct sockaddr *)&one_address, length));
	SHOW(recv(one, text, 60, MSG_DONTWAIT));
	close(two);
	SHOW(send(one, "nobody", 6, 0));
	usleep(1000);
	show_poll(one);
	SHOW(send(one, "nobody", 6, 0));
	usleep(1000);
	SHOW(recv(one, text, 60, MSG_DONTWAIT));
	SHOW(recv(one, text, 60, MSG_DONTWAIT));
	static char big[70000];
	SHOW(send(one, big, sizeof(big), 0));
	struct sockaddr unspecified = { .sa_family = AF_UNSPEC };
	SHOW(connect(one, &unspecified, sizeof(unspecified)));
	show_name("peer", getpeername, one);
	SHOW(sendto(other, "x", 1, 0, (struct sockaddr *)&two_address, length));
	usleep(1000);
	show_error(other);
	SHOW(listen(other, 1));
	SHOW(accept(other, NULL, NULL));
}

int main(int argc, char **argv)
{
	MUST(argc > 1);
	family = argv[1][0] == '4' ? AF_INET : AF_INET6;
	signal(SIGPIPE, SIG_IGN);
	tcp();
	udp();
	return 0;
}

// build: glibc-static, musl-static
/* Pseudo-terminals: lines, keys, echo, modes, job control, size, hang-up. */
#include "../guest.h"
#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>

static int master, terminal;

static void show_bytes(const char *what, const char *data, ssize_t length)
{
	printf("%s: ", what);
	if (length < 0) {
		printf("%s\n", errno_name(errno));
		return;
	}
	for (ssize_t i = 0; i < length; i++)
		printf(data[i] >= ' ' && data[i] < 0x7f ? "%c" : "\\x%02x", (unsigned char)data[i]);
	printf(" (%zd)\n", length);
}

/* A worker of the kernel takes in what is typed: it gets the time to. */
static void type(const char *keys)
{
	MUST(write(master, keys, strlen(keys)) == (ssize_t)strlen(keys));
	usleep(30000);
}

static void show_read(const char *what, int fd, size_t most)
{
	char data[512];
	struct pollfd entry = { .fd = fd, .events = POLLIN };

	if (poll(&entry, 1, 200) == 0) {
		printf("%s: nothing\n", what);
		return;
	}
	ssize_t length = read(fd, data, most);
	show_bytes(what, data, length);
}

static void lines(void)
{
	type("hello\n");
	show_read("line", terminal, 100);
	show_read("echo", master, 500);
	type("abc\x7f" "d\tx\x7f\x7f\x17line two\x15ok\x16\x03 \x01\r");
	show_read("edited", terminal, 100);
	show_read("echo", master, 500);
	type("no line");
	show_read("unfinished", terminal, 100);
	type("\x04");
	show_read("finished", terminal, 100);
	type("\x04");
	show_read("end of file", terminal, 100);
	type("one\ntwo\n");
	show_read("part", terminal, 2);
	show_read("rest", terminal, 100);
	show_read("next", terminal, 100);
	show_read("echo", master, 500);
	MUST(write(terminal, "a\tb\nc\r\n", 7) == 7);
	show_read("output", master, 500);
	type("held\x13");
	int room = 0;
	MUST(ioctl(terminal, FIONREAD, &room) == 0);
	struct pollfd entry = { .fd = terminal, .events = POLLOUT };
	printf("stopped: %d, readable %d\n", poll(&entry, 1, 0), room);
	type("\x11\x15");
	printf("started: %d\n", poll(&entry, 1, 0));
	show_read("echo", master, 500);
}

static void modes(void)
{
	struct termios settings;

	MUST(tcgetattr(terminal, &settings) == 0);
	printf("flags %x %x %x %x\n", settings.c_iflag, settings.c_oflag, settings.c_cflag, settings.c_lflag);
	settings.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	settings.c_cc[VMIN] = 3;
	MUST(tcsetattr(terminal, TCSANOW, &settings) == 0);
	type("ab");
	show_read("too few", terminal, 10);
	type("cdef");
	show_read("enough", terminal, 4);
	settings.c_cc[VMIN] = 0;
	settings.c_cc[VTIME] = 1;
	MUST(tcsetattr(master, TCSANOW, &settings) == 0);
	char data[10];
	show_bytes("rest", data, read(terminal, data, sizeof(data)));
	show_bytes("nothing in time", data, read(terminal, data, sizeof(data)));
	settings.c_lflag |= ICANON | ECHO;
	settings.c_cc[VTIME] = 0;
	type("left");
	MUST(tcsetattr(terminal, TCSANOW, &settings) == 0);
	show_read("becomes a line", terminal, 100);
	type("dropped\n");
	MUST(tcflush(terminal, TCIFLUSH) == 0);
	show_read("after a flush", terminal, 100);
	show_read("echo", master, 500);
}

static void packets(void)
{
	int on = 1, off = 0;

	MUST(ioctl(master, TIOCPKT, &on) == 0);
	MUST(write(terminal, "data", 4) == 4);
	show_read("packet", master, 100);
	MUST(tcflush(terminal, TCIFLUSH) == 0);
	show_read("flushed", master, 100);
	MUST(ioctl(master, TIOCPKT, &off) == 0);
}

static void names(void)
{
	struct winsize size = { .ws_row = 33, .ws_col = 99 };
	struct stat status;
	int lock = 0;

	printf("named: %d %d\n", strncmp(ptsname(master), "/dev/pts/", 9), stat(ptsname(master), &status));
	printf("mode %o, major %u\n", status.st_mode, (unsigned)(status.st_rdev >> 8) & 0xfff);
	MUST(ioctl(master, TIOCGPTLCK, &lock) == 0);
	printf("tty %d %d, locked %d\n", isatty(master), isatty(terminal), lock);
	MUST(ioctl(master, TIOCSWINSZ, &size) == 0);
	memset(&size, 0, sizeof(size));
	MUST(ioctl(terminal, TIOCGWINSZ, &size) == 0);
	printf("size %d %d\n", size.ws_row, size.ws_col);
	SHOW(tcgetpgrp(terminal));
	SHOW(ioctl(terminal, TIOCSTI, "x"));
	int peer = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY);
	printf("peer %d\n", peer >= 0 && isatty(peer));
	close(peer);
}

static int open_pair(void)
{
	MUST((master = posix_openpt(O_RDWR | O_NOCTTY)) >= 0);
	MUST(open(ptsname(master), O_RDWR | O_NOCTTY) == -1 && errno == EIO);
	MUST(grantpt(master) == 0 && unlockpt(master) == 0);
	return terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
}

static void on_signal(int signal)
{
	printf("signal %d\n", signal);
	fflush(stdout);
}

/* The leader of a session of its own; its output goes through the terminal. */
static void lead(void)
{
	int status;

	MUST(setsid() == getpid());
	terminal = open(ptsname(master), O_RDWR);
	close(master);
	MUST(dup2(terminal, 0) == 0 && dup2(terminal, 1) == 1);
	signal(SIGINT, on_signal);
	signal(SIGWINCH, on_signal);
	printf("mine: %d %d\n", tcgetpgrp(0) == getpgrp(), tcgetsid(0) == getpid());
	int tty = open("/dev/tty", O_RDWR);
	printf("/dev/tty: %d\n", isatty(tty));
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		char c;
		setpgid(0, 0);
		_exit(read(0, &c, 1) == 1 ? c : 1);
	}
	MUST(waitpid(child, &status, WUNTRACED) == child);
	printf("stopped by %d\n", WIFSTOPPED(status) ? WSTOPSIG(status) : 0);
	MUST(tcsetpgrp(0, child) == 0);
	kill(-child, SIGCONT);
	printf("ready\n");
	fflush(stdout);
	MUST(waitpid(child, &status, WUNTRACED) == child);
	printf("read %c\n", WEXITSTATUS(status));
	signal(SIGTTOU, SIG_IGN);
	MUST(tcsetpgrp(0, getpgrp()) == 0);
	printf("back\n");
	fflush(stdout);
	pause();
	pause();
	printf("leaves\n");
	fflush(stdout);
	_exit(7);
}

static void until(const char *word)
{
	static char data[4096];
	size_t length = 0;

	do {
		ssize_t count = read(master, data + length, sizeof(data) - 1 - length);
		MUST(count > 0);
		length += (size_t)count;
		data[length] = 0;
	} while (!strstr(data, word) || data[length - 1] != '\n');
	show_bytes("master", data, (ssize_t)length);
}

static void jobs(void)
{
	struct winsize size = { .ws_row = 5, .ws_col = 6 };
	int status;

	open_pair();
	close(terminal);
	fflush(stdout);
	pid_t leader = fork();
	if (leader == 0)
		lead();
	until("ready");
	type("x\n");
	until("back");
	type("\x03");
	until("signal");
	MUST(ioctl(master, TIOCSWINSZ, &size) == 0);
	until("leaves");
	MUST(waitpid(leader, &status, 0) == leader);
	printf("status %x\n", status);
	show_read("deserted", master, 100);
	close(master);

	open_pair();
	close(terminal);
	leader = fork();
	if (leader == 0) {
		MUST(setsid() == getpid());
		int mine = open(ptsname(master), O_RDWR);
		close(master);
		MUST(write(mine, "ready\n", 6) == 6);
		pause();
		_exit(0);
	}
	until("ready");
	close(master);
	MUST(waitpid(leader, &status, 0) == leader);
	printf("hung up: %x\n", status);
}

int main(void)
{
	MUST(open_pair() >= 0);
	names();
	modes();
	lines();
	packets();
	close(master);
	show_read("hung up", terminal, 10);
	SHOW(write(terminal, "x", 1));
	SHOW(isatty(terminal));
	close(terminal);
	jobs();
	return 0;
}

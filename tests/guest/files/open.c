// build: glibc-static
// args: .
// args: /dev/shm
// args: /tmp
#include "files/place.h"
#include <linux/openat2.h>

static long openat2_(int directory, const char *path, uint64_t flags, uint64_t mode, uint64_t resolve)
{
	struct open_how how = { .flags = flags, .mode = mode, .resolve = resolve };

	return syscall(SYS_openat2, directory, path, &how, sizeof(how));
}

#define OPEN(...) do { \
	errno = 0; \
	int fd_ = open(__VA_ARGS__); \
	if (fd_ < 0) \
		printf("open(" #__VA_ARGS__ ") = %s\n", errno_name(errno)); \
	else { \
		printf("open(" #__VA_ARGS__ ") flags %o fd flags %d\n", fcntl(fd_, F_GETFL), fcntl(fd_, F_GETFD)); \
		close(fd_); \
	} \
} while (0)

#define OPEN2(...) do { \
	errno = 0; \
	long fd_ = openat2_(__VA_ARGS__); \
	printf("openat2(" #__VA_ARGS__ ") = %s\n", fd_ < 0 ? errno_name(errno) : "a file"); \
	if (fd_ >= 0) \
		close((int)fd_); \
} while (0)

int main(int argc, char **argv)
{
	char long_name[300];

	enter_place(argc, argv);
	make_file("file", "contents");
	MUST(mkdir("dir", 0755) == 0);
	make_file("dir/inner", "inner");
	MUST(symlink("file", "link") == 0);
	MUST(symlink("dir", "dirlink") == 0);
	MUST(symlink("loop2", "loop1") == 0);
	MUST(symlink("loop1", "loop2") == 0);
	MUST(symlink("nowhere", "dangling") == 0);
	MUST(symlink("/", "rootlink") == 0);
	MUST(symlink("../../../../../../../..", "uplink") == 0);
	MUST(mkfifo("fifo", 0600) == 0);
	memset(long_name, 'x', sizeof(long_name) - 1);
	long_name[299] = 0;

	OPEN("file", O_RDONLY);
	OPEN("file", O_RDWR | O_CLOEXEC | O_APPEND);
	OPEN("file", O_WRONLY | O_NONBLOCK | O_SYNC);
	OPEN("file", O_RDONLY | O_DSYNC | O_NOATIME);
	OPEN("file", 3);
	OPEN("file", O_CREAT | O_EXCL | O_RDWR, 0600);
	OPEN("file", O_CREAT | O_RDWR, 0600);
	OPEN("file", O_DIRECTORY | O_RDONLY);
	OPEN("file/", O_RDONLY);
	OPEN("file/x", O_RDONLY);
	OPEN("", O_RDONLY);
	OPEN("missing", O_RDONLY);
	OPEN("missing/x", O_RDONLY | O_CREAT, 0600);
	OPEN("missing/", O_RDONLY | O_CREAT, 0600);
	OPEN("dir", O_RDONLY);
	OPEN("dir", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	OPEN("dir", O_WRONLY);
	OPEN("dir", O_RDONLY | O_CREAT, 0600);
	OPEN("dir/", O_RDONLY | O_CREAT, 0600);
	OPEN("dir/../file", O_RDONLY);
	OPEN("dir/./inner", O_RDONLY);
	OPEN("dir//inner", O_RDONLY);
	OPEN("link", O_RDONLY);
	OPEN("link", O_RDONLY | O_NOFOLLOW);
	OPEN("link", O_PATH | O_NOFOLLOW);
	OPEN("link", O_CREAT | O_EXCL | O_RDWR, 0600);
	OPEN("dirlink/inner", O_RDONLY | O_NOFOLLOW);
	OPEN("dirlink", O_RDONLY | O_DIRECTORY);
	OPEN("dirlink", O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
	OPEN("dirlink/", O_RDONLY | O_NOFOLLOW);
	OPEN("loop1", O_RDONLY);
	OPEN("loop1", O_RDONLY | O_CREAT, 0600);
	OPEN("dangling", O_RDONLY);
	OPEN("dangling", O_RDONLY | O_CREAT | O_EXCL, 0600);
	OPEN("dangling", O_WRONLY | O_CREAT, 0600);
	show_stat("nowhere");
	OPEN("fifo", O_RDONLY | O_NONBLOCK);
	OPEN("fifo", O_WRONLY | O_NONBLOCK);
	OPEN("fifo", O_RDWR | O_NONBLOCK);
	OPEN("file", O_PATH | O_RDWR | O_APPEND);
	OPEN("file", O_TMPFILE | O_RDWR, 0600);
	OPEN(".", O_TMPFILE | O_RDONLY, 0600);
	OPEN(".", O_TMPFILE | O_RDWR, 0600);
	OPEN("file", O_DIRECTORY | O_CREAT, 0600);
	OPEN(long_name, O_RDONLY);
	OPEN((char *)8, O_RDONLY);
	OPEN("new", O_CREAT | O_WRONLY, 07777);
	show_stat("new");
	OPEN("new2", O_CREAT | O_RDONLY, 0);
	show_stat("new2");
	OPEN("file", O_TRUNC | O_RDONLY);
	show_stat("file");
	make_file("file", "contents");
	SHOW(openat(-1, "file", O_RDONLY));
	SHOW(openat(0x7fff, "file", O_RDONLY));
	int plain = open("file", O_RDONLY), directory = open("dir", O_PATH);
	SHOW(openat(plain, "file", O_RDONLY));
	SHOW(openat(directory, "inner", O_RDONLY) >= 0);
	SHOW(openat(directory, "", O_RDONLY));
	SHOW(read(directory, long_name, 1));

	OPEN2(directory, "inner", O_RDONLY, 0, RESOLVE_BENEATH);
	OPEN2(directory, "../file", O_RDONLY, 0, RESOLVE_BENEATH);
	OPEN2(directory, "../dir/inner", O_RDONLY, 0, RESOLVE_BENEATH);
	OPEN2(directory, "/file", O_RDONLY, 0, RESOLVE_BENEATH);
	OPEN2(directory, "../inner", O_RDONLY, 0, RESOLVE_IN_ROOT);
	OPEN2(directory, "/inner", O_RDONLY, 0, RESOLVE_IN_ROOT);
	OPEN2(AT_FDCWD, "uplink/etc", O_RDONLY, 0, RESOLVE_IN_ROOT);
	OPEN2(AT_FDCWD, "rootlink/dir", O_RDONLY, 0, RESOLVE_IN_ROOT);
	OPEN2(AT_FDCWD, "rootlink", O_RDONLY, 0, RESOLVE_BENEATH);
	OPEN2(AT_FDCWD, "link", O_RDONLY, 0, RESOLVE_NO_SYMLINKS);
	OPEN2(AT_FDCWD, "dirlink/inner", O_RDONLY, 0, RESOLVE_NO_SYMLINKS);
	OPEN2(AT_FDCWD, "link", O_PATH | O_NOFOLLOW, 0, RESOLVE_NO_SYMLINKS);
	OPEN2(AT_FDCWD, "/proc/self/exe", O_RDONLY, 0, RESOLVE_NO_MAGICLINKS);
	OPEN2(AT_FDCWD, "/proc/self/exe", O_RDONLY, 0, 0);
	OPEN2(AT_FDCWD, "/proc/self/status", O_RDONLY, 0, RESOLVE_NO_XDEV);
	OPEN2(AT_FDCWD, "dir/inner", O_RDONLY, 0, RESOLVE_NO_XDEV);
	OPEN2(AT_FDCWD, "file", O_RDONLY, 0600, 0);
	OPEN2(AT_FDCWD, "file", 1ULL << 40, 0, 0);
	OPEN2(AT_FDCWD, "file", O_RDONLY, 0, 0x1000);
	OPEN2(AT_FDCWD, "file", O_RDONLY, 0, RESOLVE_BENEATH | RESOLVE_IN_ROOT);
	OPEN2(AT_FDCWD, "made", O_RDWR | O_CREAT, 0640, 0);
	show_stat("made");
	SHOW(syscall(SYS_openat2, AT_FDCWD, "file", long_name, 8));
	SHOW(syscall(SYS_openat2, AT_FDCWD, "file", long_name, 1 << 20));
	show_directory(".");
	return 0;
}

// build: glibc-static
// args: .
// args: /dev/shm
// args: /tmp
#include "files/place.h"
#include <sys/time.h>
#include <utime.h>

static void show_times(const char *name)
{
	struct stat status;

	MUST(lstat(name, &status) == 0);
	printf("  %s: atime %ld.%09ld mtime %ld.%09ld\n", name, status.st_atim.tv_sec, status.st_atim.tv_nsec, status.st_mtim.tv_sec, status.st_mtim.tv_nsec);
}

static void show_order(const char *name)
{
	struct stat status;

	MUST(lstat(name, &status) == 0);
	printf("  %s: mtime %s, ctime %s\n", name, status.st_mtim.tv_sec > 1000000000 ? "now" : "then", status.st_ctim.tv_sec > 1000000000 ? "now" : "then");
}

int main(int argc, char **argv)
{
	struct statx extended;
	struct timespec times[2] = { { 100, 5 }, { 200, 7 } };
	struct timeval small[2] = { { 300, 9 }, { 400, 11 } };
	struct utimbuf seconds = { 500, 600 };
	int file;

	enter_place(argc, argv);
	make_file("file", "some text");
	MUST(symlink("file", "link") == 0);
	MUST(mkdir("dir", 0755) == 0);
	SHOW(chmod("file", 07777));
	show_stat("file");
	SHOW(chmod("file", 0100600));
	show_stat("file");
	SHOW(chmod("link", 0640));
	show_stat("file");
	SHOW(fchmodat(AT_FDCWD, "link", 0600, AT_SYMLINK_NOFOLLOW));
	SHOW(syscall(452, AT_FDCWD, "file", 0604, 0));
	SHOW(syscall(452, AT_FDCWD, "file", 0604, 0x4000));
	show_stat("file");
	SHOW(chmod("missing", 0600));
	SHOW(chmod("dir", 02750));
	MUST(mkdir("dir/sub", 0755) == 0);
	show_stat("dir/sub");
	MUST((file = open("file", O_RDWR)) >= 0);
	SHOW(fchmod(file, 0444));
	SHOW(fchmod(999, 0444));
	SHOW(access("file", R_OK));
	SHOW(access("file", F_OK));
	SHOW(access("file", X_OK));
	SHOW(access("missing", F_OK));
	SHOW(access("file", 8));
	SHOW(faccessat(AT_FDCWD, "link", R_OK, AT_SYMLINK_NOFOLLOW));
	SHOW(syscall(SYS_faccessat2, AT_FDCWD, "file", R_OK, 0x40000));
	SHOW(syscall(SYS_faccessat2, file, "", R_OK, AT_EMPTY_PATH));

	SHOW(utimensat(AT_FDCWD, "file", times, 0));
	show_times("file");
	show_order("file");
	times[0].tv_nsec = UTIME_OMIT;
	times[1] = (struct timespec){ 900, 1 };
	SHOW(utimensat(AT_FDCWD, "link", times, 0));
	show_times("file");
	SHOW(utimensat(AT_FDCWD, "link", times, AT_SYMLINK_NOFOLLOW));
	times[1].tv_nsec = 1000000000;
	SHOW(utimensat(AT_FDCWD, "file", times, 0));
	times[0].tv_nsec = times[1].tv_nsec = UTIME_OMIT;
	SHOW(utimensat(AT_FDCWD, "missing", times, 0));
	SHOW(utimes("file", small));
	show_times("file");
	small[0].tv_usec = 1000000;
	SHOW(utimes("file", small));
	SHOW(utime("file", &seconds));
	show_times("file");
	SHOW(futimens(file, (struct timespec[]){ { 1, 2 }, { -3, 4 } }));
	show_times("file");
	SHOW(futimens(file, NULL));
	show_order("file");
	SHOW(utimensat(file, NULL, NULL, 0));
	SHOW(utimensat(file, NULL, NULL, AT_SYMLINK_NOFOLLOW));
	MUST(futimens(file, (struct timespec[]){ { 1, 2 }, { 3, 4 } }) == 0);
	MUST(write(file, "x", 1) == 1);
	show_order("file");
	MUST(futimens(file, (struct timespec[]){ { 1, 2 }, { 3, 4 } }) == 0);
	MUST(ftruncate(file, 4) == 0);
	show_order("file");

	SHOW(chown("file", -1, -1));
	SHOW(chown("file", getuid(), getgid()));
	SHOW(lchown("link", getuid(), getgid()));
	SHOW(fchown(file, -1, getgid()));
	SHOW(fchownat(AT_FDCWD, "link", -1, -1, AT_SYMLINK_NOFOLLOW));
	SHOW(fchownat(file, "", -1, -1, AT_EMPTY_PATH));
	SHOW(fchownat(file, "", -1, -1, 0x10));
	SHOW(chown("missing", 0, 0));
	MUST(chmod("file", 06755) == 0);
	MUST(chown("file", getuid(), getgid()) == 0);
	show_stat("file");

	MUST(statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS | STATX_BTIME, &extended) == 0);
	printf("statx mask %x links %u mode %o size %llu\n", extended.stx_mask & (STATX_BASIC_STATS), extended.stx_nlink, extended.stx_mode,
		(unsigned long long)extended.stx_size);
	SHOW(statx(AT_FDCWD, "file", 0, 0x80000000, &extended));
	SHOW(statx(AT_FDCWD, "file", 0x6000, STATX_ALL, &extended));
	SHOW(statx(AT_FDCWD, "file", 0x10, STATX_ALL, &extended));
	SHOW(statx(file, "", AT_EMPTY_PATH, STATX_ALL, &extended));
	SHOW(statx(AT_FDCWD, "", 0, STATX_ALL, &extended));
	SHOW(statx(AT_FDCWD, "link", AT_SYMLINK_NOFOLLOW, STATX_ALL, &extended));
	printf("mode %o\n", extended.stx_mode);
	SHOW(syscall(SYS_newfstatat, AT_FDCWD, "file", (void *)8, 0));
	SHOW(syscall(SYS_newfstatat, AT_FDCWD, "file", NULL, 0x100000));
	SHOW(syscall(SYS_fstat, 999, &extended));
	mode_t old = umask(0777);
	printf("umask %o %o\n", old, umask(old));
	return 0;
}

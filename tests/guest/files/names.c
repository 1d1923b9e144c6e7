// build: glibc-static
// args: .
// args: /dev/shm
// args: /tmp
#include "files/place.h"

#ifndef RENAME_WHITEOUT
#define RENAME_WHITEOUT 4
#endif

int main(int argc, char **argv)
{
	char text[256];
	int file;

	enter_place(argc, argv);
	make_file("a", "A");
	make_file("b", "B");
	SHOW(mkdir("d", 0700));
	SHOW(mkdir("d", 0700));
	SHOW(mkdir("d/e", 01777));
	SHOW(mkdir("missing/e", 0700));
	SHOW(mkdir("a/e", 0700));
	SHOW(mkdir("slash/", 0700));
	SHOW(mkdir("", 0700));
	SHOW(mkdir(".", 0700));
	SHOW(mkdir("/", 0700));
	show_stat("d/e");

	SHOW(link("a", "hard"));
	SHOW(link("a", "b"));
	SHOW(link("d", "dlink"));
	SHOW(link("missing", "x"));
	SHOW(link("a", "missing/x"));
	show_stat("a");
	SHOW(symlink("a", "soft"));
	SHOW(symlink("a", "soft"));
	SHOW(symlink("", "empty"));
	SHOW(symlink("x", ""));
	SHOW(link("soft", "hardsoft"));
	show_stat("hardsoft");
	SHOW(linkat(AT_FDCWD, "soft", AT_FDCWD, "followed", AT_SYMLINK_FOLLOW));
	show_stat("followed");
	SHOW(linkat(AT_FDCWD, "soft", AT_FDCWD, "x", 0x40));
	SHOW(readlink("soft", text, sizeof(text)));
	SHOW(readlink("soft", text, 0));
	SHOW(readlink("a", text, sizeof(text)));
	SHOW(readlink("missing", text, sizeof(text)));
	SHOW(readlink("d/e/..", text, sizeof(text)));
	SHOW(readlink("soft", (char *)8, sizeof(text)));
	MUST((file = open("soft", O_PATH | O_NOFOLLOW)) >= 0);
	SHOW(readlinkat(file, "", text, sizeof(text)));
	SHOW(readlinkat(AT_FDCWD, "", text, sizeof(text)));
	close(file);

	SHOW(rename("a", "b"));
	show_file("b");
	show_stat("b");
	SHOW(rename("b", "hard"));
	show_directory(".");
	SHOW(rename("b", "b"));
	SHOW(rename("missing", "b"));
	SHOW(rename("b", "d"));
	SHOW(rename("d", "b"));
	SHOW(rename("d", "d/e/f"));
	SHOW(rename("d", "d"));
	SHOW(rename("d/e", "d"));
	SHOW(rename("d", "moved"));
	SHOW(rename("moved/", "d"));
	SHOW(rename("b/", "c"));
	SHOW(rename("b", "c/"));
	SHOW(rename(".", "x"));
	SHOW(rename("d/..", "x"));
	SHOW(rename("b", ".."));
	SHOW(mkdir("full", 0755));
	make_file("full/file", "x");
	SHOW(rename("d", "full"));
	SHOW(mkdir("vacant", 0755));
	SHOW(rename("full", "vacant"));
	show_directory("vacant");
	SHOW(renameat2(AT_FDCWD, "b", AT_FDCWD, "hard", RENAME_NOREPLACE));
	SHOW(renameat2(AT_FDCWD, "b", AT_FDCWD, "fresh", RENAME_NOREPLACE));
	SHOW(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "vacant", RENAME_EXCHANGE));
	show_stat("vacant");
	show_directory("fresh");
	SHOW(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "missing", RENAME_EXCHANGE));
	SHOW(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "d", RENAME_EXCHANGE | RENAME_NOREPLACE));
	SHOW(renameat2(AT_FDCWD, "fresh", AT_FDCWD, "d", 0x100));
	SHOW(rename("soft", "softer"));
	SHOW(readlink("softer", text, sizeof(text)));
	SHOW(rename("vacant", "/proc/x"));

	SHOW(unlink("missing"));
	SHOW(unlink("d"));
	SHOW(unlink("softer/"));
	SHOW(unlink("vacant/"));
	SHOW(unlink("softer"));
	SHOW(rmdir("vacant"));
	SHOW(rmdir("d"));
	SHOW(rmdir("d/e/."));
	SHOW(rmdir("d/e/.."));
	SHOW(rmdir("d/e"));
	SHOW(rmdir("/"));
	SHOW(unlinkat(AT_FDCWD, "d", AT_REMOVEDIR));
	SHOW(unlinkat(AT_FDCWD, "vacant", 0x10));
	MUST((file = open("vacant", O_RDWR)) >= 0);
	SHOW(unlink("vacant"));
	SHOW(pread(file, text, 4, 0));
	SHOW(pwrite(file, "still", 5, 0));
	struct stat status;
	MUST(fstat(file, &status) == 0);
	printf("links %ld size %ld\n", (long)status.st_nlink, (long)status.st_size);
	snprintf(text, sizeof(text), "/proc/self/fd/%d", file);
	char target[4200];
	ssize_t length = readlink(text, target, sizeof(target) - 1);
	MUST(length > 0);
	target[length] = 0;
	printf("%s\n", target + strlen(place));
	int again = open(text, O_RDONLY);
	SHOW(read(again, text, 5));
	printf("%.5s\n", text);
	close(again);
	close(file);

	SHOW(mknod("node", S_IFREG | 0640, 0));
	SHOW(mknod("node2", 0600, 0));
	SHOW(mknod("node3", S_IFIFO | 0620, 0));
	SHOW(mknod("node4", S_IFSOCK | 0620, 0));
	SHOW(mknod("node5", S_IFDIR | 0620, 0));
	SHOW(mknod("node6", S_IFLNK | 0620, 0));
	SHOW(mknod("node", S_IFREG | 0640, 0));
	show_stat("node");
	show_stat("node2");
	show_stat("node3");
	show_stat("node4");
	SHOW(open("node4", O_RDONLY));
	MUST((file = open(".", O_TMPFILE | O_RDWR, 0640)) >= 0);
	MUST(write(file, "tmp", 3) == 3);
	snprintf(text, sizeof(text), "/proc/self/fd/%d", file);
	SHOW(linkat(AT_FDCWD, text, AT_FDCWD, "named", AT_SYMLINK_FOLLOW));
	show_file("named");
	show_stat("named");
	show_directory(".");
	return 0;
}

// build: glibc-static
// args: .
// args: /dev/shm
// args: /tmp
#include "files/place.h"
#include <sys/xattr.h>

static void show_list(const char *name)
{
	char list[1024];
	ssize_t length = listxattr(name, list, sizeof(list));
	int count = 0;
	char *names[32];

	if (length < 0) {
		printf("  %s: %s\n", name, errno_name(errno));
		return;
	}
	for (char *at = list; at < list + length; at += strlen(at) + 1)
		if (strncmp(at, "user.", 5) == 0)
			names[count++] = at;
	qsort(names, count, sizeof(*names), by_name);
	printf("  %s:", name);
	for (int i = 0; i < count; i++)
		printf(" %s", names[i]);
	printf("\n");
}

int main(int argc, char **argv)
{
	char value[64], long_name[300];
	int file;

	enter_place(argc, argv);
	make_file("file", "x");
	MUST(symlink("file", "link") == 0);
	MUST(mkdir("dir", 0755) == 0);
	memset(long_name, 'x', sizeof(long_name) - 1);
	memcpy(long_name, "user.", 5);
	long_name[299] = 0;
	SHOW(getxattr("file", "user.a", value, sizeof(value)));
	SHOW(setxattr("file", "user.a", "value", 5, 0));
	SHOW(getxattr("file", "user.a", value, sizeof(value)));
	printf("%.5s\n", value);
	SHOW(getxattr("file", "user.a", NULL, 0));
	SHOW(getxattr("file", "user.a", value, 3));
	SHOW(getxattr("link", "user.a", value, sizeof(value)));
	SHOW(lgetxattr("link", "user.a", value, sizeof(value)));
	SHOW(setxattr("file", "user.a", "new", 3, XATTR_CREATE));
	SHOW(setxattr("file", "user.b", "new", 3, XATTR_REPLACE));
	SHOW(setxattr("file", "user.a", "newer", 5, XATTR_REPLACE));
	SHOW(setxattr("file", "user.b", "", 0, XATTR_CREATE));
	SHOW(getxattr("file", "user.b", value, sizeof(value)));
	SHOW(setxattr("file", "user.c", "x", 1, 4));
	SHOW(setxattr("file", "", "x", 1, 0));
	SHOW(setxattr("file", "user", "x", 1, 0));
	SHOW(setxattr("file", "strange.a", "x", 1, 0));
	SHOW(getxattr("file", "strange.a", value, sizeof(value)));
	SHOW(setxattr("file", long_name, "x", 1, 0));
	SHOW(setxattr("file", "user.d", value, 100000, 0));
	SHOW(setxattr("file", "user.d", (char *)8, 10, 0));
	SHOW(lsetxattr("link", "user.a", "x", 1, 0));
	SHOW(setxattr("dir", "user.dir", "x", 1, 0));
	SHOW(setxattr("missing", "user.dir", "x", 1, 0));
	show_list("file");
	show_list("dir");
	MUST((file = open("file", O_RDONLY)) >= 0);
	SHOW(fsetxattr(file, "user.f", "fd", 2, 0));
	SHOW(fgetxattr(file, "user.f", value, sizeof(value)));
	SHOW(flistxattr(file, NULL, 0) > 0);
	SHOW(flistxattr(file, value, 3));
	SHOW(removexattr("file", "user.a"));
	SHOW(removexattr("file", "user.a"));
	SHOW(fremovexattr(file, "user.b"));
	SHOW(lremovexattr("link", "user.b"));
	show_list("file");
	SHOW(fgetxattr(999, "user.f", value, sizeof(value)));
	SHOW(rename("file", "renamed"));
	show_list("renamed");
	return 0;
}

// build: glibc-static
// args: .
// args: /dev/shm
// args: /tmp
#include "files/place.h"
#include <sys/statfs.h>

static void show_current(void)
{
	char name[4200];

	if (getcwd(name, sizeof(name)))
		printf("  in %s\n", strncmp(name, place, strlen(place)) == 0 ? name + strlen(place) : name);
	else
		printf("  in: %s\n", errno_name(errno));
}

int main(int argc, char **argv)
{
	char text[4200];
	struct stat one, two;
	int directory, file;

	enter_place(argc, argv);
	for (int i = 0; i < 300; i++) {
		snprintf(text, sizeof(text), "a-rather-long-name-so-that-not-all-fit-%03d", i);
		make_file(text, "");
	}

	/* Each name comes once, whatever the size of the buffer; a position can be gone back to. */
	MUST((directory = open(".", O_RDONLY | O_DIRECTORY)) >= 0);
	int sizes[] = { 100, 1000, 70000 };
	for (int i = 0; i < 3; i++) {
		char buffer[70000], seen[300] = { 0 };
		long got, names = 0, twice = 0, dots = 0;

		MUST(lseek(directory, 0, SEEK_SET) == 0);
		while ((got = syscall(SYS_getdents64, directory, buffer, sizes[i])) > 0)
			for (long at = 0; at < got; ) {
				struct dirent64 *entry = (struct dirent64 *)(buffer + at);

				if (entry->d_name[0] == '.')
					dots++;
				else {
					int number = atoi(entry->d_name + strlen(entry->d_name) - 3);

					twice += seen[number];
					seen[number] = 1;
					names++;
				}
				MUST(entry->d_reclen % 8 == 0);
				at += entry->d_reclen;
			}
		printf("buffer %d: %ld, names %ld dots %ld twice %ld\n", sizes[i], got, names, dots, twice);
	}
	SHOW(syscall(SYS_getdents64, directory, text, 20) == -1 && errno == EINVAL);
	DIR *list = opendir(".");
	for (int i = 0; i < 100; i++)
		MUST(readdir(list) != NULL);
	long at = telldir(list);
	char *name = strdup(readdir(list)->d_name);
	for (int i = 0; i < 100; i++)
		MUST(readdir(list) != NULL);
	seekdir(list, at);
	printf("same %d\n", strcmp(readdir(list)->d_name, name) == 0);
	rewinddir(list);
	int count = 0, removed = 0;
	for (struct dirent *entry; (entry = readdir(list)) != NULL; count++)
		if (entry->d_name[0] == 'a' && unlink(entry->d_name) == 0)
			removed++;
	printf("count %d removed %d\n", count, removed);
	closedir(list);
	show_directory(".");
	SHOW(syscall(SYS_getdents64, 0, text, 4000));
	make_file("file", "x");
	MUST((file = open("file", O_RDONLY)) >= 0);
	SHOW(syscall(SYS_getdents64, file, text, 4000));
	lseek(directory, 0, SEEK_SET);
	SHOW(syscall(SYS_getdents, directory, text, 4000) > 0);

	MUST(mkdir("d", 0755) == 0 && mkdir("d/e", 0755) == 0 && symlink("d/e", "link") == 0);
	SHOW(chdir("d"));
	show_current();
	SHOW(chdir("../link"));
	show_current();
	SHOW(chdir(".."));
	show_current();
	SHOW(chdir("missing"));
	SHOW(chdir("../file"));
	SHOW(fchdir(directory));
	show_current();
	SHOW(fchdir(file));
	SHOW(fchdir(999));
	SHOW(syscall(SYS_getcwd, text, 3));
	SHOW(syscall(SYS_getcwd, (char *)8, 4096));
	SHOW(chdir("d/e"));
	SHOW(rmdir("../../d/e"));
	show_current();
	SHOW(open("x", O_CREAT | O_RDWR, 0600));
	SHOW(open(".", O_RDONLY) >= 0);
	SHOW(mkdir("x", 0700));
	show_directory(".");
	SHOW(chdir(".."));
	show_current();
	SHOW(mkdir("e", 0755));
	SHOW(chdir("e"));
	MUST(rename("../../d", "../../renamed") == 0);
	show_current();
	MUST(stat("../..", &one) == 0 && stat(place, &two) == 0);
	printf("same %d\n", one.st_ino == two.st_ino && one.st_dev == two.st_dev);
	SHOW(chdir("/"));
	MUST(stat("/..", &one) == 0 && stat("/", &two) == 0);
	printf("same %d\n", one.st_ino == two.st_ino);
	struct statfs fs;
	MUST(statfs(place, &fs) == 0);
	printf("name length %ld\n", (long)fs.f_namelen);
	SHOW(statfs("missing", &fs));
	SHOW(fstatfs(999, &fs));
	SHOW(fstatfs(directory, (struct statfs *)8));
	return 0;
}

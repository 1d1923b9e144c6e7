// build: glibc-static
#include "files/place.h"
#include <pthread.h>
#include <sys/prctl.h>

/* Prints the names that stand at the start of the lines of a file. */
static void show_keys(const char *path)
{
	char text[1 << 16];

	strncpy(text, read_whole(path), sizeof(text) - 1);
	printf("  %s:", path);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		printf(" %.*s", (int)strcspn(line, ":"), line);
	printf("\n");
}

static void show_line(const char *path, const char *key)
{
	const char *text = read_whole(path);

	for (const char *line = text; *line; line = strchr(line, '\n') + 1)
		if (strncmp(line, key, strlen(key)) == 0)
			printf("  %.*s\n", (int)strcspn(line, "\n"), line);
}

static void nothing(int number)
{
	(void)number;
}

static void *wait_forever(void *unused)
{
	pause();
	return unused;
}

int main(int argc, char **argv)
{
	char path[256], target[4200];
	int file;

	(void)argc;
	signal(SIGPIPE, SIG_DFL); /* whoever started this may ignore it */
	printf("%s\n", read_whole("/proc/self/comm"));
	prctl(PR_SET_NAME, "renamed ) (x");
	printf("%s", read_whole("/proc/self/comm"));
	show_line("/proc/self/status", "Name:");
	const char *stat_line = read_whole("/proc/self/stat");
	printf("%.*s\n", (int)(strrchr(stat_line, ')') - strchr(stat_line, '(') + 3), strchr(stat_line, '('));
	int fields = 0;
	for (const char *at = strrchr(stat_line, ')'); *at; at++)
		fields += *at == ' ';
	printf("fields behind the name %d\n", fields);
	MUST((file = open("/proc/self/comm", O_WRONLY)) >= 0);
	SHOW(write(file, "written-and-cut-off", 19));
	close(file);
	printf("%s", read_whole("/proc/self/comm"));
	show_keys("/proc/self/status");
	show_line("/proc/self/status", "State:");
	show_line("/proc/self/status", "Threads:");
	show_line("/proc/self/status", "Uid:");
	umask(027);
	show_line("/proc/self/status", "Umask:");
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, nothing);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	raise(SIGTERM);
	show_line("/proc/self/status", "SigPnd:");
	show_line("/proc/self/status", "ShdPnd:");
	show_line("/proc/self/status", "SigBlk:");
	show_line("/proc/self/status", "SigIgn:");
	show_line("/proc/self/status", "SigCgt:");
	show_keys("/proc/self/io");
	show_line("/proc/self/limits", "Limit");
	show_line("/proc/self/limits", "Max stack");
	show_line("/proc/self/limits", "Max nice");

	const char *arguments = read_whole("/proc/self/cmdline");
	printf("arguments equal %d\n", strcmp(arguments, argv[0]) == 0);
	const char *environment = read_whole("/proc/self/environ");
	printf("environment equal %d\n", environ[0] == NULL || strcmp(environment, environ[0]) == 0);
	SHOW(readlink("/proc/self", target, sizeof(target)) > 0);
	SHOW(atoi(target) == getpid());
	SHOW(readlink("/proc/thread-self", target, sizeof(target)) > 5);
	SHOW(readlink("/proc/self/root", target, sizeof(target)));
	SHOW(readlink("/proc/self/cwd", target, sizeof(target)) > 0);
	SHOW(access("/proc/self/exe", X_OK));
	SHOW(readlink("/proc/self/fd/99", target, sizeof(target)));
	SHOW(readlink("/proc/mounts", target, sizeof(target)));

	MUST((file = open("/dev/null", O_RDWR | O_APPEND | O_CLOEXEC)) >= 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", file);
	ssize_t length = readlink(path, target, sizeof(target) - 1);
	printf("%.*s\n", (int)length, target);
	struct stat status;
	MUST(lstat(path, &status) == 0);
	printf("mode %o size %ld\n", status.st_mode, (long)status.st_size);
	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", file);
	show_line(path, "pos:");
	show_line(path, "flags:");
	int ends[2];
	MUST(pipe(ends) == 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", ends[0]);
	length = readlink(path, target, sizeof(target) - 1);
	printf("%.6s\n", target);
	int memory = (int)syscall(SYS_memfd_create, "some name", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", memory);
	length = readlink(path, target, sizeof(target) - 1);
	printf("%.*s\n", (int)length, target);

	SHOW(open("/proc/self/status", O_RDWR));
	SHOW(open("/proc/self/new", O_RDWR | O_CREAT, 0600));
	SHOW(mkdir("/proc/new", 0700));
	SHOW(unlink("/proc/self/status"));
	SHOW(open("/proc/99999999", O_RDONLY));
	SHOW(open("/proc/0", O_RDONLY));
	SHOW(open("/proc/01", O_RDONLY));
	MUST((file = open("/proc/self/stat", O_RDONLY)) >= 0);
	SHOW(read(file, target, 1));
	SHOW(pread(file, target + 1, 1, 1));
	SHOW(lseek(file, 0, SEEK_SET));
	SHOW(read(file, target + 4, 2));
	printf("%d\n", memcmp(target, target + 4, 2) == 0);
	SHOW(ftruncate(file, 0));
	MUST(fstat(file, &status) == 0);
	printf("mode %o size %ld\n", status.st_mode, (long)status.st_size);

	/* A process that has ended: what was opened before speaks of nobody. */
	fflush(stdout);
	MUST(pipe(ends) == 0);
	pid_t child = fork();
	if (child == 0) {
		MUST(read(ends[0], path, 1) == 1);
		_exit(3);
	}
	snprintf(path, sizeof(path), "/proc/%d/stat", child);
	MUST((file = open(path, O_RDONLY)) >= 0);
	snprintf(path, sizeof(path), "/proc/%d", child);
	int directory = open(path, O_RDONLY | O_DIRECTORY);
	MUST(directory >= 0);
	usleep(2000);
	show_line(strcat(path, "/status"), "State:");
	MUST(write(ends[1], "x", 1) == 1);
	usleep(20000);
	show_line(path, "State:");
	SHOW(readlinkat(directory, "exe", target, sizeof(target)));
	SHOW(read(file, target, 10));
	waitpid(child, NULL, 0);
	SHOW(open(path, O_RDONLY));
	SHOW(pread(file, target, 10, 0));
	SHOW(openat(directory, "stat", O_RDONLY));
	SHOW(syscall(SYS_getdents64, directory, target, 4000));

	pthread_t thread;
	for (int i = 0; i < 3; i++)
		MUST(pthread_create(&thread, NULL, wait_forever, NULL) == 0);
	int threads = 0;
	DIR *list = opendir("/proc/self/task");
	for (struct dirent *entry; (entry = readdir(list)) != NULL; )
		threads += entry->d_name[0] != '.';
	printf("threads %d\n", threads);
	show_line("/proc/self/status", "Threads:");
	SHOW(access("/proc/self/task/1/../../maps", R_OK));
	return 0;
}

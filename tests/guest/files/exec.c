// build: glibc-static, glibc-static-pie
// args: .
// args: /dev/shm
#include "files/place.h"
#include <pthread.h>
#include <sys/auxv.h>

static void show_start(int argc, char **argv)
{
	printf("  %d arguments:", argc);
	for (int i = 0; i < argc; i++)
		printf(" [%s]", strncmp(argv[i], place, strlen(place)) == 0 && place[0] ? argv[i] + strlen(place) : argv[i]);
	printf("\n  environment:");
	for (char **entry = environ; *entry; entry++)
		printf(" [%s]", *entry);
	printf("\n");
}

static int child_main(int argc, char **argv)
{
	char name[64] = "", path[4200] = "";
	sigset_t blocked;

	strcpy(place, getenv("PLACE") ? getenv("PLACE") : "");
	unsetenv("PLACE");
	show_start(argc, argv);
	FILE *comm = fopen("/proc/self/comm", "r");
	MUST(comm && fgets(name, sizeof(name), comm));
	fclose(comm);
	printf("  comm %s", name);
	const char *function = (const char *)getauxval(AT_EXECFN);
	printf("  execfn %s\n", strncmp(function, place, strlen(place)) == 0 ? function + strlen(place) : function);
	printf("  exe is there: %d\n", readlink("/proc/self/exe", path, sizeof(path)) > 0);
	printf("  open:");
	for (int fd = 0; fd < 20; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			printf(" %d", fd);
	struct sigaction one, two;
	MUST(sigaction(SIGUSR1, NULL, &one) == 0 && sigaction(SIGUSR2, NULL, &two) == 0);
	sigprocmask(SIG_BLOCK, NULL, &blocked);
	printf("\n  handlers %d %d, blocked %d, secure %ld\n", one.sa_handler == SIG_DFL, two.sa_handler == SIG_IGN, sigismember(&blocked, SIGHUP),
		(long)getauxval(AT_SECURE));
	fflush(stdout);
	return 42;
}

static void handler(int number)
{
	(void)number;
}

static void wait_and_show(pid_t child)
{
	int status;

	MUST(waitpid(child, &status, 0) == child);
	if (WIFSIGNALED(status))
		printf("  killed by %d\n", WTERMSIG(status));
	else
		printf("  status %d\n", WEXITSTATUS(status));
}

/* Runs a part in a child that is expected to become another program; what is printed is why not. */
#define EXEC(...) do { \
	printf("%s\n", #__VA_ARGS__); \
	fflush(stdout); \
	pid_t child_ = fork(); \
	if (child_ == 0) { \
		errno = 0; \
		__VA_ARGS__; \
		printf("  %s\n", errno_name(errno)); \
		fflush(stdout); \
		_exit(1); \
	} \
	wait_and_show(child_); \
} while (0)

static void copy_self(const char *name)
{
	char buffer[65536];
	int in = open("/proc/self/exe", O_RDONLY), out = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0755);
	ssize_t got;

	MUST(in >= 0 && out >= 0);
	while ((got = read(in, buffer, sizeof(buffer))) > 0)
		MUST(write(out, buffer, got) == got);
	close(in);
	close(out);
}

static void script(const char *name, const char *text)
{
	make_file(name, text);
	MUST(chmod(name, 0755) == 0);
}

static void *in_thread(void *path)
{
	char *arguments[] = { "from-a-thread", "child", NULL };

	execv(path, arguments);
	_exit(9);
}

static void *forever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

int main(int argc, char **argv)
{
	char place_variable[4200], line[8192], deep[64];
	char *environment[] = { "A=1", place_variable, "B=two words", NULL };
	char *arguments[] = { "name", "child", "", "x y", NULL };

	if (argc > 1 && strcmp(argv[1], "child") == 0)
		return child_main(argc, argv);
	if (argc > 2 && strcmp(argv[2], "child") == 0)
		return child_main(argc, argv);
	if (getenv("PLACE"))
		return child_main(argc, argv);
	enter_place(argc, argv);
	for (int fd = 3; fd < 20; fd++)
		close(fd);
	snprintf(place_variable, sizeof(place_variable), "PLACE=%s", place);
	copy_self("program");
	MUST(mkdir("bin", 0755) == 0);
	MUST(symlink("../program", "bin/link-to-it") == 0);
	MUST(open("/dev/null", O_RDONLY) == 3);
	MUST(open("/dev/null", O_RDONLY | O_CLOEXEC) == 4);
	MUST(open("bin", O_RDONLY | O_DIRECTORY) == 5);
	MUST(open("bin", O_RDONLY | O_DIRECTORY | O_CLOEXEC) == 6);
	MUST(open("program", O_RDONLY) == 7);
	MUST(open("program", O_RDONLY | O_CLOEXEC) == 8);
	signal(SIGUSR1, handler);
	signal(SIGUSR2, SIG_IGN);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);

	EXEC(execve("program", arguments, environment));
	EXEC(execve("bin/link-to-it", arguments, environment));
	EXEC(execve("./bin/../program", arguments, environment));
	EXEC(syscall(SYS_execve, "program", NULL, environment));
	EXEC(execve("/proc/self/fd/7", arguments, environment));
	EXEC(syscall(SYS_execveat, 5, "link-to-it", arguments, environment, 0));
	EXEC(syscall(SYS_execveat, 5, "link-to-it", arguments, environment, AT_SYMLINK_NOFOLLOW));
	EXEC(syscall(SYS_execveat, 7, "", arguments, environment, AT_EMPTY_PATH));
	EXEC(syscall(SYS_execveat, 8, "", arguments, environment, AT_EMPTY_PATH));
	EXEC(syscall(SYS_execveat, 7, "", arguments, environment, 0));
	EXEC(syscall(SYS_execveat, 7, "x", arguments, environment, 0));
	EXEC(syscall(SYS_execveat, 7, "x", arguments, environment, 1));
	EXEC(execve("missing", arguments, environment));
	EXEC(execve("bin", arguments, environment));
	EXEC(execve("program/x", arguments, environment));
	EXEC(execve("", arguments, environment));
	EXEC(execve((char *)8, arguments, environment));
	EXEC(execve("program", (char **)8, environment));
	EXEC(execve("program", arguments, (char **)8));

	make_file("not-executable", "#!/bin/sh\n");
	EXEC(execve("not-executable", arguments, environment));
	script("empty", "");
	EXEC(execve("empty", arguments, environment));
	script("text", "echo no\n");
	EXEC(execve("text", arguments, environment));
	snprintf(line, sizeof(line), "#!%s/program  \t child  more \t\nrest\n", place);
	script("script", line);
	EXEC(execve("script", arguments, environment));
	EXEC(syscall(SYS_execveat, AT_FDCWD, "script", arguments, environment, 0));
	snprintf(line, sizeof(line), "#! %s/program\n", place);
	script("spaced", line);
	EXEC(execve("./spaced", arguments, environment));
	MUST(open("script", O_RDONLY) == 9);
	MUST(open("script", O_RDONLY | O_CLOEXEC) == 10);
	EXEC(syscall(SYS_execveat, 9, "", arguments, environment, AT_EMPTY_PATH));
	EXEC(syscall(SYS_execveat, 10, "", arguments, environment, AT_EMPTY_PATH));
	script("no-interpreter", "#!/no/such/thing\n");
	EXEC(execve("no-interpreter", arguments, environment));
	script("blank", "#!   \n");
	EXEC(execve("blank", arguments, environment));
	snprintf(line, sizeof(line), "#!%s/script", place);
	script("script-of-script", line);
	EXEC(execve("script-of-script", arguments, environment));
	for (int i = 1; i < 7; i++) {
		snprintf(deep, sizeof(deep), "deep%d", i);
		snprintf(line, sizeof(line), i == 1 ? "#!%s/program\n" : "#!%s/deep%d\n", place, i - 1);
		script(deep, line);
	}
	EXEC(execve("deep4", arguments, environment));
	EXEC(execve("deep6", arguments, environment));
	memset(line, 'x', 300);
	memcpy(line, "#!/", 3);
	strcpy(line + 300, "\n");
	script("long-line", line);
	EXEC(execve("long-line", arguments, environment));

	char *huge[] = { "name", malloc(200000), NULL };
	memset(huge[1], 'y', 199999);
	huge[1][199999] = 0;
	EXEC(execve("program", huge, environment));
	huge[1][131000] = 0;
	EXEC(execve("program", huge, NULL); );

	int truncated = open("truncated", O_WRONLY | O_CREAT, 0755);
	char head[64];
	MUST(pread(7, head, sizeof(head), 0) == sizeof(head));
	MUST(write(truncated, head, sizeof(head)) == sizeof(head));
	close(truncated);
	EXEC(execve("truncated", arguments, environment));

	/* exec by a thread ends the others, and the process keeps its number. */
	printf("in a thread\n");
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		pthread_t thread;

		clearenv();
		for (int i = 0; i < 3; i++)
			MUST(pthread_create(&thread, NULL, forever, NULL) == 0);
		MUST(pthread_create(&thread, NULL, in_thread, "program") == 0);
		forever(NULL);
	}
	wait_and_show(child);
	return 0;
}

// emu: --memory 64M --swap 64M --cgroup memory.max=24M
/* Control groups: the hierarchy, limits of memory and of tasks, and what they tell. */
#include "../guest.h"

#include <dirent.h>
#include <sched.h>

#define ROOT "/sys/fs/cgroup"
#define MB (1024UL * 1024)

static char text[65536];

static const char *get(const char *path)
{
	int fd = open(path, O_RDONLY);
	ssize_t length;

	if (fd < 0)
		return errno_name(errno);
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length < 0)
		return errno_name(errno);
	while (length > 0 && text[length - 1] == '\n')
		length--;
	text[length] = 0;
	for (char *at = text; *at; at++)
		if (*at == '\n')
			*at = '|';
	return text;
}

static void put(const char *path, const char *value)
{
	int fd = open(path, O_WRONLY);
	ssize_t length = fd < 0 ? -1 : write(fd, value, strlen(value));

	printf("%s < %s: %s\n", path, value, length < 0 ? errno_name(errno) : "ok");
	if (fd >= 0)
		close(fd);
}

static void show(const char *path)
{
	printf("%s: %s\n", path, get(path));
}

static unsigned long number(const char *path)
{
	return strtoul(get(path), NULL, 10);
}

static unsigned long stat_of(const char *path, const char *name)
{
	char wanted[64];
	const char *at;

	snprintf(wanted, sizeof(wanted), "|%s ", name);
	get(path);
	memmove(text + 1, text, strlen(text) + 1);
	text[0] = '|';
	at = strstr(text, wanted);
	return at ? strtoul(at + strlen(wanted), NULL, 10) : ~0UL;
}

static int child_status(pid_t pid)
{
	int status;

	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		printf("child: signal %d\n", WTERMSIG(status));
	else
		printf("child: exit %d\n", WEXITSTATUS(status));
	return status;
}

static void hierarchy(void)
{
	show("/proc/self/cgroup");
	show(ROOT "/cgroup.controllers");
	show(ROOT "/cgroup.subtree_control");
	show(ROOT "/program/cgroup.procs");
	show(ROOT "/program/memory.max");
	show(ROOT "/program/pids.max");
	SHOW(mkdir(ROOT "/a", 0755));
	SHOW(mkdir(ROOT "/a", 0755));
	show(ROOT "/a/cgroup.controllers");
	SHOW(mkdir(ROOT "/a/b", 0755));
	show(ROOT "/a/b/cgroup.controllers");
	show(ROOT "/a/b/memory.current");
	put(ROOT "/a/b/cgroup.subtree_control", "+memory");
	put(ROOT "/a/cgroup.subtree_control", "+memory +pids");
	show(ROOT "/a/b/cgroup.controllers");
	show(ROOT "/a/b/memory.current");
	show(ROOT "/a/b/cgroup.events");
	show(ROOT "/a/b/cgroup.type");
	show(ROOT "/a/cgroup.stat");
	put(ROOT "/a/cgroup.procs", "0");
	put(ROOT "/program/cgroup.subtree_control", "+memory");
	put(ROOT "/program/cgroup.subtree_control", "+nothing");
	SHOW(rmdir(ROOT "/a"));
	SHOW(rmdir(ROOT "/program"));
	SHOW(unlink(ROOT "/a/b/memory.max"));
	SHOW(open(ROOT "/a/b/new", O_CREAT | O_RDWR, 0644));
}

static void limits(void)
{
	static const char *values[] = { "8M", "max", "4095", "4096", "0x10000", "1g", "x", "", "5 M" };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		put(ROOT "/a/b/memory.high", values[i]);
		show(ROOT "/a/b/memory.high");
	}
	put(ROOT "/a/b/memory.high", "max");
	put(ROOT "/a/b/memory.oom.group", "2");
	put(ROOT "/a/b/memory.oom.group", "1");
	show(ROOT "/a/b/memory.oom.group");
	put(ROOT "/a/b/memory.oom.group", "0");
	put(ROOT "/a/b/pids.max", "-1");
	put(ROOT "/a/b/pids.max", "5000000");
	put(ROOT "/a/b/pids.max", "12");
	show(ROOT "/a/b/pids.max");
	put(ROOT "/a/b/pids.max", "max");
	show(ROOT "/a/b/memory.current");
	put(ROOT "/a/b/memory.current", "1");
	show(ROOT "/a/b/memory.reclaim");
}

/* Writes so many bytes and gives them back. */
static int fill(unsigned long bytes)
{
	char *at = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (at == MAP_FAILED)
		return 1;
	for (unsigned long i = 0; i < bytes; i += PAGE)
		at[i] = (char)(i >> 12);
	for (unsigned long i = 0; i < bytes; i += PAGE)
		if (at[i] != (char)(i >> 12))
			return 2;
	munmap(at, bytes);
	return 0;
}

static pid_t start(const char *group, unsigned long bytes)
{
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		int fd = open(group, O_WRONLY);

		if (fd < 0 || write(fd, "0", 1) != 1)
			_exit(9);
		close(fd);
		_exit(fill(bytes));
	}
	return pid;
}

static void memory(void)
{
	put(ROOT "/a/b/memory.max", "6M");
	child_status(start(ROOT "/a/b/cgroup.procs", 12 * MB));
	printf("peak is at the limit: %d\n", number(ROOT "/a/b/memory.peak") == 6 * MB);
	printf("swapped: %d\n", stat_of(ROOT "/a/b/memory.stat", "pswpout") > 1000);
	printf("limit met: %d\n", stat_of(ROOT "/a/b/memory.events", "max") > 0);
	printf("oom: %lu, killed: %lu\n", stat_of(ROOT "/a/b/memory.events", "oom"), stat_of(ROOT "/a/b/memory.events", "oom_kill"));
	printf("parent saw it: %d\n", stat_of(ROOT "/a/memory.events", "max") > 0);
	printf("not local there: %lu\n", stat_of(ROOT "/a/memory.events.local", "max"));
	put(ROOT "/a/b/memory.swap.max", "1M");
	child_status(start(ROOT "/a/b/cgroup.procs", 12 * MB));
	printf("oom: %d, killed: %lu\n", stat_of(ROOT "/a/b/memory.events", "oom") > 0, stat_of(ROOT "/a/b/memory.events", "oom_kill"));
	printf("swap full: %d\n", stat_of(ROOT "/a/b/memory.swap.events", "max") > 0);
	show(ROOT "/a/b/cgroup.events");
	printf("left: %lu\n", number(ROOT "/a/b/memory.swap.current"));
	put(ROOT "/a/b/memory.swap.max", "max");
	put(ROOT "/a/b/memory.max", "max");
}

static void high(void)
{
	put(ROOT "/a/b/memory.high", "4M");
	child_status(start(ROOT "/a/b/cgroup.procs", 10 * MB));
	printf("slowed down: %d\n", stat_of(ROOT "/a/b/memory.events", "high") > 0);
	put(ROOT "/a/b/memory.high", "max");
}

static void reclaim(void)
{
	char *at = mmap(NULL, 4 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned long before, after;
	int bad = 0;

	for (unsigned long i = 0; i < 4 * MB; i += PAGE)
		at[i] = 7;
	before = number(ROOT "/program/memory.current");
	put(ROOT "/program/memory.reclaim", "1M");
	after = number(ROOT "/program/memory.current");
	printf("less by about a megabyte: %d\n", before - after >= MB / 2 && before - after < 2 * MB);
	put(ROOT "/program/memory.reclaim", "1M swappiness=0");
	put(ROOT "/program/memory.reclaim", "1M swappiness=300");
	put(ROOT "/program/memory.reclaim", "max");
	put(ROOT "/program/memory.reclaim", "100G");
	for (unsigned long i = 0; i < 4 * MB; i += PAGE)
		bad += at[i] != 7;
	printf("lost: %d\n", bad);
	munmap(at, 4 * MB);
}

static void tasks(void)
{
	pid_t pid;

	put(ROOT "/a/b/pids.max", "3");
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		pid_t made[4];
		int fd = open(ROOT "/a/b/cgroup.procs", O_WRONLY);

		if (write(fd, "0", 1) != 1)
			_exit(9);
		show(ROOT "/a/b/pids.current");
		show("/proc/self/cgroup");
		fflush(stdout);
		for (int i = 0; i < 4; i++) {
			made[i] = fork();
			if (made[i] == 0) {
				pause();
				_exit(0);
			}
			printf("fork %d: %s\n", i, made[i] < 0 ? errno_name(errno) : "ok");
			fflush(stdout);
		}
		show(ROOT "/a/b/pids.current");
		show(ROOT "/a/b/pids.events");
		show(ROOT "/a/pids.events");
		put(ROOT "/a/b/cgroup.kill", "2");
		fflush(stdout);
		put(ROOT "/a/b/cgroup.kill", "1");
		_exit(0);
	}
	child_status(pid);
	show("/proc/self/cgroup");
	while (strcmp(get(ROOT "/a/b/cgroup.events"), "populated 0|frozen 0"))
		sched_yield();
	SHOW(rmdir(ROOT "/a/b"));
	SHOW(rmdir(ROOT "/a"));
	SHOW(access(ROOT "/a", F_OK));
}

int main(void)
{
	hierarchy();
	limits();
	memory();
	high();
	reclaim();
	tasks();
	return 0;
}

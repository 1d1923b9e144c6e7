// emu: --memory 64M
/* Memory runs out and there is no swap: the OOM killer takes the largest child, its parent learns of it, the machine goes on. */
#include "../guest.h"

#define MB (1024UL * 1024)

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
	char text[64];
	int fd = open(path, O_RDONLY);
	ssize_t length = read(fd, text, sizeof(text) - 1);

	text[length > 0 ? length : 0] = 0;
	printf("%s: %s", path, text);
	close(fd);
}

static long free_kilobytes(void)
{
	char text[256];
	int fd = open("/proc/meminfo", O_RDONLY);
	ssize_t length = read(fd, text, sizeof(text) - 1);

	text[length] = 0;
	close(fd);
	return strtol(strstr(text, "MemFree:") + 8, NULL, 10);
}

static void eat(int shared)
{
	for (;;) {
		char *at = mmap(NULL, 4 * MB, PROT_READ | PROT_WRITE, (shared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS, -1, 0);

		if (at == MAP_FAILED)
			_exit(3);
		memset(at, 1, 4 * MB);
	}
}

static void wait_for(pid_t pid)
{
	int status;

	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		printf("killed by %d\n", WTERMSIG(status));
	else
		printf("exit %d\n", WEXITSTATUS(status));
}

static void round_of(const char *name, int shared)
{
	long before = free_kilobytes(), after;
	pid_t pid;

	printf("%s: ", name);
	fflush(stdout);
	pid = fork();
	if (pid == 0)
		eat(shared);
	wait_for(pid);
	after = free_kilobytes();
	printf("memory is back: %d\n", after > before - 1024);
}

/* A small process that asks to be taken dies for a large one. */
static void preferred(void)
{
	int ready[2];
	char byte;
	pid_t victim, eater;

	SHOW(pipe(ready));
	fflush(stdout);
	victim = fork();
	if (victim == 0) {
		char *at = mmap(NULL, 8 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		int fd = open("/proc/self/oom_score_adj", O_WRONLY);

		memset(at, 1, 8 * MB);
		if (write(fd, "1000", 4) != 4)
			_exit(5);
		if (write(ready[1], "x", 1) != 1)
			_exit(6);
		for (;;)
			pause();
	}
	if (read(ready[0], &byte, 1) != 1)
		exit(1);
	eater = fork();
	if (eater == 0) {
		char *at;
		unsigned long size = (unsigned long)free_kilobytes() * 1024 - 2 * MB;

		at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		memset(at, 1, size);
		at = mmap(NULL, 4 * MB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		memset(at, 1, 4 * MB);
		_exit(0);
	}
	printf("eater: ");
	fflush(stdout);
	wait_for(eater);
	printf("victim: ");
	fflush(stdout);
	wait_for(victim);
}

int main(void)
{
	show("/proc/self/oom_score_adj");
	show("/proc/self/oom_adj");
	put("/proc/self/oom_score_adj", "1001");
	put("/proc/self/oom_score_adj", "-1001");
	put("/proc/self/oom_score_adj", "x");
	put("/proc/self/oom_score_adj", "500");
	show("/proc/self/oom_score_adj");
	show("/proc/self/oom_adj");
	put("/proc/self/oom_adj", "-17");
	show("/proc/self/oom_score_adj");
	show("/proc/self/oom_score");
	put("/proc/self/oom_adj", "16");
	put("/proc/self/oom_adj", "15");
	show("/proc/self/oom_score_adj");
	put("/proc/self/oom_score_adj", "0");
	SHOW(mmap(NULL, 1UL << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? -1L : 0L);
	round_of("anonymous", 0);
	round_of("again", 0);
	round_of("shared", 1);
	preferred();
	return 0;
}

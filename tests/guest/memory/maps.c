// build: glibc-static, glibc-static-pie, musl-static
#include "guest.h"

static char data[2 * PAGE] = "data";
static char bss[4 * PAGE];
static const char constants[] = "constants";

/* The area that an address lies in, as /proc/self/maps has it, without what differs from run to run. */
static void show(const char *what, const void *address)
{
	for (const char *line = read_whole("/proc/self/maps"); *line; line = strchr(line, '\n') + 1) {
		unsigned long from, to, offset, inode;
		unsigned int major, minor;
		char rights[8], name[2048] = "";

		MUST(sscanf(line, "%lx-%lx %7s %lx %x:%x %lu%*[ ]%2047[^\n]", &from, &to, rights, &offset, &major, &minor, &inode, name) >= 7);
		if ((unsigned long)address < from || (unsigned long)address >= to)
			continue;
		printf("%s: %s %lx %s %s\n", what, rights, offset, inode ? "file" : "none", name[0] == '/' ? "a path" : name);
		return;
	}
	printf("%s: nowhere\n", what);
}

/* The form of each line, and that lines ascend. */
static void check_form(void)
{
	unsigned long last = 0;
	int stacks = 0, bad = 0;

	for (const char *line = read_whole("/proc/self/maps"); *line; line = strchr(line, '\n') + 1) {
		unsigned long from, to;
		int width = 0;

		MUST(sscanf(line, "%lx-%lx%n", &from, &to, &width) == 2);
		bad += from < last || to <= from || (from | to) & (PAGE - 1) || line[width] != ' ' || line[width + 5] != ' ';
		stacks += strstr(line, "[stack]") != NULL && strstr(line, "[stack]") < strchr(line, '\n');
		const char *name = memchr(line, '/', (size_t)(strchr(line, '\n') - line));
		if (name && name - line != 73)
			printf("the name stands in column %d\n", (int)(name - line));
		last = to;
	}
	printf("%d bad lines, stack %d\n", bad, stacks);
}

int main(int argc, char **argv)
{
	static char path[4096], link_text[4096];
	char *heap, *mapped;

	catch_faults();
	heap = malloc(100);
	memcpy(heap, argv[0], 10);
	mapped = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	show("code", (void *)main);
	show("constants", constants);
	show("data", data + PAGE);
	show("bss", bss + 2 * PAGE);
	show("stack", &argc);
	show("arguments", argv[0]);
	show("brk heap", (char *)sbrk(0) - 1);
	show("anonymous", mapped);
	show("nothing", (void *)0x10000);
	check_form();
	printf("heap begins with %d\n", heap[0] == argv[0][0]);
	free(heap);

	ssize_t length = readlink("/proc/self/exe", link_text, sizeof(link_text) - 1);
	MUST(length > 0 && realpath(argv[0], path));
	printf("exe: %d\n", strcmp(path, link_text) == 0);
	const char *arguments = read_whole("/proc/self/cmdline");
	printf("cmdline: %d\n", strcmp(arguments, argv[0]) == 0);
	printf("Name: %d\n", strstr(read_whole("/proc/self/status"), "Name:\tmaps\n") != NULL);
	printf("threads %ld, pid %d, tgid %d, uid %d\n", status_of("Threads"), status_of("Pid") == getpid(), status_of("Tgid") == getpid(),
		status_of("Uid") == (long)getuid());
	mapped = mmap(NULL, 1000 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	long before = status_of("RssAnon"), size = status_of("VmSize");
	for (int i = 0; i < 200; i++)
		mapped[i * PAGE] = 1;
	printf("RssAnon grew by %ld\n", (status_of("RssAnon") - before) / 80);
	munmap(mapped, 1000 * PAGE);
	printf("VmSize shrank by %ld\n", size - status_of("VmSize"));
	printf("VmHWM %d VmPeak %d\n", status_of("VmHWM") >= status_of("VmRSS"), status_of("VmPeak") >= status_of("VmSize"));
	return 0;
}

/* The files of /proc and /proc/sys/vm that tell of memory: which there are, their form, and what is accepted. */
#include "guest.h"
#include <dirent.h>

/* Each run of digits and blanks as one, so that what is left is the form. Repeated lines are told once. */
static void form(const char *path)
{
	static char last[256];
	char line[4096];
	FILE *file = fopen(path, "r");

	printf("== %s\n", path);
	if (file == NULL) {
		printf("%s\n", errno_name(errno));
		return;
	}
	last[0] = 0;
	while (fgets(line, sizeof(line), file) != NULL) {
		char out[256];
		size_t length = 0;

		for (char *at = line; *at != 0 && *at != '\n' && length < 240; at++) {
			char c = *at >= '0' && *at <= '9' ? '9' : *at;

			if ((c == '9' || c == ' ') && length != 0 && out[length - 1] == c)
				continue;
			out[length++] = c;
		}
		out[length] = 0;
		if (strcmp(out, last) != 0)
			printf("%s\n", out);
		strcpy(last, out);
	}
	fclose(file);
}

static void set(const char *name, const char *text)
{
	char path[128];
	int file;

	snprintf(path, sizeof(path), "/proc/sys/vm/%s", name);
	file = open(path, O_WRONLY);
	if (file < 0) {
		printf("%s: %s\n", name, errno_name(errno));
		return;
	}
	errno = 0;
	printf("%s <- %s: %s\n", name, text, write(file, text, strlen(text)) < 0 ? errno_name(errno) : "done");
	close(file);
}

static void refused(void)
{
	set("overcommit_memory", "3");
	set("overcommit_memory", "-1");
	set("overcommit_memory", "x");
	set("swappiness", "201");
	set("swappiness", "-1");
	set("drop_caches", "0");
	set("compact_memory", "2");
	set("compaction_proactiveness", "101");
	set("watermark_scale_factor", "0");
	set("watermark_scale_factor", "3001");
	set("extfrag_threshold", "1001");
	set("panic_on_oom", "3");
	set("page-cluster", "32");
	set("unprivileged_userfaultfd", "2");
	set("max_map_count", "-1");
	set("dirty_ratio", "101");
	set("min_unmapped_ratio", "101");
}

int main(void)
{
	form("/proc/buddyinfo");
	form("/proc/swaps");
	form("/proc/self/statm");
	form("/proc/self/limits");
	form("/proc/self/io");
	form("/proc/self/oom_score");
	form("/proc/self/oom_score_adj");
	form("/proc/self/oom_adj");
	form("/proc/sys/vm/lowmem_reserve_ratio");
	form("/proc/sys/vm/overcommit_memory");
	refused();
	return 0;
}

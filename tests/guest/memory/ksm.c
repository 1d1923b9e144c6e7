/* KSM: ksmd finds pages of the same contents, and lets go of them again. The numbers of the machine are those of this program alone. */
#include "guest.h"

#define KSM "/sys/kernel/mm/ksm/"
#define PAGES 64

static long number_of(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), KSM "%s", name);
	return strtol(read_whole(path), NULL, 10);
}

static long set(const char *name, const char *text)
{
	char path[128];
	int file;
	long written;

	snprintf(path, sizeof(path), KSM "%s", name);
	file = open(path, O_WRONLY);
	MUST(file >= 0);
	errno = 0;
	written = write(file, text, strlen(text));
	printf("%s <- %s: %s\n", name, text, written < 0 ? errno_name(errno) : "done");
	close(file);
	return written;
}

static void wait_for_scans(void)
{
	long until = number_of("full_scans") + 4;

	for (int i = 0; i < 2000 && number_of("full_scans") < until; i++)
		usleep(5000);
	MUST(number_of("full_scans") >= until);
}

static void show(void)
{
	static const char *names[] = { "run", "pages_shared", "pages_sharing", "stable_node_chains", "ksm_zero_pages" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		printf("%s %ld ", names[i], number_of(names[i]));
	/* which of both a page without a twin is depends on when ksmd last came by */
	printf("unshared or volatile %ld\n", number_of("pages_unshared") + number_of("pages_volatile"));
}

static void settings(void)
{
	set("run", "3");
	set("run", "one");
	set("sleep_millisecs", "-1");
	set("sleep_millisecs", "4294967296");
	set("pages_to_scan", "");
	set("merge_across_nodes", "2");
	set("max_page_sharing", "1");
	set("use_zero_pages", "maybe");
	set("smart_scan", "off");
	printf("%s", read_whole(KSM "smart_scan"));
	set("smart_scan", "Y");
	printf("%s", read_whole(KSM "smart_scan"));
	printf("%s", read_whole(KSM "advisor_mode"));
	set("advisor_mode", "sometimes");
}

int main(void)
{
	char *at = mmap((void *)0x200000000000, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	long different = 0;

	MUST(at != MAP_FAILED);
	settings();
	for (int i = 0; i < PAGES; i++)
		memset(at + i * PAGE, i < 32 ? 'a' : i < 48 ? 'b' : i, PAGE);
	SHOW(madvise(at, PAGES * PAGE, MADV_MERGEABLE));
	set("sleep_millisecs", "10");
	set("pages_to_scan", "1000");
	show();
	set("run", "1");
	wait_for_scans();
	show();
	set("max_page_sharing", "8");
	for (int i = 0; i < PAGES; i++)
		different += at[i * PAGE] != (i < 32 ? 'a' : i < 48 ? 'b' : i);
	printf("%ld pages are not as they were\n", different);
	memset(at, 'z', 4 * PAGE);
	wait_for_scans();
	show();
	SHOW(madvise(at + 40 * PAGE, 8 * PAGE, MADV_UNMERGEABLE));
	show();
	set("run", "2");
	show();
	printf("%c %c %c\n", at[0], at[10 * PAGE], at[47 * PAGE]);
	set("run", "0");
	set("sleep_millisecs", "20");
	set("pages_to_scan", "100");
	return 0;
}

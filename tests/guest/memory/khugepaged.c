/* khugepaged puts the small pages of an advised area into huge ones, within its limits. */
#include "guest.h"

#define THP "/sys/kernel/mm/transparent_hugepage/"
#define HUGE (2UL << 20)

static void set(const char *name, const char *text)
{
	char path[128];
	int file;
	long written;

	snprintf(path, sizeof(path), THP "%s", name);
	file = open(path, O_WRONLY);
	MUST(file >= 0);
	errno = 0;
	written = write(file, text, strlen(text));
	printf("%s <- %s: %s\n", name, text, written < 0 ? errno_name(errno) : "done");
	close(file);
}

static long number_of(const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), THP "%s", name);
	return strtol(read_whole(path), NULL, 10);
}

static void wait_for_scans(void)
{
	long until = number_of("khugepaged/full_scans") + 3;

	for (int i = 0; i < 2000 && number_of("khugepaged/full_scans") < until; i++)
		usleep(5000);
	MUST(number_of("khugepaged/full_scans") >= until);
}

static void settings(void)
{
	static const char *names[] = {
		"enabled", "defrag", "use_zero_page", "hpage_pmd_size", "shmem_enabled", "khugepaged/defrag", "khugepaged/max_ptes_none",
		"khugepaged/max_ptes_swap", "khugepaged/max_ptes_shared", "khugepaged/pages_to_scan", "khugepaged/scan_sleep_millisecs",
		"khugepaged/alloc_sleep_millisecs", "hugepages-2048kB/enabled",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char path[128];

		snprintf(path, sizeof(path), THP "%s", names[i]);
		printf("%s: %s", names[i], read_whole(path));
	}
	set("enabled", "sometimes");
	set("enabled", "madvise");
	set("defrag", "defer+madvise\n");
	printf("%s", read_whole(THP "defrag"));
	set("defrag", "madvise");
	set("use_zero_page", "2");
	set("khugepaged/max_ptes_none", "512");
	set("khugepaged/pages_to_scan", "0");
	set("khugepaged/defrag", "yes");
	set("khugepaged/scan_sleep_millisecs", "99999999999");
}

int main(void)
{
	char *at = mmap((void *)0x200000000000, 4 * HUGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	long collapsed;

	MUST(at != MAP_FAILED);
	settings();
	for (unsigned long i = 0; i < HUGE / PAGE; i++)
		at[i * PAGE] = (char)i;
	at[HUGE] = 1;
	at[2 * HUGE] = at[2 * HUGE + PAGE] = 2;
	SHOW(madvise(at + 3 * HUGE, HUGE, MADV_HUGEPAGE));
	collapsed = number_of("khugepaged/pages_collapsed");
	set("khugepaged/max_ptes_none", "0");
	set("khugepaged/scan_sleep_millisecs", "10");
	SHOW(madvise(at, 3 * HUGE, MADV_HUGEPAGE));
	wait_for_scans();
	printf("full ranges: %ld collapsed\n", number_of("khugepaged/pages_collapsed") - collapsed);
	set("khugepaged/max_ptes_none", "510");
	wait_for_scans();
	printf("two pages: %ld collapsed\n", number_of("khugepaged/pages_collapsed") - collapsed);
	set("khugepaged/max_ptes_none", "511");
	wait_for_scans();
	printf("one page: %ld collapsed\n", number_of("khugepaged/pages_collapsed") - collapsed);
	printf("%d %d %d %d\n", at[77 * PAGE], at[HUGE], at[2 * HUGE + PAGE], at[2 * HUGE + 2 * PAGE]);
	set("khugepaged/scan_sleep_millisecs", "10000");
	return 0;
}

/* System V shared memory of huge pages. */
#include "guest.h"
#include <sys/ipc.h>
#include <sys/shm.h>

#define HUGE (2UL << 20)

static void set(const char *text)
{
	int file = open("/proc/sys/vm/nr_hugepages", O_WRONLY);

	MUST(file >= 0 && write(file, text, strlen(text)) > 0);
	close(file);
}

static void pool(const char *when)
{
	printf("%s:\n", when);
	for (const char *line = read_whole("/proc/meminfo"); *line; line = strchr(line, '\n') + 1)
		if (strncmp(line, "HugePages", 9) == 0)
			printf("  %.*s\n", (int)(strchr(line, '\n') - line), line);
}

int main(void)
{
	char *at = (char *)0x200000000000;
	struct shmid_ds about;
	int id, child;

	catch_faults();
	SHOW(shmget(IPC_PRIVATE, HUGE, SHM_HUGETLB | 0600));
	set("4");
	SHOW(shmget(IPC_PRIVATE, HUGE, SHM_HUGETLB | (20 << 26) | 0600));
	SHOW(shmget(IPC_PRIVATE, 5 * HUGE, SHM_HUGETLB | 0600));
	id = shmget(IPC_PRIVATE, HUGE + 5, SHM_HUGETLB | 0600);
	MUST(id >= 0);
	pool("made");
	SHOW_ADDRESS(shmat(id, at + PAGE, 0));
	SHOW_ADDRESS(shmat(id, at, 0));
	TRY(at[HUGE] = 'h', at);
	pool("touched");
	SHOW(shmctl(id, IPC_STAT, &about));
	printf("%ld bytes, attached %ld\n", (long)about.shm_segsz, (long)about.shm_nattch);
	SHOW(shmctl(id, SHM_LOCK, NULL));
	fflush(stdout);
	child = fork();
	if (child == 0) {
		at[HUGE]++;
		_exit(0);
	}
	MUST(waitpid(child, NULL, 0) == child);
	printf("%c\n", at[HUGE]);
	show_areas(at, at + 4 * HUGE);
	SHOW_ADDRESS(shmat(id, at + 8 * HUGE, SHM_RDONLY));
	printf("%c\n", at[9 * HUGE]);
	TRY(at[9 * HUGE] = 1, at);
	SHOW(shmdt(at + 8 * HUGE));
	SHOW(shmctl(id, IPC_RMID, NULL));
	SHOW(shmdt(at));
	pool("removed");
	set("0");
	return 0;
}

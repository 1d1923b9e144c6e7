// build: glibc-static, musl-static
/* System V shared memory: keys, permissions, attaching, fork, exec and exit, removal, limits, and what each call refuses. */
#include "../guest.h"
#include <sys/ipc.h>
#include <sys/shm.h>
#include <grp.h>

#define KEY 0x5e6d4a11
#define SIZE (3 * PAGE - 100)

/* A call that gives a number which differs from run to run. */
#define SHOW_ID(call) ({ \
	errno = 0; \
	int id_ = (call); \
	printf("%s = %s\n", #call, id_ == -1 ? errno_name(errno) : "an id"); \
	id_; \
})

static void stat_of(int id)
{
	struct shmid_ds ds;

	memset(&ds, 0xff, sizeof(ds));
	if (shmctl(id, IPC_STAT, &ds) < 0) {
		printf("  stat: %s\n", errno_name(errno));
		return;
	}
	printf("  mode %o, size %lu, attached %lu, key %d, owner %d, creator %d, last %s, attached at %d, detached at %d, changed at %d\n",
		(unsigned)ds.shm_perm.mode, (unsigned long)ds.shm_segsz, (unsigned long)ds.shm_nattch, ds.shm_perm.__key == KEY,
		(int)ds.shm_perm.uid, (int)ds.shm_perm.cuid, ds.shm_lpid == 0 ? "nobody" : ds.shm_lpid == getpid() ? "this" : "another",
		ds.shm_atime != 0, ds.shm_dtime != 0, ds.shm_ctime != 0);
}

static void wait_for(const char *name, pid_t child)
{
	int status;

	MUST(waitpid(child, &status, 0) == child);
	printf("%s: %s %d\n", name, WIFSIGNALED(status) ? "signal" : "exit", WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static void keys(void)
{
	int id, other;

	SHOW_ID(shmget(KEY, SIZE, 0600));
	id = SHOW_ID(shmget(KEY, SIZE, IPC_CREAT | 0640));
	stat_of(id);
	other = SHOW_ID(shmget(KEY, SIZE, 0600));
	printf("the same: %d\n", id == other);
	SHOW_ID(shmget(KEY, SIZE, IPC_CREAT | IPC_EXCL | 0600));
	SHOW_ID(shmget(KEY, SIZE + 1, 0600));
	SHOW_ID(shmget(KEY, 0, 0));
	SHOW_ID(shmget(KEY + 1, 0, IPC_CREAT | 0600));
	SHOW_ID(shmget(IPC_PRIVATE, -1UL, 0600));
	SHOW_ID(shmget(IPC_PRIVATE, 1UL << 62, 0600));
	SHOW_ID(shmget(IPC_PRIVATE, PAGE, SHM_HUGETLB | (5 << 26) | 0600));
	SHOW(shmctl(id, IPC_RMID, NULL));
	SHOW(shmctl(id, IPC_RMID, NULL));
	SHOW(shmctl(id, IPC_STAT, NULL));
	SHOW_ADDRESS(shmat(id, NULL, 0));
	SHOW_ID(shmget(KEY, SIZE, 0600));
}

static void attaching(void)
{
	char *base = reserve(64 * PAGE), *at, *other;
	int id = SHOW_ID(shmget(KEY, SIZE, IPC_CREAT | 0600));

	SHOW_ADDRESS(at = shmat(id, base, 0));
	stat_of(id);
	show_areas(base, base + 64 * PAGE);
	SHOW_ADDRESS(shmat(id, base, 0));
	SHOW_ADDRESS(shmat(id, base + 2 * PAGE, 0));
	SHOW_ADDRESS(shmat(id, base + 8 * PAGE + 1, 0));
	SHOW_ADDRESS(other = shmat(id, base + 8 * PAGE + 1, SHM_RND | SHM_RDONLY));
	SHOW_ADDRESS(shmat(id, NULL, SHM_REMAP));
	SHOW_ADDRESS(shmat(id, (void *)1, SHM_REMAP | SHM_RND));
	SHOW_ADDRESS(shmat(-1, NULL, 0));
	SHOW_ADDRESS(shmat(id, (void *)-PAGE, 0));
	SHOW_ADDRESS(shmat(id, base + 16 * PAGE, SHM_EXEC));
	show_areas(base, base + 64 * PAGE);
	stat_of(id);
	strcpy(at + PAGE, "seen");
	printf("%s\n", other + PAGE);
	TRY(other[PAGE] = 'x', base);
	SHOW(mprotect(other, PAGE, PROT_READ | PROT_WRITE));
	TRY(at[SIZE] = 1, base);
	TRY(at[3 * PAGE] = 1, base);
	SHOW(munmap(at + PAGE, PAGE));
	stat_of(id);
	SHOW_ADDRESS(shmat(id, base + PAGE, SHM_REMAP));
	show_areas(base, base + 64 * PAGE);
	stat_of(id);
	SHOW(shmdt(base + 1));
	SHOW(shmdt(base + 40 * PAGE));
	SHOW(shmdt(base));
	show_areas(base, base + 64 * PAGE);
	SHOW(shmdt(base));
	SHOW(shmdt(base + PAGE));
	SHOW(shmctl(id, IPC_RMID, NULL));
	stat_of(id);
	SHOW_ID(shmget(KEY, SIZE, 0600));
	SHOW_ADDRESS(shmat(id, base + 32 * PAGE, 0));
	printf("%s\n", base + 33 * PAGE);
	SHOW(shmdt(base + 32 * PAGE));
	SHOW(shmdt(base + 8 * PAGE));
	stat_of(id);
	SHOW(shmdt(base + 16 * PAGE));
	stat_of(id);
	show_areas(base, base + 64 * PAGE);
}

static void processes(const char *self)
{
	int id = SHOW_ID(shmget(IPC_PRIVATE, 2 * PAGE, 0600));
	int *at = shmat(id, NULL, 0);
	pid_t child;

	MUST(at != (void *)-1);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		stat_of(id);
		at[0] = 42;
		fflush(stdout);
		_exit(at[1] + 1);
	}
	wait_for("child", child);
	printf("written by the child: %d\n", at[0]);
	stat_of(id);
	fflush(stdout);
	child = fork();
	if (child == 0) {
		char number[16];

		snprintf(number, sizeof(number), "%d", id);
		execl(self, self, "stat", number, NULL);
		_exit(99);
	}
	wait_for("exec", child);
	child = fork();
	if (child == 0) {
		raise(SIGKILL);
		_exit(1);
	}
	wait_for("killed", child);
	SHOW(shmctl(id, IPC_RMID, NULL));
	stat_of(id);
	SHOW(shmdt(at));
	stat_of(id);
}

static void controlling(void)
{
	int id = SHOW_ID(shmget(IPC_PRIVATE, SIZE, 0600));
	struct shmid_ds ds;
	struct shminfo limits;
	struct shm_info info;

	SHOW(shmctl(id, 99, &ds));
	SHOW(shmctl(id, -1, &ds));
	SHOW(shmctl(-1, IPC_STAT, &ds));
	SHOW(shmctl(id, IPC_STAT, (void *)1));
	SHOW(shmctl(id, IPC_SET, (void *)1));
	MUST(shmctl(id, IPC_STAT, &ds) == 0);
	ds.shm_perm.mode = 07777;
	ds.shm_segsz = 1;
	SHOW(shmctl(id, IPC_SET, &ds));
	stat_of(id);
	ds.shm_perm.uid = -1;
	SHOW(shmctl(id, IPC_SET, &ds));
	SHOW(shmctl(id, SHM_LOCK, NULL));
	stat_of(id);
	SHOW(shmctl(id, SHM_LOCK, NULL));
	SHOW(shmctl(id, SHM_UNLOCK, NULL));
	stat_of(id);
	SHOW(shmctl(id, SHM_UNLOCK, NULL));
	printf("%d\n", shmctl(0, IPC_INFO, (void *)&limits) >= 0);
	printf("most bytes %lx, least %lx, most segments %lu, of a process %lu, pages %lx\n", limits.shmmax, limits.shmmin, limits.shmmni,
		limits.shmseg, limits.shmall);
	SHOW(shmctl(0, IPC_INFO, (void *)1));
	printf("%d\n", shmctl(0, SHM_INFO, (void *)&info) >= 0);
	printf("used %d, pages %d\n", info.used_ids >= 1, info.shm_tot >= 3);
	for (int place = 0; place < 4096; place++) {
		int found = shmctl(place, SHM_STAT, &ds);

		if (found == id)
			printf("found by its place: size %lu, any: %d\n", (unsigned long)ds.shm_segsz, shmctl(place, 15, &ds) == id);
	}
	SHOW(shmctl(4095, SHM_STAT, &ds));
	SHOW(shmctl(id, IPC_RMID, NULL));
}

static void stranger(void)
{
	int id = SHOW_ID(shmget(KEY, SIZE, IPC_CREAT | 0640)), open_id = SHOW_ID(shmget(KEY + 1, SIZE, IPC_CREAT | 0604));
	struct shmid_ds ds;
	pid_t child;

	fflush(stdout);
	child = fork();
	if (child == 0) {
		MUST(setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(65534) == 0);
		SHOW_ID(shmget(KEY, SIZE, 0400));
		SHOW_ID(shmget(KEY, SIZE, 0));
		SHOW_ID(shmget(KEY + 1, SIZE, 0400));
		SHOW_ID(shmget(KEY + 1, SIZE, 0600));
		SHOW_ADDRESS(shmat(id, NULL, SHM_RDONLY));
		SHOW_ADDRESS(shmat(open_id, NULL, SHM_RDONLY));
		SHOW_ADDRESS(shmat(open_id, NULL, SHM_RDONLY | SHM_EXEC));
		SHOW_ADDRESS(shmat(open_id, NULL, 0));
		SHOW(shmctl(id, IPC_STAT, &ds));
		SHOW(shmctl(open_id, IPC_STAT, &ds));
		SHOW(shmctl(open_id, IPC_SET, &ds));
		SHOW(shmctl(open_id, IPC_RMID, NULL));
		SHOW(shmctl(open_id, SHM_LOCK, NULL));
		fflush(stdout);
		_exit(0);
	}
	wait_for("stranger", child);
	MUST(shmctl(open_id, IPC_STAT, &ds) == 0);
	ds.shm_perm.uid = 65534;
	SHOW(shmctl(open_id, IPC_SET, &ds));
	fflush(stdout);
	child = fork();
	if (child == 0) {
		struct rlimit none = { PAGE, PAGE }, nothing = { 0, 0 };

		MUST(setgroups(0, NULL) == 0 && setgid(65534) == 0 && setuid(65534) == 0);
		MUST(setrlimit(RLIMIT_MEMLOCK, &none) == 0);
		SHOW(shmctl(open_id, SHM_LOCK, NULL));
		MUST(setrlimit(RLIMIT_MEMLOCK, &nothing) == 0);
		SHOW(shmctl(open_id, SHM_LOCK, NULL));
		SHOW(shmctl(open_id, SHM_UNLOCK, NULL));
		SHOW(shmctl(open_id, IPC_RMID, NULL));
		fflush(stdout);
		_exit(0);
	}
	wait_for("owner", child);
	SHOW(shmctl(id, IPC_RMID, NULL));
}

static void listed(void)
{
	int id = SHOW_ID(shmget(KEY, SIZE, IPC_CREAT | 0640));
	char *at = shmat(id, NULL, 0), own[32];
	const char *line = read_whole("/proc/sysvipc/shm");

	MUST(at != (void *)-1);
	memset(at, 1, 2 * PAGE);
	line = read_whole("/proc/sysvipc/shm");
	printf("%.*s\n", (int)strcspn(line, "\n"), line);
	snprintf(own, sizeof(own), "%10d %10d ", KEY, id);
	line = strstr(line, own);
	MUST(line != NULL);
	line += 22;
	printf("%.27s %.15s %.24s\n", line, line + 40, strchr(line, '\n') - 43);
	SHOW(shmdt(at));
	SHOW(shmctl(id, IPC_RMID, NULL));
	SHOW(strstr(read_whole("/proc/sysvipc/shm"), own) != NULL);
}

int main(int argc, char **argv)
{
	if (argc == 3) {
		stat_of(atoi(argv[2]));
		return 0;
	}
	catch_faults();
	keys();
	attaching();
	processes(argv[0]);
	controlling();
	stranger();
	listed();
	return 0;
}

// build: glibc-static
/* Users and groups as root gives them away and cannot have them back, and what becomes of capabilities. */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void caps(const char *what)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	syscall(SYS_capget, &header, data);
	printf("  %s: chown e%d p%d, setuid e%d p%d\n", what, data[0].effective & 1, data[0].permitted & 1, data[0].effective >> CAP_SETUID & 1,
	       data[0].permitted >> CAP_SETUID & 1);
}

static void show(const char *what, int result)
{
	int error = errno;
	uid_t r, e, s;
	gid_t rg, eg, sg;

	getresuid(&r, &e, &s);
	getresgid(&rg, &eg, &sg);
	printf("%s: %d", what, result);
	if (result < 0)
		printf(" errno %d", error);
	printf(", uid %d %d %d fs %d, gid %d %d %d fs %d\n", (int)r, (int)e, (int)s, setfsuid((uid_t)-1), (int)rg, (int)eg, (int)sg, setfsgid((gid_t)-1));
}

static void in_child(void (*what)(void))
{
	fflush(stdout);
	if (fork() == 0) {
		what();
		fflush(stdout);
		_exit(0);
	}
	wait(NULL);
}

static void by_setuid(void)
{
	show("setgid 7", setgid(7));
	show("setuid 5", setuid(5));
	caps("gone");
	show("setuid 0", setuid(0));
	show("setgid 0", setgid(0));
	show("seteuid 5", seteuid(5));
	show("setgroups", setgroups(0, NULL));
}

static void by_seteuid(void)
{
	show("seteuid 5", seteuid(5));
	caps("not in force");
	show("setfsuid", 0);
	show("seteuid 0", seteuid(0));
	caps("back");
	show("setreuid 5, 6", setreuid(5, 6));
	show("setreuid 6, 5", setreuid(6, 5));
	show("setreuid -1, 0", setreuid((uid_t)-1, 0));
	show("setresuid 5, 5, 5", setresuid(5, 5, 5));
	show("setresuid 0, -1, -1", setresuid(0, (uid_t)-1, (uid_t)-1));
}

static void by_setresgid(void)
{
	show("setresgid 1, 2, 3", setresgid(1, 2, 3));
	show("setregid 4, -1", setregid(4, (gid_t)-1));
	show("setresuid 1, 2, 3", setresuid(1, 2, 3));
	show("setresuid 2, 3, 1", setresuid(2, 3, 1));
	show("setresuid 4, -1, -1", setresuid(4, (uid_t)-1, (uid_t)-1));
	printf("setfsuid 1: %d", setfsuid(1));
	printf(", now %d\n", setfsuid((uid_t)-1));
	printf("setfsuid 9: %d", setfsuid(9));
	printf(", now %d\n", setfsuid((uid_t)-1));
}

static void keep_caps(void)
{
	printf("keep: %d\n", prctl(PR_SET_KEEPCAPS, 1));
	show("setuid 5", setuid(5));
	caps("kept");
	printf("keep: %d\n", prctl(PR_GET_KEEPCAPS));
}

static void groups(void)
{
	gid_t list[4] = { 30, 10, 20, 10 }, got[8];
	int count;

	printf("setgroups: %d\n", setgroups(4, list));
	count = getgroups(0, NULL);
	printf("groups: %d:", count);
	count = getgroups(8, got);
	for (int i = 0; i < count; i++)
		printf(" %d", (int)got[i]);
	printf("\ntoo few: %d", getgroups(2, got));
	printf(" errno %d\n", errno);
	printf("too many: %d", setgroups(70000, list));
	printf(" errno %d\n", errno);
}

static void drop(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	syscall(SYS_capget, &header, data);
	data[0].effective &= ~(1U << CAP_SETUID);
	printf("capset: %ld\n", syscall(SYS_capset, &header, data));
	show("setuid 5", setuid(5));
	data[0].permitted &= ~(1U << CAP_SETUID);
	printf("capset: %ld\n", syscall(SYS_capset, &header, data));
	data[0].permitted |= 1U << CAP_SETUID;
	printf("capset: %ld", syscall(SYS_capset, &header, data));
	printf(" errno %d\n", errno);
	header.version = 1;
	printf("capget: %ld", syscall(SYS_capget, &header, data));
	printf(" errno %d version %x\n", errno, header.version);
	printf("bounding: %d", prctl(PR_CAPBSET_READ, CAP_CHOWN));
	printf(" %d", prctl(PR_CAPBSET_READ, 63));
	printf(" errno %d\n", errno);
}

int main(void)
{
	show("at first", 0);
	in_child(by_setuid);
	in_child(by_seteuid);
	in_child(by_setresgid);
	in_child(keep_caps);
	in_child(groups);
	in_child(drop);
	show("at last", 0);
	return 0;
}

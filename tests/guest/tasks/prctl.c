// build: glibc-static
/* What prctl and its kin tell and change. */
#define _GNU_SOURCE
#include <asm/prctl.h>
#include <errno.h>
#include <linux/membarrier.h>
#include <linux/prctl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

static void show(const char *what, long result)
{
	int error = errno;

	printf("%s: %ld", what, result);
	if (result < 0)
		printf(" errno %d", error);
	printf("\n");
}

int main(void)
{
	char name[32] = "";
	int value = -1;
	unsigned long address = 0;
	struct utsname names;

	show("name", prctl(PR_SET_NAME, "a name that is too long"));
	prctl(PR_GET_NAME, name);
	printf("%s\n", name);
	show("name at a bad address", prctl(PR_SET_NAME, 8));
	show("death signal", prctl(PR_SET_PDEATHSIG, SIGHUP));
	prctl(PR_GET_PDEATHSIG, &value);
	printf("%d\n", value);
	show("death signal 99", prctl(PR_SET_PDEATHSIG, 99));
	show("dumpable", prctl(PR_GET_DUMPABLE));
	show("not dumpable", prctl(PR_SET_DUMPABLE, 0));
	show("dumpable", prctl(PR_GET_DUMPABLE));
	show("dumpable 2", prctl(PR_SET_DUMPABLE, 2));
	show("no new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	show("set them", prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	show("unset them", prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0));
	show("with more", prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0));
	show("no new privileges", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	show("subreaper", prctl(PR_SET_CHILD_SUBREAPER, 1));
	prctl(PR_GET_CHILD_SUBREAPER, &value);
	printf("%d\n", value);
	show("timer slack", prctl(PR_GET_TIMERSLACK));
	show("set it", prctl(PR_SET_TIMERSLACK, 12345));
	show("timer slack", prctl(PR_GET_TIMERSLACK));
	show("set it to 0", prctl(PR_SET_TIMERSLACK, 0));
	show("timer slack", prctl(PR_GET_TIMERSLACK));
	show("timing", prctl(PR_GET_TIMING));
	show("timing 1", prctl(PR_SET_TIMING, 1));
	show("seccomp", prctl(PR_GET_SECCOMP));
	show("tsc", prctl(PR_GET_TSC, &value));
	printf("%d\n", value);
	show("unaligned", prctl(PR_GET_UNALIGN, &value));
	show("thp", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	show("no thp", prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	show("thp", prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	show("keep caps 2", prctl(PR_SET_KEEPCAPS, 2));
	show("ambient", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 0, 0, 0));
	show("raise ambient", prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 0, 0, 0));
	show("unknown", prctl(12345, 0, 0, 0, 0));

	show("fs", syscall(SYS_arch_prctl, ARCH_GET_FS, &address));
	printf("%d\n", address != 0);
	show("gs", syscall(SYS_arch_prctl, ARCH_SET_GS, 0x1234));
	show("gs", syscall(SYS_arch_prctl, ARCH_GET_GS, &address));
	printf("%lx\n", address);
	show("gs too high", syscall(SYS_arch_prctl, ARCH_SET_GS, 1UL << 63));
	show("unknown", syscall(SYS_arch_prctl, 0x9999, 0));

	show("personality", personality(0xffffffff));
	show("set it", personality(ADDR_NO_RANDOMIZE));
	show("personality", personality(0xffffffff));
	uname(&names);
	printf("%s %s\n", names.sysname, names.machine);
	show("membarrier", syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
	show("register", syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0));
	show("membarrier", syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0));
	show("global", syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0));
	show("flags", syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 1, 0));
	show("unknown", syscall(SYS_membarrier, 1 << 20, 0, 0));
	show("random", syscall(SYS_getrandom, name, 16, 0));
	show("random flags", syscall(SYS_getrandom, name, 16, 8));
	show("random both", syscall(SYS_getrandom, name, 16, 6));
	show("random to a bad address", syscall(SYS_getrandom, 8, 16, 0));
	show("no system call", syscall(999));
	return 0;
}

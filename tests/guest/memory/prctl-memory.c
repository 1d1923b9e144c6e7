// build: glibc-static
#include "guest.h"
#include <linux/capability.h>
#include <sys/prctl.h>

#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#define PR_GET_MEMORY_MERGE 68
#endif

struct map { unsigned long fields[11], vector; unsigned size, exe; };

/* Not every superuser may say where the parts of a program lie: here nobody may. */
static void drop_resource(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2];

	MUST(syscall(SYS_capget, &header, data) == 0);
	data[0].effective &= ~(1U << CAP_SYS_RESOURCE);
	MUST(syscall(SYS_capset, &header, data) == 0);
}

int main(void)
{
	unsigned size = 0;
	struct map map;

	drop_resource();

	SHOW(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	SHOW(prctl(PR_GET_THP_DISABLE, 1, 0, 0, 0));
	SHOW(prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0));
	SHOW(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	SHOW(prctl(PR_SET_THP_DISABLE, 1, 2, 0, 0));
	SHOW(prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0));
	SHOW(prctl(PR_SET_THP_DISABLE, 1, 4, 0, 0));
	SHOW(prctl(PR_SET_THP_DISABLE, 0, 2, 0, 0));
	SHOW(prctl(PR_SET_THP_DISABLE, 0, 0, 1, 0));
	SHOW(prctl(PR_SET_THP_DISABLE, 0, 0, 0, 0));
	SHOW(prctl(PR_GET_MEMORY_MERGE, 0, 0, 0, 0));
	SHOW(prctl(PR_SET_MEMORY_MERGE, 1, 0, 0, 0));
	SHOW(prctl(PR_GET_MEMORY_MERGE, 0, 0, 0, 0));
	SHOW(prctl(PR_SET_MEMORY_MERGE, 1, 1, 0, 0));
	SHOW(prctl(PR_GET_MEMORY_MERGE, 1, 0, 0, 0));
	SHOW(prctl(PR_SET_MEMORY_MERGE, 0, 0, 0, 0));
	SHOW(prctl(PR_SET_VMA, 1, 0, 0, 0));
	SHOW(prctl(PR_SET_MM, PR_SET_MM_MAP_SIZE, &size, 0, 0));
	printf("size %u\n", size);
	SHOW(prctl(PR_SET_MM, PR_SET_MM_MAP_SIZE, NULL, 0, 0));
	SHOW(prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map) - 1, 0));
	memset(&map, 0, sizeof(map));
	map.exe = -1U;
	SHOW(prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0));
	SHOW(prctl(PR_SET_MM, PR_SET_MM_MAP, NULL, sizeof(map), 0));
	SHOW(prctl(PR_SET_MM, PR_SET_MM_START_CODE, 0, 0, 0));
	SHOW(prctl(PR_SET_MM, PR_SET_MM_START_CODE, 1UL << 47, 0, 0));
	SHOW(prctl(PR_SET_MM, PR_SET_MM_START_STACK, 0x12345678, 0, 0));
	SHOW(prctl(PR_SET_MM, PR_SET_MM_START_STACK, &size, 0, 0));
	SHOW(prctl(PR_SET_MM, PR_SET_MM_START_CODE, 0x12345678, 1, 0));
	SHOW(prctl(PR_SET_MM, PR_SET_MM_START_CODE, 0x12345678, 0, 1));
	SHOW(prctl(PR_SET_MM, 99, 0x12345678, 0, 0));
	SHOW(prctl(PR_SET_MM, PR_SET_MM_AUXV, &map, 10000, 0));
	SHOW(prctl(PR_SET_MM, PR_SET_MM_AUXV, NULL, 16, 0));
	SHOW(prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, -1, 0, 0));
	return 0;
}

// build: glibc-static, glibc-static-pie, musl-static
// args: a bb ccc --help -o @file -- -v
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

/* Arguments, environment and the parts of the auxiliary vector that do not depend on the machine. */
int main(int argc, char **argv, char **envp)
{
	for (int i = 1; i < argc; i++)
		printf("argv[%d] = %s\n", i, argv[i]);
	printf("argv ends: %d, strings are contiguous: %d\n", argv[argc] == NULL, argv[2] == argv[1] + strlen(argv[1]) + 1);
	for (char **variable = envp; *variable; variable++)
		if (strncmp(*variable, "DOTNET_", 7) != 0)
			printf("%s\n", *variable);
	printf("page size %lu %ld\n", getauxval(AT_PAGESZ), sysconf(_SC_PAGESIZE));
	printf("clock ticks %lu\n", getauxval(AT_CLKTCK));
	printf("uid %lu %lu gid %lu %lu\n", getauxval(AT_UID), getauxval(AT_EUID), getauxval(AT_GID), getauxval(AT_EGID));
	printf("secure %lu flags %lu base %lu\n", getauxval(AT_SECURE), getauxval(AT_FLAGS), getauxval(AT_BASE));
	printf("phent %lu phnum %d\n", getauxval(AT_PHENT), getauxval(AT_PHNUM) > 0);
	printf("platform %s\n", (char *)getauxval(AT_PLATFORM));
	printf("execfn is argv[0]: %d\n", strcmp((char *)getauxval(AT_EXECFN), argv[0]) == 0);
	printf("random %d, hwcap %d\n", getauxval(AT_RANDOM) != 0, getauxval(AT_HWCAP) != 0);
	printf("entry is code: %d\n", getauxval(AT_ENTRY) != 0);
	printf("unknown: %lu\n", getauxval(12345));
	return argc;
}

/* The calls of protection keys on a processor that has none. */
#include "guest.h"

int main(void)
{
	char *at = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	MUST(at != MAP_FAILED);
	SHOW(syscall(SYS_pkey_alloc, 1, 0));
	SHOW(syscall(SYS_pkey_alloc, 0, 4));
	SHOW(syscall(SYS_pkey_alloc, 0, 0));
	SHOW(syscall(SYS_pkey_alloc, 0, 1));
	SHOW(syscall(SYS_pkey_free, 0));
	SHOW(syscall(SYS_pkey_free, 1));
	SHOW(syscall(SYS_pkey_free, -1));
	SHOW(syscall(SYS_pkey_mprotect, at, PAGE, PROT_READ, -1));
	SHOW(syscall(SYS_pkey_mprotect, at, PAGE, PROT_READ, 0));
	SHOW(syscall(SYS_pkey_mprotect, at, PAGE, PROT_READ, 1));
	SHOW(syscall(SYS_pkey_mprotect, at + 1, PAGE, PROT_READ, -1));
	SHOW(syscall(SYS_pkey_mprotect, at, 0, PROT_READ, 5));
	SHOW(syscall(SYS_pkey_mprotect, at, PAGE, 64, 5));
	return 0;
}

/* What the guest programs share: calls shown with their results, faults caught and shown, areas shown. */
#ifndef GUEST_H
#define GUEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096UL

/* TRY returns twice, into locals that it does not change. */
#pragma GCC diagnostic ignored "-Wclobbered"

static inline const char *errno_name(int error)
{
	static const struct { int number; const char *name; } names[] = {
		{ EPERM, "EPERM" }, { ENOENT, "ENOENT" }, { ESRCH, "ESRCH" }, { EINTR, "EINTR" }, { EIO, "EIO" },
		{ ENXIO, "ENXIO" }, { E2BIG, "E2BIG" }, { ENOEXEC, "ENOEXEC" }, { EBADF, "EBADF" }, { ECHILD, "ECHILD" },
		{ EAGAIN, "EAGAIN" }, { ENOMEM, "ENOMEM" }, { EACCES, "EACCES" }, { EFAULT, "EFAULT" }, { EBUSY, "EBUSY" },
		{ EEXIST, "EEXIST" }, { EXDEV, "EXDEV" }, { ENODEV, "ENODEV" }, { ENOTDIR, "ENOTDIR" }, { EISDIR, "EISDIR" },
		{ EINVAL, "EINVAL" }, { ENFILE, "ENFILE" }, { EMFILE, "EMFILE" }, { ENOTTY, "ENOTTY" }, { ETXTBSY, "ETXTBSY" },
		{ EFBIG, "EFBIG" }, { ENOSPC, "ENOSPC" }, { ESPIPE, "ESPIPE" }, { EROFS, "EROFS" }, { EMLINK, "EMLINK" },
		{ EPIPE, "EPIPE" }, { ERANGE, "ERANGE" }, { EDEADLK, "EDEADLK" }, { ENAMETOOLONG, "ENAMETOOLONG" },
		{ ENOSYS, "ENOSYS" }, { ENOTEMPTY, "ENOTEMPTY" }, { ELOOP, "ELOOP" }, { EOVERFLOW, "EOVERFLOW" },
		{ EOPNOTSUPP, "EOPNOTSUPP" }, { ETIMEDOUT, "ETIMEDOUT" },
	};
	static char other[24];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].number == error)
			return names[i].name;
	snprintf(other, sizeof(other), "errno %d", error);
	return other;
}

/* Prints a call with the number that it gave, or -1 and the errno. */
#define SHOW(call) do { \
	errno = 0; \
	long result_ = (long)(call); \
	if (result_ == -1) \
		printf("%s = -1 %s\n", #call, errno_name(errno)); \
	else \
		printf("%s = %ld\n", #call, result_); \
} while (0)

/* The same for a call whose good result is an address that need not be the same twice. */
#define SHOW_ADDRESS(call) do { \
	errno = 0; \
	void *result_ = (void *)(call); \
	printf("%s = %s\n", #call, result_ == MAP_FAILED ? errno_name(errno) : "an address"); \
} while (0)

/* Ends the program if what the test stands on does not hold. */
#define MUST(condition) do { \
	if (!(condition)) { \
		printf("line %d: %s does not hold: %s\n", __LINE__, #condition, errno_name(errno)); \
		fflush(stdout); \
		_exit(99); \
	} \
} while (0)

static sigjmp_buf fault_return;
static volatile sig_atomic_t fault_expected, fault_signal, fault_code;
static void *volatile fault_address;

static inline void fault_caught(int signal_number, siginfo_t *info, void *context)
{
	(void)context;
	if (!fault_expected) {
		static const char text[] = "a fault that no TRY expects\n";

		(void)!write(2, text, sizeof(text) - 1);
		signal(signal_number, SIG_DFL);
		return;
	}
	fault_signal = signal_number;
	fault_code = info->si_code;
	fault_address = info->si_addr;
	siglongjmp(fault_return, 1);
}

static char stdout_buffer[4096];

/* From here on a fault in TRY is caught. Call it before anything is printed: stdout gets a buffer that is no heap. */
static inline void catch_faults(void)
{
	struct sigaction action = { .sa_sigaction = fault_caught, .sa_flags = SA_SIGINFO };

	MUST(sigaction(SIGSEGV, &action, NULL) == 0);
	MUST(sigaction(SIGBUS, &action, NULL) == 0);
	MUST(setvbuf(stdout, stdout_buffer, _IOLBF, sizeof(stdout_buffer)) == 0);
}

static inline const char *fault_name(void)
{
	if (fault_signal == SIGSEGV)
		return fault_code == SEGV_MAPERR ? "SIGSEGV MAPERR" : fault_code == SEGV_ACCERR ? "SIGSEGV ACCERR" :
			fault_code == SI_KERNEL ? "SIGSEGV KERNEL" : "SIGSEGV other";
	return fault_code == BUS_ADRERR ? "SIGBUS ADRERR" : fault_code == BUS_ADRALN ? "SIGBUS ADRALN" : "SIGBUS other";
}

/* Prints what a statement that touches memory came to; the address as an offset from base. */
#define TRY(statement, base) do { \
	fault_expected = 1; \
	if (sigsetjmp(fault_return, 1) == 0) { \
		__asm__ volatile("" ::: "memory"); \
		statement; \
		__asm__ volatile("" ::: "memory"); \
		fault_expected = 0; \
		printf("%s: done\n", #statement); \
	} else { \
		fault_expected = 0; \
		printf("%s: %s at %+ld\n", #statement, fault_name(), (long)((char *)fault_address - (char *)(base))); \
	} \
} while (0)

/* Room in which a test places its areas: far from all that the kernel places by itself, and empty. */
static inline char *reserve(size_t length)
{
	char *at = mmap((void *)0x200000000000, length, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	MUST(at == (void *)0x200000000000);
	MUST(munmap(at, length) == 0);
	return at;
}

/* Reads a small file, such as one of /proc, without the allocator, which may be what the test moves about. */
static inline const char *read_whole(const char *path)
{
	static char text[1 << 16];
	size_t length = 0;
	ssize_t got;
	int file = open(path, O_RDONLY);

	MUST(file >= 0);
	while ((got = read(file, text + length, sizeof(text) - 1 - length)) > 0)
		length += (size_t)got;
	MUST(got == 0);
	close(file);
	text[length] = 0;
	return text;
}

/* Prints the areas between two addresses as /proc/self/maps has them, as offsets; of a path only the last part. */
static inline void show_areas(const char *start, const char *end)
{
	for (const char *line = read_whole("/proc/self/maps"); *line; line = strchr(line, '\n') + 1) {
		unsigned long from, to, offset, inode;
		unsigned int major, minor;
		char rights[8], name[2048] = "";

		MUST(sscanf(line, "%lx-%lx %7s %lx %x:%x %lu%*[ ]%2047[^\n]", &from, &to, rights, &offset, &major, &minor, &inode, name) >= 7);
		if (to <= (unsigned long)start || from >= (unsigned long)end)
			continue;
		if (from < (unsigned long)start) /* merged with what stands below, as it may be */
			from = (unsigned long)start;
		printf("  %06lx-%06lx %s %08lx %s %s\n", from - (unsigned long)start, to - (unsigned long)start, rights, offset,
			inode ? "file" : "none", strrchr(name, '/') ? strrchr(name, '/') + 1 : name);
	}
}

/* A number of /proc/self/status, in the unit that stands there. */
static inline long status_of(const char *key)
{
	for (const char *line = read_whole("/proc/self/status"); *line; line = strchr(line, '\n') + 1)
		if (strncmp(line, key, strlen(key)) == 0 && line[strlen(key)] == ':')
			return strtol(line + strlen(key) + 1, NULL, 10);
	return -1;
}

/* The same pseudo-random numbers everywhere. */
static inline uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#endif

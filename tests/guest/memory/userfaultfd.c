// build: glibc-static
#include "guest.h"
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sys/ioctl.h>

/* What headers older than Linux 6.18 lack. */
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif
#ifndef UFFDIO_POISON
struct uffdio_poison { struct uffdio_range range; unsigned long long mode; long long updated; };
#define UFFDIO_POISON _IOWR(UFFDIO, 0x08, struct uffdio_poison)
#endif
#ifndef UFFDIO_MOVE
struct uffdio_move { unsigned long long dst, src, len, mode; long long move; };
#define UFFDIO_MOVE _IOWR(UFFDIO, 0x05, struct uffdio_move)
#define UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES 2ULL
#endif

#define RW (PROT_READ | PROT_WRITE)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)

static char *room, *source;
static int uffd;
static volatile int stop;
static long long faults_missing, faults_wp, faults_minor;

static int make(unsigned long long features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);

	MUST(fd >= 0);
	MUST(ioctl(fd, UFFDIO_API, &api) == 0);
	return fd;
}

static int reg(int fd, char *at, size_t length, unsigned long long mode)
{
	struct uffdio_register wanted = { .range = { (unsigned long)at, length }, .mode = mode };
	int result = ioctl(fd, UFFDIO_REGISTER, &wanted);

	if (result == 0)
		printf("ioctls %llx\n", (unsigned long long)wanted.ioctls);
	return result;
}

static int unreg(int fd, char *at, size_t length)
{
	struct uffdio_range range = { (unsigned long)at, length };

	return ioctl(fd, UFFDIO_UNREGISTER, &range);
}

static int copy(int fd, char *to, char *from, size_t length, unsigned long long mode)
{
	struct uffdio_copy wanted = { .dst = (unsigned long)to, .src = (unsigned long)from, .len = length, .mode = mode, .copy = 77 };
	int result = ioctl(fd, UFFDIO_COPY, &wanted), error = errno;

	printf("copied %lld: ", (long long)wanted.copy);
	errno = error;
	return result;
}

static int zero(int fd, char *to, size_t length, unsigned long long mode)
{
	struct uffdio_zeropage wanted = { .range = { (unsigned long)to, length }, .mode = mode, .zeropage = 77 };
	int result = ioctl(fd, UFFDIO_ZEROPAGE, &wanted), error = errno;

	printf("zeroed %lld: ", (long long)wanted.zeropage);
	errno = error;
	return result;
}

static int cont(int fd, char *to, size_t length, unsigned long long mode)
{
	struct uffdio_continue wanted = { .range = { (unsigned long)to, length }, .mode = mode, .mapped = 77 };
	int result = ioctl(fd, UFFDIO_CONTINUE, &wanted), error = errno;

	printf("mapped %lld: ", (long long)wanted.mapped);
	errno = error;
	return result;
}

static int poison(int fd, char *to, size_t length)
{
	struct uffdio_poison wanted = { .range = { (unsigned long)to, length }, .updated = 77 };
	int result = ioctl(fd, UFFDIO_POISON, &wanted), error = errno;

	printf("poisoned %lld: ", (long long)wanted.updated);
	errno = error;
	return result;
}

static int move(int fd, char *to, char *from, size_t length, unsigned long long mode)
{
	struct uffdio_move wanted = { .dst = (unsigned long)to, .src = (unsigned long)from, .len = length, .mode = mode, .move = 77 };
	int result = ioctl(fd, UFFDIO_MOVE, &wanted), error = errno;

	printf("moved %lld: ", (long long)wanted.move);
	errno = error;
	return result;
}

static int protect(int fd, char *at, size_t length, unsigned long long mode)
{
	struct uffdio_writeprotect wanted = { .range = { (unsigned long)at, length }, .mode = mode };

	return ioctl(fd, UFFDIO_WRITEPROTECT, &wanted);
}

static void api(void)
{
	struct uffdio_api wanted = { .api = UFFD_API, .features = 0 };
	struct uffd_msg message;
	int fd;

	SHOW(syscall(SYS_userfaultfd, 0x100));
	fd = (int)syscall(SYS_userfaultfd, O_NONBLOCK);
	MUST(fd >= 0);
	SHOW(read(fd, &message, sizeof(message)));
	SHOW(reg(fd, room, PAGE, UFFDIO_REGISTER_MODE_MISSING));
	wanted.api = 0xAB;
	SHOW(ioctl(fd, UFFDIO_API, &wanted));
	printf("api %llx features %llx\n", (unsigned long long)wanted.api, (unsigned long long)wanted.features);
	wanted = (struct uffdio_api){ .api = UFFD_API, .features = 1ULL << 40 };
	SHOW(ioctl(fd, UFFDIO_API, &wanted));
	wanted = (struct uffdio_api){ .api = UFFD_API, .features = 0 };
	SHOW(ioctl(fd, UFFDIO_API, &wanted));
	printf("api %llx features %llx ioctls %llx\n", (unsigned long long)wanted.api, (unsigned long long)wanted.features,
		(unsigned long long)wanted.ioctls);
	wanted = (struct uffdio_api){ .api = UFFD_API, .features = 0 };
	SHOW(ioctl(fd, UFFDIO_API, &wanted));
	SHOW(ioctl(fd, UFFDIO_API, NULL));
	SHOW(read(fd, &message, sizeof(message)));
	SHOW(read(fd, &message, 8));
	SHOW(ioctl(fd, 0x1234, 0));
	printf("flags %x\n", (unsigned)fcntl(fd, F_GETFL));
	close(fd);
}

static void registration(void)
{
	int fd = make(0), other = make(0), file = open("file", O_RDWR | O_CREAT, 0600), none;
	char *mapped;

	MUST(file >= 0 && ftruncate(file, PAGE) == 0);
	MUST(mmap(room, 8 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == room);
	mapped = mmap(room + 16 * PAGE, PAGE, RW, MAP_SHARED | MAP_FIXED, file, 0);
	MUST(mapped == room + 16 * PAGE);
	SHOW(reg(fd, room, 8 * PAGE, 0));
	SHOW(reg(fd, room, 8 * PAGE, 16));
	SHOW(reg(fd, room + 1, 8 * PAGE, UFFDIO_REGISTER_MODE_MISSING));
	SHOW(reg(fd, room, 100, UFFDIO_REGISTER_MODE_MISSING));
	SHOW(reg(fd, room, 0, UFFDIO_REGISTER_MODE_MISSING));
	SHOW(reg(fd, room + 64 * PAGE, PAGE, UFFDIO_REGISTER_MODE_MISSING));
	SHOW(reg(fd, NULL, PAGE, UFFDIO_REGISTER_MODE_MISSING));
	SHOW(reg(fd, mapped, PAGE, UFFDIO_REGISTER_MODE_MISSING));
	SHOW(reg(fd, room, 4 * PAGE, UFFDIO_REGISTER_MODE_MINOR));
	SHOW(reg(fd, room + 2 * PAGE, 2 * PAGE, UFFDIO_REGISTER_MODE_MISSING));
	show_areas(room, room + 8 * PAGE);
	SHOW(reg(other, room, 8 * PAGE, UFFDIO_REGISTER_MODE_MISSING));
	SHOW(unreg(other, room, 8 * PAGE));
	SHOW(reg(fd, room, 8 * PAGE, UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_WP));
	show_areas(room, room + 8 * PAGE);
	SHOW(unreg(fd, room + PAGE, PAGE));
	show_areas(room, room + 8 * PAGE);
	SHOW(unreg(fd, room + 64 * PAGE, PAGE));
	none = (int)syscall(SYS_userfaultfd, 0);
	MUST(none >= 0);
	SHOW(unreg(none, room, PAGE));
	close(fd);
	show_areas(room, room + 8 * PAGE);
	close(other);
	close(file);
	close(none);
	unlink("file");
	munmap(room, 32 * PAGE);
}

static void filling(void)
{
	int fd = make(0);

	MUST(mmap(room, 8 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == room);
	SHOW(copy(fd, room, source, PAGE, 0));
	SHOW(reg(fd, room, 6 * PAGE, UFFDIO_REGISTER_MODE_MISSING));
	SHOW(copy(fd, room, source, PAGE, 0));
	SHOW(copy(fd, room, source, PAGE, 0));
	SHOW(copy(fd, room + PAGE, source, PAGE, UFFDIO_COPY_MODE_WP));
	SHOW(copy(fd, room + PAGE, source, PAGE, 8));
	SHOW(copy(fd, room + PAGE, source + 1, PAGE, 0));
	SHOW(copy(fd, room + 2 * PAGE, room + 64 * PAGE, PAGE, 0));
	SHOW(copy(fd, room + 2 * PAGE, source, 100, 0));
	SHOW(copy(fd, room + 4 * PAGE, source, 4 * PAGE, 0));
	SHOW(zero(fd, room, PAGE, 0));
	SHOW(zero(fd, room + 2 * PAGE, 2 * PAGE, 0));
	SHOW(zero(fd, room + 3 * PAGE, 2 * PAGE, 0));
	SHOW(zero(fd, room + 4 * PAGE, PAGE, 2));
	SHOW(cont(fd, room + 4 * PAGE, PAGE, 0));
	SHOW(poison(fd, room + 4 * PAGE, PAGE));
	SHOW(poison(fd, room + 4 * PAGE, PAGE));
	TRY(room[4 * PAGE] = 1, room);
	SHOW(madvise(room + 5 * PAGE, PAGE, MADV_GUARD_INSTALL));
	SHOW(copy(fd, room + 5 * PAGE, source, PAGE, 0));
	printf("%d %d %d %d\n", room[0], room[PAGE], room[2 * PAGE], room[3 * PAGE]);
	SHOW(protect(fd, room, PAGE, UFFDIO_WRITEPROTECT_MODE_WP));
	close(fd);
	munmap(room, 8 * PAGE);
}

static void moving(void)
{
	int fd = make(0);

	MUST(mmap(room, 8 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == room);
	SHOW(move(fd, room, room + 4 * PAGE, PAGE, 0));
	SHOW(reg(fd, room, 4 * PAGE, UFFDIO_REGISTER_MODE_MISSING));
	room[4 * PAGE] = 5;
	room[6 * PAGE] = 7;
	SHOW(move(fd, room, room + 4 * PAGE, PAGE, 0));
	SHOW(move(fd, room, room + 6 * PAGE, PAGE, 0));
	SHOW(move(fd, room + PAGE, room + 5 * PAGE, PAGE, 0));
	SHOW(move(fd, room + PAGE, room + 5 * PAGE, 2 * PAGE, UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES));
	printf("%d %d\n", room[0], room[2 * PAGE]);
	SHOW(move(fd, room + 3 * PAGE, room + 64 * PAGE, PAGE, 0));
	SHOW(move(fd, room + 3 * PAGE, room + 7 * PAGE, 2 * PAGE, 0));
	room[7 * PAGE] = 1;
	MUST(mprotect(room + 7 * PAGE, PAGE, PROT_READ) == 0);
	SHOW(move(fd, room + 3 * PAGE, room + 7 * PAGE, PAGE, 0));
	close(fd);
	munmap(room, 8 * PAGE);
}

static void *serve(void *argument)
{
	struct pollfd polled = { .fd = uffd, .events = POLLIN };
	struct uffd_msg message;

	(void)argument;
	while (!stop) {
		if (poll(&polled, 1, 20) <= 0)
			continue;
		if (read(uffd, &message, sizeof(message)) != sizeof(message))
			continue;
		if (message.event != UFFD_EVENT_PAGEFAULT)
			continue;
		unsigned long address = message.arg.pagefault.address & ~(PAGE - 1);
		if (message.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP) {
			struct uffdio_writeprotect wanted = { .range = { address, PAGE }, .mode = 0 };

			faults_wp++;
			MUST(ioctl(uffd, UFFDIO_WRITEPROTECT, &wanted) == 0);
		} else if (message.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_MINOR) {
			struct uffdio_continue wanted = { .range = { address, PAGE } };

			faults_minor++;
			MUST(ioctl(uffd, UFFDIO_CONTINUE, &wanted) == 0);
		} else {
			struct uffdio_copy wanted = { .dst = address, .src = (unsigned long)source, .len = PAGE };

			faults_missing++;
			source[0] = (char)(1 + (address - (unsigned long)room) / PAGE);
			MUST(ioctl(uffd, UFFDIO_COPY, &wanted) == 0);
		}
	}
	return NULL;
}

static void served(int shared)
{
	pthread_t thread;
	int ends[2];
	long sum = 0;

	printf("served, shared %d\n", shared);
	stop = 0;
	faults_missing = faults_wp = faults_minor = 0;
	uffd = make(0);
	MUST(mmap(room, 16 * PAGE, RW, (shared ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == room);
	MUST(pthread_create(&thread, NULL, serve, NULL) == 0);
	SHOW(reg(uffd, room, 16 * PAGE, UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_WP | (shared ? UFFDIO_REGISTER_MODE_MINOR : 0)));
	for (int i = 0; i < 8; i++)
		sum += room[i * PAGE];
	for (int i = 8; i < 12; i++)
		room[i * PAGE + 8] = 9;
	MUST(pipe(ends) == 0);
	/* the kernel's own accesses wait as well */
	SHOW(write(ends[1], room + 13 * PAGE - 4, 8));
	SHOW(read(ends[0], room + 14 * PAGE - 4, 8));
	printf("sum %ld, %d, missing %lld wp %lld minor %lld\n", sum, room[8 * PAGE], faults_missing, faults_wp, faults_minor);
	SHOW(protect(uffd, room, 4 * PAGE, UFFDIO_WRITEPROTECT_MODE_WP));
	SHOW(protect(uffd, room, 20 * PAGE, UFFDIO_WRITEPROTECT_MODE_WP | UFFDIO_WRITEPROTECT_MODE_DONTWAKE));
	for (int i = 0; i < 4; i++)
		room[i * PAGE] = 3;
	SHOW(madvise(room, 4 * PAGE, MADV_DONTNEED));
	sum = 0;
	for (int i = 0; i < 4; i++)
		sum += room[i * PAGE];
	printf("sum %ld, missing %lld wp %lld minor %lld\n", sum, faults_missing, faults_wp, faults_minor);
	SHOW(mlock(room, 16 * PAGE));
	printf("missing %lld wp %lld minor %lld\n", faults_missing, faults_wp, faults_minor);
	stop = 1;
	pthread_join(thread, NULL);
	close(uffd);
	close(ends[0]);
	close(ends[1]);
	munmap(room, 16 * PAGE);
}

static char told[1024];
static int told_length;

/* What is read is kept until nobody else prints. */
static void *tell(void *argument)
{
	struct pollfd polled = { .fd = uffd, .events = POLLIN };
	struct uffd_msg message;

	(void)argument;
	while (!stop) {
		if (poll(&polled, 1, 20) <= 0)
			continue;
		if (read(uffd, &message, sizeof(message)) != sizeof(message))
			continue;
		unsigned long at = (unsigned long)room, from = message.arg.remove.start - at, to = message.arg.remove.end - at;
		if (message.event == UFFD_EVENT_FORK) {
			from = to = message.arg.fork.ufd != 0;
			close((int)message.arg.fork.ufd);
		}
		told_length += snprintf(told + told_length, sizeof(told) - (size_t)told_length, "event %x, %lx %lx\n", message.event, from, to);
	}
	return NULL;
}

static void events(void)
{
	pthread_t thread;
	pid_t child;
	int status;

	stop = 0;
	uffd = make(UFFD_FEATURE_EVENT_FORK | UFFD_FEATURE_EVENT_REMAP | UFFD_FEATURE_EVENT_REMOVE | UFFD_FEATURE_EVENT_UNMAP);
	MUST(mmap(room, 16 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == room);
	MUST(pthread_create(&thread, NULL, tell, NULL) == 0);
	SHOW(reg(uffd, room, 16 * PAGE, UFFDIO_REGISTER_MODE_MISSING));
	SHOW(madvise(room, 2 * PAGE, MADV_DONTNEED));
	SHOW(madvise(room, PAGE, MADV_FREE));
	SHOW(madvise(room, PAGE, MADV_COLD));
	MUST(mremap(room + 4 * PAGE, 2 * PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, room + 32 * PAGE) == room + 32 * PAGE);
	SHOW(munmap(room + 8 * PAGE, 2 * PAGE));
	MUST(mmap(room + 12 * PAGE, PAGE, RW, ANON | MAP_FIXED, -1, 0) == room + 12 * PAGE);
	child = fork();
	if (child == 0)
		_exit(3);
	MUST(waitpid(child, &status, 0) == child);
	printf("child %x\n", (unsigned)status);
	SHOW(munmap(room, 64 * PAGE));
	stop = 1;
	pthread_join(thread, NULL);
	printf("%s", told);
	close(uffd);
}

static void sigbus(void)
{
	int fd = make(UFFD_FEATURE_SIGBUS);

	MUST(mmap(room, 4 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == room);
	SHOW(reg(fd, room, 4 * PAGE, UFFDIO_REGISTER_MODE_MISSING));
	TRY(room[PAGE + 5] = 1, room);
	SHOW(write(1, room, 1));
	SHOW(zero(fd, room + PAGE, PAGE, 0));
	TRY(room[PAGE + 5] = 1, room);
	close(fd);
	TRY(room[5] = 1, room);
	munmap(room, 4 * PAGE);
}

int main(void)
{
	room = reserve(128 * PAGE);
	source = room + 100 * PAGE;
	MUST(mmap(source, 4 * PAGE, RW, ANON | MAP_FIXED, -1, 0) == source);
	memset(source, 42, 4 * PAGE);
	catch_faults();
	api();
	registration();
	filling();
	moving();
	served(0);
	served(1);
	events();
	sigbus();
	return 0;
}

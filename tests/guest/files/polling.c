// build: glibc-static
#include "files/place.h"
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/time.h>

static volatile int signals;

static void count_signal(int number)
{
	(void)number;
	signals++;
}

static void show_epoll(int set, int max, int timeout)
{
	struct epoll_event events[8] = { 0 };
	int ready = epoll_wait(set, events, max, timeout);

	printf("  epoll %d:", ready);
	for (int i = 0; i < ready; i++)
		printf(" %x/%llu", events[i].events, (unsigned long long)events[i].data.u64);
	printf("\n");
}

static int control(int set, int operation, int fd, uint32_t events, uint64_t data)
{
	struct epoll_event event = { .events = events, .data.u64 = data };

	return epoll_ctl(set, operation, fd, &event);
}

int main(void)
{
	int one[2], two[2], set, other, counter;
	struct pollfd entries[4];
	struct timespec time = { 0, 1000000 };
	struct timeval small;
	fd_set in, out, except;
	sigset_t none, block;
	uint64_t number;
	char text[16];

	MUST(pipe(one) == 0 && pipe(two) == 0);
	entries[0] = (struct pollfd){ one[0], POLLIN, 0 };
	entries[1] = (struct pollfd){ two[1], POLLOUT, 0 };
	entries[2] = (struct pollfd){ -1, POLLIN, 9 };
	entries[3] = (struct pollfd){ 999, POLLIN, 0 };
	SHOW(poll(entries, 4, 1000));
	printf("%x %x %x %x\n", entries[0].revents, entries[1].revents, entries[2].revents, entries[3].revents);
	SHOW(poll(entries, 1, 5));
	SHOW(poll(NULL, 0, 1));
	SHOW(poll((struct pollfd *)8, 1, 1));
	SHOW(poll(entries, 1 << 24, 1));
	SHOW(ppoll(entries, 1, &time, NULL));
	time.tv_nsec = 1000000000;
	SHOW(ppoll(entries, 1, &time, NULL));
	MUST(write(one[1], "x", 1) == 1);
	SHOW(poll(entries, 1, -1));
	SHOW(read(one[0], text, 1));

	FD_ZERO(&in);
	FD_ZERO(&out);
	FD_ZERO(&except);
	FD_SET(one[0], &in);
	FD_SET(two[1], &out);
	FD_SET(one[0], &except);
	small = (struct timeval){ 1, 0 };
	SHOW(select(20, &in, &out, &except, &small));
	printf("%d %d %d\n", FD_ISSET(one[0], &in), FD_ISSET(two[1], &out), FD_ISSET(one[0], &except));
	FD_SET(one[0], &in);
	small = (struct timeval){ 0, 1000 };
	SHOW(select(20, &in, NULL, NULL, &small));
	printf("left %ld.%06ld, %d\n", (long)small.tv_sec, (long)small.tv_usec, FD_ISSET(one[0], &in));
	FD_SET(19, &in);
	SHOW(select(20, &in, NULL, NULL, &small));
	SHOW(select(-1, NULL, NULL, NULL, &small));
	small = (struct timeval){ -1, 0 };
	SHOW(select(0, NULL, NULL, NULL, &small));
	small = (struct timeval){ 0, 0 };
	SHOW(select(0, NULL, NULL, NULL, &small));

	/* A signal that is blocked outside and not inside the call ends it. */
	struct sigaction action = { .sa_handler = count_signal, .sa_flags = SA_RESTART };
	sigaction(SIGUSR1, &action, NULL);
	sigemptyset(&none);
	sigemptyset(&block);
	sigaddset(&block, SIGUSR1);
	sigprocmask(SIG_BLOCK, &block, NULL);
	raise(SIGUSR1);
	SHOW(poll(entries, 1, 0));
	SHOW(ppoll(entries, 1, NULL, &none));
	printf("signals %d\n", signals);
	raise(SIGUSR1);
	time = (struct timespec){ 5, 0 };
	SHOW(pselect(0, NULL, NULL, NULL, &time, &none));
	printf("signals %d\n", signals);
	sigprocmask(SIG_BLOCK, NULL, &none);
	printf("blocked %d\n", sigismember(&none, SIGUSR1));

	SHOW(epoll_create(0));
	SHOW(epoll_create1(1));
	MUST((set = epoll_create1(EPOLL_CLOEXEC)) >= 0);
	SHOW(control(set, EPOLL_CTL_ADD, one[0], EPOLLIN, 1));
	SHOW(control(set, EPOLL_CTL_ADD, one[0], EPOLLIN, 1));
	SHOW(control(set, EPOLL_CTL_MOD, two[0], EPOLLIN, 1));
	SHOW(control(set, EPOLL_CTL_DEL, two[0], 0, 0));
	SHOW(control(set, EPOLL_CTL_ADD, 999, EPOLLIN, 1));
	SHOW(control(set, EPOLL_CTL_ADD, set, EPOLLIN, 1));
	SHOW(control(one[0], EPOLL_CTL_ADD, two[0], EPOLLIN, 1));
	SHOW(control(set, 9, two[0], EPOLLIN, 1));
	int file = open("/proc/self/exe", O_RDONLY);
	SHOW(control(set, EPOLL_CTL_ADD, file, EPOLLIN, 1));
	SHOW(epoll_ctl(set, EPOLL_CTL_ADD, two[0], NULL));
	SHOW(control(set, EPOLL_CTL_ADD, two[1], EPOLLOUT | EPOLLET, 2));
	show_epoll(set, 8, 0);
	show_epoll(set, 8, 0);
	MUST(write(one[1], "ab", 2) == 2);
	show_epoll(set, 8, 0);
	show_epoll(set, 8, 0);
	SHOW(control(set, EPOLL_CTL_MOD, one[0], EPOLLIN | EPOLLET, 3));
	show_epoll(set, 8, 0);
	show_epoll(set, 8, 0);
	MUST(write(one[1], "c", 1) == 1);
	show_epoll(set, 8, 0);
	SHOW(control(set, EPOLL_CTL_MOD, one[0], EPOLLIN | EPOLLONESHOT, 4));
	show_epoll(set, 8, 0);
	show_epoll(set, 8, 0);
	SHOW(control(set, EPOLL_CTL_MOD, one[0], EPOLLIN | EPOLLONESHOT, 5));
	show_epoll(set, 1, 0);
	SHOW(control(set, EPOLL_CTL_MOD, one[0], 0, 6));
	close(one[1]);
	show_epoll(set, 8, 0);
	SHOW(epoll_wait(set, (struct epoll_event *)8, 1, 0));
	SHOW(syscall(SYS_epoll_wait, set, entries, 0, 0));
	SHOW(epoll_wait(one[0], (struct epoll_event *)entries, 1, 0));

	/* Sets within sets. */
	MUST((other = epoll_create1(0)) >= 0);
	SHOW(control(other, EPOLL_CTL_ADD, set, EPOLLIN, 7));
	show_epoll(other, 8, 0);
	SHOW(control(set, EPOLL_CTL_ADD, other, EPOLLIN, 8));
	entries[0] = (struct pollfd){ other, POLLIN, 0 };
	SHOW(poll(entries, 1, 0));

	/* Another number for the same file keeps it in the set. */
	int copy = dup(one[0]);
	SHOW(control(set, EPOLL_CTL_ADD, copy, EPOLLIN, 9));
	close(one[0]);
	show_epoll(set, 8, 0);
	close(copy);
	show_epoll(set, 8, 0);

	SHOW(eventfd(5, 0x10));
	MUST((counter = eventfd(5, EFD_NONBLOCK)) >= 0);
	SHOW(read(counter, &number, 4));
	SHOW(read(counter, &number, 8));
	printf("%llu\n", (unsigned long long)number);
	SHOW(read(counter, &number, 8));
	number = ~0ULL;
	SHOW(write(counter, &number, 8));
	number = ~0ULL - 1;
	SHOW(write(counter, &number, 8));
	number = 1;
	SHOW(write(counter, &number, 8));
	entries[0] = (struct pollfd){ counter, POLLIN | POLLOUT, 0 };
	SHOW(poll(entries, 1, 0));
	printf("%x\n", entries[0].revents);
	SHOW(write(counter, &number, 7));
	close(counter);
	MUST((counter = eventfd(2, EFD_SEMAPHORE | EFD_NONBLOCK)) >= 0);
	SHOW(read(counter, &number, 8));
	printf("%llu\n", (unsigned long long)number);
	SHOW(read(counter, &number, 8));
	SHOW(read(counter, &number, 8));
	SHOW(control(set, EPOLL_CTL_ADD, counter, EPOLLIN, 10));
	fflush(stdout);
	if (fork() == 0) {
		number = 3;
		usleep(1000);
		MUST(write(counter, &number, 8) == 8);
		_exit(0);
	}
	show_epoll(set, 8, 10000);
	wait(NULL);
	SHOW(lseek(counter, 0, SEEK_SET));
	return 0;
}

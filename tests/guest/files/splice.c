// build: glibc-static
// args: .
// args: /dev/shm
// args: /tmp
#include "files/place.h"
#include <sys/sendfile.h>
#include <sys/uio.h>

int main(int argc, char **argv)
{
	static char big[100000], back[100000];
	int file, other, one[2], two[2];
	char text[64] = "";
	off_t at, to;
	struct iovec vectors[2] = { { "vector ", 7 }, { "splice", 6 } };

	enter_place(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	make_file("file", "0123456789abcdef");
	MUST((file = open("file", O_RDWR)) >= 0);
	MUST((other = open("other", O_RDWR | O_CREAT, 0644)) >= 0);
	MUST(pipe(one) == 0 && pipe(two) == 0);

	SHOW(sendfile(other, file, NULL, 5));
	SHOW(lseek(file, 0, SEEK_CUR));
	SHOW(lseek(other, 0, SEEK_CUR));
	at = 10;
	SHOW(sendfile(other, file, &at, 100));
	printf("%ld\n", (long)at);
	SHOW(lseek(file, 0, SEEK_CUR));
	show_file("other");
	SHOW(sendfile(one[1], file, NULL, 3));
	SHOW(read(one[0], text, 10));
	SHOW(sendfile(other, one[0], NULL, 3) == -1);
	at = -1;
	SHOW(sendfile(other, file, &at, 3));
	SHOW(sendfile(other, 999, NULL, 3));
	SHOW(sendfile(999, file, NULL, 3));
	SHOW(sendfile(file, other, (off_t *)8, 3));
	int reader = open("file", O_RDONLY);
	SHOW(sendfile(reader, file, NULL, 3));
	int appender = open("other", O_WRONLY | O_APPEND);
	SHOW(sendfile(appender, file, NULL, 3));

	at = 2;
	to = 0;
	SHOW(copy_file_range(file, &at, other, &to, 6, 0));
	printf("%ld %ld\n", (long)at, (long)to);
	show_file("other");
	SHOW(lseek(other, 3, SEEK_SET));
	SHOW(lseek(file, 14, SEEK_SET));
	SHOW(copy_file_range(file, NULL, other, NULL, 6, 0));
	SHOW(lseek(other, 0, SEEK_CUR));
	show_file("other");
	SHOW(copy_file_range(file, NULL, other, NULL, 6, 0));
	SHOW(copy_file_range(file, NULL, other, NULL, 6, 1));
	SHOW(copy_file_range(file, NULL, appender, NULL, 6, 0));
	SHOW(copy_file_range(file, NULL, one[1], NULL, 6, 0));
	at = 0;
	to = 2;
	SHOW(copy_file_range(file, &at, file, &to, 6, 0));
	to = 8;
	SHOW(copy_file_range(file, &at, file, &to, 6, 0));
	show_file("file");

	at = 4;
	SHOW(splice(file, &at, one[1], NULL, 6, 0));
	printf("%ld\n", (long)at);
	SHOW(tee(one[0], two[1], 4, 0));
	SHOW(read(two[0], text, 60));
	printf("%.4s\n", text);
	to = 1;
	SHOW(splice(one[0], NULL, other, &to, 100, 0));
	printf("%ld\n", (long)to);
	show_file("other");
	SHOW(splice(one[0], NULL, other, NULL, 100, SPLICE_F_NONBLOCK));
	SHOW(splice(file, &at, other, NULL, 100, 0));
	SHOW(splice(one[0], &at, other, NULL, 100, 0));
	SHOW(splice(one[0], NULL, one[1], NULL, 100, 0));
	SHOW(splice(one[0], NULL, other, NULL, 100, 0x100));
	SHOW(splice(one[0], NULL, appender, NULL, 100, SPLICE_F_NONBLOCK));
	SHOW(splice(one[0], NULL, other, NULL, 0, 0));
	SHOW(splice(999, NULL, other, NULL, 1, 0));
	MUST(write(one[1], "pipe to pipe", 12) == 12);
	SHOW(splice(one[0], NULL, two[1], NULL, 4, 0));
	SHOW(splice(one[0], NULL, two[1], NULL, 100, 0));
	SHOW(read(two[0], text, 60));
	printf("%.12s\n", text);
	SHOW(tee(one[0], two[1], 4, SPLICE_F_NONBLOCK));
	SHOW(tee(file, two[1], 4, 0));
	SHOW(vmsplice(one[1], vectors, 2, 0));
	memset(text, 0, sizeof(text));
	vectors[0] = (struct iovec){ text, 5 };
	vectors[1] = (struct iovec){ text + 20, 30 };
	SHOW(vmsplice(one[0], vectors, 2, 0));
	printf("%s %s\n", text, text + 20);
	SHOW(vmsplice(file, vectors, 2, 0));

	for (size_t i = 0; i < sizeof(big); i++)
		big[i] = (char)(i * 13 + (i >> 7));
	MUST(pwrite(file, big, sizeof(big), 0) == (ssize_t)sizeof(big));
	lseek(file, 0, SEEK_SET);
	lseek(other, 0, SEEK_SET);
	MUST(ftruncate(other, 0) == 0);
	long total = 0, moved;
	while ((moved = splice(file, NULL, one[1], NULL, sizeof(big), 0)) > 0) {
		for (long left = moved; left > 0; ) {
			long part = splice(one[0], NULL, other, NULL, left, SPLICE_F_MOVE | SPLICE_F_MORE);

			MUST(part > 0);
			left -= part;
		}
		total += moved;
	}
	MUST(pread(other, back, sizeof(back), 0) == (ssize_t)sizeof(back));
	printf("total %ld equal %d\n", total, memcmp(big, back, sizeof(big)) == 0);
	close(one[1]);
	SHOW(splice(one[0], NULL, other, NULL, 10, 0));
	close(two[0]);
	at = 0;
	SHOW(splice(file, &at, two[1], NULL, 10, 0));
	return 0;
}

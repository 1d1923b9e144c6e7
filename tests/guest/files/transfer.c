// build: glibc-static
// args: .
// args: /dev/shm
// args: /tmp
#include "files/place.h"
#include <sys/uio.h>

#ifndef RWF_APPEND
#define RWF_APPEND 0x10
#endif

int main(int argc, char **argv)
{
	char text[64] = "";
	struct iovec vectors[3] = { { "one", 3 }, { "", 0 }, { "two", 3 } }, into[2];
	struct stat status;
	int file, other;

	enter_place(argc, argv);
	MUST((file = open("file", O_RDWR | O_CREAT, 0644)) >= 0);
	SHOW(write(file, "hello world", 11));
	SHOW(lseek(file, 0, SEEK_CUR));
	SHOW(lseek(file, -5, SEEK_END));
	SHOW(read(file, text, 60));
	printf("%s\n", text);
	SHOW(read(file, text, 60));
	SHOW(lseek(file, -1, SEEK_SET));
	SHOW(lseek(file, 0, 9));
	SHOW(lseek(file, 100, SEEK_SET));
	SHOW(read(file, text, 1));
	SHOW(write(file, "far", 3));
	MUST(fstat(file, &status) == 0);
	printf("size %ld\n", (long)status.st_size);
	memset(text, 'z', sizeof(text));
	SHOW(pread(file, text, 5, 11));
	printf("%d %d\n", text[0], text[4]);
	SHOW(pread(file, text, 5, -1));
	SHOW(pwrite(file, "HE", 2, 0));
	SHOW(lseek(file, 0, SEEK_CUR));
	SHOW(writev(file, vectors, 3));
	SHOW(writev(file, vectors, 0));
	SHOW(writev(file, vectors, -1));
	SHOW(writev(file, vectors, 1025));
	into[0] = (struct iovec){ text, 2 };
	into[1] = (struct iovec){ text + 10, 3 };
	SHOW(preadv(file, into, 2, 0));
	printf("%.2s %.3s\n", text, text + 10);
	SHOW(preadv(file, into, 2, -5));
	SHOW(preadv2(file, into, 2, -1, 0));
	SHOW(preadv2(file, into, 2, 0, 0x8000));
	SHOW(pwritev2(file, vectors, 3, 0, RWF_APPEND));
	MUST(fstat(file, &status) == 0);
	printf("size %ld\n", (long)status.st_size);
	into[1].iov_len = (size_t)-1;
	SHOW(readv(file, into, 2));
	SHOW(read(file, (char *)8, 4));
	SHOW(write(file, (char *)8, 4));
	SHOW(write(file, text, 0));
	SHOW(read(file, text, (size_t)-1));
	SHOW(read(999, text, 1));
	MUST((other = open("file", O_WRONLY)) >= 0);
	SHOW(read(other, text, 1));
	close(other);
	MUST((other = open("file", O_RDONLY)) >= 0);
	SHOW(write(other, text, 1));
	SHOW(ftruncate(other, 1));
	close(other);
	MUST((other = open(".", O_RDONLY)) >= 0);
	SHOW(read(other, text, 1));
	SHOW(ftruncate(other, 1));
	SHOW(lseek(other, 0, SEEK_SET));
	close(other);

	SHOW(ftruncate(file, 5));
	SHOW(ftruncate(file, -1));
	SHOW(truncate("file", 8));
	SHOW(truncate(".", 8));
	SHOW(truncate("missing", 8));
	SHOW(pread(file, text, 20, 0));
	printf("%.5s %d\n", text, text[6]);
	MUST((other = open("file", O_WRONLY | O_APPEND)) >= 0);
	SHOW(lseek(other, 0, SEEK_SET));
	SHOW(write(other, "end", 3));
	SHOW(lseek(other, 0, SEEK_CUR));
	SHOW(pwrite(other, "END", 3, 0));
	SHOW(pread(file, text, 20, 0));
	printf("%.3s\n", text + 8);
	close(other);

	SHOW(fallocate(file, 0, 0, 0));
	SHOW(fallocate(file, 0, -1, 5));
	SHOW(fallocate(file, FALLOC_FL_PUNCH_HOLE, 0, 5));
	SHOW(fallocate(file, 0x8000, 0, 5));
	SHOW(fallocate(file, 0, 0, 10000));
	MUST(fstat(file, &status) == 0);
	printf("size %ld\n", (long)status.st_size);
	SHOW(fallocate(file, FALLOC_FL_KEEP_SIZE, 0, 20000));
	MUST(fstat(file, &status) == 0);
	printf("size %ld\n", (long)status.st_size);
	SHOW(fallocate(file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 2, 4));
	SHOW(pread(file, text, 9, 0));
	printf("%c%c %d %d %c\n", text[0], text[1], text[2], text[5], text[8]);
	SHOW(fsync(file));
	SHOW(fdatasync(file));
	SHOW(sync_file_range(file, 0, 0, 2));
	SHOW(sync_file_range(file, 0, 0, 0x100));
	SHOW(syncfs(file));
	SHOW(posix_fadvise(file, 0, 0, POSIX_FADV_WILLNEED));
	SHOW(posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED));
	SHOW(posix_fadvise(file, 0, 0, 77));
	SHOW(posix_fadvise(file, 0, -1, 0));
	SHOW(readahead(file, 0, 4096));

	/* What one descriptor writes another sees, and a mapping too. */
	MUST((other = open("file", O_RDONLY)) >= 0);
	char *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	MUST(map != MAP_FAILED);
	MUST(pwrite(file, "abc", 3, 0) == 3);
	MUST(pread(other, text, 3, 0) == 3);
	printf("%.3s %.3s\n", map, text);
	memcpy(map, "xyz", 3);
	MUST(pread(other, text, 3, 0) == 3);
	printf("%.3s\n", text);
	SHOW(msync(map, 4096, MS_SYNC));
	MUST(munmap(map, 4096) == 0);
	show_file("file");

	/* What is printed would count too: it is printed after the limit is gone. */
	struct rlimit limit, none;
	signal(SIGXFSZ, SIG_IGN);
	MUST(getrlimit(RLIMIT_FSIZE, &none) == 0);
	limit = (struct rlimit){ 100, none.rlim_max };
	fflush(stdout);
	MUST(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	long part = pwrite(file, "0123456789", 10, 95), nothing = pwrite(file, "0123456789", 10, 100);
	int error = errno, longer = ftruncate(file, 30000), longer_error = errno, shorter = ftruncate(file, 50);
	MUST(setrlimit(RLIMIT_FSIZE, &none) == 0);
	printf("limit: %ld, %ld %s, %d %s, %d\n", part, nothing, errno_name(error), longer, errno_name(longer_error), shorter);
	return 0;
}

// build: glibc-static, musl-static
// stdin: first line\nsecond, longer line\nlast without an end
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
	char line[64];
	int count = 0;

	while (fgets(line, sizeof(line), stdin))
		printf("%d: %zu %s", ++count, strlen(line), line);
	printf("\nend of file %d, error %d, read gives %zd\n", feof(stdin) != 0, ferror(stdin) != 0, read(0, line, 1));
	setvbuf(stderr, NULL, _IOFBF, 4096);
	fprintf(stderr, "buffered, flushed at exit\n");
	return 0;
}

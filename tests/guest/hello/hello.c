// build: glibc-static, glibc-static-pie, musl-static
#include <stdio.h>

int main(int argc, char **argv)
{
	printf("hello, world\n");
	fprintf(stderr, "%d argument(s), argv[0] is %s\n", argc, argv[0] ? "there" : "missing");
	return 42;
}

#include <stdio.h>

int part(int number);

int main(int argc, char **argv)
{
	int sum = 0;

	for (int i = 0; i < 8; i++)
		sum += part(i);
	printf("%s: %d with %d\n", argv[0], sum, argc);
	return 7;
}

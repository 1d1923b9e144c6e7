// build: glibc-static, musl-static
// flags: -Wno-stringop-truncation -Wno-infinite-recursion
// stdin: a line of input\n
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <search.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

/* String functions at every alignment and length: libraries write them with vectors and read past what they need. */
static void strings(void)
{
	static char area[512], other[512];
	unsigned long sum = 0;

	for (int offset = 0; offset < 33; offset++) {
		for (int length = 0; length < 130; length += 3) {
			char *at = area + offset, *to = other + (offset * 7 & 31);

			memset(area, 'x', sizeof(area));
			memset(other, 0, sizeof(other));
			for (int i = 0; i < length; i++)
				at[i] = (char)('a' + (i * 7 + offset) % 26);
			at[length] = 0;
			sum = sum * 31 + strlen(at) + strnlen(at, 40);
			memcpy(to, at, length + 1);
			sum = sum * 31 + (unsigned long)(strcmp(at, to) == 0) + (memcmp(at, to, length) == 0);
			to[length / 2]++;
			sum = sum * 31 + (unsigned long)(strcmp(at, to) < 0) + 2 * (strncmp(at, to, length / 2) == 0);
			sum = sum * 31 + (strchr(at, 'q') ? (unsigned long)(strchr(at, 'q') - at) : 999);
			sum = sum * 31 + (strrchr(at, 'c') ? (unsigned long)(strrchr(at, 'c') - at) : 998);
			sum = sum * 31 + (memchr(at, 'z', length) ? 1 : 0) + (memrchr(at, 'b', length) ? 2 : 0);
			sum = sum * 31 + (strstr(at, "hov") ? (unsigned long)(strstr(at, "hov") - at) : 997) + strspn(at, "abcdefgh") + strcspn(at, "xyz");
			memmove(at + 5, at, length + 1);
			sum = sum * 31 + (unsigned char)at[length] + (unsigned long)(stpcpy(to, at) - to);
			strncpy(to, at, 64);
			strcat(to, "tail");
			sum = sum * 31 + (unsigned long)strlen(to) + (strpbrk(to, "lm") != NULL) + (strcasecmp(at, to) > 0);
		}
	}
	printf("strings %lx\n", sum);
	wchar_t wide[] = L"wide characters";
	printf("%zu %d %d\n", wcslen(wide), wcscmp(wide, L"wide") > 0, wmemchr(wide, L'c', 10) != NULL);
}

static void numbers(void)
{
	static const char *const texts[] = { "0", "-1", "0x7f", "0777", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "12abc", "", "  +5 " };
	char *end;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		for (int base = 0; base <= 36; base += 4 + (base == 0) * 6) {
			errno = 0;
			long value = strtol(texts[i], &end, base);
			printf("%ld:%td:%d ", value, end - texts[i], errno);
			errno = 0;
			unsigned long large = strtoul(texts[i], &end, base);
			printf("%lu:%td:%d\n", large, end - texts[i], errno);
		}
	for (int c = 0; c < 256; c++)
		printf("%d%d%d%d%d", isalpha(c) != 0, isdigit(c) != 0, isspace(c) != 0, ispunct(c) != 0, toupper(c) & 15);
	printf("\n%d %ld %lld\n", abs(-5), labs(-6), (long long)div(17, 5).rem);
}

static int compare(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

static void sorting(void)
{
	static int numbers[5000];
	uint32_t seed = 1;

	for (int i = 0; i < 5000; i++)
		numbers[i] = (int)((seed = seed * 1664525 + 1013904223) >> 8);
	qsort(numbers, 5000, sizeof(int), compare);
	for (int i = 1; i < 5000; i++)
		if (numbers[i - 1] > numbers[i])
			printf("not sorted at %d\n", i);
	int key = numbers[1234];
	printf("sorted %d %d, found %d\n", numbers[0], numbers[4999], *(int *)bsearch(&key, numbers, 5000, sizeof(int), compare) == key);
}

/* An allocator is the first user of brk and mmap. */
static void allocation(void)
{
	static unsigned char *blocks[1000];
	unsigned long sum = 0;
	uint32_t seed = 7;

	for (int round = 0; round < 20000; round++) {
		seed = seed * 1664525 + 1013904223;
		int slot = (seed >> 8) % 1000;
		size_t size = (seed >> 18) % 9000 + 1;
		if (blocks[slot]) {
			sum += blocks[slot][0];
			if (seed & 64) {
				blocks[slot] = realloc(blocks[slot], size);
				blocks[slot][size - 1] = (unsigned char)round;
				continue;
			}
			free(blocks[slot]);
		}
		blocks[slot] = (seed & 128) ? calloc(1, size) : malloc(size);
		blocks[slot][0] = (unsigned char)round;
		blocks[slot][size - 1] = (unsigned char)slot;
	}
	char *large = malloc(10 << 20);
	memset(large, 1, 10 << 20);
	large = realloc(large, 30 << 20);
	printf("allocated %lu %d %d\n", sum, large[(10 << 20) - 1], large[12345]);
	free(large);
	void *aligned = NULL;
	printf("%d %d\n", posix_memalign(&aligned, 4096, 100), ((uintptr_t)aligned & 4095) == 0);
}

static jmp_buf back;

static void dive(int depth)
{
	volatile char room[100];

	room[depth % 100] = (char)depth;
	if (depth == 200)
		longjmp(back, room[depth % 100] + 1000);
	dive(depth + 1);
}

static void dates(void)
{
	for (long t = -3000000000; t < 5000000000; t += 777777777) {
		char text[100];
		time_t when = t;
		struct tm parts;

		gmtime_r(&when, &parts);
		strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%S %j %a %b", &parts);
		printf("%ld %s %d\n", t, text, timegm(&parts) == when);
	}
}

int main(void)
{
	strings();
	numbers();
	sorting();
	allocation();
	int came = setjmp(back);
	if (came == 0)
		dive(0);
	printf("longjmp brought %d\n", came);
	dates();
	srand(42);
	printf("%d %d\n", rand(), rand());
	char *line = NULL;
	size_t room = 0;
	printf("%zd\n", getline(&line, &room, stdin));
	printf("%s %s\n", getenv("TZ"), strerror(ENOENT));
	perror("perror");
	return 0;
}

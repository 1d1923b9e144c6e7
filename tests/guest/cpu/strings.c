// build: glibc-static, musl-static
// flags: -fno-builtin
/* The library's string functions over lengths and places: with AVX2 glibc takes other code than without. The texts end at a page that is not there. */
#include "guest.h"
#include <wchar.h>

enum { ROOM = 320 };

static unsigned long total;

static void add(long value)
{
	total = (total ^ (unsigned long)value) * 0x100000001b3;
}

static void show(const char *name)
{
	printf("%-10s %016lx\n", name, total);
	total = 0;
}

static long from(const void *place, const void *start)
{
	return place ? (const char *)place - (const char *)start : -1;
}

static int sign(int value)
{
	return (value > 0) - (value < 0);
}

static void searches(char *end)
{
	for (int length = 0; length < ROOM; length += length < 70 ? 1 : 13) {
		char *text = end - length - 1;

		memset(text, 'a', (size_t)length);
		text[length] = 0;
		if (length > 3)
			text[length - 3] = 'x';
		add((long)strlen(text));
		add((long)strnlen(text, (size_t)length / 2));
		add(from(strchr(text, 'x'), text));
		add(from(strrchr(text, 'a'), text));
		add(from(memchr(text, 'x', (size_t)length), text));
		add(from(memrchr(text, 'a', (size_t)length), text));
		add(from(strchrnul(text, 'q'), text));
		add(from(strstr(text, "xa"), text));
		add((long)strspn(text, "ab"));
		add((long)strcspn(text, "xyz"));
		add(from(strpbrk(text, "zx"), text));
	}
	show("searches");
}

static void comparisons(char *end, char *other)
{
	for (int length = 0; length < ROOM; length += length < 70 ? 1 : 17) {
		for (int place = 0; place < length; place += 1 + length / 5) {
			char *a = end - length - 1, *b = other - length - 1;

			memset(a, 'k', (size_t)length + 1);
			memset(b, 'k', (size_t)length + 1);
			a[length] = b[length] = 0;
			b[place] = place % 2 ? 'j' : 'K';
			add(sign(memcmp(a, b, (size_t)length)));
			add(sign(strcmp(a, b)));
			add(sign(strncmp(a, b, (size_t)place + 1)));
			add(sign(strcasecmp(a, b)));
			add(sign(strcmp(a + length / 2, b + length / 2)));
		}
	}
	show("comparisons");
}

static void copies(char *end, char *other)
{
	for (int length = 0; length < ROOM; length += length < 70 ? 1 : 11) {
		for (int shift = 0; shift < 40; shift += 7) {
			char *to = other - length - shift;

			for (int i = 0; i < length; i++)
				end[i - length] = (char)(i * 7 + shift + 1);
			memset(other - 400, 0, 400);
			memcpy(to, end - length, (size_t)length);
			memmove(to - shift, to, (size_t)length);
			memset(to - 20, length, (size_t)length / 3);
			for (int i = 1; i <= 400; i++)
				add(other[-i]);
			end[-1] = 0;
			if (length > 0) {
				add(from(stpcpy(to, end - length), to));
				add((long)strlen(strcpy(to, end - length)));
				add((long)strlen(strncpy(to, end - length, (size_t)length)));
			}
		}
	}
	show("copies");
}

static void wide(wchar_t *end)
{
	for (int length = 0; length < 90; length++) {
		wchar_t *text = end - length - 1;

		wmemset(text, L'm', (size_t)length);
		text[length] = 0;
		add((long)wcslen(text));
		add(from(wcschr(text, L'n'), text));
		add(from(wmemchr(text, L'm', (size_t)length), text));
		add(wcscmp(text, text + length / 2) > 0);
	}
	show("wide");
}

int main(void)
{
	char *areas[2];

	for (int i = 0; i < 2; i++) {
		areas[i] = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		munmap(areas[i] + 2 * PAGE, PAGE);
		areas[i] += 2 * PAGE;
	}
	searches(areas[0]);
	comparisons(areas[0], areas[1]);
	copies(areas[0], areas[1]);
	wide((wchar_t *)areas[0]);
	return 0;
}

// build: glibc-static, musl-static
// flags: -Wno-format -Wno-format-truncation
#include <inttypes.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <wchar.h>

static const char *const flags[] = { "", "-", "0", "+", " ", "#", "-+", "0+", "# ", "-#", "0#", "+-0 #" };
static const char *const widths[] = { "", "1", "5", "12", ".0", ".3", "10.4", ".12", "20.0" };

/* A format of a flag, a width and an ending, printed with a value. */
#define EACH(ending, value) do { \
	for (size_t f = 0; f < sizeof(flags) / sizeof(flags[0]); f++) \
		for (size_t w = 0; w < sizeof(widths) / sizeof(widths[0]); w++) { \
			char format[32]; \
			snprintf(format, sizeof(format), "|%%%s%s%s", flags[f], widths[w], ending); \
			printf(format, value); \
		} \
	printf("|\n"); \
} while (0)

static void integers(void)
{
	static const intmax_t values[] = { 0, 1, -1, 42, -12345, INT_MAX, INT_MIN, LONG_MAX, LONG_MIN };

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		EACH("d", (int)values[i]);
		EACH("i", (int)values[i]);
		EACH("u", (unsigned int)values[i]);
		EACH("o", (unsigned int)values[i]);
		EACH("x", (unsigned int)values[i]);
		EACH("X", (unsigned int)values[i]);
		EACH("hhd", (int)(signed char)values[i]);
		EACH("hhu", (int)(unsigned char)values[i]);
		EACH("hd", (int)(short)values[i]);
		EACH("hx", (int)(unsigned short)values[i]);
		EACH("ld", (long)values[i]);
		EACH("lu", (unsigned long)values[i]);
		EACH("lld", (long long)values[i]);
		EACH("llX", (unsigned long long)values[i]);
		EACH("jd", values[i]);
		EACH("zu", (size_t)values[i]);
		EACH("td", (ptrdiff_t)values[i]);
	}
}

static void floats(void)
{
	static const double values[] = {
		0.0, -0.0, 1.0, -1.5, 0.1, 123456.789, 1e-5, 9.9995, 0.5, 2.5, 1e15, 1e16, 1e100, -1e-100, 4.9406564584124654e-324,
		1.7976931348623157e308, 2.2250738585072014e-308, 3.14159265358979, 999999.5, 0.00001234, INFINITY, -INFINITY,
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		EACH("f", values[i]);
		EACH("F", values[i]);
		EACH("e", values[i]);
		EACH("E", values[i]);
		EACH("g", values[i]);
		EACH("G", values[i]);
		EACH("a", values[i]);
		EACH("A", values[i]);
		EACH("Lf", (long double)values[i]);
		EACH("Le", (long double)values[i] / 3);
		EACH("Lg", (long double)values[i] * 7);
		EACH("La", (long double)values[i]);
	}
	printf("%f %F %e %g %a %.3f\n", NAN, NAN, NAN, NAN, NAN, -NAN);
	printf("%.50f\n%.60e\n%.0f %.0f %.0f %.0f\n", 0.1, 1.0 / 3, 0.5, 1.5, 2.5, 3.5);
}

static void others(void)
{
	char text[] = "a string", narrow[8];
	int so_far = 0;
	wchar_t wide[] = L"wide";

	printf("[%s] [%10s] [%-10s] [%.3s] [%10.3s] [%.*s] [%*s] [%-*s]\n", text, text, text, text, text, 4, text, 12, text, 12, text);
	printf("[%c] [%5c] [%-5c] [%%] [%s]\n", 'x', 'y', 'z', "");
	printf("[%p] [%20p] [%-20p]\n", (void *)0x1234abcd, (void *)0x10, (void *)0xfffffffff);
	printf("[%ls] [%lc]\n", wide, L'w');
	printf("%d%n and more", 12345, &so_far);
	printf(" %d\n", so_far);
	printf("%2$s %1$d %2$s %3$*1$d\n", 7, "second", 9);
	printf("%" PRId8 " %" PRIu16 " %" PRIx32 " %" PRIo64 " %" PRIXMAX "\n", (int8_t)-8, (uint16_t)65535, 0xdeadbeefu, UINT64_MAX, UINTMAX_MAX);
	printf("snprintf gives %d and [%s]\n", snprintf(narrow, sizeof(narrow), "%s", "longer than eight"), narrow);
	printf("snprintf gives %d\n", snprintf(NULL, 0, "%d %s", 123, text));
	printf("%500d|%-300s|\n", 5, "padded");
}

static void scanning(void)
{
	int number, octal, hex, count;
	long whole;
	double real;
	float small;
	long double extended;
	char word[16], set[16], letter;

	count = sscanf("12 -34 0x5f 077 word abc123 q", "%d %ld %i %o %15s %15[a-z]%*d %c", &number, &whole, &hex, &octal, word, set, &letter);
	printf("%d: %d %ld %x %o %s %s %c\n", count, number, whole, hex, octal, word, set, letter);
	count = sscanf("3.25 -1e-3 1.5e300 0x1.8p3", "%lf %f %Lf %lf", &real, &small, &extended, &real);
	printf("%d: %g %g %Lg\n", count, real, (double)small, extended);
	printf("%d %d\n", sscanf("x", "%d", &number), sscanf("", "%d", &number));
}

int main(void)
{
	setlocale(LC_ALL, "C");
	integers();
	floats();
	others();
	scanning();
	return 0;
}

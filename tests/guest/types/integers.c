// build: glibc-static, musl-static, glibc-static-pie
// flags: -O0 -fwrapv -Wno-overflow -Wno-int-in-bool-context
// args: 1
// args: 77
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>

/* Every integer type: its limits, and all operators on awkward values, unoptimised, so that they happen. */
#define BINARY(op) printf(" %lld", (long long)(a op b));
#define OPERATORS(type, name) \
static void name(const type *values, int count) \
{ \
	printf(#type ": %zu bytes, alignment %zu\n", sizeof(type), _Alignof(type)); \
	for (int i = 0; i < count; i++) { \
		for (int j = 0; j < count; j++) { \
			volatile type a = values[i], b = values[j]; \
			type quotient = b == 0 || (b == (type)-1) ? 0 : a / b, rest = b == 0 || (b == (type)-1) ? 0 : a % b; \
			BINARY(+) BINARY(-) BINARY(*) BINARY(&) BINARY(|) BINARY(^) \
			BINARY(<) BINARY(<=) BINARY(>) BINARY(>=) BINARY(==) BINARY(!=) BINARY(&&) BINARY(||) \
			printf(" %lld %lld %lld %lld", (long long)quotient, (long long)rest, \
				(long long)(type)(a << (b & 7)), (long long)(type)(a >> (b & 7))); \
			a += b; a ^= 0x55; a++; --a; a -= b; a *= 3; a |= 1; a &= ~(type)2; \
			printf(" %lld %lld %lld\n", (long long)a, (long long)-a, (long long)(type)~a); \
		} \
	} \
}

OPERATORS(signed char, do_signed_char)
OPERATORS(unsigned char, do_unsigned_char)
OPERATORS(short, do_short)
OPERATORS(unsigned short, do_unsigned_short)
OPERATORS(int, do_int)
OPERATORS(unsigned int, do_unsigned_int)
OPERATORS(long, do_long)
OPERATORS(unsigned long, do_unsigned_long)
OPERATORS(long long, do_long_long)
OPERATORS(unsigned long long, do_unsigned_long_long)

#define RUN(type, name, least, most) do { \
	const type values[] = { 0, 1, 2, 3, 7, 10, 100, (type)(seed * 12345), (type)-1, (type)-2, (type)-100, least, most, (least) + 1, (most) - 1 }; \
	name(values, sizeof(values) / sizeof(values[0])); \
} while (0)

static void wide(uint64_t seed)
{
	__int128 product = (__int128)(int64_t)(seed * 0x9E3779B97F4A7C15u) * -7777777777777777LL;
	unsigned __int128 large = ((unsigned __int128)seed << 100) + 12345;

	printf("128 bits: %016llx%016llx", (unsigned long long)((unsigned __int128)product >> 64), (unsigned long long)product);
	printf(" / %lld % lld", (long long)(product / 1000000007), (long long)(product % 1000000007));
	printf(" %016llx %016llx\n", (unsigned long long)(large / 977), (unsigned long long)(large % 977));
}

static void bits(uint64_t value)
{
	printf("bits of %" PRIx64 ": %d %d %d %d %d %" PRIx64 " %x %x\n", value, __builtin_popcountll(value), __builtin_clzll(value | 1),
		__builtin_ctzll(value | 1ull << 63), __builtin_parityll(value), __builtin_ffsll((long long)value), __builtin_bswap64(value),
		__builtin_bswap32((uint32_t)value), __builtin_bswap16((uint16_t)value));
	for (int n = 0; n < 64; n += 9)
		printf(" %" PRIx64 " %" PRIx64, value << n | value >> ((64 - n) & 63), (uint64_t)((int64_t)value >> n));
	printf("\n");
}

static void overflows(long seed)
{
	const long values[] = { 0, 1, -1, seed, LONG_MAX, LONG_MIN, LONG_MAX / 2, INT_MAX, INT_MIN };

	for (int i = 0; i < 9; i++) {
		for (int j = 0; j < 9; j++) {
			long wide_result;
			int narrow_result;
			int flags = __builtin_add_overflow(values[i], values[j], &wide_result) | __builtin_sub_overflow(values[i], values[j], &wide_result) << 1 |
				__builtin_mul_overflow(values[i], values[j], &wide_result) << 2 |
				__builtin_add_overflow((int)values[i], (int)values[j], &narrow_result) << 3 |
				__builtin_mul_overflow((int)values[i], (int)values[j], &narrow_result) << 4;
			printf(" %x:%ld:%d", flags, wide_result, narrow_result);
		}
	}
	printf("\n");
}

int main(int argc, char **argv)
{
	long seed = argc > 1 ? atol(argv[1]) : 1;

	RUN(signed char, do_signed_char, SCHAR_MIN, SCHAR_MAX);
	RUN(unsigned char, do_unsigned_char, 0, UCHAR_MAX);
	RUN(short, do_short, SHRT_MIN, SHRT_MAX);
	RUN(unsigned short, do_unsigned_short, 0, USHRT_MAX);
	RUN(int, do_int, INT_MIN, INT_MAX);
	RUN(unsigned int, do_unsigned_int, 0, UINT_MAX);
	RUN(long, do_long, LONG_MIN, LONG_MAX);
	RUN(unsigned long, do_unsigned_long, 0, ULONG_MAX);
	RUN(long long, do_long_long, LLONG_MIN, LLONG_MAX);
	RUN(unsigned long long, do_unsigned_long_long, 0, ULLONG_MAX);
	printf("others: %zu %zu %zu %zu %zu %zu %zu\n", sizeof(bool), sizeof(char), sizeof(wchar_t), sizeof(size_t), sizeof(ptrdiff_t),
		sizeof(intmax_t), sizeof(__int128));
	printf("char is signed: %d, (bool)seed is %d\n", (char)-1 < 0, (bool)(seed << 8));
	for (int i = 0; i < 8; i++) {
		wide((uint64_t)seed * (i + 3));
		bits((uint64_t)seed * 0x0123456789ABCDEFu >> i);
	}
	overflows(seed);
	return 0;
}

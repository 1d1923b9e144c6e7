/* Vectors of a fixed sequence, and a sum over results: what the programs about intrinsics share. */
#ifndef INTRINSICS_H
#define INTRINSICS_H

#include <immintrin.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { ROUNDS = 200 };

static uint64_t sequence = 0x9e3779b97f4a7c15;

static uint64_t next(void)
{
	sequence ^= sequence << 13;
	sequence ^= sequence >> 7;
	sequence ^= sequence << 17;
	return sequence;
}

/* Numbers of a common size, with a zero, a denormal, an infinity now and then. */
static inline double next_double(void)
{
	static const double special[] = { 0.0, -0.0, 1.0, -1.5, 5e-324, 1e308, -1e308, 0x1p-1022 };
	uint64_t r = next();

	return r % 16 == 0 ? special[(r >> 8) % 8] : (double)(int64_t)next() * 0x1p-40;
}

static inline void fill(void *to, size_t size, int floats)
{
	for (size_t at = 0; at < size; at += 8) {
		uint64_t bits = next();
		double d = next_double();
		float f[2] = { (float)next_double(), (float)next_double() };

		memcpy((char *)to + at, floats == 8 ? (void *)&d : floats == 4 ? (void *)f : (void *)&bits, 8);
	}
}

static inline uint64_t sum(uint64_t so_far, const void *value, size_t size)
{
	const unsigned char *bytes = value;

	for (size_t at = 0; at < size; at++)
		so_far = (so_far ^ bytes[at]) * 0x100000001b3;
	return so_far;
}

#define SUM(name, type, ...)                                                  \
	do {                                                                  \
		uint64_t total = 0xcbf29ce484222325;                          \
		for (int round = 0; round < ROUNDS; round++) {                \
			type result;                                          \
			prepare();                                            \
			result = __VA_ARGS__;                                 \
			total = sum(total, &result, sizeof result);           \
		}                                                             \
		printf("%-24s %016llx\n", name, (unsigned long long)total);   \
	} while (0)

#endif

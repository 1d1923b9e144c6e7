// flags: -lm -fno-builtin
// args: 20000
/*
 * libm's functions over many arguments, summed bit for bit. With FMA and AVX2 the library takes other code than without. An argument
 * says how many of each.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t sequence = 1;

static uint64_t next(void)
{
	sequence = sequence * 6364136223846793005 + 1442695040888963407;
	return sequence ^ sequence >> 29;
}

/* Mostly of a size that matters, now and then anything. */
static double argument(void)
{
	uint64_t bits = next();
	double value;

	if (bits % 8 != 0)
		return (double)(int64_t)next() * ldexp(1, -63 + (int)(bits >> 8) % 12);
	bits = next();
	memcpy(&value, &bits, sizeof value);
	return value;
}

static uint64_t total;

static void add(double value)
{
	uint64_t bits;

	if (isnan(value))
		value = NAN;
	memcpy(&bits, &value, sizeof bits);
	total = (total ^ (isnan(value) ? 1 : bits)) * 0x100000001b3;
}

static const struct { const char *name; double (*call)(double); } one[] = {
	{ "sin", sin }, { "cos", cos }, { "tan", tan }, { "asin", asin }, { "acos", acos }, { "atan", atan }, { "sinh", sinh }, { "cosh", cosh },
	{ "tanh", tanh }, { "exp", exp }, { "exp2", exp2 }, { "expm1", expm1 }, { "log", log }, { "log2", log2 }, { "log10", log10 }, { "log1p", log1p },
	{ "sqrt", sqrt }, { "cbrt", cbrt }, { "erf", erf }, { "lgamma", lgamma }, { "tgamma", tgamma }, { "floor", floor }, { "rint", rint }, { "round", round },
};

static const struct { const char *name; float (*call)(float); } single[] = {
	{ "sinf", sinf }, { "cosf", cosf }, { "tanf", tanf }, { "atanf", atanf }, { "expf", expf }, { "exp2f", exp2f }, { "logf", logf }, { "log2f", log2f },
	{ "sqrtf", sqrtf }, { "cbrtf", cbrtf }, { "erff", erff }, { "ceilf", ceilf }, { "truncf", truncf },
};

static const struct { const char *name; double (*call)(double, double); } two[] = {
	{ "atan2", atan2 }, { "pow", pow }, { "fmod", fmod }, { "hypot", hypot }, { "remainder", remainder }, { "fmin", fmin }, { "nextafter", nextafter },
};

int main(int argc, char **argv)
{
	int count = argc > 1 ? atoi(argv[1]) : 1000;

	for (size_t f = 0; f < sizeof one / sizeof *one; f++, total = 0) {
		for (int i = 0; i < count; i++)
			add(one[f].call(argument()));
		printf("%-10s %016llx\n", one[f].name, (unsigned long long)total);
	}
	for (size_t f = 0; f < sizeof single / sizeof *single; f++, total = 0) {
		for (int i = 0; i < count; i++)
			add(single[f].call((float)argument()));
		printf("%-10s %016llx\n", single[f].name, (unsigned long long)total);
	}
	for (size_t f = 0; f < sizeof two / sizeof *two; f++, total = 0) {
		for (int i = 0; i < count; i++)
			add(two[f].call(argument(), argument()));
		printf("%-10s %016llx\n", two[f].name, (unsigned long long)total);
	}
	for (int i = 0; i < count; i++)
		add(fma(argument(), argument(), argument()));
	printf("%-10s %016llx\n", "fma", (unsigned long long)total);
	return 0;
}

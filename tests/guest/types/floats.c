// build: glibc-static, musl-static
// flags: -lm -fno-builtin -ffp-contract=off -frounding-math
#include <complex.h>
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double values[] = {
	0.0, -0.0, 1.0, -1.0, 0.5, 2.0, 3.0, 10.0, 0.1, -0.3, 1e10, 1e-10, 1e300, 1e-300, 123.456, -987.654, 2147483648.0, -2147483649.0,
	9.2e18, 4503599627370497.5, DBL_MIN, DBL_MAX, DBL_EPSILON, 5e-324, INFINITY, -INFINITY, NAN,
};
enum { COUNT = sizeof(values) / sizeof(values[0]) };

static void show(double value)
{
	uint64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	if (isnan(value))
		printf(" nan");
	else
		printf(" %016llx", (unsigned long long)bits);
}

static void show_long(long double value)
{
	if (isnan(value))
		printf(" nan");
	else
		printf(" %La", value);
}

/* What IEEE 754 defines to the last bit, in all four rounding modes. */
static void arithmetic(void)
{
	static const int modes[] = { FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO };

	for (int m = 0; m < 4; m++) {
		fesetround(modes[m]);
		for (int i = 0; i < COUNT; i++) {
			for (int j = 0; j < COUNT; j++) {
				volatile double a = values[i], b = values[j];
				volatile float x = (float)a, y = (float)b;
				volatile long double p = a, q = b;

				feclearexcept(FE_ALL_EXCEPT);
				show(a + b), show(a - b), show(a * b), show(a / b);
				show(x + y), show(x * y), show(x / y);
				show_long(p + q), show_long(p * q), show_long(p / q);
				printf(" %d%d%d%d%d%d %x\n", a < b, a <= b, a == b, a != b, isunordered(a, b) != 0, x > y,
					fetestexcept(FE_INVALID | FE_DIVBYZERO | FE_OVERFLOW | FE_UNDERFLOW));
			}
			show(sqrt(values[i])), show(rint(values[i])), show(nearbyint(values[i]));
			show_long(sqrtl(values[i])), show_long(rintl(values[i]));
			printf("\n");
		}
	}
	fesetround(FE_TONEAREST);
}

static void conversions(void)
{
	for (int i = 0; i < COUNT; i++) {
		volatile double a = values[i];

		if (fabs(a) < 9e18)
			printf("%lld ", (long long)a);
		if (fabs(a) < 2e9)
			printf("%d %u ", (int)a, (unsigned int)fabs(a));
		if (a >= 0 && a < 1.8e19)
			printf("%llu ", (unsigned long long)a);
		if (fabs(a) < 100)
			printf("%d %d ", (signed char)a, (short)a);
		show((float)a);
		show((double)(long)(i * 0x123456789abL)), show((double)(unsigned long)(i * 0xF123456789abcdefUL)), show((float)(i * 0x1234567));
		printf("\n");
	}
}

static void functions(void)
{
	for (int i = 0; i < COUNT; i++) {
		volatile double a = values[i];
		int exponent;
		double whole;

		show(floor(a)), show(ceil(a)), show(trunc(a)), show(round(a)), show(fabs(a)), show(copysign(1, a));
		show(frexp(a, &exponent)), show(modf(a, &whole)), show(whole), show(ldexp(a, 3)), show(fmod(a, 7)), show(remainder(a, 7));
		show(fmin(a, 1)), show(fmax(a, 1)), show(nextafter(a, 2)), show(fma(a, 3, 1)), show(logb(a)), show(cbrt(a));
		printf(" %d %d %d %d\n", isfinite(a) ? exponent : 0, fpclassify(a) == FP_SUBNORMAL, signbit(a) != 0, isinf(a) != 0);
		if (isfinite(a))
			printf("%.12g %.12g %.12g %.12g %.12g %.12g %.12g %.12g %.12g\n", sin(a), cos(a), tan(a), atan(a), exp(a), log(fabs(a)),
				sinh(fmod(a, 20)), pow(fabs(a), 0.3), atan2(a, 3));
		if (isfinite(a))
			printf("%.15Lg %.15Lg %.15Lg %.15Lg %.15Lg\n", sinl(a), cosl(fmod(a, 9)), atanl(a), expl(fmod(a, 11)), logl(fabs(a)));
	}
}

int main(void)
{
	double complex z = 3 + 4 * I;

	printf("%d %d %d %d %zu\n", FLT_DIG, DBL_DIG, LDBL_DIG, LDBL_MANT_DIG, sizeof(long double));
	arithmetic();
	conversions();
	functions();
	printf("%g %g %g\n", cabs(z), creal(z * z), cimag(z / (1 + I)));
	printf("%.17g %.9g %.21Lg\n", strtod("0.1000000000000000055511151231257827", NULL), (double)strtof("3.4028235e38", NULL), strtold("1e-4950", NULL));
	return 0;
}

// flags: -mavx -mfma
/* FMA through gcc's intrinsics, in all roundings. */
#include "intrinsics.h"

static __m256 a, b, c;
static __m256d d, e, f;
static __m128 x, y, z;
static __m128d u, v, w;
static unsigned round_trip;

static void prepare(void)
{
	fill(&a, sizeof a, 4);
	fill(&b, sizeof b, 4);
	fill(&c, sizeof c, 4);
	fill(&d, sizeof d, 8);
	fill(&e, sizeof e, 8);
	fill(&f, sizeof f, 8);
	fill(&x, sizeof x, 4);
	fill(&y, sizeof y, 4);
	fill(&z, sizeof z, 4);
	fill(&u, sizeof u, 8);
	fill(&v, sizeof v, 8);
	fill(&w, sizeof w, 8);
	/* Sums that nearly cancel. */
	if (round_trip++ % 4 == 0) {
		f = _mm256_sub_pd(_mm256_setzero_pd(), _mm256_mul_pd(d, e));
		c = _mm256_sub_ps(_mm256_setzero_ps(), _mm256_mul_ps(a, b));
	}
}

#define PACKED(name) \
	SUM(#name "_ps", __m256, _mm256_##name##_ps(a, b, c)); SUM(#name "_pd", __m256d, _mm256_##name##_pd(d, e, f)); \
	SUM(#name "_ps 128", __m128, _mm_##name##_ps(x, y, z)); SUM(#name "_pd 128", __m128d, _mm_##name##_pd(u, v, w))
#define SCALAR(name) SUM(#name "_ss", __m128, _mm_##name##_ss(x, y, z)); SUM(#name "_sd", __m128d, _mm_##name##_sd(u, v, w))

int main(void)
{
	static const unsigned controls[] = { 0x1f80, 0x3f80, 0x5f80, 0x7f80, 0x9fc0 };

	for (int i = 0; i < 5; i++) {
		_mm_setcsr(controls[i]);
		PACKED(fmadd); PACKED(fmsub); PACKED(fnmadd); PACKED(fnmsub); PACKED(fmaddsub); PACKED(fmsubadd);
		SCALAR(fmadd); SCALAR(fmsub); SCALAR(fnmadd); SCALAR(fnmsub);
		printf("mxcsr %x\n", _mm_getcsr());
	}
	return 0;
}

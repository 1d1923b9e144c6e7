// flags: -mavx -mf16c -ffp-contract=off
/* AVX and F16C through gcc's intrinsics: numbers of both precisions, and what MXCSR says in the end. */
#include "intrinsics.h"

static __m256 a, b, c;
static __m256d d, e, f;
static __m128 x;
static __m128d y;
static __m256i m;
static __m128i h;
static float area[16];

static void prepare(void)
{
	fill(&a, sizeof a, 4);
	fill(&b, sizeof b, 4);
	fill(&c, sizeof c, 4);
	fill(&d, sizeof d, 8);
	fill(&e, sizeof e, 8);
	fill(&f, sizeof f, 8);
	fill(&x, sizeof x, 4);
	fill(&y, sizeof y, 8);
	fill(&m, sizeof m, 0);
	fill(&h, sizeof h, 0);
	fill(area, sizeof area, 4);
}

#define BOTH(name) SUM(#name "_ps", __m256, _mm256_##name##_ps(a, b)); SUM(#name "_pd", __m256d, _mm256_##name##_pd(d, e))
#define ALONE(name) SUM(#name "_ps", __m256, _mm256_##name##_ps(a)); SUM(#name "_pd", __m256d, _mm256_##name##_pd(d))
#define BOTH_BY(name, n) SUM(#name "_ps " #n, __m256, _mm256_##name##_ps(a, b, n)); SUM(#name "_pd " #n, __m256d, _mm256_##name##_pd(d, e, n))
#define ALONE_BY(name, n) SUM(#name "_ps " #n, __m256, _mm256_##name##_ps(a, n)); SUM(#name "_pd " #n, __m256d, _mm256_##name##_pd(d, n))

static void arithmetic(void)
{
	BOTH(add); BOTH(sub); BOTH(mul); BOTH(div); BOTH(min); BOTH(max); BOTH(hadd); BOTH(hsub); BOTH(addsub); BOTH(and); BOTH(andnot); BOTH(or); BOTH(xor);
	SUM("sqrt_ps", __m256, _mm256_sqrt_ps(_mm256_andnot_ps(_mm256_set1_ps(-0.0f), a)));
	SUM("sqrt_pd", __m256d, _mm256_sqrt_pd(_mm256_andnot_pd(_mm256_set1_pd(-0.0), d)));
	SUM("dp_ps", __m256, _mm256_dp_ps(a, b, 0xf1)); SUM("dp_ps 6a", __m256, _mm256_dp_ps(a, b, 0x6a));
	ALONE_BY(round, 8); ALONE_BY(round, 9); ALONE_BY(round, 10); ALONE_BY(round, 11); ALONE_BY(round, 4);
}

static void comparisons(void)
{
	BOTH_BY(cmp, 0); BOTH_BY(cmp, 1); BOTH_BY(cmp, 2); BOTH_BY(cmp, 3); BOTH_BY(cmp, 4); BOTH_BY(cmp, 5); BOTH_BY(cmp, 6); BOTH_BY(cmp, 7);
	BOTH_BY(cmp, 8); BOTH_BY(cmp, 9); BOTH_BY(cmp, 10); BOTH_BY(cmp, 11); BOTH_BY(cmp, 12); BOTH_BY(cmp, 13); BOTH_BY(cmp, 14); BOTH_BY(cmp, 15);
	BOTH_BY(cmp, 16); BOTH_BY(cmp, 21); BOTH_BY(cmp, 26); BOTH_BY(cmp, 31);
	SUM("cmp_ss", __m128, _mm_cmp_ss(x, _mm256_castps256_ps128(a), 29)); SUM("cmp_sd", __m128d, _mm_cmp_sd(y, _mm256_castpd256_pd128(d), 18));
	SUM("movemask_ps", int, _mm256_movemask_ps(a)); SUM("movemask_pd", int, _mm256_movemask_pd(d));
	SUM("testc_ps", int, _mm256_testc_ps(a, b)); SUM("testz_pd", int, _mm256_testz_pd(d, e)); SUM("testnzc_si256", int, _mm256_testnzc_si256(m, _mm256_castps_si256(a)));
}

static void rearrangements(void)
{
	BOTH(unpackhi); BOTH(unpacklo); BOTH_BY(shuffle, 11); BOTH_BY(blend, 6); ALONE_BY(permute, 9);
	SUM("shuffle_ps b4", __m256, _mm256_shuffle_ps(a, b, 0xb4)); SUM("blend_ps a6", __m256, _mm256_blend_ps(a, b, 0xa6));
	SUM("blendv_ps", __m256, _mm256_blendv_ps(a, b, c)); SUM("blendv_pd", __m256d, _mm256_blendv_pd(d, e, f));
	SUM("permutevar_ps", __m256, _mm256_permutevar_ps(a, m)); SUM("permutevar_pd", __m256d, _mm256_permutevar_pd(d, m));
	SUM("permute2f128_ps", __m256, _mm256_permute2f128_ps(a, b, 0x31)); SUM("permute2f128_pd", __m256d, _mm256_permute2f128_pd(d, e, 0x28));
	SUM("insertf128_ps", __m256, _mm256_insertf128_ps(a, x, 0)); SUM("extractf128_pd", __m128d, _mm256_extractf128_pd(d, 1));
	SUM("broadcast_ss", __m256, _mm256_broadcast_ss(area)); SUM("broadcast_sd", __m256d, _mm256_broadcast_sd((double *)area));
	SUM("broadcast_ps", __m256, _mm256_broadcast_ps(&x)); SUM("movehdup_ps", __m256, _mm256_movehdup_ps(a));
	SUM("moveldup_ps", __m256, _mm256_moveldup_ps(a)); SUM("movedup_pd", __m256d, _mm256_movedup_pd(d));
	SUM("maskload_ps", __m256, _mm256_maskload_ps(area + 1, m)); SUM("maskload_pd", __m256d, _mm256_maskload_pd((double *)area + 1, m));
	SUM("maskstore_ps", __m256, (_mm256_maskstore_ps(area + 5, m, a), _mm256_loadu_ps(area + 5)));
	SUM("lddqu_si256", __m256i, _mm256_lddqu_si256((__m256i *)(area + 1)));
}

static void conversions(void)
{
	SUM("cvtps_epi32", __m256i, _mm256_cvtps_epi32(a)); SUM("cvttps_epi32", __m256i, _mm256_cvttps_epi32(a));
	SUM("cvtpd_epi32", __m128i, _mm256_cvtpd_epi32(d)); SUM("cvttpd_epi32", __m128i, _mm256_cvttpd_epi32(d));
	SUM("cvtepi32_ps", __m256, _mm256_cvtepi32_ps(m)); SUM("cvtepi32_pd", __m256d, _mm256_cvtepi32_pd(h));
	SUM("cvtps_pd", __m256d, _mm256_cvtps_pd(x)); SUM("cvtpd_ps", __m128, _mm256_cvtpd_ps(d));
	SUM("cvtss_sd", __m128d, _mm_cvtss_sd(y, x)); SUM("cvtsd_ss", __m128, _mm_cvtsd_ss(x, y)); SUM("cvtsi64_ss", __m128, _mm_cvtsi64_ss(x, (long long)next()));
	SUM("cvtph_ps", __m256, _mm256_cvtph_ps(h)); SUM("cvtph_ps 128", __m128, _mm_cvtph_ps(h));
	SUM("cvtps_ph", __m128i, _mm256_cvtps_ph(a, 0)); SUM("cvtps_ph 1", __m128i, _mm256_cvtps_ph(a, 1)); SUM("cvtps_ph 3", __m128i, _mm_cvtps_ph(x, 3));
}

int main(void)
{
	static const unsigned controls[] = { 0x1f80, 0x3f80, 0x5f80, 0x7f80, 0x9fc0 };

	for (int i = 0; i < 5; i++) {
		_mm_setcsr(controls[i]);
		arithmetic();
		comparisons();
		conversions();
		printf("mxcsr %x\n", _mm_getcsr());
	}
	_mm_setcsr(0x1f80);
	rearrangements();
	return 0;
}

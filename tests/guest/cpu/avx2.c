// flags: -mavx2
/* The integer side of AVX2 through gcc's intrinsics. */
#include "intrinsics.h"

static __m256i a, b, c;
static __m128i x;
static int32_t table[64];
static int64_t table64[64];
static __m256i places;

static void prepare(void)
{
	fill(&a, sizeof a, 0);
	fill(&b, sizeof b, 0);
	fill(&c, sizeof c, 0);
	fill(&x, sizeof x, 0);
	fill(table, sizeof table, 0);
	fill(table64, sizeof table64, 0);
	places = _mm256_and_si256(c, _mm256_set1_epi32(63));
}

#define TWO(name) SUM(#name, __m256i, _mm256_##name(a, b))
#define ONE(name) SUM(#name, __m256i, _mm256_##name(a))
#define WITH(name, n) SUM(#name " " #n, __m256i, _mm256_##name(a, b, n))
#define BY(name, n) SUM(#name " " #n, __m256i, _mm256_##name(a, n))

static __m256i store_masked(void)
{
	__m256i area = c;

	_mm256_maskstore_epi32((int *)&area, a, b);
	return area;
}

static __m256i store_masked64(void)
{
	__m256i area = c;

	_mm256_maskstore_epi64((long long *)&area, a, b);
	return area;
}

static void arithmetic(void)
{
	TWO(add_epi8); TWO(add_epi16); TWO(add_epi32); TWO(add_epi64); TWO(adds_epi8); TWO(adds_epi16); TWO(adds_epu8); TWO(adds_epu16);
	TWO(sub_epi8); TWO(sub_epi16); TWO(sub_epi32); TWO(sub_epi64); TWO(subs_epi8); TWO(subs_epi16); TWO(subs_epu8); TWO(subs_epu16);
	TWO(avg_epu8); TWO(avg_epu16); TWO(hadd_epi16); TWO(hadd_epi32); TWO(hadds_epi16); TWO(hsub_epi16); TWO(hsub_epi32); TWO(hsubs_epi16);
	TWO(madd_epi16); TWO(maddubs_epi16); TWO(mul_epi32); TWO(mul_epu32); TWO(mulhi_epi16); TWO(mulhi_epu16); TWO(mulhrs_epi16);
	TWO(mullo_epi16); TWO(mullo_epi32); TWO(max_epi8); TWO(max_epi16); TWO(max_epi32); TWO(max_epu8); TWO(max_epu16); TWO(max_epu32);
	TWO(min_epi8); TWO(min_epi16); TWO(min_epi32); TWO(min_epu8); TWO(min_epu16); TWO(min_epu32); TWO(sad_epu8);
	TWO(sign_epi8); TWO(sign_epi16); TWO(sign_epi32); ONE(abs_epi8); ONE(abs_epi16); ONE(abs_epi32);
	WITH(mpsadbw_epu8, 0); WITH(mpsadbw_epu8, 29);
	TWO(and_si256); TWO(andnot_si256); TWO(or_si256); TWO(xor_si256);
	TWO(cmpeq_epi8); TWO(cmpeq_epi16); TWO(cmpeq_epi32); TWO(cmpeq_epi64); TWO(cmpgt_epi8); TWO(cmpgt_epi16); TWO(cmpgt_epi32); TWO(cmpgt_epi64);
}

static void shifts(void)
{
	BY(slli_epi16, 3); BY(slli_epi32, 17); BY(slli_epi64, 40); BY(srai_epi16, 5); BY(srai_epi32, 31); BY(srli_epi16, 16);
	BY(srli_epi32, 9); BY(srli_epi64, 63); BY(slli_si256, 5); BY(srli_si256, 11);
	SUM("sll_epi32", __m256i, _mm256_sll_epi32(a, _mm_and_si128(x, _mm_set1_epi64x(63))));
	SUM("sra_epi16", __m256i, _mm256_sra_epi16(a, _mm_and_si128(x, _mm_set1_epi64x(31))));
	SUM("srl_epi64", __m256i, _mm256_srl_epi64(a, _mm_and_si128(x, _mm_set1_epi64x(127))));
	SUM("sllv_epi32", __m256i, _mm256_sllv_epi32(a, _mm256_and_si256(b, _mm256_set1_epi32(63))));
	SUM("sllv_epi64", __m256i, _mm256_sllv_epi64(a, _mm256_and_si256(b, _mm256_set1_epi64x(127))));
	SUM("srav_epi32", __m256i, _mm256_srav_epi32(a, _mm256_and_si256(b, _mm256_set1_epi32(63))));
	SUM("srlv_epi32", __m256i, _mm256_srlv_epi32(a, _mm256_and_si256(b, _mm256_set1_epi32(63))));
	SUM("srlv_epi64", __m256i, _mm256_srlv_epi64(a, _mm256_and_si256(b, _mm256_set1_epi64x(127))));
}

static void rearrangements(void)
{
	TWO(shuffle_epi8); BY(shuffle_epi32, 0x1b); BY(shufflehi_epi16, 0x9c); BY(shufflelo_epi16, 0x36);
	TWO(unpackhi_epi8); TWO(unpackhi_epi16); TWO(unpackhi_epi32); TWO(unpackhi_epi64);
	TWO(unpacklo_epi8); TWO(unpacklo_epi16); TWO(unpacklo_epi32); TWO(unpacklo_epi64);
	TWO(packs_epi16); TWO(packs_epi32); TWO(packus_epi16); TWO(packus_epi32); WITH(alignr_epi8, 7); WITH(alignr_epi8, 25);
	WITH(blend_epi16, 0xa5); WITH(blend_epi32, 0x5a); SUM("blendv_epi8", __m256i, _mm256_blendv_epi8(a, b, c));
	TWO(permutevar8x32_epi32); BY(permute4x64_epi64, 0x93); WITH(permute2x128_si256, 0x21); WITH(permute2x128_si256, 0x83);
	SUM("inserti128_si256", __m256i, _mm256_inserti128_si256(a, x, 1));
	SUM("extracti128_si256", __m128i, _mm256_extracti128_si256(a, 1));
	SUM("broadcastb_epi8", __m256i, _mm256_broadcastb_epi8(x)); SUM("broadcastw_epi16", __m256i, _mm256_broadcastw_epi16(x));
	SUM("broadcastd_epi32", __m256i, _mm256_broadcastd_epi32(x)); SUM("broadcastq_epi64", __m256i, _mm256_broadcastq_epi64(x));
	SUM("broadcastsi128_si256", __m256i, _mm256_broadcastsi128_si256(x));
	SUM("cvtepi8_epi16", __m256i, _mm256_cvtepi8_epi16(x)); SUM("cvtepi8_epi32", __m256i, _mm256_cvtepi8_epi32(x));
	SUM("cvtepi16_epi64", __m256i, _mm256_cvtepi16_epi64(x)); SUM("cvtepi32_epi64", __m256i, _mm256_cvtepi32_epi64(x));
	SUM("cvtepu8_epi64", __m256i, _mm256_cvtepu8_epi64(x)); SUM("cvtepu16_epi32", __m256i, _mm256_cvtepu16_epi32(x));
	SUM("movemask_epi8", int, _mm256_movemask_epi8(a)); SUM("testz_si256", int, _mm256_testz_si256(a, b));
}

static void memory(void)
{
	SUM("i32gather_epi32", __m256i, _mm256_i32gather_epi32(table, places, 4));
	SUM("i32gather_epi64", __m256i, _mm256_i32gather_epi64((const long long *)table64, _mm256_castsi256_si128(places), 8));
	SUM("i64gather_epi32", __m128i, _mm256_i64gather_epi32(table, _mm256_and_si256(b, _mm256_set1_epi64x(63)), 4));
	SUM("i64gather_epi64", __m256i, _mm256_i64gather_epi64((const long long *)table64, _mm256_and_si256(b, _mm256_set1_epi64x(63)), 8));
	SUM("mask_i32gather_epi32", __m256i, _mm256_mask_i32gather_epi32(a, table, places, b, 4));
	SUM("maskload_epi32", __m256i, _mm256_maskload_epi32(table + 3, a));
	SUM("maskload_epi64", __m256i, _mm256_maskload_epi64((const long long *)table64 + 3, a));
	SUM("maskstore_epi32", __m256i, store_masked());
	SUM("maskstore_epi64", __m256i, store_masked64());
	SUM("stream_load_si256", __m256i, _mm256_stream_load_si256(&a));
}

int main(void)
{
	arithmetic();
	shifts();
	rearrangements();
	memory();
	return 0;
}

// build: glibc-static, musl-static
// flags: -mbmi -mbmi2 -mlzcnt -mmovbe -mpopcnt
/* BMI1, BMI2, LZCNT and MOVBE through gcc's intrinsics. */
#include "intrinsics.h"

static uint32_t a, b;
static uint64_t p, q;

static void prepare(void)
{
	uint64_t shift = next() % 64;

	p = next() >> shift;
	q = next() >> (next() % 64);
	a = (uint32_t)(next() >> (32 + next() % 32));
	b = (uint32_t)next();
}

static uint64_t multiply(void)
{
	unsigned long long high;
	uint64_t low = _mulx_u64(p, q, &high);

	return low ^ high;
}

int main(void)
{
	SUM("andn", uint64_t, __andn_u64(p, q)); SUM("andn 32", uint32_t, __andn_u32(a, b));
	SUM("bextr", uint64_t, __bextr_u64(p, q & 0x3f3f)); SUM("bextr 32", uint32_t, __bextr_u32(a, b & 0x1f1f));
	SUM("blsi", uint64_t, __blsi_u64(p)); SUM("blsi 32", uint32_t, __blsi_u32(a));
	SUM("blsmsk", uint64_t, __blsmsk_u64(p)); SUM("blsmsk 32", uint32_t, __blsmsk_u32(a));
	SUM("blsr", uint64_t, __blsr_u64(p)); SUM("blsr 32", uint32_t, __blsr_u32(a));
	SUM("bzhi", uint64_t, _bzhi_u64(p, (unsigned)(q & 127))); SUM("bzhi 32", uint32_t, _bzhi_u32(a, b & 63));
	SUM("pdep", uint64_t, _pdep_u64(p, q)); SUM("pdep 32", uint32_t, _pdep_u32(a, b));
	SUM("pext", uint64_t, _pext_u64(p, q)); SUM("pext 32", uint32_t, _pext_u32(a, b));
	SUM("mulx", uint64_t, multiply());
	SUM("tzcnt", uint64_t, __tzcnt_u64(p)); SUM("tzcnt 32", uint32_t, __tzcnt_u32(a)); SUM("lzcnt", uint64_t, __lzcnt64(p)); SUM("lzcnt 32", uint32_t, __lzcnt32(a));
	SUM("shifts", uint64_t, (p << (q & 63)) ^ (p >> (b & 63)) ^ (uint64_t)((int64_t)p >> (a & 63)));
	SUM("rotation", uint64_t, (p << 13 | p >> 51) ^ (uint64_t)(a << 7 | a >> 25));
	SUM("movbe", uint64_t, __builtin_bswap64(p) ^ __builtin_bswap32(a) ^ __builtin_bswap16((uint16_t)b));
	return 0;
}

#include "bench.h"
#include <string.h>

typedef unsigned Word;

static Word constants[64];
static unsigned char data[1 << 20];

static Word rotate(Word x, int n)
{
    return x >> n | x << (32 - n);
}

// The constants of the standard: the first 32 bits of the fractions of the cube roots of the first primes.
static void make_constants(void)
{
    int count = 0;
    for (Word p = 2; count < 64; p++) {
        int prime = 1;
        for (Word d = 2; d * d <= p; d++)
            prime &= p % d != 0;
        if (!prime)
            continue;
        unsigned __int128 root = 0;
        for (int bit = 35; bit >= 0; bit--) {
            unsigned __int128 next = root | (unsigned __int128)1 << bit;
            if (next * next * next <= (unsigned __int128)p << 96)
                root = next;
        }
        constants[count++] = (Word)root;
    }
}

static void block(Word *state, const unsigned char *bytes)
{
    Word w[64], s[8];
    for (int i = 0; i < 16; i++)
        w[i] = (Word)bytes[4 * i] << 24 | (Word)bytes[4 * i + 1] << 16 | (Word)bytes[4 * i + 2] << 8 | bytes[4 * i + 3];
    for (int i = 16; i < 64; i++) {
        Word a = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ w[i - 15] >> 3;
        Word b = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ w[i - 2] >> 10;
        w[i] = w[i - 16] + a + w[i - 7] + b;
    }
    memcpy(s, state, sizeof s);
    for (int i = 0; i < 64; i++) {
        Word one = rotate(s[4], 6) ^ rotate(s[4], 11) ^ rotate(s[4], 25);
        Word choice = (s[4] & s[5]) ^ (~s[4] & s[6]);
        Word first = s[7] + one + choice + constants[i] + w[i];
        Word zero = rotate(s[0], 2) ^ rotate(s[0], 13) ^ rotate(s[0], 22);
        Word second = zero + ((s[0] & s[1]) ^ (s[0] & s[2]) ^ (s[1] & s[2]));
        memmove(s + 1, s, 7 * sizeof *s);
        s[4] += first;
        s[0] = first + second;
    }
    for (int i = 0; i < 8; i++)
        state[i] += s[i];
}

// Whole blocks only, and one that ends the message.
static Word hash(const unsigned char *bytes, size_t length)
{
    Word state[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
    unsigned char last[64] = { 0x80 };
    for (size_t i = 0; i < length; i += 64)
        block(state, bytes + i);
    for (int i = 0; i < 8; i++)
        last[56 + i] = (unsigned char)(length * 8 >> (56 - 8 * i));
    block(state, last);
    return state[0];
}

int main(void)
{
    make_constants();
    MUST(hash(data, 0) == 0xe3b0c442);
    MEASURE("sha256", "run", 4, MUST(hash(data, sizeof data) == 0x30e14955));
    return 0;
}

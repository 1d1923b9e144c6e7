using System.Numerics;
using System.Runtime.Intrinsics;

namespace Emu.Cpu;

/// <summary>The SHA extensions. Of a vector, element 3 is the first word. Intel SDM vol. 2B.</summary>
internal static class ShaRounds
{
    private static readonly uint[] Constants = [0x5A82_7999, 0x6ED9_EBA1, 0x8F1B_BCDC, 0xCA62_C1D6];

    /// <summary>SHA1NEXTE.</summary>
    public static Vector128<uint> NextE(Vector128<uint> a, Vector128<uint> b) => b.WithElement(3, b[3] + BitOperations.RotateLeft(a[3], 30));

    /// <summary>SHA1MSG1: each word with that two further on.</summary>
    public static Vector128<uint> Schedule1(Vector128<uint> a, Vector128<uint> b) => a ^ Vector128.Create(b[2], b[3], a[0], a[1]);

    /// <summary>SHA1MSG2.</summary>
    public static Vector128<uint> Schedule2(Vector128<uint> a, Vector128<uint> b)
    {
        uint first = BitOperations.RotateLeft(a[3] ^ b[2], 1);
        return Vector128.Create(BitOperations.RotateLeft(a[0] ^ first, 1), BitOperations.RotateLeft(a[1] ^ b[0], 1), BitOperations.RotateLeft(a[2] ^ b[1], 1), first);
    }

    /// <summary>SHA1RNDS4: four rounds; the first word of b has E in it already.</summary>
    public static Vector128<uint> FourRounds(Vector128<uint> state, Vector128<uint> words, int kind)
    {
        uint a = state[3], b = state[2], c = state[1], d = state[0], e = 0;
        for (int round = 0; round < 4; round++)
        {
            uint mixed = kind switch { 0 => Choose(b, c, d), 2 => Majority(b, c, d), _ => b ^ c ^ d };
            uint next = mixed + BitOperations.RotateLeft(a, 5) + words[3 - round] + e + Constants[kind];
            (a, b, c, d, e) = (next, a, BitOperations.RotateLeft(b, 30), c, d);
        }
        return Vector128.Create(d, c, b, a);
    }

    /// <summary>SHA256MSG1.</summary>
    public static Vector128<uint> Schedule256Low(Vector128<uint> a, Vector128<uint> b) =>
        a + Vector128.Create(SmallSigma0(a[1]), SmallSigma0(a[2]), SmallSigma0(a[3]), SmallSigma0(b[0]));

    /// <summary>SHA256MSG2.</summary>
    public static Vector128<uint> Schedule256High(Vector128<uint> a, Vector128<uint> b)
    {
        uint first = a[0] + SmallSigma1(b[2]), second = a[1] + SmallSigma1(b[3]);
        return Vector128.Create(first, second, a[2] + SmallSigma1(first), a[3] + SmallSigma1(second));
    }

    /// <summary>SHA256RNDS2: two rounds. One register has C, D, G and H, the other A, B, E and F.</summary>
    public static Vector128<uint> TwoRounds(Vector128<uint> cdgh, Vector128<uint> abef, Vector128<uint> words)
    {
        uint a = abef[3], b = abef[2], c = cdgh[3], d = cdgh[2], e = abef[1], f = abef[0], g = cdgh[1], h = cdgh[0];
        for (int round = 0; round < 2; round++)
        {
            uint one = Choose(e, f, g) + BigSigma1(e) + words[round] + h, two = Majority(a, b, c) + BigSigma0(a);
            (a, b, c, d, e, f, g, h) = (one + two, a, b, c, one + d, e, f, g);
        }
        return Vector128.Create(f, e, b, a);
    }

    private static uint Choose(uint x, uint y, uint z) => (x & y) ^ (~x & z);

    private static uint Majority(uint x, uint y, uint z) => (x & y) ^ (x & z) ^ (y & z);

    private static uint SmallSigma0(uint x) => BitOperations.RotateRight(x, 7) ^ BitOperations.RotateRight(x, 18) ^ (x >> 3);

    private static uint SmallSigma1(uint x) => BitOperations.RotateRight(x, 17) ^ BitOperations.RotateRight(x, 19) ^ (x >> 10);

    private static uint BigSigma0(uint x) => BitOperations.RotateRight(x, 2) ^ BitOperations.RotateRight(x, 13) ^ BitOperations.RotateRight(x, 22);

    private static uint BigSigma1(uint x) => BitOperations.RotateRight(x, 6) ^ BitOperations.RotateRight(x, 11) ^ BitOperations.RotateRight(x, 25);
}

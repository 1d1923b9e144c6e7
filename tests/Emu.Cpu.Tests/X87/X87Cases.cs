namespace Emu.Cpu.Tests.X87;

/// <summary>Operands and control words: the values where behaviour changes, and random ones around them.</summary>
internal static class X87Cases
{
    public const int MaskAll = 0x3F;

    private static readonly Float80[] Magnitudes =
    [
        // Exponent 0: zero, denormals, pseudo-denormals.
        new(0, 0), new(1, 0), new(5, 0), new(0x7FFF_FFFF_FFFF_FFFF, 0), new(0x4000_0000_0000_0000, 0),
        new(0x8000_0000_0000_0000, 0), new(0x8000_0000_0000_0001, 0), new(0xFFFF_FFFF_FFFF_FFFF, 0),

        // The smallest normals.
        new(0x8000_0000_0000_0000, 1), new(0xFFFF_FFFF_FFFF_FFFF, 1), new(0x8000_0000_0000_0001, 2),

        // Unnormals, pseudo-infinity, pseudo-NaNs.
        new(0x4000_0000_0000_0000, 1), new(0, 0x3FFF), new(0x7FFF_FFFF_FFFF_FFFF, 0x7FFE), new(0, 0x7FFF), new(1, 0x7FFF),
        new(0x4000_0000_0000_0001, 0x7FFF),

        // Infinity and NaNs.
        new(0x8000_0000_0000_0000, 0x7FFF), new(0x8000_0000_0000_0001, 0x7FFF), new(0xBFFF_FFFF_FFFF_FFFF, 0x7FFF),
        new(0xC000_0000_0000_0000, 0x7FFF), new(0xC000_0000_0000_0001, 0x7FFF), new(0xFFFF_FFFF_FFFF_FFFF, 0x7FFF),

        // Around 1 and small integers.
        new(0x8000_0000_0000_0000, 0x3FFF), new(0x8000_0000_0000_0001, 0x3FFF), new(0xFFFF_FFFF_FFFF_FFFF, 0x3FFE),
        new(0x8000_0000_0000_0000, 0x4000), new(0xC000_0000_0000_0000, 0x4000), new(0xC000_0000_0000_0000, 0x3FFF),
        new(0x8000_0000_0000_0000, 0x3FFE), new(0xA000_0000_0000_0000, 0x4000), new(0xAAAA_AAAA_AAAA_AAAB, 0x3FFD),
        new(0xA000_0000_0000_0000, 0x4002),

        // Ties and near-ties of 24, 53 and 64 bits.
        new(0x8000_0080_0000_0000, 0x3FFF), new(0x8000_0180_0000_0000, 0x3FFF), new(0x8000_0000_0000_0400, 0x3FFF),
        new(0x8000_0000_0000_0C00, 0x3FFF), new(0xFFFF_FF80_0000_0000, 0x3FFF), new(0xFFFF_FFFF_FFFF_FC00, 0x3FFF),
        new(0x8000_0080_0000_0001, 0x3FBF), new(0x8000_0000_0000_0000, 0x3FBF), new(0x8000_0000_0000_0000, 0x3FBE),
        new(0xFFFF_FFFF_FFFF_FFFF, 0x3FBE),

        // The ends of the integer formats, of packed BCD and of the trigonometric range.
        new(0xFFFE_0000_0000_0000, 0x400D), new(0xFFFF_0000_0000_0000, 0x400D), new(0x8000_0000_0000_0000, 0x400E),
        new(0xFFFF_FFFF_0000_0000, 0x401D), new(0x8000_0000_0000_0000, 0x401E), new(0x8000_0000_8000_0000, 0x401E),
        new(0xDE0B_6B3A_763F_FFF0, 0x403A), new(0xDE0B_6B3A_763F_FFF8, 0x403A), new(0xDE0B_6B3A_7640_0000, 0x403A),
        new(0xFFFF_FFFF_FFFF_FFFF, 0x403D), new(0x8000_0000_0000_0000, 0x403E), new(0xFFFF_FFFF_FFFF_FFFF, 0x403E),

        // π and its fractions, √2 − 1 and the like.
        new(0xC90F_DAA2_2168_C235, 0x4000), new(0xC90F_DAA2_2168_C235, 0x3FFE), new(0xB504_F333_F9DE_6484, 0x3FFF),
        new(0x95F6_1998_0C43_36F7, 0x3FFD),

        // The ends of the single and double formats.
        new(0xFFFF_FF7F_FFFF_FFFF, 0x407E), new(0xFFFF_FF80_0000_0000, 0x407E), new(0xFFFF_FFFF_FFFF_FBFF, 0x43FE),
        new(0xFFFF_FFFF_FFFF_FC00, 0x43FE), new(0xFFFF_FFFF_FFFF_FFFF, 0x3F80), new(0xFFFF_FFFF_FFFF_FFFF, 0x3C00),
        new(0x8000_0000_0000_0001, 0x3F6A), new(0x8000_0000_0000_0001, 0x3BCC),

        // The largest numbers.
        new(0xFFFF_FFFF_FFFF_FFFF, 0x7FFE), new(0x8000_0000_0000_0000, 0x7FFE), new(0xFFFF_FF00_0000_0000, 0x7FFE),
        new(0x8000_0000_0000_0000, 0x5FFE), new(0x8000_0000_0000_0000, 0x1FFF),
    ];

    /// <summary>The interesting values with both signs.</summary>
    public static Float80[] Values { get; } = [.. Magnitudes, .. Magnitudes.Select(Float80.ChangeSign)];

    /// <summary>Memory operands: singles and doubles where behaviour changes, and the ends of the integers.</summary>
    public static ulong[] Memory { get; } =
    [
        0, 1, 0x8000, 0x7FFF, 0xFFFF, 0x8000_0000, 0x7FFF_FFFF, 0xFFFF_FFFF, ulong.MaxValue, long.MaxValue, 1UL << 63,
        0x3F80_0000, 0xBF80_0000, 0x0080_0000, 0x007F_FFFF, 0x7F7F_FFFF, 0x7F80_0000, 0xFF80_0000, 0x7F80_0001,
        0x7FC0_0000, 0xFFC0_0001, 0x3EAA_AAAB,
        0x3FF0_0000_0000_0000, 0xBFF0_0000_0000_0000, 0x0010_0000_0000_0000, 0x000F_FFFF_FFFF_FFFF, 0x7FEF_FFFF_FFFF_FFFF,
        0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF0_0000_0000_0001, 0x7FF8_0000_0000_0000, 0xFFF8_0000_0000_0001,
        0x3FD5_5555_5555_5555, 0x8000_0000_0000_0001,
    ];

    /// <summary>Every rounding with every precision, all exceptions masked; and two control words that mask none.</summary>
    public static ushort[] Controls { get; } =
    [
        .. from rounding in Enumerable.Range(0, 4)
           from precision in new[] { 0, 2, 3 }
           select (ushort)((rounding << 10) | (precision << 8) | MaskAll),
        0x0300,
        0x0800,
    ];

    /// <summary>Any rounding and precision; one in four leaves some exceptions unmasked.</summary>
    public static ushort RandomControl(Random random)
    {
        int masks = random.Next(4) == 0 ? random.Next(64) : MaskAll;
        return (ushort)((Controls[random.Next(Controls.Length)] & ~MaskAll) | masks);
    }

    public static Float80 RandomValue(Random random) => random.Next(16) switch
    {
        0 => Values[random.Next(Values.Length)],
        5 => NearOne(random),
        6 => NearHalfPi(random),
        7 => new Float80(RandomSignificand(random) | (1UL << 63), RandomSignExponent(random, 0x3FB0, 0x90)),
        1 => new Float80(RandomSignificand(random), (ushort)(random.Next(2) << 15)),
        2 => new Float80(RandomSignificand(random) | (1UL << 63), (ushort)random.Next(0x10000)),
        3 => new Float80(RandomSignificand(random) | (1UL << 63), RandomSignExponent(random, random.Next(2) * 0x7F80, 0x80)),
        4 => new Float80(RandomSignificand(random) | (1UL << 63), RandomSignExponent(random, 0x3FF0, 80)),
        _ => new Float80(RandomSignificand(random) | (1UL << 63), RandomSignExponent(random, 0x3FE0, 40)),
    };

    /// <summary>A value whose exponent is likely to be close to that of <paramref name="other"/>.</summary>
    public static Float80 RandomNear(Random random, Float80 other)
    {
        if (random.Next(4) == 0)
            return RandomValue(random);
        int exponent = Math.Clamp(other.Exponent + random.Next(-70, 71), 0, 0x7FFE);
        ulong significand = random.Next(8) == 0 ? other.Significand + (ulong)random.Next(-2, 3) : RandomSignificand(random);
        if (exponent != 0)
            significand |= 1UL << 63;
        return new Float80(significand, (ushort)(exponent | (random.Next(2) << 15)));
    }

    /// <summary>Any bits, few bits set or few bits clear at one end: what makes ties and carries likely.</summary>
    public static ulong RandomSignificand(Random random)
    {
        ulong bits = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        return random.Next(8) switch
        {
            0 => bits << random.Next(64),
            1 => ulong.MaxValue << random.Next(64),
            2 => ~(bits >> random.Next(64)),
            3 => (1UL << random.Next(64)) | (1UL << random.Next(64)),
            _ => bits,
        };
    }

    /// <summary>A single, a double or an integer with exponents that matter.</summary>
    public static ulong RandomMemory(Random random)
    {
        ulong bits = RandomSignificand(random);
        return random.Next(4) switch
        {
            0 => Memory[random.Next(Memory.Length)],
            1 => (bits & 0x800F_FFFF_807F_FFFF)
                | ((ulong)random.Next(0x3E0, 0x420) << 52) | ((ulong)random.Next(0x70, 0x90) << 23),
            2 => bits & 0x801F_FFFF_80FF_FFFF,
            _ => bits,
        };
    }

    /// <summary>Any packed BCD integer of 18 digits, in the ten bytes of a register.</summary>
    public static Float80 RandomDecimal(Random random)
    {
        ulong low = 0;
        for (int digit = 0; digit < 16; digit++)
            low = (low << 4) | (uint)random.Next(10);
        int sign = random.Next(2) << 15;
        return new Float80(low >> (random.Next(16) * 4), (ushort)(sign | (random.Next(10) << 4) | random.Next(10)));
    }

    private static Float80 NearOne(Random random)
    {
        ulong distance = (ulong)random.NextInt64(0, long.MaxValue) >> random.Next(1, 63);
        ushort sign = (ushort)(random.Next(2) << 15);
        return random.Next(2) == 0
            ? new Float80((1UL << 63) + distance, (ushort)(sign | 0x3FFF))
            : new Float80(ulong.MaxValue - distance, (ushort)(sign | 0x3FFE));
    }

    /// <summary>A multiple of π/2 in some precision, where sine, cosine and tangent vanish or explode.</summary>
    private static Float80 NearHalfPi(Random random)
    {
        X87Context context = new(RandomControl(random));
        long count = random.NextInt64(1, long.MaxValue) >> random.Next(2, 63);
        Float80 halfPi = new(0xC90F_DAA2_2168_C235, (ushort)(0x3FFF | (random.Next(2) << 15)));
        return X87Math.Multiply(X87Math.FromInteger(count), halfPi, ref context);
    }

    private static ushort RandomSignExponent(Random random, int from, int count)
    {
        return (ushort)(Math.Min(from + random.Next(count), 0x7FFF) | (random.Next(2) << 15));
    }
}

/// <summary>
/// A seeded generator that keeps up with millions of cases, which the seeded one of the library does not: SplitMix64.
/// </summary>
internal sealed class FastRandom(int seed) : Random(0)
{
    private ulong _state = (ulong)seed;

    public override int Next(int maxValue) => (int)(((NextBits() >> 32) * (uint)maxValue) >> 32);

    public override int Next(int minValue, int maxValue) => minValue + Next(maxValue - minValue);

    public override long NextInt64(long minValue, long maxValue)
    {
        return minValue + (long)Math.BigMul(NextBits(), (ulong)(maxValue - minValue), out _);
    }

    private ulong NextBits()
    {
        _state += 0x9E37_79B9_7F4A_7C15;
        ulong bits = (_state ^ (_state >> 30)) * 0xBF58_476D_1CE4_E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D0_49BB_1331_11EB;
        return bits ^ (bits >> 31);
    }
}

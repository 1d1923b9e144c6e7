namespace Emu.Cpu;

/// <summary>
/// A floating-point number with 128 bits of significand, in which the transcendental instructions compute. Its
/// operations cut instead of rounding; each loses a few units of 2^−127, far below what the 64 bits of a register show.
/// </summary>
internal readonly struct WideFloat
{
    /// <summary>The sign as bit 15, as in <see cref="Float80"/>.</summary>
    public readonly uint Sign;

    /// <summary>The exponent without bias.</summary>
    public readonly int Exponent;

    /// <summary>The significand in units of 2^−127: bit 127 is set, or all are clear for zero.</summary>
    public readonly UInt128 Significand;

    private WideFloat(uint sign, int exponent, UInt128 significand)
    {
        Sign = sign;
        Exponent = exponent;
        Significand = significand;
    }

    public static WideFloat One => new(0, 0, UInt128.One << 127);

    /// <summary>π.</summary>
    public static WideFloat Pi => new(0, 1, new UInt128(0xC90F_DAA2_2168_C234, 0xC4C6_628B_80DC_1CD1));

    /// <summary>ln 2.</summary>
    public static WideFloat LnTwo => new(0, -1, new UInt128(0xB172_17F7_D1CF_79AB, 0xC9E3_B398_03F2_F6AF));

    /// <summary>log₂e.</summary>
    public static WideFloat Log2E => new(0, 0, new UInt128(0xB8AA_3B29_5C17_F0BB, 0xBE87_FED0_691D_3E88));

    public bool IsZero => Significand == 0;

    public WideFloat Magnitude => new(0, Exponent, Significand);

    /// <summary>A finite number, exactly.</summary>
    public static WideFloat From(Float80 value)
    {
        if (value.IsZero)
            return default;
        int exponent = X87Operand.Unpack(value, out ulong significand);
        return new WideFloat(value.Sign, exponent - Float80.Bias, new UInt128(significand, 0));
    }

    public static WideFloat From(int value)
    {
        return FromFixed(value < 0 ? Float80.SignBit : 0, 127, (UInt128)(uint)Math.Abs(value));
    }

    /// <summary>value × 2^(exponent − 127), for a value with any number of leading zeros.</summary>
    public static WideFloat FromFixed(uint sign, int exponent, UInt128 value)
    {
        if (value == 0)
            return default;
        int shift = (int)UInt128.LeadingZeroCount(value);
        return new WideFloat(sign, exponent - shift, value << shift);
    }

    public static WideFloat operator -(WideFloat value)
    {
        return new WideFloat(value.Sign ^ Float80.SignBit, value.Exponent, value.Significand);
    }

    public static WideFloat operator -(WideFloat a, WideFloat b) => a + -b;

    public static WideFloat operator +(WideFloat a, WideFloat b)
    {
        if (a.IsZero || b.IsZero)
            return a.IsZero ? b : a;
        if (CompareMagnitudes(a, b) < 0)
            (a, b) = (b, a);
        int distance = a.Exponent - b.Exponent;
        UInt128 aligned = distance < 128 ? b.Significand >> distance : 0;
        if (a.Sign != b.Sign)
            return FromFixed(a.Sign, a.Exponent, a.Significand - aligned);
        UInt128 sum = a.Significand + aligned;
        if (sum < aligned)
            return new WideFloat(a.Sign, a.Exponent + 1, (sum >> 1) | (UInt128.One << 127));
        return new WideFloat(a.Sign, a.Exponent, sum);
    }

    public static WideFloat operator *(WideFloat a, WideFloat b)
    {
        return FromFixed(a.Sign ^ b.Sign, a.Exponent + b.Exponent + 1, WideArithmetic.MultiplyHigh(a.Significand, b.Significand));
    }

    public static WideFloat operator /(WideFloat a, WideFloat b)
    {
        uint sign = a.Sign ^ b.Sign;
        int exponent = a.Exponent - b.Exponent;
        if (a.Significand < b.Significand)
            return FromFixed(sign, exponent - 1, WideArithmetic.DivideFraction(a.Significand, b.Significand));
        return FromFixed(sign, exponent, WideArithmetic.DivideFraction(a.Significand >> 1, b.Significand));
    }

    public static int CompareMagnitudes(WideFloat a, WideFloat b)
    {
        if (a.IsZero || b.IsZero)
            return b.IsZero.CompareTo(a.IsZero);
        return a.Exponent != b.Exponent ? a.Exponent.CompareTo(b.Exponent) : a.Significand.CompareTo(b.Significand);
    }

    /// <summary>The number times 2^count.</summary>
    public WideFloat Scale(int count) => IsZero ? this : new WideFloat(Sign, Exponent + count, Significand);

    /// <summary>The magnitude, below 1, in units of 2^−128.</summary>
    public UInt128 ToFraction() => Exponent >= -128 ? Significand >> (-1 - Exponent) : 0;

    /// <summary>
    /// Rounds to a register a number that stands for an irrational one: whatever its bits, it is inexact.
    /// </summary>
    public Float80 RoundInexact(ref X87Context context)
    {
        ulong high = (ulong)(Significand >> 64);
        ulong low = (ulong)Significand | 1;
        return X87Rounder.Round(Sign, Exponent + Float80.Bias, high, low, context.ExtendedControl, ref context);
    }

    /// <summary>
    /// Rounds to a register a number that is exact. The transcendental instructions raise PE, and UE if the result is
    /// denormal, even so.
    /// </summary>
    public Float80 RoundExact(ref X87Context context)
    {
        ulong high = (ulong)(Significand >> 64);
        ulong low = (ulong)Significand;
        context.Status |= X87Status.PE;
        Float80 result = X87Rounder.Round(Sign, Exponent + Float80.Bias, high, low, context.ExtendedControl, ref context);
        if (result.Exponent == 0)
            context.Status |= X87Status.UE;
        return result;
    }
}

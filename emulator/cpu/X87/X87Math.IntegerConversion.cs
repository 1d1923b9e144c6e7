using System.Numerics;

namespace Emu.Cpu;

public static partial class X87Math
{
    private const ulong LargestDecimal = 999_999_999_999_999_999;

    /// <summary>
    /// The register form of a 16-, 32- or 64-bit integer, always exact: FILD (Intel SDM Vol. 2, "FILD") and the operand
    /// of FIADD, FICOM and the rest.
    /// </summary>
    public static Float80 FromInteger(long value)
    {
        if (value == 0)
            return Float80.Zero;
        ulong magnitude = value < 0 ? 0 - (ulong)value : (ulong)value;
        int shift = BitOperations.LeadingZeroCount(magnitude);
        return new Float80(value < 0 ? Float80.SignBit : 0, Float80.Bias + 63 - shift, magnitude << shift);
    }

    /// <summary>FIST m16int: rounded as rounding control says; integer indefinite if it does not fit.</summary>
    public static short StoreInt16(Float80 value, ref X87Context context)
    {
        return (short)StoreInteger(value, 16, context.ControlWord, ref context);
    }

    /// <summary>FIST m32int: rounded as rounding control says; integer indefinite if it does not fit.</summary>
    public static int StoreInt32(Float80 value, ref X87Context context)
    {
        return (int)StoreInteger(value, 32, context.ControlWord, ref context);
    }

    /// <summary>FISTP m64int: rounded as rounding control says; integer indefinite if it does not fit.</summary>
    public static long StoreInt64(Float80 value, ref X87Context context)
    {
        return StoreInteger(value, 64, context.ControlWord, ref context);
    }

    /// <summary>FISTTP m16int: cut toward zero; integer indefinite if it does not fit.</summary>
    public static short TruncateInt16(Float80 value, ref X87Context context)
    {
        return (short)StoreInteger(value, 16, X87Context.RoundingMask, ref context);
    }

    /// <summary>FISTTP m32int: cut toward zero; integer indefinite if it does not fit.</summary>
    public static int TruncateInt32(Float80 value, ref X87Context context)
    {
        return (int)StoreInteger(value, 32, X87Context.RoundingMask, ref context);
    }

    /// <summary>FISTTP m64int: cut toward zero; integer indefinite if it does not fit.</summary>
    public static long TruncateInt64(Float80 value, ref X87Context context)
    {
        return StoreInteger(value, 64, X87Context.RoundingMask, ref context);
    }

    /// <summary>Converts to an integer of so many bits (Intel SDM Vol. 2, "FIST/FISTP").</summary>
    private static long StoreInteger(Float80 value, int bits, int control, ref X87Context context)
    {
        long indefinite = long.MinValue >> (64 - bits);
        if (value.IsZero)
            return 0;
        if (value.IsUnsupported || value.Exponent > Float80.Bias + 63)
        {
            context.RaiseInvalid();
            return indefinite;
        }
        ulong magnitude = CutFraction(value, control, out bool inexact, out bool up);
        ulong limit = (1UL << (bits - 1)) - (value.IsNegative ? 0UL : 1UL);
        if (magnitude > limit || (magnitude == 0 && value.Exponent >= Float80.Bias))
        {
            context.RaiseInvalid();
            return indefinite;
        }
        if (inexact)
            context.RaisePrecision(up);
        return value.IsNegative ? (long)(0 - magnitude) : (long)magnitude;
    }

    /// <summary>
    /// FBLD: an 80-bit packed BCD integer, 18 digits with the sign in bit 79 (Intel SDM Vol. 1, section 4.7). Digits
    /// above 9 count for what they are.
    /// </summary>
    public static Float80 LoadDecimal(ulong low, ushort high)
    {
        long magnitude = 0;
        for (int shift = 4; shift >= 0; shift -= 4)
            magnitude = (magnitude * 10) + ((high >> shift) & 15);
        for (int shift = 60; shift >= 0; shift -= 4)
            magnitude = (magnitude * 10) + (long)((low >> shift) & 15);
        Float80 value = FromInteger(magnitude);
        return new Float80(value.Significand, (ushort)(value.SignExponent | (high & Float80.SignBit)));
    }

    /// <summary>
    /// FBSTP: the number rounded to an integer in packed BCD; packed BCD integer indefinite if it has more than 18
    /// digits (Intel SDM Vol. 2, "FBSTP").
    /// </summary>
    public static (ulong Low, ushort High) StoreDecimal(Float80 value, ref X87Context context)
    {
        if (value.IsUnsupported || value.Exponent >= Float80.Bias + 63)
            return DecimalIndefinite(ref context);
        bool inexact = false;
        bool up = false;
        ulong magnitude = value.IsZero ? 0 : CutFraction(value, context.ControlWord, out inexact, out up);
        if (magnitude > LargestDecimal)
            return DecimalIndefinite(ref context);
        if (inexact)
            context.RaisePrecision(up);
        ulong low = 0;
        for (int shift = 0; shift < 64; shift += 4)
        {
            low |= (magnitude % 10) << shift;
            magnitude /= 10;
        }
        uint high = (uint)((magnitude % 10) | ((magnitude / 10) << 4));
        return (low, (ushort)(value.Sign | high));
    }

    private static (ulong Low, ushort High) DecimalIndefinite(ref X87Context context)
    {
        context.RaiseInvalid();
        return (0xC000_0000_0000_0000, 0xFFFF);
    }
}

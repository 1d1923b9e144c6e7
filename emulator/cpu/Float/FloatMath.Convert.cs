namespace Emu.Cpu;

/// <content>Conversions between the formats and to and from integers, and rounding to an integer.</content>
internal static partial class FloatMath
{
    /// <summary>
    /// A number as an integer of so many bits, rounded as the context says. One that does not fit, an infinity and a NaN raise IE and give
    /// the integer indefinite. Intel SDM vol. 1, 4.8.3.7 and table 4-1.
    /// </summary>
    public static ulong ToInteger<T>(ulong a, int bits, ref FloatContext context)
        where T : unmanaged
    {
        ulong indefinite = 1UL << (bits - 1);
        a = Admit<T>(a, context);
        if (FloatFormat<T>.IsZero(a))
            return 0;
        bool negative = (a & FloatFormat<T>.SignBit) != 0;
        ulong magnitude = 0;
        bool inexact = false, fits = FloatFormat<T>.Magnitude(a) < FloatFormat<T>.Infinity && TryCut<T>(a, context.Rounding, out magnitude, out inexact);
        if (!fits || magnitude > indefinite - (negative ? 0UL : 1UL))
        {
            context.Raised |= Mxcsr.Invalid;
            return indefinite;
        }
        if (inexact)
            context.Raised |= Mxcsr.Precision;
        return negative ? 0 - magnitude : magnitude;
    }

    /// <summary>A signed integer as a number.</summary>
    public static ulong FromInteger<T>(long value, ref FloatContext context)
        where T : unmanaged
    {
        if (value == 0)
            return 0;
        ulong sign = value < 0 ? FloatFormat<T>.SignBit : 0, magnitude = value < 0 ? 0 - (ulong)value : (ulong)value;
        return Normalize<T>(sign, FloatFormat<T>.Bias + 63, magnitude, ref context);
    }

    /// <summary>A number in a wider format: exact.</summary>
    public static ulong Widen<TFrom, TTo>(ulong a, ref FloatContext context)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        ulong sign = (a & FloatFormat<TFrom>.SignBit) * (FloatFormat<TTo>.SignBit / FloatFormat<TFrom>.SignBit);
        if (EndsWithNaN<TFrom>(a, 0, ref context, out ulong nan))
        {
            int shift = FloatFormat<TTo>.FractionBits - FloatFormat<TFrom>.FractionBits;
            return sign | FloatFormat<TTo>.Infinity | ((nan & (FloatFormat<TFrom>.SmallestNormal - 1)) << shift);
        }
        return Convert<TFrom, TTo>(Admit<TFrom>(a, context), sign, ref context);
    }

    /// <summary>A number in a narrower format.</summary>
    public static ulong Narrow<TFrom, TTo>(ulong a, ref FloatContext context)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        ulong sign = (a & FloatFormat<TFrom>.SignBit) / (FloatFormat<TFrom>.SignBit / FloatFormat<TTo>.SignBit);
        if (EndsWithNaN<TFrom>(a, 0, ref context, out ulong nan))
        {
            int shift = FloatFormat<TFrom>.FractionBits - FloatFormat<TTo>.FractionBits;
            return sign | FloatFormat<TTo>.Infinity | ((nan >> shift) & (FloatFormat<TTo>.SmallestNormal - 1));
        }
        return Convert<TFrom, TTo>(Admit<TFrom>(a, context), sign, ref context);
    }

    /// <summary>A number rounded to an integer in the same format, as the context says: ROUNDSD.</summary>
    public static ulong ToIntegral<T>(ulong a, ref FloatContext context)
        where T : unmanaged
    {
        if (EndsWithNaN<T>(a, 0, ref context, out ulong nan))
            return nan;
        a = Admit<T>(a, context);
        int exponent = (int)(FloatFormat<T>.Magnitude(a) >> FloatFormat<T>.FractionBits) - FloatFormat<T>.Bias;
        if (exponent >= FloatFormat<T>.FractionBits || FloatFormat<T>.IsZero(a))
            return a;
        TryCut<T>(a, context.Rounding, out ulong magnitude, out bool inexact);
        if (inexact)
            context.Raised |= Mxcsr.Precision;
        ulong sign = a & FloatFormat<T>.SignBit;
        return magnitude == 0 ? sign : Normalize<T>(sign, FloatFormat<T>.Bias + 63, magnitude, ref context);
    }

    private static ulong Convert<TFrom, TTo>(ulong a, ulong sign, ref FloatContext context)
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        NoteDenormal<TFrom>(a, ref context);
        if (FloatFormat<TFrom>.IsZero(a))
            return sign;
        if (FloatFormat<TFrom>.IsInfinite(a))
            return sign | FloatFormat<TTo>.Infinity;
        int exponent = FloatFormat<TFrom>.Unpack(a, out ulong significand);
        return Round<TTo>(sign, exponent - FloatFormat<TFrom>.Bias + FloatFormat<TTo>.Bias, significand, ref context);
    }

    // The magnitude of a finite number other than zero, rounded to an integer; false if it is 2^64 or more.
    private static bool TryCut<T>(ulong a, FloatRounding rounding, out ulong magnitude, out bool inexact)
        where T : unmanaged
    {
        bool negative = (a & FloatFormat<T>.SignBit) != 0;
        int shift = FloatFormat<T>.Bias + 63 - FloatFormat<T>.Unpack(a, out ulong significand);
        inexact = false;
        magnitude = significand;
        if (shift <= 0)
            return shift == 0;
        // One bit is kept below the integer for what is cut, and one for what is sticky.
        magnitude = Cut(ShiftRightSticky(significand, Math.Max(0, shift - 2)), Math.Min(shift, 2), negative, rounding, out inexact);
        return true;
    }
}

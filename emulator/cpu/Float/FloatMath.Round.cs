using System.Numerics;

namespace Emu.Cpu;

/// <summary>
/// Exact arithmetic on single and double precision, with every rounding and every exception as SSE has them: what the host's arithmetic is
/// not good for. Intel SDM vol. 1, 4.8.4 and 11.5.2.
/// </summary>
/// <remarks>
/// Numbers travel as bits. Of a significand of 64 bits the top one is the integer bit; the last one is sticky: set when anything below it
/// was not zero.
/// </remarks>
internal static partial class FloatMath
{
    private const ulong IntegerBit = 1UL << 63;

    /// <summary>Rounds ±significand × 2^(exponent − bias − 63); raises what the result demands.</summary>
    /// <param name="sign">The sign bit, in place.</param>
    /// <param name="exponent">The exponent field as if it had no bounds.</param>
    /// <param name="significand">Its integer bit is set.</param>
    /// <param name="context">Takes the exceptions.</param>
    public static ulong Round<T>(ulong sign, int exponent, ulong significand, ref FloatContext context)
        where T : unmanaged
    {
        int cut = 63 - FloatFormat<T>.FractionBits;
        ulong kept = Cut(significand, cut, sign != 0, context.Rounding, out bool inexact);
        // A carry out of the fraction counts one into the exponent.
        int final = exponent + (int)(kept >> (FloatFormat<T>.FractionBits + 1));
        if (final <= 0)
            return RoundTiny<T>(sign, exponent, significand, inexact, ref context);
        if (final >= FloatFormat<T>.MaxExponent)
            return Overflow<T>(sign, inexact, ref context);
        if (inexact)
            context.Raised |= Mxcsr.Precision;
        return sign | (((ulong)(exponent - 1) << FloatFormat<T>.FractionBits) + kept);
    }

    /// <summary>As <see cref="Round"/>, for a significand that is not zero and has its integer bit anywhere.</summary>
    public static ulong Normalize<T>(ulong sign, int exponent, ulong significand, ref FloatContext context)
        where T : unmanaged
    {
        int shift = BitOperations.LeadingZeroCount(significand);
        return Round<T>(sign, exponent - shift, significand << shift, ref context);
    }

    /// <summary>A significand without its last bits, rounded; 0 to 63 of them.</summary>
    public static ulong Cut(ulong significand, int bits, bool negative, FloatRounding rounding, out bool inexact)
    {
        ulong kept = significand >> bits, rest = significand & ((1UL << bits) - 1), half = (1UL << bits) >> 1;
        inexact = rest != 0;
        bool up = rounding switch
        {
            FloatRounding.Nearest => rest > half || (rest == half && inexact && (kept & 1) != 0),
            FloatRounding.Down => inexact && negative,
            FloatRounding.Up => inexact && !negative,
            _ => false,
        };
        return up ? kept + 1 : kept;
    }

    /// <summary>Shifts right by any count, what falls off into the sticky bit.</summary>
    public static ulong ShiftRightSticky(ulong value, int count)
    {
        if (count == 0)
            return value;
        return count < 64 ? (value >> count) | (value << (64 - count) != 0 ? 1UL : 0) : value != 0 ? 1UL : 0;
    }

    // Below the smallest normal number even with an unbounded exponent: tininess is found after rounding.
    private static ulong RoundTiny<T>(ulong sign, int exponent, ulong significand, bool inexactAsNormal, ref FloatContext context)
        where T : unmanaged
    {
        if (!context.IsMasked(Mxcsr.Underflow))
        {
            context.Raised |= Mxcsr.Underflow | (inexactAsNormal ? Mxcsr.Precision : 0);
            return 0;
        }
        if (context.FlushToZero)
        {
            context.Raised |= Mxcsr.Underflow | Mxcsr.Precision;
            return sign;
        }
        ulong shifted = ShiftRightSticky(significand, 1 - exponent);
        ulong kept = Cut(shifted, 63 - FloatFormat<T>.FractionBits, sign != 0, context.Rounding, out bool inexact);
        if (inexact)
            context.Raised |= Mxcsr.Underflow | Mxcsr.Precision;
        return sign | kept;
    }

    private static ulong Overflow<T>(ulong sign, bool inexact, ref FloatContext context)
        where T : unmanaged
    {
        if (!context.IsMasked(Mxcsr.Overflow))
        {
            context.Raised |= Mxcsr.Overflow | (inexact ? Mxcsr.Precision : 0);
            return 0;
        }
        context.Raised |= Mxcsr.Overflow | Mxcsr.Precision;
        bool toInfinity = context.Rounding switch
        {
            FloatRounding.Nearest => true,
            FloatRounding.Down => sign != 0,
            FloatRounding.Up => sign == 0,
            _ => false,
        };
        return sign | (toInfinity ? FloatFormat<T>.Infinity : FloatFormat<T>.Infinity - 1);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Emu.Cpu;

/// <summary>Arithmetic on 128-bit integers by the 64-bit steps that the processor has.</summary>
internal static class WideArithmetic
{
    /// <summary>
    /// high:low ÷ divisor. <paramref name="high"/> is below <paramref name="divisor"/>, whose bit 63 is set.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Divide(ulong high, ulong low, ulong divisor, out ulong remainder)
    {
#pragma warning disable SYSLIB5004 // The instruction is stable; only its managed name may change.
        if (X86Base.X64.IsSupported)
        {
            (ulong quotient, remainder) = X86Base.X64.DivRem(low, high, divisor);
            return quotient;
        }
#pragma warning restore SYSLIB5004
        return DividePortable(high, low, divisor, out remainder);
    }

    /// <summary><see cref="Divide"/> without the instruction: two digits of 32 bits, each estimated and corrected.</summary>
    internal static ulong DividePortable(ulong high, ulong low, ulong divisor, out ulong remainder)
    {
        ulong upper = DivideDigit(high, low >> 32, divisor, out ulong partial);
        ulong lower = DivideDigit(partial, low & uint.MaxValue, divisor, out remainder);
        return (upper << 32) | lower;
    }

    /// <summary>
    /// The square root of significand × 2^63, or of significand × 2^64 if <paramref name="odd"/>, cut to 64 bits;
    /// bit 63 of the significand is set. <paramref name="rest"/> tells what was cut: 0 for nothing, else below or
    /// above its half in bit 63. It is never the half itself, for (2r + 1)² is odd.
    /// </summary>
    public static ulong SquareRoot(ulong significand, bool odd, out ulong rest)
    {
        ulong high = odd ? significand : significand >> 1;
        ulong low = odd ? 0 : significand << 63;
        ulong root = Refine(high, low, EstimateRoot(high));
        UInt128 remainder = new UInt128(high, low) - Square(root);
        rest = 0;
        if (remainder != 0)
            rest = remainder > root ? ulong.MaxValue : 1;
        return root;
    }

    /// <summary>The upper 128 bits of a × b, up to 3 units too low: the lowest partial product is left out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static UInt128 MultiplyHigh(UInt128 a, UInt128 b)
    {
        ulong aHigh = (ulong)(a >> 64);
        ulong bHigh = (ulong)(b >> 64);
        ulong high = Math.BigMul(aHigh, bHigh, out ulong low);
        ulong cross = Math.BigMul(aHigh, (ulong)b, out _);
        ulong otherCross = Math.BigMul((ulong)a, bHigh, out _);
        low += cross;
        high += low < cross ? 1UL : 0;
        low += otherCross;
        high += low < otherCross ? 1UL : 0;
        return new UInt128(high, low);
    }

    /// <summary>dividend × 2^128 ÷ divisor, cut; the dividend is below the divisor, whose bit 127 is set.</summary>
    public static UInt128 DivideFraction(UInt128 dividend, UInt128 divisor)
    {
        ulong upper = DivideWideDigit(ref dividend, divisor);
        ulong lower = DivideWideDigit(ref dividend, divisor);
        return new UInt128(upper, lower);
    }

    /// <summary>A root of high × 2^64 that is right to about 50 bits, with bit 63 set.</summary>
    private static ulong EstimateRoot(ulong high)
    {
        double root = Math.Sqrt(high) * 4294967296.0;
        return root >= 18446744073709551615.0 ? ulong.MaxValue : Math.Max((ulong)root, Float80.IntegerBit);
    }

    /// <summary>One step of Newton's method, then the last unit by trial.</summary>
    private static ulong Refine(ulong high, ulong low, ulong estimate)
    {
        // The quotient needs high < estimate; that fails only for a root within a few units of 2^64.
        if (high >= estimate)
            return Correct(high, low, ulong.MaxValue);
        ulong quotient = Divide(high, low, estimate, out _);
        UInt128 sum = (UInt128)quotient + estimate;
        return Correct(high, low, (ulong)(sum >> 1));
    }

    private static ulong Correct(ulong high, ulong low, ulong root)
    {
        UInt128 square = new(high, low);
        while (Square(root) > square)
            root--;
        while (root != ulong.MaxValue && Square(root + 1) <= square)
            root++;
        return root;
    }

    private static UInt128 Square(ulong value)
    {
        ulong high = Math.BigMul(value, value, out ulong low);
        return new UInt128(high, low);
    }

    /// <summary>(high × 2^32 + digit) ÷ divisor, a quotient of 32 bits; the estimate is at most 2 too large.</summary>
    private static ulong DivideDigit(ulong high, ulong digit, ulong divisor, out ulong remainder)
    {
        ulong divisorHigh = divisor >> 32;
        ulong divisorLow = divisor & uint.MaxValue;
        ulong quotient = high / divisorHigh;
        ulong partial = high % divisorHigh;
        while (quotient > uint.MaxValue || quotient * divisorLow > ((partial << 32) | digit))
        {
            quotient--;
            partial += divisorHigh;
            if (partial > uint.MaxValue)
                break;
        }
        remainder = unchecked((high << 32) + digit - (quotient * divisor));
        return quotient;
    }

    /// <summary>
    /// dividend × 2^64 ÷ divisor, a quotient of 64 bits; leaves the remainder in <paramref name="dividend"/>. The
    /// estimate from the upper half of the divisor is at most 2 too large.
    /// </summary>
    private static ulong DivideWideDigit(ref UInt128 dividend, UInt128 divisor)
    {
        ulong divisorHigh = (ulong)(divisor >> 64);
        ulong high = (ulong)(dividend >> 64);
        ulong quotient = high >= divisorHigh ? ulong.MaxValue : Divide(high, (ulong)dividend, divisorHigh, out _);
        ulong productHigh = Math.BigMul(quotient, divisorHigh, out ulong productLow);
        ulong carry = Math.BigMul(quotient, (ulong)divisor, out ulong last);
        UInt128 top = new UInt128(productHigh, productLow) + carry;

        // The difference of dividend × 2^64 and top × 2^64 + last takes 192 bits, signed.
        UInt128 difference = dividend - top - (last != 0 ? UInt128.One : UInt128.Zero);
        UInt128 remainder = new((ulong)difference, 0 - last);
        long overflow = (long)(difference >> 64);
        while (overflow < 0)
        {
            quotient--;
            UInt128 next = remainder + divisor;
            overflow += next < remainder ? 1 : 0;
            remainder = next;
        }
        dividend = remainder;
        return quotient;
    }
}

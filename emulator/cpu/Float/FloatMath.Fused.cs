namespace Emu.Cpu;

/// <content>Multiplication and addition with one rounding.</content>
internal static partial class FloatMath
{
    /// <summary>a × b + c, or with other signs. Of NaNs the first of a, b and c is the result. Intel SDM vol. 1, 14.5.</summary>
    /// <param name="a">Multiplicand.</param>
    /// <param name="b">Multiplier.</param>
    /// <param name="c">Addend.</param>
    /// <param name="productSign">The sign bit if the product is negated, or 0.</param>
    /// <param name="addendSign">The same for the addend.</param>
    /// <param name="context">Takes the exceptions.</param>
    public static ulong FusedMultiplyAdd<T>(ulong a, ulong b, ulong c, ulong productSign, ulong addendSign, ref FloatContext context)
        where T : unmanaged
    {
        a = Admit<T>(a, context);
        b = Admit<T>(b, context);
        if (EndsWithNaN<T>(a, b, c, ref context, out ulong nan))
            return nan;
        c = Admit<T>(c, context) ^ addendSign;
        ulong sign = ((a ^ b) & FloatFormat<T>.SignBit) ^ productSign;
        bool infinite = FloatFormat<T>.IsInfinite(a) || FloatFormat<T>.IsInfinite(b);
        bool zero = FloatFormat<T>.IsZero(a) || FloatFormat<T>.IsZero(b);
        bool opposite = infinite && FloatFormat<T>.IsInfinite(c) && sign != (c & FloatFormat<T>.SignBit);
        if ((infinite && zero) || opposite)
            return Invalid<T>(ref context);
        NoteDenormal<T>(a, ref context);
        NoteDenormal<T>(b, ref context);
        NoteDenormal<T>(c, ref context);
        if (infinite)
            return sign | FloatFormat<T>.Infinity;
        if (FloatFormat<T>.IsInfinite(c))
            return c;
        return zero ? AddZero<T>(sign, c, ref context) : FuseFinite<T>(sign, a, b, c, ref context);
    }

    // A quiet NaN as the addend comes before infinity times zero, which then raises nothing.
    private static bool EndsWithNaN<T>(ulong a, ulong b, ulong c, ref FloatContext context, out ulong result)
        where T : unmanaged
    {
        if (FloatFormat<T>.IsNaN(a) || FloatFormat<T>.IsNaN(b))
        {
            EndsWithNaN<T>(c, 0, ref context, out _);
            return EndsWithNaN<T>(a, b, ref context, out result);
        }
        return EndsWithNaN<T>(c, 0, ref context, out result);
    }

    // Neither factor is zero. Both terms as significands of 128 bits, of which the top one stays free for a carry.
    private static ulong FuseFinite<T>(ulong sign, ulong a, ulong b, ulong c, ref FloatContext context)
        where T : unmanaged
    {
        int exponent = FloatFormat<T>.Unpack(a, out ulong x) + FloatFormat<T>.Unpack(b, out ulong y) - FloatFormat<T>.Bias + 1;
        ulong high = Math.BigMul(x, y, out ulong low);
        UInt128 product = new UInt128(high, low) >> 1;
        if (FloatFormat<T>.IsZero(c))
            return Normalize<T>(sign, exponent + 1, product, ref context);
        int addendExponent = FloatFormat<T>.Unpack(c, out ulong z), distance = exponent - addendExponent;
        UInt128 addend = new UInt128(z, 0) >> 1;
        if (distance >= 0)
            addend = ShiftRightSticky(addend, distance);
        else
            product = ShiftRightSticky(product, -distance);
        int top = Math.Max(exponent, addendExponent) + 1;
        if (sign == (c & FloatFormat<T>.SignBit))
            return Normalize<T>(sign, top, product + addend, ref context);
        if (product == addend)
            return ExactZero<T>(context);
        return product > addend
            ? Normalize<T>(sign, top, product - addend, ref context)
            : Normalize<T>(sign ^ FloatFormat<T>.SignBit, top, addend - product, ref context);
    }

    // As for 64 bits: what lies below the upper half becomes sticky.
    private static ulong Normalize<T>(ulong sign, int exponent, UInt128 significand, ref FloatContext context)
        where T : unmanaged
    {
        int shift = (int)UInt128.LeadingZeroCount(significand);
        significand <<= shift;
        return Round<T>(sign, exponent - shift, (ulong)(significand >> 64) | ((ulong)significand != 0 ? 1UL : 0), ref context);
    }

    private static UInt128 ShiftRightSticky(UInt128 value, int count)
    {
        if (count == 0)
            return value;
        return count < 128 ? (value >> count) | (value << (128 - count) != 0 ? UInt128.One : 0) : UInt128.One;
    }
}

namespace Emu.Cpu;

/// <content>Addition, multiplication, division, square root.</content>
internal static partial class FloatMath
{
    /// <summary>a + b.</summary>
    public static ulong Add<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged
    {
        if (EndsWithNaN<T>(a, b, ref context, out ulong nan))
            return nan;
        a = Admit<T>(a, context);
        b = Admit<T>(b, context);
        ulong signA = a & FloatFormat<T>.SignBit, signB = b & FloatFormat<T>.SignBit;
        bool infinite = FloatFormat<T>.IsInfinite(a);
        if (infinite && FloatFormat<T>.IsInfinite(b) && signA != signB)
            return Invalid<T>(ref context);
        NoteDenormal<T>(a, ref context);
        NoteDenormal<T>(b, ref context);
        if (infinite || FloatFormat<T>.IsInfinite(b))
            return infinite ? a : b;
        if (FloatFormat<T>.IsZero(a) || FloatFormat<T>.IsZero(b))
            return AddZero<T>(a, b, ref context);
        return FloatFormat<T>.Magnitude(a) >= FloatFormat<T>.Magnitude(b)
            ? AddFinite<T>(a, b, ref context)
            : AddFinite<T>(b, a, ref context);
    }

    /// <summary>a − b.</summary>
    public static ulong Subtract<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged => Add<T>(a, FloatFormat<T>.IsNaN(b) ? b : b ^ FloatFormat<T>.SignBit, ref context);

    /// <summary>a × b.</summary>
    public static ulong Multiply<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged
    {
        if (EndsWithNaN<T>(a, b, ref context, out ulong nan))
            return nan;
        a = Admit<T>(a, context);
        b = Admit<T>(b, context);
        ulong sign = (a ^ b) & FloatFormat<T>.SignBit;
        bool infinite = FloatFormat<T>.IsInfinite(a) || FloatFormat<T>.IsInfinite(b);
        bool zero = FloatFormat<T>.IsZero(a) || FloatFormat<T>.IsZero(b);
        if (infinite && zero)
            return Invalid<T>(ref context);
        NoteDenormal<T>(a, ref context);
        NoteDenormal<T>(b, ref context);
        if (infinite || zero)
            return infinite ? sign | FloatFormat<T>.Infinity : sign;
        int exponent = FloatFormat<T>.Unpack(a, out ulong x) + FloatFormat<T>.Unpack(b, out ulong y) - FloatFormat<T>.Bias + 1;
        ulong high = Math.BigMul(x, y, out ulong low);
        if ((high & IntegerBit) == 0)
        {
            high = (high << 1) | (low >> 63);
            low <<= 1;
            exponent--;
        }
        return Round<T>(sign, exponent, high | (low != 0 ? 1UL : 0), ref context);
    }

    /// <summary>a ÷ b.</summary>
    public static ulong Divide<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged
    {
        if (EndsWithNaN<T>(a, b, ref context, out ulong nan))
            return nan;
        a = Admit<T>(a, context);
        b = Admit<T>(b, context);
        ulong sign = (a ^ b) & FloatFormat<T>.SignBit;
        bool infinite = FloatFormat<T>.IsInfinite(a), zero = FloatFormat<T>.IsZero(a);
        if ((infinite && FloatFormat<T>.IsInfinite(b)) || (zero && FloatFormat<T>.IsZero(b)))
            return Invalid<T>(ref context);
        if (FloatFormat<T>.IsZero(b) && !infinite)
        {
            context.Raised |= Mxcsr.ZeroDivide;
            return sign | FloatFormat<T>.Infinity;
        }
        NoteDenormal<T>(a, ref context);
        NoteDenormal<T>(b, ref context);
        if (infinite)
            return sign | FloatFormat<T>.Infinity;
        return zero || FloatFormat<T>.IsInfinite(b) ? sign : DivideFinite<T>(sign, a, b, ref context);
    }

    /// <summary>√a.</summary>
    public static ulong SquareRoot<T>(ulong a, ref FloatContext context)
        where T : unmanaged
    {
        if (EndsWithNaN<T>(a, 0, ref context, out ulong nan))
            return nan;
        a = Admit<T>(a, context);
        if (FloatFormat<T>.IsZero(a))
            return a;
        if ((a & FloatFormat<T>.SignBit) != 0)
            return Invalid<T>(ref context);
        NoteDenormal<T>(a, ref context);
        if (FloatFormat<T>.IsInfinite(a))
            return a;
        int exponent = FloatFormat<T>.Unpack(a, out ulong significand) - FloatFormat<T>.Bias;
        ulong root = WideArithmetic.SquareRoot(significand, (exponent & 1) != 0, out ulong rest);
        return Round<T>(0, (exponent >> 1) + FloatFormat<T>.Bias, root | (rest != 0 ? 1UL : 0), ref context);
    }

    // The operand that is not zero is rounded too: with FTZ a denormal one does not stay.
    private static ulong AddZero<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged
    {
        ulong other = FloatFormat<T>.IsZero(a) ? b : a;
        if (FloatFormat<T>.IsZero(other))
            return ((a ^ b) & FloatFormat<T>.SignBit) == 0 ? a : ExactZero<T>(context);
        int exponent = FloatFormat<T>.Unpack(other, out ulong significand);
        return Round<T>(other & FloatFormat<T>.SignBit, exponent, significand, ref context);
    }

    // The magnitude of a is not below that of b.
    private static ulong AddFinite<T>(ulong a, ulong b, ref FloatContext context)
        where T : unmanaged
    {
        ulong sign = a & FloatFormat<T>.SignBit;
        int exponent = FloatFormat<T>.Unpack(a, out ulong x), distance = exponent - FloatFormat<T>.Unpack(b, out ulong y);
        x >>= 1;
        y = ShiftRightSticky(y >> 1, distance);
        bool same = ((a ^ b) & FloatFormat<T>.SignBit) == 0;
        ulong sum = same ? x + y : x - y;
        return sum == 0 ? ExactZero<T>(context) : Normalize<T>(sign, exponent + 1, sum, ref context);
    }

    // The sign of a sum that is exactly zero. Intel SDM vol. 1, 4.8.3.1.
    private static ulong ExactZero<T>(in FloatContext context)
        where T : unmanaged => context.Rounding == FloatRounding.Down ? FloatFormat<T>.SignBit : 0;

    private static ulong DivideFinite<T>(ulong sign, ulong a, ulong b, ref FloatContext context)
        where T : unmanaged
    {
        int exponent = FloatFormat<T>.Unpack(a, out ulong x) - FloatFormat<T>.Unpack(b, out ulong y) + FloatFormat<T>.Bias;
        ulong high = x, low = 0;
        if (x >= y)
        {
            high = x >> 1;
            low = x << 63;
        }
        else
        {
            exponent--;
        }
        ulong quotient = WideArithmetic.Divide(high, low, y, out ulong remainder);
        return Round<T>(sign, exponent, quotient | (remainder != 0 ? 1UL : 0), ref context);
    }
}

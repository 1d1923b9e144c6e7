namespace Emu.Cpu;

public static partial class X87Math
{
    /// <summary>Beyond any exponent difference that matters, and small enough not to overflow in sums.</summary>
    private const int ExponentLimit = 1 << 17;

    /// <summary>a rounded to an integer as rounding control says: FRNDINT (Intel SDM Vol. 2, "FRNDINT").</summary>
    public static Float80 RoundToInteger(Float80 a, ref X87Context context)
    {
        if (X87Operand.EndsWithNaN(a, ref context, out Float80 result))
            return result;
        if (context.RaiseDenormal(a.IsDenormal))
            return default;
        int fractionBits = Float80.Bias + 63 - a.Exponent;
        if (fractionBits <= 0 || a.IsZero)
            return a;
        ulong integer = CutFraction(a, context.ControlWord, out bool inexact, out bool up);
        if (inexact)
            context.RaisePrecision(up);
        if (integer == 0)
            return new Float80(a.Sign, 0, 0);
        return X87Rounder.Normalize(a.Sign, Float80.Bias + 63, integer, 0, context.ExtendedControl, ref context);
    }

    /// <summary>a × 2^n for n the integer part of b: FSCALE (Intel SDM Vol. 2, "FSCALE").</summary>
    public static Float80 Scale(Float80 a, Float80 b, ref X87Context context)
    {
        if (X87Operand.EndsWithNaN(a, b, ref context, out Float80 result))
            return result;
        if (b.IsInfinity && (b.IsNegative ? a.IsInfinity : a.IsZero))
            return X87Operand.Invalid(ref context);
        if (context.RaiseDenormal(a.IsDenormal || b.IsDenormal))
            return default;
        if (a.IsInfinity || a.IsZero)
            return a;
        if (b.IsInfinity)
            return b.IsNegative ? new Float80(a.Sign, 0, 0) : new Float80(a.Sign, b.Exponent, b.Significand);
        int exponent = X87Operand.Unpack(a, out ulong significand) + ScaleCount(b);
        return X87Rounder.Round(a.Sign, exponent, significand, 0, context.ExtendedControl, ref context);
    }

    /// <summary>
    /// Splits a into its significand, returned for ST(0), and its unbiased exponent, for ST(1): FXTRACT (Intel SDM
    /// Vol. 2, "FXTRACT").
    /// </summary>
    public static Float80 Extract(Float80 a, out Float80 exponent, ref X87Context context)
    {
        exponent = default;
        if (X87Operand.EndsWithNaN(a, ref context, out Float80 result))
        {
            exponent = result;
            return result;
        }
        if (a.IsInfinity)
        {
            exponent = Float80.PositiveInfinity;
            return a;
        }
        if (a.IsZero)
        {
            context.RaiseZeroDivide();
            exponent = Float80.NegativeInfinity;
            return a;
        }
        if (context.RaiseDenormal(a.IsDenormal))
            return default;
        exponent = FromInteger(X87Operand.Unpack(a, out ulong significand) - Float80.Bias);
        return new Float80(a.Sign, Float80.Bias, significand);
    }

    /// <summary>The magnitude of a finite number below 2^64, rounded to an integer; 2^64 itself comes out as 0.</summary>
    private static ulong CutFraction(Float80 a, int control, out bool inexact, out bool up)
    {
        int fractionBits = Float80.Bias + 63 - Math.Max(a.Exponent, 1);
        (ulong integer, ulong rest) = X87Rounder.ShiftRightSticky(a.Significand, 0, fractionBits);
        inexact = rest != 0;
        up = X87Rounder.RoundsUp(a.Sign, (integer & 1) != 0, rest, control);
        return up ? integer + 1 : integer;
    }

    /// <summary>b cut to an integer, within ±<see cref="ExponentLimit"/>.</summary>
    private static int ScaleCount(Float80 b)
    {
        int exponent = b.Exponent - Float80.Bias;
        if (exponent < 0)
            return 0;
        int magnitude = exponent > 16 ? ExponentLimit : (int)(b.Significand >> (63 - exponent));
        return b.IsNegative ? -magnitude : magnitude;
    }
}

namespace Emu.Cpu;

public static partial class X87Math
{
    /// <summary>√2 in units of 2^−63.</summary>
    private const ulong SquareRootOfTwo = 0xB504_F333_F9DE_6484;

    /// <summary>
    /// 2^x − 1: F2XM1 (Intel SDM Vol. 2, "F2XM1"). Outside −1 to +1, where the manual defines nothing, x
    /// itself.
    /// </summary>
    public static Float80 TwoToXMinusOne(Float80 x, ref X87Context context)
    {
        if (X87Operand.EndsWithNaN(x, ref context, out Float80 result))
            return result;
        if (x.IsZero)
            return x;
        if (x.IsInfinity)
            return x.IsNegative ? Float80.ChangeSign(Float80.One) : x;
        if (context.RaiseDenormal(x.IsDenormal))
            return default;
        WideFloat wide = WideFloat.From(x);
        int size = WideFloat.CompareMagnitudes(wide, WideFloat.One);
        if (size > 0)
            return wide.RoundExact(ref context);
        if (size == 0)
            return (x.IsNegative ? wide.Scale(-1) : wide).RoundExact(ref context);
        WideFloat exponent = wide * WideFloat.LnTwo;
        return (exponent * WideSeries.Exponential(exponent)).RoundInexact(ref context);
    }

    /// <summary>y × log₂x: FYL2X with x in ST(0) and y in ST(1) (Intel SDM Vol. 2, "FYL2X").</summary>
    public static Float80 YLog2X(Float80 x, Float80 y, ref X87Context context)
    {
        if (X87Operand.EndsWithNaN(x, y, ref context, out Float80 result))
            return result;
        if (x.IsZero)
            return YLog2Zero(y, ref context);
        if (x.IsNegative || (x.IsInfinity && y.IsZero) || (x == Float80.One && y.IsInfinity))
            return X87Operand.Invalid(ref context);
        if (context.RaiseDenormal(x.IsDenormal || y.IsDenormal))
            return default;
        uint sign = x.Exponent < Float80.Bias ? y.Sign ^ Float80.SignBit : y.Sign;
        if (x.IsInfinity || y.IsInfinity)
            return new Float80(sign, Float80.MaxExponent, Float80.IntegerBit);
        if (y.IsZero || x == Float80.One)
            return new Float80(sign, 0, 0);
        WideFloat wide = WideFloat.From(x);
        WideFloat product = Log2(wide) * WideFloat.From(y);
        return wide.Significand == WideFloat.One.Significand
            ? product.RoundExact(ref context)
            : product.RoundInexact(ref context);
    }

    /// <summary>
    /// y × log₂(x + 1): FYL2XP1 with x in ST(0) and y in ST(1) (Intel SDM Vol. 2, "FYL2XP1"). The manual
    /// defines it for |x| ≤ 1 − √½; this computes it for all x above −1, and answers with x itself from there down.
    /// </summary>
    public static Float80 YLog2XPlusOne(Float80 x, Float80 y, ref X87Context context)
    {
        if (X87Operand.EndsWithNaN(x, y, ref context, out Float80 result))
            return result;
        if ((x.IsInfinity && (x.IsNegative || y.IsZero)) || (x.IsZero && y.IsInfinity))
            return X87Operand.Invalid(ref context);
        if (context.RaiseDenormal(x.IsDenormal || y.IsDenormal))
            return default;
        uint sign = x.Sign ^ y.Sign;
        if (x.IsInfinity || y.IsInfinity)
            return new Float80(sign, Float80.MaxExponent, Float80.IntegerBit);
        if (x.IsZero || y.IsZero)
            return new Float80(sign, 0, 0);
        WideFloat wide = WideFloat.From(x);
        if (x.IsNegative && wide.Exponent >= 0)
            return wide.RoundExact(ref context);
        WideFloat successor = wide + WideFloat.One;
        WideFloat product = Log2PlusOne(wide, successor) * WideFloat.From(y);
        bool exact = wide.Exponent >= -64 && wide.Exponent < 64 && successor.Significand == WideFloat.One.Significand;
        return exact ? product.RoundExact(ref context) : product.RoundInexact(ref context);
    }

    /// <summary>FYL2X of zero: an infinity, through ZE unless y is infinite too.</summary>
    private static Float80 YLog2Zero(Float80 y, ref X87Context context)
    {
        if (y.IsZero)
            return X87Operand.Invalid(ref context);
        if (!y.IsInfinity)
            context.RaiseZeroDivide();
        return new Float80(y.Sign ^ Float80.SignBit, Float80.MaxExponent, Float80.IntegerBit);
    }

    /// <summary>log₂ of a positive number: its exponent plus the logarithm of a significand from √½ to √2.</summary>
    private static WideFloat Log2(WideFloat value)
    {
        int exponent = value.Exponent;
        if (value.Significand >> 64 >= SquareRootOfTwo)
            exponent++;
        WideFloat significand = value.Scale(-exponent);
        WideFloat quotient = (significand - WideFloat.One) / (significand + WideFloat.One);
        return WideFloat.From(exponent) + Log2OfQuotient(quotient);
    }

    /// <summary>log₂(1 + x), without forming the sum where that would lose bits of x.</summary>
    private static WideFloat Log2PlusOne(WideFloat x, WideFloat successor)
    {
        if (x.Exponent >= -2)
            return Log2(successor);
        return Log2OfQuotient(x / (successor + WideFloat.One));
    }

    /// <summary>log₂((1 + s) ÷ (1 − s)), which is 2 log₂e × atanh s.</summary>
    private static WideFloat Log2OfQuotient(WideFloat s)
    {
        return s.IsZero ? s : s * WideSeries.HyperbolicArcTangent(s) * WideFloat.Log2E.Scale(1);
    }
}

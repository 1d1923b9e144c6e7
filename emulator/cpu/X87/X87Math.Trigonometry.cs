namespace Emu.Cpu;

public static partial class X87Math
{
    /// <summary>Below this exponent x and tan x agree to more than 64 bits, and tan x is the larger.</summary>
    private const int TinyExponent = -40;

    /// <summary>
    /// sin x: FSIN (Intel SDM Vol. 2, "FSIN"). C2 tells that |x| is not below 2^63; x comes back then.
    /// </summary>
    public static Float80 Sine(Float80 x, ref X87Context context)
    {
        if (EndsTrigonometric(x, ref context, out Float80 result))
            return result;
        if (x.IsZero)
            return x;
        WideFloat remainder = ReduceByHalfPi(x, out int quadrant);
        return SineOf(remainder, quadrant).RoundInexact(ref context);
    }

    /// <summary>cos x: FCOS (Intel SDM Vol. 2, "FCOS"). C2 as for <see cref="Sine"/>.</summary>
    public static Float80 Cosine(Float80 x, ref X87Context context)
    {
        if (EndsTrigonometric(x, ref context, out Float80 result))
            return result;
        if (x.IsZero)
            return Float80.One;
        WideFloat remainder = ReduceByHalfPi(x, out int quadrant);
        return SineOf(remainder, quadrant + 1).RoundInexact(ref context);
    }

    /// <summary>
    /// sin x, to replace ST(0), and cos x, to be pushed: FSINCOS (Intel SDM Vol. 2, "FSINCOS"). With C2
    /// nothing is pushed.
    /// </summary>
    public static Float80 SineCosine(Float80 x, out Float80 cosine, ref X87Context context)
    {
        if (EndsTrigonometric(x, ref context, out cosine))
            return cosine;
        cosine = Float80.One;
        if (x.IsZero)
            return x;
        WideFloat remainder = ReduceByHalfPi(x, out int quadrant);
        cosine = SineOf(remainder, quadrant + 1).RoundInexact(ref context);

        // C1 tells of the sine.
        context.Status &= unchecked((ushort)~X87Status.C1);
        return SineOf(remainder, quadrant).RoundInexact(ref context);
    }

    /// <summary>
    /// tan x, to replace ST(0), and the 1.0 to be pushed, or a NaN twice: FPTAN (Intel SDM Vol. 2, "FPTAN"). With
    /// C2 nothing is pushed.
    /// </summary>
    public static Float80 Tangent(Float80 x, out Float80 pushed, ref X87Context context)
    {
        if (EndsTrigonometric(x, ref context, out pushed))
            return pushed;
        pushed = Float80.One;
        if (x.IsZero)
            return x;
        WideFloat remainder = ReduceByHalfPi(x, out int quadrant);
        if (remainder.Exponent < TinyExponent && quadrant == 0)
            return remainder.RoundInexact(ref context);
        WideFloat quotient = SineOf(remainder, quadrant) / SineOf(remainder, quadrant + 1);
        return quotient.RoundInexact(ref context);
    }

    /// <summary>
    /// The cases without a reduction: NaN, infinity, an unmasked denormal, and |x| ≥ 2^63. All trigonometric
    /// instructions define C2.
    /// </summary>
    private static bool EndsTrigonometric(Float80 x, ref X87Context context, out Float80 result)
    {
        context.DefinedConditions = X87Status.C1 | X87Status.C2;
        if (X87Operand.EndsWithNaN(x, ref context, out result))
            return true;
        if (x.IsInfinity)
        {
            result = X87Operand.Invalid(ref context);
            return true;
        }
        if (x.Exponent >= Float80.Bias + 63)
        {
            context.Status |= X87Status.C2;
            result = x;
            return true;
        }
        return context.RaiseDenormal(x.IsDenormal);
    }

    /// <summary>
    /// x − n × π/2 for the nearest integer n, of which <paramref name="quadrant"/> has the last two bits. The π is that
    /// of the processors of Intel and AMD alike, cut to 66 bits (Intel SDM Vol. 1, section 8.3.8), so that the
    /// difference is exact. An exact π would give other results for arguments near its multiples.
    /// </summary>
    private static WideFloat ReduceByHalfPi(Float80 x, out int quadrant)
    {
        quadrant = 0;
        WideFloat wide = WideFloat.From(x);
        if (wide.Exponent < -1)
            return wide;

        // π/2 of 66 bits and x, both in units of 2^-65.
        UInt128 halfPi = new(0x3, 0x243F_6A88_85A3_08D3);
        UInt128 value = (UInt128)x.Significand << (wide.Exponent + 2);
        (UInt128 quotient, UInt128 remainder) = UInt128.DivRem(value, halfPi);
        uint sign = x.Sign;
        if (remainder > halfPi - remainder)
        {
            remainder = halfPi - remainder;
            sign ^= Float80.SignBit;
            quotient++;
        }
        quadrant = (int)(uint)quotient & 3;
        if (x.IsNegative)
            quadrant = -quadrant & 3;
        return WideFloat.FromFixed(sign, 127 - 65, remainder);
    }

    /// <summary>sin(r + quadrant × π/2) for |r| ≤ π/4.</summary>
    private static WideFloat SineOf(WideFloat r, int quadrant)
    {
        WideFloat magnitude = r.Magnitude;
        WideFloat value = (quadrant & 1) == 0 ? r * WideSeries.Sine(magnitude) : WideSeries.Cosine(magnitude);
        return (quadrant & 2) == 0 ? value : -value;
    }
}

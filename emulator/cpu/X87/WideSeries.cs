namespace Emu.Cpu;

/// <summary>The power series of the transcendental instructions, in fixed point with 127 bits of fraction.</summary>
internal static class WideSeries
{
    // So many terms that the first one left out is below 2^-120 over the range each series is used for.
    private static readonly UInt128[] ExponentialTerms = Factorials(31, first: 1, step: 1);
    private static readonly UInt128[] SineTerms = Factorials(16, first: 1, step: 2);
    private static readonly UInt128[] CosineTerms = Factorials(17, first: 0, step: 2);
    private static readonly UInt128[] OddTerms = OddReciprocals(25);

    private const int ArcTangentTerms = 13;

    private static UInt128 One => UInt128.One << 127;

    /// <summary>(e^u − 1) ÷ u for |u| ≤ ln 2.</summary>
    public static WideFloat Exponential(WideFloat u)
    {
        return ToFloat(Evaluate(ExponentialTerms, u.ToFraction(), alternating: u.Sign != 0));
    }

    /// <summary>sin r ÷ r for 0 &lt; r ≤ π/4; always below 1.</summary>
    public static WideFloat Sine(WideFloat r)
    {
        return ToFloat(BelowOne(Evaluate(SineTerms, Square(r), alternating: true)));
    }

    /// <summary>cos r for 0 &lt; r ≤ π/4; always below 1.</summary>
    public static WideFloat Cosine(WideFloat r)
    {
        return ToFloat(BelowOne(Evaluate(CosineTerms, Square(r), alternating: true)));
    }

    /// <summary>atanh s ÷ s for |s| &lt; 0.172.</summary>
    public static WideFloat HyperbolicArcTangent(WideFloat s)
    {
        return ToFloat(Evaluate(OddTerms, Square(s), alternating: false));
    }

    /// <summary>atan d ÷ d for |d| ≤ 1/32; always below 1.</summary>
    public static WideFloat ArcTangent(WideFloat d)
    {
        return ToFloat(BelowOne(Evaluate(OddTerms.AsSpan(0, ArcTangentTerms), Square(d), alternating: true)));
    }

    private static UInt128 Evaluate(ReadOnlySpan<UInt128> terms, UInt128 fraction, bool alternating)
    {
        UInt128 sum = terms[^1];
        for (int i = terms.Length - 2; i >= 0; i--)
        {
            UInt128 product = WideArithmetic.MultiplyHigh(sum, fraction);
            sum = alternating ? terms[i] - product : terms[i] + product;
        }
        return sum;
    }

    private static UInt128 Square(WideFloat value)
    {
        UInt128 fraction = value.ToFraction();
        return WideArithmetic.MultiplyHigh(fraction, fraction);
    }

    /// <summary>Keeps a value that is too close to 1 to tell on the side where it belongs.</summary>
    private static UInt128 BelowOne(UInt128 value) => value >= One ? One - 1 : value;

    private static WideFloat ToFloat(UInt128 value) => WideFloat.FromFixed(0, 0, value);

    /// <summary>1 ÷ first!, 1 ÷ (first + step)! and so on.</summary>
    private static UInt128[] Factorials(int count, int first, int step)
    {
        UInt128[] terms = new UInt128[count];
        UInt128 term = One;
        int factor = first;
        for (int i = 0; i < count; i++)
        {
            terms[i] = term;
            for (int k = 0; k < step; k++)
                term /= (uint)++factor;
        }
        return terms;
    }

    /// <summary>1, 1/3, 1/5 and so on.</summary>
    private static UInt128[] OddReciprocals(int count)
    {
        UInt128[] terms = new UInt128[count];
        for (int i = 0; i < count; i++)
            terms[i] = One / (uint)((2 * i) + 1);
        return terms;
    }
}

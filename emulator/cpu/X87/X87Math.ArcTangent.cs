namespace Emu.Cpu;

public static partial class X87Math
{
    /// <summary>
    /// The angle of the point (x, y) between −π and +π: FPATAN with x in ST(0) and y in ST(1) (Intel SDM Vol. 2,
    /// "FPATAN").
    /// </summary>
    public static Float80 ArcTangent(Float80 y, Float80 x, ref X87Context context)
    {
        if (X87Operand.EndsWithNaN(x, y, ref context, out Float80 result))
            return result;
        if (context.RaiseDenormal(x.IsDenormal || y.IsDenormal))
            return default;
        bool alongAxis = y.IsZero || (x.IsInfinity && !y.IsInfinity);
        if (alongAxis && !x.IsNegative)
            return new Float80(y.Sign, 0, 0);
        WideFloat angle;
        if (alongAxis)
            angle = WideFloat.Pi;
        else if (y.IsInfinity)
            angle = !x.IsInfinity ? WideFloat.Pi.Scale(-1) : HalfTurns(x.IsNegative ? 3 : 1);
        else
            angle = AngleOf(WideFloat.From(y).Magnitude, WideFloat.From(x));
        return (y.IsNegative ? -angle : angle).RoundInexact(ref context);
    }

    /// <summary>count × π/4.</summary>
    private static WideFloat HalfTurns(int count) => WideFloat.Pi.Scale(-2) * WideFloat.From(count);

    /// <summary>The angle of a finite point above the axis.</summary>
    private static WideFloat AngleOf(WideFloat y, WideFloat x)
    {
        WideFloat angle = WideFloat.CompareMagnitudes(y, x) <= 0
            ? ArcTangentOfQuotient(y, x.Magnitude)
            : WideFloat.Pi.Scale(-1) - ArcTangentOfQuotient(x.Magnitude, y);
        return x.Sign == 0 ? angle : WideFloat.Pi - angle;
    }

    /// <summary>
    /// atan(a ÷ b) for 0 ≤ a ≤ b: the arc tangent of the nearest c in sixteenths, from a table, plus that of
    /// (a − cb) ÷ (b + ca), which is at most 1/32.
    /// </summary>
    private static WideFloat ArcTangentOfQuotient(WideFloat a, WideFloat b)
    {
        if (a.IsZero)
            return a;
        int sixteenths = NearestSixteenths(a, b);
        if (sixteenths == 0)
        {
            WideFloat quotient = a / b;
            return quotient * WideSeries.ArcTangent(quotient);
        }
        WideFloat count = WideFloat.From(sixteenths);
        WideFloat difference = (a.Scale(4) - (count * b)) / (b.Scale(4) + (count * a));
        WideFloat whole = WideFloat.FromFixed(0, 0, ArcTangents[sixteenths]);
        return difference.IsZero ? whole : whole + (difference * WideSeries.ArcTangent(difference));
    }

    /// <summary>16a ÷ b to the nearest integer, or next to it.</summary>
    private static int NearestSixteenths(WideFloat a, WideFloat b)
    {
        int distance = b.Exponent - a.Exponent;
        if (distance > 5)
            return 0;
        ulong numerator = (ulong)(a.Significand >> 96);
        ulong denominator = (ulong)(b.Significand >> 96);
        return (int)(((numerator << (5 - distance)) + denominator) / (denominator << 1));
    }

    /// <summary>atan(i ÷ 16) in units of 2^−127.</summary>
    private static readonly UInt128[] ArcTangents =
    [
        new(0x0000_0000_0000_0000, 0x0000_0000_0000_0000),
        new(0x07FD_56ED_CB3F_7A71, 0xB659_3C96_E071_706B),
        new(0x0FEA_DD4D_5617_B6E3, 0x2C89_7989_F3E8_88EF),
        new(0x17B9_7B4B_CE5B_0226, 0x8F61_69F1_0393_8E91),
        new(0x1F5B_75F9_2C80_DD62, 0xADB8_F3DE_BEF4_42FD),
        new(0x26C4_EE6E_0FD7_979A, 0x716A_ED26_349E_BCCA),
        new(0x2DEC_3283_C9BD_E11C, 0xE2A8_C848_B73F_9121),
        new(0x34C9_DD87_9847_F96D, 0x909F_257A_4007_9C4E),
        new(0x3B58_CE0A_C376_9ED1, 0x5BF9_117B_2F0E_A341),
        new(0x4195_FA53_6CC3_3F15, 0x25B5_04E5_B0D2_8AE0),
        new(0x4780_2EAF_7BFA_CFCD, 0xAE41_AF0B_32E2_1BA4),
        new(0x4D17_C073_38DE_ED10, 0x2113_7C71_1027_F9DE),
        new(0x525E_3E8C_9A7B_8492, 0x0CD4_3F95_22BE_D64F),
        new(0x5756_261C_5A6C_6040, 0x0A39_2F17_9F29_0385),
        new(0x5C02_9F15_E118_CF39, 0xE596_D2A9_0852_221F),
        new(0x6067_42DC_5629_3320, 0x44EE_B162_3749_7D12),
        new(0x6487_ED51_10B4_611A, 0x6263_3145_C06E_0E69),
    ];
}

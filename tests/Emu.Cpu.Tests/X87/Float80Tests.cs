namespace Emu.Cpu.Tests.X87;

public sealed class Float80Tests
{
    private static readonly Float80Class[] Unsupported =
    [
        Float80Class.Unnormal, Float80Class.PseudoInfinity, Float80Class.PseudoNaN,
    ];

    [Theory]
    [InlineData(0x0000, 0x0000_0000_0000_0000, Float80Class.Zero)]
    [InlineData(0x8000, 0x0000_0000_0000_0000, Float80Class.Zero)]
    [InlineData(0x0000, 0x0000_0000_0000_0001, Float80Class.Denormal)]
    [InlineData(0x8000, 0x7FFF_FFFF_FFFF_FFFF, Float80Class.Denormal)]
    [InlineData(0x0000, 0x8000_0000_0000_0000, Float80Class.PseudoDenormal)]
    [InlineData(0x0001, 0x8000_0000_0000_0000, Float80Class.Normal)]
    [InlineData(0xFFFE, 0xFFFF_FFFF_FFFF_FFFF, Float80Class.Normal)]
    [InlineData(0x0001, 0x7FFF_FFFF_FFFF_FFFF, Float80Class.Unnormal)]
    [InlineData(0x3FFF, 0x0000_0000_0000_0000, Float80Class.Unnormal)]
    [InlineData(0x7FFF, 0x8000_0000_0000_0000, Float80Class.Infinity)]
    [InlineData(0x7FFF, 0x0000_0000_0000_0000, Float80Class.PseudoInfinity)]
    [InlineData(0x7FFF, 0xC000_0000_0000_0000, Float80Class.QuietNaN)]
    [InlineData(0xFFFF, 0xFFFF_FFFF_FFFF_FFFF, Float80Class.QuietNaN)]
    [InlineData(0x7FFF, 0x8000_0000_0000_0001, Float80Class.SignalingNaN)]
    [InlineData(0x7FFF, 0xBFFF_FFFF_FFFF_FFFF, Float80Class.SignalingNaN)]
    [InlineData(0x7FFF, 0x0000_0000_0000_0001, Float80Class.PseudoNaN)]
    [InlineData(0x7FFF, 0x7FFF_FFFF_FFFF_FFFF, Float80Class.PseudoNaN)]
    public void Class_IsThatOfTheManual(int signExponent, ulong significand, Float80Class expected)
    {
        Assert.Equal(expected, new Float80(significand, (ushort)signExponent).Class);
    }

    [Fact]
    public void Predicates_AgreeWithClass()
    {
        foreach (Float80 value in X87Cases.Values)
        {
            Float80Class kind = value.Class;
            Assert.Equal(kind == Float80Class.Zero, value.IsZero);
            Assert.Equal(kind is Float80Class.Denormal or Float80Class.PseudoDenormal, value.IsDenormal);
            Assert.Equal(kind == Float80Class.Normal, value.IsNormal);
            Assert.Equal(kind == Float80Class.Infinity, value.IsInfinity);
            Assert.Equal(kind is Float80Class.QuietNaN or Float80Class.SignalingNaN, value.IsNaN);
            Assert.Equal(kind == Float80Class.SignalingNaN, value.IsSignalingNaN);
            Assert.Equal(Unsupported.Contains(kind), value.IsUnsupported);
        }
    }

    [Fact]
    public void ChangeSignAndAbs_TouchOnlyTheSign()
    {
        foreach (Float80 value in X87Cases.Values)
        {
            Assert.Equal(value.Significand, Float80.ChangeSign(value).Significand);
            Assert.Equal(value.SignExponent ^ 0x8000, Float80.ChangeSign(value).SignExponent);
            Assert.Equal(value.SignExponent & 0x7FFF, Float80.Abs(value).SignExponent);
        }
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(-0.1)]
    [InlineData(double.MaxValue)]
    [InlineData(double.Epsilon)]
    [InlineData(-0.0)]
    [InlineData(double.NegativeInfinity)]
    public void StoreDouble_GivesBackWhatLoadDoubleTook(double value)
    {
        X87Context context = new(0x37F);
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        Assert.Equal(bits, X87Math.StoreDouble(X87Math.LoadDouble(bits, ref context), ref context));
        Assert.Equal(0, context.Status & ~X87Status.DE);
    }
}

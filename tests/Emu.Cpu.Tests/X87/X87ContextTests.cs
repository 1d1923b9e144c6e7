namespace Emu.Cpu.Tests.X87;

/// <summary>What a context tells its caller; the values themselves are compared with the host elsewhere.</summary>
public sealed class X87ContextTests
{
    private const ushort MaskAll = 0x37F;

    private static readonly Float80 Third = new(0xAAAA_AAAA_AAAA_AAAB, 0x3FFD);

    [Fact]
    public void MergeInto_ReplacesDefinedConditionsAndAddsFlags()
    {
        X87Context context = new(MaskAll);
        X87Math.Divide(Float80.One, Float80.Zero, ref context);
        ushort before = X87Status.Conditions | X87Status.PE | 0x3800;
        Assert.Equal((before & ~X87Status.C1) | X87Status.ZE, context.MergeInto(before));
    }

    [Fact]
    public void Rounding_AndPrecision_AreFieldsOfTheControlWord()
    {
        X87Context context = new(0x0A7F);
        Assert.Equal(X87RoundingControl.Up, context.Rounding);
        Assert.Equal(X87PrecisionControl.Double, context.Precision);
    }

    [Theory]
    [InlineData(0x37F, false)]
    [InlineData(0x37B, true)]
    public void Divide_SuppressesResult_WhenZeroDivideIsUnmasked(int control, bool suppressed)
    {
        X87Context context = new((ushort)control);
        X87Math.Divide(Float80.One, Float80.Zero, ref context);
        Assert.Equal(X87Status.ZE, context.Status);
        Assert.Equal(suppressed, context.ResultSuppressed);
        Assert.Equal(suppressed ? X87Status.ZE : 0, context.Unmasked);
    }

    [Fact]
    public void Multiply_AdjustsExponent_WhenOverflowIsUnmasked()
    {
        X87Context context = new(0x377);
        Float80 large = new(1UL << 63, 0x7FFE);
        Float80 result = X87Math.Multiply(large, large, ref context);
        Assert.Equal(X87Status.OE, context.Status);
        Assert.False(context.ResultSuppressed);
        Assert.Equal(0x7FFE + 0x7FFE - Float80.Bias - 24576, result.Exponent);
    }

    [Fact]
    public void StoreSingle_SuppressesStore_WhenOverflowIsUnmasked()
    {
        X87Context context = new(0x377);
        X87Math.StoreSingle(new Float80(1UL << 63, 0x7FFE), ref context);
        Assert.Equal(X87Status.OE, context.Status);
        Assert.True(context.ResultSuppressed);
    }

    [Fact]
    public void Add_ReportsDenormal_OfWidenedOperand()
    {
        X87Context context = new(MaskAll);
        X87Math.Add(Float80.One, X87Math.WidenSingle(1, ref context), ref context);
        Assert.Equal(X87Status.DE | X87Status.PE, context.Status);
    }

    [Fact]
    public void Add_ForgetsWidenedDenormal_WhenOtherOperandIsNaN()
    {
        X87Context context = new(MaskAll);
        Float80 widened = X87Math.WidenSingle(1, ref context);
        Assert.Equal(Float80.Indefinite, X87Math.Add(Float80.Indefinite, widened, ref context));
        Assert.Equal(0, context.Status);
    }

    [Fact]
    public void Remainder_SetsC2_UntilReductionIsComplete()
    {
        Float80 value = new(0xDEAD_BEEF_DEAD_BEEF, 0x7000);
        int steps = 0;
        X87Context context;
        do
        {
            context = new X87Context(MaskAll);
            value = X87Math.Remainder(value, Third, ref context);
            steps++;
        }
        while ((context.Status & X87Status.C2) != 0);
        Assert.Equal(X87Status.Conditions, context.DefinedConditions);
        Assert.InRange(steps, (0x7000 - 0x3FFD) / 63, (0x7000 - 0x3FFD) / 32);
    }

    [Fact]
    public void Sine_SetsC2AndKeepsOperand_WhenOutOfRange()
    {
        X87Context context = new(MaskAll);
        Float80 large = new(1UL << 63, Float80.Bias + 63);
        Assert.Equal(large, X87Math.Sine(large, ref context));
        Assert.Equal(X87Status.C2, context.Status);
    }
}

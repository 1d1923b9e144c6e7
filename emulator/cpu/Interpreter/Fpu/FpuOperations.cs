namespace Emu.Cpu;

/// <summary>An x87 operation on two numbers; the first is the destination.</summary>
internal interface IFpuBinary
{
    /// <summary>The condition codes that it defines even for a stack underflow.</summary>
    static virtual ushort Conditions => X87Status.C1;

    /// <summary>The result.</summary>
    static abstract Float80 Apply(Float80 a, Float80 b, ref X87Context context);
}

internal readonly struct FpuAdd : IFpuBinary
{
    public static Float80 Apply(Float80 a, Float80 b, ref X87Context context) => X87Math.Add(a, b, ref context);
}

internal readonly struct FpuMultiply : IFpuBinary
{
    public static Float80 Apply(Float80 a, Float80 b, ref X87Context context) => X87Math.Multiply(a, b, ref context);
}

internal readonly struct FpuSubtract : IFpuBinary
{
    public static Float80 Apply(Float80 a, Float80 b, ref X87Context context) => X87Math.Subtract(a, b, ref context);
}

internal readonly struct FpuSubtractReverse : IFpuBinary
{
    public static Float80 Apply(Float80 a, Float80 b, ref X87Context context) => X87Math.Subtract(b, a, ref context);
}

internal readonly struct FpuDivide : IFpuBinary
{
    public static Float80 Apply(Float80 a, Float80 b, ref X87Context context) => X87Math.Divide(a, b, ref context);
}

internal readonly struct FpuDivideReverse : IFpuBinary
{
    public static Float80 Apply(Float80 a, Float80 b, ref X87Context context) => X87Math.Divide(b, a, ref context);
}

internal readonly struct FpuScale : IFpuBinary
{
    public static Float80 Apply(Float80 a, Float80 b, ref X87Context context) => X87Math.Scale(a, b, ref context);
}

internal readonly struct FpuRemainder : IFpuBinary
{
    public static ushort Conditions => X87Status.C1 | X87Status.C2;

    public static Float80 Apply(Float80 a, Float80 b, ref X87Context context) => X87Math.Remainder(a, b, ref context);
}

internal readonly struct FpuRemainderNearest : IFpuBinary
{
    public static ushort Conditions => X87Status.C1 | X87Status.C2;

    public static Float80 Apply(Float80 a, Float80 b, ref X87Context context) => X87Math.RemainderNearest(a, b, ref context);
}

/// <summary>FYL2X: the destination is ST(1), the y of y × log₂x.</summary>
internal readonly struct FpuLogarithm : IFpuBinary
{
    public static Float80 Apply(Float80 a, Float80 b, ref X87Context context) => X87Math.YLog2X(b, a, ref context);
}

internal readonly struct FpuLogarithmPlusOne : IFpuBinary
{
    public static Float80 Apply(Float80 a, Float80 b, ref X87Context context) => X87Math.YLog2XPlusOne(b, a, ref context);
}

/// <summary>FPATAN: ST(1) ÷ ST(0).</summary>
internal readonly struct FpuArcTangent : IFpuBinary
{
    public static Float80 Apply(Float80 a, Float80 b, ref X87Context context) => X87Math.ArcTangent(a, b, ref context);
}

/// <summary>An x87 operation on ST(0).</summary>
internal interface IFpuUnary
{
    /// <summary>The condition codes that it defines even for a stack underflow.</summary>
    static virtual ushort Conditions => X87Status.C1;

    /// <summary>The result.</summary>
    static abstract Float80 Apply(Float80 a, ref X87Context context);
}

internal readonly struct FpuAbsolute : IFpuUnary
{
    public static Float80 Apply(Float80 a, ref X87Context context) => Float80.Abs(a);
}

internal readonly struct FpuChangeSign : IFpuUnary
{
    public static Float80 Apply(Float80 a, ref X87Context context) => Float80.ChangeSign(a);
}

internal readonly struct FpuSquareRoot : IFpuUnary
{
    public static Float80 Apply(Float80 a, ref X87Context context) => X87Math.SquareRoot(a, ref context);
}

internal readonly struct FpuRoundToInteger : IFpuUnary
{
    public static Float80 Apply(Float80 a, ref X87Context context) => X87Math.RoundToInteger(a, ref context);
}

internal readonly struct FpuExponential : IFpuUnary
{
    public static Float80 Apply(Float80 a, ref X87Context context) => X87Math.TwoToXMinusOne(a, ref context);
}

internal readonly struct FpuSine : IFpuUnary
{
    public static ushort Conditions => X87Status.C1 | X87Status.C2;

    public static Float80 Apply(Float80 a, ref X87Context context) => X87Math.Sine(a, ref context);
}

internal readonly struct FpuCosine : IFpuUnary
{
    public static ushort Conditions => X87Status.C1 | X87Status.C2;

    public static Float80 Apply(Float80 a, ref X87Context context) => X87Math.Cosine(a, ref context);
}

/// <summary>A memory operand of an x87 instruction.</summary>
internal unsafe interface IFpuMemory
{
    /// <summary>Bytes.</summary>
    static abstract int Bytes { get; }

    /// <summary>The operand of an arithmetic instruction in the register format.</summary>
    static abstract Float80 Widen(byte* place, ref X87Context context);

    /// <summary>What a load pushes.</summary>
    static virtual Float80 Load<TSelf>(byte* place, ref X87Context context)
        where TSelf : struct, IFpuMemory => TSelf.Widen(place, ref context);
}

internal readonly unsafe struct FpuSingle : IFpuMemory
{
    public static int Bytes => 4;

    public static Float80 Widen(byte* place, ref X87Context context) => X87Math.WidenSingle(*(uint*)place, ref context);

    public static Float80 Load<TSelf>(byte* place, ref X87Context context)
        where TSelf : struct, IFpuMemory => X87Math.LoadSingle(*(uint*)place, ref context);
}

internal readonly unsafe struct FpuDouble : IFpuMemory
{
    public static int Bytes => 8;

    public static Float80 Widen(byte* place, ref X87Context context) => X87Math.WidenDouble(*(ulong*)place, ref context);

    public static Float80 Load<TSelf>(byte* place, ref X87Context context)
        where TSelf : struct, IFpuMemory => X87Math.LoadDouble(*(ulong*)place, ref context);
}

internal readonly unsafe struct FpuExtended : IFpuMemory
{
    public static int Bytes => 10;

    public static Float80 Widen(byte* place, ref X87Context context) => new(*(ulong*)place, *(ushort*)(place + 8));
}

internal readonly unsafe struct FpuInt16 : IFpuMemory
{
    public static int Bytes => 2;

    public static Float80 Widen(byte* place, ref X87Context context) => X87Math.FromInteger(*(short*)place);
}

internal readonly unsafe struct FpuInt32 : IFpuMemory
{
    public static int Bytes => 4;

    public static Float80 Widen(byte* place, ref X87Context context) => X87Math.FromInteger(*(int*)place);
}

internal readonly unsafe struct FpuInt64 : IFpuMemory
{
    public static int Bytes => 8;

    public static Float80 Widen(byte* place, ref X87Context context) => X87Math.FromInteger(*(long*)place);
}

/// <summary>Packed BCD.</summary>
internal readonly unsafe struct FpuDecimal : IFpuMemory
{
    public static int Bytes => 10;

    public static Float80 Widen(byte* place, ref X87Context context) => X87Math.LoadDecimal(*(ulong*)place, *(ushort*)(place + 8));
}

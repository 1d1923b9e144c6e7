namespace Emu.Cpu;

/// <summary>The bits of MXCSR. Intel SDM vol. 1, 10.2.3.</summary>
public static class Mxcsr
{
    /// <summary>IE: invalid operation.</summary>
    public const uint Invalid = 1 << 0;

    /// <summary>DE: denormal operand.</summary>
    public const uint Denormal = 1 << 1;

    /// <summary>ZE: division by zero.</summary>
    public const uint ZeroDivide = 1 << 2;

    /// <summary>OE: overflow.</summary>
    public const uint Overflow = 1 << 3;

    /// <summary>UE: underflow.</summary>
    public const uint Underflow = 1 << 4;

    /// <summary>PE: the result is inexact.</summary>
    public const uint Precision = 1 << 5;

    /// <summary>All six flags.</summary>
    public const uint Flags = 0x3F;

    /// <summary>DAZ: denormal operands count as zeros.</summary>
    public const uint DenormalsAreZero = 1 << 6;

    /// <summary>From a flag to its mask bit.</summary>
    public const int MaskShift = 7;

    /// <summary>Place of the rounding control.</summary>
    public const int RoundingShift = 13;

    /// <summary>The rounding control.</summary>
    public const uint RoundingMask = 3 << RoundingShift;

    /// <summary>FTZ: results that underflow become zeros.</summary>
    public const uint FlushToZero = 1 << 15;

    /// <summary>All exceptions masked, rounding to nearest.</summary>
    public const uint Default = 0x1F80;

    /// <summary>The bits that exist: MXCSR_MASK of FXSAVE.</summary>
    public const uint Writable = 0xFFFF;

    /// <summary>The flags of exceptions that are found in the operands, before there is a result.</summary>
    internal const uint BeforeResult = Invalid | Denormal | ZeroDivide;

    /// <summary>What must be as in <see cref="FastValue"/> for host arithmetic to be right as it is.</summary>
    internal const uint FastMask = Writable & ~(Flags & ~Precision);

    /// <summary>Default control, and the one flag that nearly every operation raises is up.</summary>
    internal const uint FastValue = Default | Precision;
}

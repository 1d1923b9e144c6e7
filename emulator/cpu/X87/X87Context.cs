namespace Emu.Cpu;

/// <summary>The bits of the x87 FPU status word (Intel SDM Vol. 1, section 8.1.3).</summary>
public static class X87Status
{
    /// <summary>Invalid operation.</summary>
    public const ushort IE = 1 << 0;

    /// <summary>Denormal operand.</summary>
    public const ushort DE = 1 << 1;

    /// <summary>Zero divide.</summary>
    public const ushort ZE = 1 << 2;

    /// <summary>Overflow.</summary>
    public const ushort OE = 1 << 3;

    /// <summary>Underflow.</summary>
    public const ushort UE = 1 << 4;

    /// <summary>Precision: the result is inexact.</summary>
    public const ushort PE = 1 << 5;

    /// <summary>All six exception flags; the same bits of the control word are their masks.</summary>
    public const ushort Exceptions = IE | DE | ZE | OE | UE | PE;

    /// <summary>Stack fault: with IE, the register stack overflowed (C1 set) or underflowed (C1 clear).</summary>
    public const ushort SF = 1 << 6;

    /// <summary>Exception summary: some flag is set that the control word does not mask.</summary>
    public const ushort ES = 1 << 7;

    /// <summary>Condition code 0.</summary>
    public const ushort C0 = 1 << 8;

    /// <summary>Condition code 1; after an inexact result: it was rounded away from zero.</summary>
    public const ushort C1 = 1 << 9;

    /// <summary>Condition code 2.</summary>
    public const ushort C2 = 1 << 10;

    /// <summary>Condition code 3.</summary>
    public const ushort C3 = 1 << 14;

    /// <summary>Busy: a copy of ES.</summary>
    public const ushort B = 1 << 15;

    /// <summary>All four condition codes.</summary>
    public const ushort Conditions = C0 | C1 | C2 | C3;
}

/// <summary>Rounding control, bits 11:10 of the control word (Intel SDM Vol. 1, section 8.1.5.3).</summary>
public enum X87RoundingControl
{
    /// <summary>To the nearest, a tie to the even one.</summary>
    Nearest = 0,

    /// <summary>Toward −∞.</summary>
    Down = 1,

    /// <summary>Toward +∞.</summary>
    Up = 2,

    /// <summary>Toward zero.</summary>
    Zero = 3,
}

/// <summary>Precision control, bits 9:8 of the control word (Intel SDM Vol. 1, section 8.1.5.2).</summary>
public enum X87PrecisionControl
{
    /// <summary>24 bits of significand.</summary>
    Single = 0,

    /// <summary>The reserved encoding; it rounds to 64 bits.</summary>
    Reserved = 1,

    /// <summary>53 bits of significand.</summary>
    Double = 2,

    /// <summary>64 bits of significand.</summary>
    Extended = 3,
}

/// <summary>
/// What one x87 operation reads of the control word and reports to the status word (Intel SDM Vol. 1, sections 8.1.3,
/// 8.1.5 and 8.5).
/// </summary>
/// <remarks>
/// A context serves one instruction. An instruction with a memory operand widens it first with the same context, so
/// that a denormal operand is known when the arithmetic begins.
/// </remarks>
public struct X87Context
{
    internal const int PrecisionMask = 0x300;
    internal const int RoundingMask = 0xC00;
    internal const int RoundingShift = 10;
    internal const int ControlMask = PrecisionMask | RoundingMask;

    /// <summary>The control word: exception masks, precision control and rounding control.</summary>
    public readonly ushort ControlWord;

    /// <summary>The exception flags raised and the condition codes, in the places of <see cref="X87Status"/>.</summary>
    public ushort Status;

    /// <summary>The condition codes that the operation writes; the others keep their value.</summary>
    public ushort DefinedConditions;

    /// <summary>
    /// Whether an unmasked exception keeps the operation from taking effect: nothing is stored, pushed or popped, and
    /// the value returned means nothing. Status and condition codes hold all the same.
    /// </summary>
    public bool ResultSuppressed;

    /// <summary>A context with no exception raised yet.</summary>
    public X87Context(ushort controlWord)
    {
        ControlWord = controlWord;
        Status = 0;
        DefinedConditions = X87Status.C1;
        ResultSuppressed = false;
    }

    /// <summary>Bits 11:10 of the control word.</summary>
    public readonly X87RoundingControl Rounding => (X87RoundingControl)((ControlWord & RoundingMask) >> RoundingShift);

    /// <summary>Bits 9:8 of the control word.</summary>
    public readonly X87PrecisionControl Precision => (X87PrecisionControl)((ControlWord & PrecisionMask) >> 8);

    /// <summary>The exceptions raised that the control word does not mask.</summary>
    public readonly ushort Unmasked => (ushort)(Status & ~ControlWord & X87Status.Exceptions);

    /// <summary>
    /// The status word after the operation: the flags raised are added, the condition codes defined are replaced. The
    /// summary and busy bits are left to the caller.
    /// </summary>
    public readonly ushort MergeInto(ushort statusWord) => (ushort)((statusWord & ~DefinedConditions) | Status);

    /// <summary>Rounding control with a precision of 64 bits, where precision control does not apply.</summary>
    internal readonly int ExtendedControl => (ControlWord & RoundingMask) | PrecisionMask;

    /// <summary>Rounding and precision control, for addition, subtraction, multiplication, division and square root.</summary>
    internal readonly int ArithmeticControl => ControlWord & ControlMask;

    internal readonly bool IsMasked(ushort exception) => (ControlWord & exception) != 0;

    /// <summary>Raises IE. The masked answer is the caller's; a denormal operand is no longer reported.</summary>
    internal void RaiseInvalid()
    {
        Status = (ushort)((Status & ~X87Status.DE) | X87Status.IE);
        ResultSuppressed |= !IsMasked(X87Status.IE);
    }

    /// <summary>Raises ZE. The masked answer is the caller's; a denormal operand is no longer reported.</summary>
    internal void RaiseZeroDivide()
    {
        Status = (ushort)((Status & ~X87Status.DE) | X87Status.ZE);
        ResultSuppressed |= !IsMasked(X87Status.ZE);
    }

    /// <summary>Raises DE if an operand is denormal, the widened one included; true if that ends the operation.</summary>
    internal bool RaiseDenormal(bool denormal)
    {
        if (denormal)
            Status |= X87Status.DE;
        ResultSuppressed |= (Status & ~ControlWord & X87Status.DE) != 0;
        return ResultSuppressed;
    }

    /// <summary>Raises PE for an inexact result, with C1 for the direction it was rounded.</summary>
    internal void RaisePrecision(bool roundedUp)
    {
        Status |= X87Status.PE;
        if (roundedUp)
            Status |= X87Status.C1;
    }
}

namespace Emu.Cpu;

/// <summary>A comparison of registers, or an operation on one, that a conditional jump right behind it can be fused with.</summary>
/// <param name="Kind">What is compared.</param>
/// <param name="Size">Operand size in bytes.</param>
/// <param name="Slot">Which micro-operation of the block it is, from 1.</param>
internal readonly record struct Comparison(ComparisonKind Kind, int Size, int Slot);

/// <summary>Kinds of <see cref="Comparison"/>.</summary>
internal enum ComparisonKind
{
    /// <summary>None.</summary>
    None,

    /// <summary>CMP of two registers.</summary>
    CompareRegister,

    /// <summary>CMP of a register with an immediate.</summary>
    CompareImmediate,

    /// <summary>TEST of two registers.</summary>
    TestRegister,

    /// <summary>TEST of a register with an immediate.</summary>
    TestImmediate,

    /// <summary>ADD of two registers.</summary>
    AddRegister,

    /// <summary>ADD of an immediate.</summary>
    AddImmediate,

    /// <summary>SUB of two registers.</summary>
    SubtractRegister,

    /// <summary>SUB of an immediate.</summary>
    SubtractImmediate,

    /// <summary>AND of two registers.</summary>
    AndRegister,

    /// <summary>AND of an immediate.</summary>
    AndImmediate,

    /// <summary>INC of a register.</summary>
    Increment,

    /// <summary>DEC of a register.</summary>
    Decrement,
}

using Iced.Intel;

namespace Emu.Cpu;

/// <summary>Sizes and values of an instruction's operands.</summary>
internal static class Operands
{
    /// <summary>Bytes of the first operand.</summary>
    public static int Size(in Instruction i) => Size(i, 0);

    /// <summary>Bytes of an operand: of the register, or of the memory it names.</summary>
    public static int Size(in Instruction i, int operand) => i.GetOpKind(operand) switch
    {
        OpKind.Register => i.GetOpRegister(operand).GetSize(),
        OpKind.Memory => i.MemorySize.GetSize(),
        OpKind kind => throw new Mm.EmulatorBugException($"operand {operand} of {i.Code} has no size ({kind})"),
    };

    /// <summary>Whether an operand is memory.</summary>
    public static bool IsMemory(in Instruction i, int operand) => i.GetOpKind(operand) == OpKind.Memory;

    /// <summary>The immediate operand, sign-extended as the instruction says.</summary>
    public static ulong Immediate(in Instruction i) => i.GetImmediate(i.OpCount - 1);
}

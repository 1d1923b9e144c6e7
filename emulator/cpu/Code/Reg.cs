using Iced.Intel;

namespace Emu.Cpu;

/// <summary>From Iced's registers to offsets in <see cref="CpuState"/>.</summary>
internal static class Reg
{
    /// <summary>Offset of RSP.</summary>
    public const ushort Rsp = 4 * 8;

    /// <summary>Offset of RAX.</summary>
    public const ushort Rax = 0;

    /// <summary>Offset of RCX.</summary>
    public const ushort Rcx = 1 * 8;

    /// <summary>Offset of RDX.</summary>
    public const ushort Rdx = 2 * 8;

    /// <summary>Offset of a general-purpose, segment, MMX or vector register of any width.</summary>
    public static ushort Offset(Register register)
    {
        if (register is >= Register.AH and <= Register.BH)
            return (ushort)(((register - Register.AH) * 8) + 1);
        if (register is >= Register.AL and <= Register.BL)
            return (ushort)((register - Register.AL) * 8);
        if (register is >= Register.SPL and <= Register.R15L)
            return (ushort)((register - Register.SPL + 4) * 8);
        if (register is >= Register.AX and <= Register.R15W)
            return (ushort)((register - Register.AX) * 8);
        if (register is >= Register.EAX and <= Register.R15D)
            return (ushort)((register - Register.EAX) * 8);
        if (register is >= Register.RAX and <= Register.R15)
            return (ushort)((register - Register.RAX) * 8);
        if (register.IsSegmentRegister())
            return (ushort)(CpuState.SelectorsOffset + ((register - Register.ES) * sizeof(ushort)));
        if (register.IsMM())
            return (ushort)(CpuState.FpuOffset + (register.GetNumber() * 16));
        Mm.Bug.On(!register.IsVectorRegister(), "a register without a place");
        return (ushort)(CpuState.VectorOffset + (register.GetNumber() * 64));
    }

    /// <summary>Offset of a vector register by number.</summary>
    public static ushort Vector(int number) => (ushort)(CpuState.VectorOffset + (number * 64));
}

using Iced.Intel;

namespace Emu.Cpu.Tests.Differential;

/// <summary>What the manual leaves undefined after an instruction, so that processors differ and nothing is compared. Intel SDM vol. 2.</summary>
internal static partial class UndefinedResults
{
    private const ulong Carry = RFlagsBits.Carry, Parity = RFlagsBits.Parity, Adjust = RFlagsBits.Adjust, Zero = RFlagsBits.Zero,
        Sign = RFlagsBits.Sign, Overflow = RFlagsBits.Overflow;

    /// <summary>Takes over from the host what is undefined after an instruction.</summary>
    /// <param name="i">The instruction.</param>
    /// <param name="before">The state that it was executed in.</param>
    /// <param name="undefinedFlags">The flags that are undefined; null if they follow from the instruction.</param>
    /// <param name="expected">What the host left.</param>
    /// <param name="actual">What the interpreter left.</param>
    public static void Forget(in Instruction i, in CpuCase before, ulong? undefinedFlags, in CpuCase expected, ref CpuCase actual)
    {
        ulong flags = undefinedFlags ?? Flags(i, before);
        actual.RFlags = (actual.RFlags & ~flags) | (expected.RFlags & flags);
        if (Destination(i, before))
            ForgetDestination(i, expected, ref actual);
        if (i.Mnemonic == Mnemonic.Lsl && actual.Gpr[FullNumber(i.Op0Register)] <= 0xFFFF)
            ForgetDestination(i, expected, ref actual); // the number of the CPU, in one descriptor of Linux
        ForgetFpu(i, expected, ref actual);
        ForgetFault(i, expected, ref actual);
    }

    /// <summary>The flags of RFLAGS that are undefined; RF, which only the processor itself sets, among them.</summary>
    public static ulong Flags(in Instruction i, in CpuCase before) => RFlagsBits.Resume | (i.Mnemonic switch
    {
        // Vol. 2, "AND", "OR", "XOR", "TEST": the state of AF is undefined.
        Mnemonic.And or Mnemonic.Or or Mnemonic.Xor or Mnemonic.Test => Adjust,

        // "MUL", "IMUL": SF, ZF, AF and PF are undefined.
        Mnemonic.Mul or Mnemonic.Imul => Sign | Zero | Adjust | Parity,

        // "DIV", "IDIV": all are undefined.
        Mnemonic.Div or Mnemonic.Idiv => RFlagsBits.StatusMask,

        // "BT" and its kin: OF, SF, AF and PF are undefined.
        Mnemonic.Bt or Mnemonic.Bts or Mnemonic.Btr or Mnemonic.Btc => Overflow | Sign | Adjust | Parity,

        // "BSF", "BSR": all but ZF are undefined.
        Mnemonic.Bsf or Mnemonic.Bsr => RFlagsBits.StatusMask & ~Zero,

        // "SAL/SAR/SHL/SHR": AF, OF but for shifts by 1, CF for SHL and SHR by the operand's width or more.
        Mnemonic.Shl or Mnemonic.Sal or Mnemonic.Shr or Mnemonic.Sar => Shift(i, before),

        // "RCL/RCR/ROL/ROR": OF but for rotations by 1.
        Mnemonic.Rol or Mnemonic.Ror or Mnemonic.Rcl or Mnemonic.Rcr => Count(i, before) == 1 ? 0 : Overflow,

        // "SHLD", "SHRD": AF, OF but for shifts by 1; all beyond the operand's width.
        Mnemonic.Shld or Mnemonic.Shrd => DoubleShift(i, before),

        // "TZCNT", "LZCNT": OF, SF, PF and AF are undefined.
        Mnemonic.Tzcnt or Mnemonic.Lzcnt => Overflow | Sign | Parity | Adjust,

        // "ANDN", "BLSI", "BLSMSK", "BLSR", "BZHI": AF and PF; "BEXTR": SF too.
        Mnemonic.Andn or Mnemonic.Blsi or Mnemonic.Blsmsk or Mnemonic.Blsr or Mnemonic.Bzhi => Adjust | Parity,
        Mnemonic.Bextr => Adjust | Parity | Sign,
        _ => 0UL,
    });

    // Whether the destination itself is undefined.
    private static bool Destination(in Instruction i, in CpuCase before) => i.Mnemonic switch
    {
        // "SHLD", "SHRD": a count beyond the operand's width.
        Mnemonic.Shld or Mnemonic.Shrd => Count(i, before) > 8 * Operands.Size(i),

        // "BSWAP": of a 16-bit register.
        Mnemonic.Bswap => Operands.Size(i) == 2,
        _ => false,
    };

    private static void ForgetDestination(in Instruction i, in CpuCase expected, ref CpuCase actual)
    {
        if (i.Op0Kind == OpKind.Memory)
            (actual.Window, actual.WroteOutside) = (expected.Window, expected.WroteOutside);
        else
            actual.Gpr[FullNumber(i.Op0Register)] = expected.Gpr[FullNumber(i.Op0Register)];
    }

    private static int FullNumber(Register register) => register.GetFullRegister() - Register.RAX;

    private static ulong Shift(in Instruction i, in CpuCase before)
    {
        int count = Count(i, before);
        if (count == 0)
            return 0;
        ulong carry = count >= 8 * Operands.Size(i) && i.Mnemonic != Mnemonic.Sar ? Carry : 0;
        return Adjust | carry | (count == 1 ? 0 : Overflow);
    }

    private static ulong DoubleShift(in Instruction i, in CpuCase before)
    {
        int count = Count(i, before);
        if (count == 0)
            return 0;
        return count > 8 * Operands.Size(i) ? RFlagsBits.StatusMask : Adjust | (count == 1 ? 0 : Overflow);
    }

    // The masked count, in the last operand.
    private static int Count(in Instruction i, in CpuCase before)
    {
        bool register = i.GetOpKind(i.OpCount - 1) == OpKind.Register;
        ulong count = register ? before.Gpr[1] : i.GetImmediate(i.OpCount - 1);
        return (int)(count & Cpu.Shift.CountMask(Operands.Size(i)));
    }
}

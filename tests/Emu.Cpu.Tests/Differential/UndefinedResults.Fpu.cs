using System.Buffers.Binary;
using Emu.Mm;
using Iced.Intel;

namespace Emu.Cpu.Tests.Differential;

/// <content>The x87 FPU, and faults.</content>
internal static partial class UndefinedResults
{
    // Places in the image of FXSAVE that depend on the processor: pointers of the last instruction, and MXCSR_MASK.
    private const int PointersStart = 6, PointersEnd = 24, MaskStart = 28, MaskEnd = 32;

    /// <summary>Whether an instruction leaves more than pointers of the FPU undefined.</summary>
    public static bool LeavesFpuUndefined(Mnemonic mnemonic) => Conditions(mnemonic) != 0;

    private static void ForgetFpu(in Instruction i, in CpuCase expected, ref CpuCase actual)
    {
        int conditions = Conditions(i.Mnemonic);
        actual.FpuStatus = (ushort)((actual.FpuStatus & ~conditions) | (expected.FpuStatus & conditions));
        if (IsApproximate(i.Mnemonic))
        {
            ForgetLastBit(expected, ref actual, 0);
            ForgetLastBit(expected, ref actual, 1);
        }

        // Vol. 1, 11.5.2: "DPPS", "DPPD" accumulate flags over several operations; which of them is left out before #XM differs.
        if (i.Mnemonic is Mnemonic.Dpps or Mnemonic.Dppd or Mnemonic.Vdpps or Mnemonic.Vdppd && expected.Trap == (uint)ExceptionVector.SimdFloatingPoint)
            actual.Mxcsr = expected.Mxcsr;
        if (i.Mnemonic is Mnemonic.Fxsave or Mnemonic.Fxsave64 || IsXSave(i.Mnemonic))
            ForgetImage(i, expected, ref actual);
    }

    private static bool IsXSave(Mnemonic mnemonic) => mnemonic is Mnemonic.Xsave or Mnemonic.Xsave64 or Mnemonic.Xsaveopt or Mnemonic.Xsaveopt64
        or Mnemonic.Xsavec or Mnemonic.Xsavec64;

    // The condition codes that the manual calls undefined, or that processors leave where it says they are cleared.
    private static int Conditions(Mnemonic mnemonic) => mnemonic switch
    {
        Mnemonic.Ffree or Mnemonic.Ffreep => X87Status.Conditions,
        Mnemonic.Fcmovb or Mnemonic.Fcmovnb or Mnemonic.Fcmove or Mnemonic.Fcmovne or Mnemonic.Fcmovbe or Mnemonic.Fcmovnbe
            or Mnemonic.Fcmovu or Mnemonic.Fcmovnu => X87Status.Conditions,
        Mnemonic.Fcomi or Mnemonic.Fcomip or Mnemonic.Fucomi or Mnemonic.Fucomip => X87Status.C1,
        _ => IsApproximate(mnemonic) ? X87Status.C1 : 0,
    };

    // Vol. 1, 8.3.10: the error is below one unit in the last place.
    private static bool IsApproximate(Mnemonic mnemonic) => mnemonic is Mnemonic.F2xm1 or Mnemonic.Fyl2x or Mnemonic.Fyl2xp1 or Mnemonic.Fpatan
        or Mnemonic.Fptan or Mnemonic.Fsin or Mnemonic.Fcos or Mnemonic.Fsincos;

    private static void ForgetLastBit(in CpuCase expected, ref CpuCase actual, int index)
    {
        CpuCase host = expected;
        if (Order(host.St(index)) - Order(actual.St(index)) + 1 <= 2)
            host.St(index).CopyTo(actual.St(index));
    }

    // Neighbours of the same sign are neighbours here too.
    private static UInt128 Order(ReadOnlySpan<byte> value) =>
        ((UInt128)BinaryPrimitives.ReadUInt16LittleEndian(value[8..]) << 63) + (BinaryPrimitives.ReadUInt64LittleEndian(value) & long.MaxValue);

    private static void ForgetImage(in Instruction i, in CpuCase expected, ref CpuCase actual)
    {
        CpuCase host = expected;
        ulong address = i.GetVirtualAddress(0, 0, (register, _, _) => register switch
        {
            Register.FS => host.FsBase,
            Register.GS => host.GsBase,
            _ when register.IsSegmentRegister() => 0,
            _ => host.Gpr[register.GetFullRegister() - Register.RAX],
        });
        for (ulong at = PointersStart; at < MaskEnd; at++)
        {
            int place = (int)(address + at - CpuCase.WindowAddress);
            if (at is < PointersEnd or >= MaskStart && place is >= 0 and < CpuCase.WindowSize)
                actual.Window[place] = host.Window[place];
        }
    }

    private static void ForgetFault(in Instruction i, in CpuCase expected, ref CpuCase actual)
    {
        // Whether bytes that are masked out can fault: "MASKMOVQ", "MASKMOVDQU". Whether the FPU has become MMX before it does.
        bool masked = i.Mnemonic is Mnemonic.Maskmovq or Mnemonic.Maskmovdqu or Mnemonic.Vmaskmovdqu;
        if (masked && expected.Trap is (uint)ExceptionVector.PageFault or (uint)ExceptionVector.GeneralProtection or (uint)ExceptionVector.AlignmentCheck)
            actual = expected;

        // SHA asks for aligned operands on Intel's processors (vol. 2, exceptions of type 4), not on AMD's.
        if (i.Code.CpuidFeatures().Contains(CpuidFeature.SHA) && actual.Trap == (uint)ExceptionVector.GeneralProtection)
            actual = expected;

        // Where in the page a masked access finds that it may not.
        bool partial = i.Mnemonic is Mnemonic.Vmaskmovps or Mnemonic.Vmaskmovpd or Mnemonic.Vpmaskmovd or Mnemonic.Vpmaskmovq;
        if (partial && (expected.FaultAddress ^ actual.FaultAddress) < MmConstants.PageSize)
            actual.FaultAddress = expected.FaultAddress;

        // What is above the elements after a fault: Intel's processors clear it, AMD's do not.
        if (InstructionForms.IsGather(i.Code.ToOpCode().GetOpKind(1)) && IsMemoryFault(expected))
            ForgetAboveElements(i, expected, ref actual);

        // Which comes first of the faults that the pieces of a large operand have, and its alignment.
        if (IsLarge(i) && IsMemoryFault(expected) && IsMemoryFault(actual))
            (actual.Trap, actual.Error, actual.FaultAddress) = (expected.Trap, expected.Error, expected.FaultAddress);

        // Code of 32 bits is refused, whatever else may be wrong with its address.
        const uint User32Cs = 0x20;
        if (actual.Trap == expected.Trap && actual.Error == User32Cs)
            actual.Error = expected.Error;
        if (expected.Trap != (uint)ExceptionVector.PageFault || actual.Trap != expected.Trap)
            return;

        // Linux says of every address beyond the user's that it is protected: set_signal_archinfo.
        const uint Protected = (uint)PageFaultError.Present;
        if (expected.FaultAddress >= MmConstants.TaskSize)
            actual.Error = (actual.Error & ~Protected) | (expected.Error & Protected);
    }

    private static void ForgetAboveElements(in Instruction i, in CpuCase expected, ref CpuCase actual)
    {
        CpuCase host = expected;
        bool half = i.Op0Register.IsXMM() && i.Mnemonic is Mnemonic.Vgatherqps or Mnemonic.Vpgatherqd && i.MemoryIndex.IsXMM();
        foreach (Register register in (ReadOnlySpan<Register>)[i.Op0Register, i.Op2Register])
        {
            int number = register.GetNumber();
            if (register.IsXMM())
                host.High(number).CopyTo(actual.High(number));
            if (half)
                host.Xmm(number)[8..].CopyTo(actual.Xmm(number)[8..]);
        }
    }

    private static bool IsMemoryFault(in CpuCase state) => (ExceptionVector)state.Trap is ExceptionVector.PageFault
        or ExceptionVector.GeneralProtection or ExceptionVector.StackFault;

    private static bool IsLarge(in Instruction i) => i.Mnemonic is Mnemonic.Fldenv or Mnemonic.Fnstenv or Mnemonic.Frstor or Mnemonic.Fnsave
        or Mnemonic.Fxsave or Mnemonic.Fxsave64 or Mnemonic.Fxrstor or Mnemonic.Fxrstor64 or Mnemonic.Iret or Mnemonic.Iretd or Mnemonic.Iretq
        or Mnemonic.Xrstor or Mnemonic.Xrstor64 or Mnemonic.Retf || IsXSave(i.Mnemonic) || i.IsJmpFarIndirect || i.IsCallFarIndirect;
}

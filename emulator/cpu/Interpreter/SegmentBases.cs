using Iced.Intel;

namespace Emu.Cpu;

/// <summary>RDFSBASE, RDGSBASE, WRFSBASE, WRGSBASE and RDPID. Intel SDM vol. 2B.</summary>
internal static unsafe class SegmentBases
{
    /// <summary>RDFSBASE and RDGSBASE.</summary>
    public static void Read(BlockBuilder b, in Instruction i) =>
        b.Emit(Select.Width<MoveRegister>(Operands.Size(i)), Reg.Offset(i.Op0Register), BaseOf(i.Mnemonic == Mnemonic.Rdfsbase));

    /// <summary>WRFSBASE and WRGSBASE: #GP if the address is not canonical.</summary>
    public static void Write(BlockBuilder b, in Instruction i)
    {
        ushort place = BaseOf(i.Mnemonic == Mnemonic.Wrfsbase);
        b.Emit(Operands.Size(i) == 8 ? &Set<W64> : &Set<W32>, place, Reg.Offset(i.Op0Register));
    }

    /// <summary>RDPID: as RDTSCP, the number of the CPU.</summary>
    public static void ReadProcessorId(BlockBuilder b, in Instruction i) => b.Emit(&ProcessorId, Reg.Offset(i.Op0Register));

    private static ushort BaseOf(bool fs) => fs ? CpuState.FsBaseOffset : CpuState.GsBaseOffset;

    private static Block* Set<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        ulong address = Access.Get<TWidth>(s, op->Source);
        if (!Mmu.IsCanonical(address))
            return Exceptions.Raise(s, op, c, ExceptionVector.GeneralProtection);
        *(ulong*)Access.Register(s, op->Destination) = address;
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* ProcessorId(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        *(ulong*)Access.Register(s, op->Destination) = (ulong)Processor.Of(c).Id;
        return op[1].Handler(s, op + 1, c);
    }
}

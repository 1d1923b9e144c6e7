using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>
/// The moves of SSE to SSE4.1 and MMX: whole registers, scalars, halves, and between register files. Intel SDM vol. 2.
/// </summary>
internal static unsafe class VectorMove
{
    /// <summary>MOVUPS, MOVUPD, MOVDQU, LDDQU.</summary>
    public static void Unaligned(BlockBuilder b, in Instruction i) => Whole<Unaligned>(b, i);

    /// <summary>MOVAPS, MOVAPD, MOVDQA, and the non-temporal MOVNTPS, MOVNTPD, MOVNTDQ, MOVNTDQA.</summary>
    public static void Aligned(BlockBuilder b, in Instruction i) => Whole<Aligned>(b, i);

    /// <summary>MOVSS and MOVSD: a load clears the rest of the register, a move between registers leaves it.</summary>
    public static void Scalar(BlockBuilder b, in Instruction i)
    {
        int size = i.Mnemonic == Mnemonic.Movss ? 4 : 8;
        if (i.Op0Kind == OpKind.Memory)
            b.EmitStore(i, size, Reg.Offset(i.Op1Register));
        else if (i.Op1Kind == OpKind.Memory)
            b.EmitMemory(Select.Memory<LoadZeroExtended>(size, b.Lower(i)), Reg.Offset(i.Op0Register));
        else
            b.Emit(Select.Width<Insert>(size), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register));
    }

    /// <summary>MOVD and MOVQ: to a vector register with zeros above, from one, and between two; the same with MMX.</summary>
    public static void Quadword(BlockBuilder b, in Instruction i)
    {
        int size = i.Mnemonic == Mnemonic.Movd ? 4 : 8;
        if (UsesMmx(i))
            QuadwordMmx(b, i, size);
        else if (i.Op0Kind == OpKind.Memory)
            b.EmitStore(i, size, Reg.Offset(i.Op1Register));
        else if (i.Op0Register.IsGPR())
            b.Emit(Select.Width<MoveRegister>(size), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register));
        else if (i.Op1Kind == OpKind.Memory)
            b.EmitMemory(Select.Memory<LoadZeroExtended>(size, b.Lower(i)), Reg.Offset(i.Op0Register));
        else
            b.Emit(Select.Width<ZeroExtended>(size), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register));
    }

    /// <summary>MOVLPS and MOVLPD: the low half, the other stays.</summary>
    public static void Low(BlockBuilder b, in Instruction i) => Half(b, i, 0);

    /// <summary>MOVHPS and MOVHPD: the high half.</summary>
    public static void High(BlockBuilder b, in Instruction i) => Half(b, i, 8);

    /// <summary>MOVHLPS.</summary>
    public static void HighToLow(BlockBuilder b, in Instruction i) =>
        b.Emit(Select.Width<MoveRegister>(8), Reg.Offset(i.Op0Register), (ushort)(Reg.Offset(i.Op1Register) + 8));

    /// <summary>MOVLHPS.</summary>
    public static void LowToHigh(BlockBuilder b, in Instruction i) =>
        b.Emit(Select.Width<MoveRegister>(8), (ushort)(Reg.Offset(i.Op0Register) + 8), Reg.Offset(i.Op1Register));

    /// <summary>MOVNTI.</summary>
    public static void NonTemporalInteger(BlockBuilder b, in Instruction i) => b.EmitStore(i, Operands.Size(i), Reg.Offset(i.Op1Register));

    /// <summary>MOVNTQ.</summary>
    public static void NonTemporalMmx(BlockBuilder b, in Instruction i) => QuadwordMmx(b, i, 8);

    /// <summary>MOVQ2DQ.</summary>
    public static void FromMmx(BlockBuilder b, in Instruction i)
    {
        MmxState.EmitCheck(b);
        b.Emit(Select.Width<ZeroExtended>(8), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register));
        MmxState.EmitEnter(b);
    }

    /// <summary>MOVDQ2Q.</summary>
    public static void ToMmx(BlockBuilder b, in Instruction i)
    {
        MmxState.EmitCheck(b);
        b.Emit(Select.Width<ToMmxRegister>(8), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register));
        MmxState.EmitEnter(b);
    }

    private static void QuadwordMmx(BlockBuilder b, in Instruction i, int size)
    {
        MmxState.EmitCheck(b);
        if (i.Op0Kind == OpKind.Memory)
        {
            b.EmitMemory(Select.Memory<MmxState.Store>(size, b.Lower(i)), source: Reg.Offset(i.Op1Register));
            return;
        }
        ushort source = b.EmitLoad(i, 1, size), destination = Reg.Offset(i.Op0Register);
        b.Emit(i.Op0Register.IsGPR() ? Select.Width<MoveRegister>(size) : Select.Width<ToMmxRegister>(size), destination, source);
        MmxState.EmitEnter(b);
    }

    private static bool UsesMmx(in Instruction i) =>
        (i.Op0Kind == OpKind.Register && i.Op0Register.IsMM()) || (i.Op1Kind == OpKind.Register && i.Op1Register.IsMM());

    private static void Whole<TAlignment>(BlockBuilder b, in Instruction i)
        where TAlignment : struct, IAlignment
    {
        if (i.Op0Kind == OpKind.Memory)
            VectorMemory.EmitStore<TAlignment>(b, i, Reg.Offset(i.Op1Register));
        else if (i.Op1Kind == OpKind.Memory)
            VectorMemory.EmitLoad<TAlignment>(b, i, Reg.Offset(i.Op0Register));
        else
            b.Emit(&Copy, Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register));
    }

    private static void Half(BlockBuilder b, in Instruction i, int half)
    {
        if (i.Op0Kind == OpKind.Memory)
            b.EmitStore(i, 8, (ushort)(Reg.Offset(i.Op1Register) + half));
        else
            b.EmitMemory(Select.Memory<LoadRegister>(8, b.Lower(i)), (ushort)(Reg.Offset(i.Op0Register) + half));
    }

    private static Block* Copy(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        Xmm.Store(s, op->Destination, Xmm.Load(s, op->Source));
        return op[1].Handler(s, op + 1, c);
    }

    /// <summary>Writes an element of a register and nothing else.</summary>
    internal readonly struct Insert : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            TWidth.Store(Access.Register(s, op->Destination), Access.Get<TWidth>(s, op->Source));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct ZeroExtended : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            Xmm.Store(s, op->Destination, Vector128.CreateScalar(Access.Get<TWidth>(s, op->Source)).AsByte());
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct LoadZeroExtended : IMemoryHandler
    {
        public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
            where TAddress : struct, IAddress
        {
            byte* place = Access.Read(s, op, c, TAddress.Of(s, op), TWidth.Bytes);
            if (place == null)
                return null;
            Xmm.Store(s, op->Destination, Vector128.CreateScalar(TWidth.Load(place)).AsByte());
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct ToMmxRegister : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            Mmx.Store(s, op->Destination, Vector128.CreateScalar(Access.Get<TWidth>(s, op->Source)).AsByte());
            return op[1].Handler(s, op + 1, c);
        }
    }
}

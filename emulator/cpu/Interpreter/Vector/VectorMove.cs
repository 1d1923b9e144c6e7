using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>
/// The moves of MMX, SSE and AVX: whole registers, scalars, halves, and between register files. Intel SDM vol. 2.
/// </summary>
internal static unsafe class VectorMove
{
    /// <summary>MOVUPS, MOVUPD, MOVDQU, LDDQU.</summary>
    public static void Unaligned(BlockBuilder b, in Instruction i) => Whole<Unaligned>(b, i);

    /// <summary>MOVAPS, MOVAPD, MOVDQA, and the non-temporal MOVNTPS, MOVNTPD, MOVNTDQ, MOVNTDQA.</summary>
    public static void Aligned(BlockBuilder b, in Instruction i) => Whole<Aligned>(b, i);

    /// <summary>
    /// MOVSS and MOVSD: a load clears the rest of the register; a move between registers leaves it, or takes it from a third one.
    /// </summary>
    public static void Scalar(BlockBuilder b, in Instruction i)
    {
        int size = i.Mnemonic is Mnemonic.Movss or Mnemonic.Vmovss ? 4 : 8;
        if (i.Op0Kind == OpKind.Memory)
            b.EmitStore(i, size, Reg.Offset(i.Op1Register));
        else if (i.Op1Kind == OpKind.Memory)
            EmitLoadZeroExtended(b, i, size);
        else if (VectorOperands.IsVex(i))
            b.EmitVector(size == 4 ? &Merge<uint> : &Merge<ulong>, Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register), Reg.Offset(i.Op2Register));
        else
            b.Emit(Select.Width<Insert>(size), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register));
    }

    /// <summary>MOVD and MOVQ: to a vector register with zeros above, from one, and between two; the same with MMX.</summary>
    public static void Quadword(BlockBuilder b, in Instruction i)
    {
        int size = i.Mnemonic is Mnemonic.Movd or Mnemonic.Vmovd ? 4 : 8;
        if (UsesMmx(i))
            QuadwordMmx(b, i, size);
        else if (i.Op0Kind == OpKind.Memory)
            b.EmitStore(i, size, Reg.Offset(i.Op1Register));
        else if (i.Op0Register.IsGPR())
            b.Emit(Select.Width<MoveRegister>(size), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register));
        else if (i.Op1Kind == OpKind.Memory)
            EmitLoadZeroExtended(b, i, size);
        else
            b.Emit(ZeroExtendedHandler(i, size), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register));
    }

    private static Handler ZeroExtendedHandler(in Instruction i, int size) =>
        VectorOperands.IsVex(i) ? Select.Width<ZeroExtended<Vex128>>(size) : Select.Width<ZeroExtended<Xmm>>(size);

    /// <summary>MOVLPS and MOVLPD: the low half, the other stays or comes from a third register.</summary>
    public static void Low(BlockBuilder b, in Instruction i) => Half(b, i, 0);

    /// <summary>MOVHPS and MOVHPD: the high half.</summary>
    public static void High(BlockBuilder b, in Instruction i) => Half(b, i, 8);

    /// <summary>MOVHLPS.</summary>
    public static void HighToLow(BlockBuilder b, in Instruction i)
    {
        ushort source = (ushort)(Reg.Offset(i.GetOpRegister(VectorOperands.LastSource(i))) + 8);
        if (VectorOperands.IsVex(i))
            b.EmitVector(&Merge<ulong>, Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register), source);
        else
            b.Emit(Select.Width<MoveRegister>(8), Reg.Offset(i.Op0Register), source);
    }

    /// <summary>MOVLHPS.</summary>
    public static void LowToHigh(BlockBuilder b, in Instruction i)
    {
        ushort source = Reg.Offset(i.GetOpRegister(VectorOperands.LastSource(i)));
        if (VectorOperands.IsVex(i))
            b.EmitVector(&MergeHigh, Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register), source);
        else
            b.Emit(Select.Width<MoveRegister>(8), (ushort)(Reg.Offset(i.Op0Register) + 8), source);
    }

    /// <summary>MOVNTI.</summary>
    public static void NonTemporalInteger(BlockBuilder b, in Instruction i) => b.EmitStore(i, Operands.Size(i), Reg.Offset(i.Op1Register));

    /// <summary>MOVNTQ.</summary>
    public static void NonTemporalMmx(BlockBuilder b, in Instruction i) => QuadwordMmx(b, i, 8);

    /// <summary>MOVQ2DQ.</summary>
    public static void FromMmx(BlockBuilder b, in Instruction i)
    {
        MmxState.EmitCheck(b);
        b.Emit(Select.Width<ZeroExtended<Xmm>>(8), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register));
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
        Register register = i.Op0Kind == OpKind.Memory ? i.Op1Register : i.Op0Register;
        int size = register.GetSize();
        if (i.Op0Kind == OpKind.Memory)
        {
            VectorMemory.EmitStore<TAlignment>(b, i, size, Reg.Offset(register));
            return;
        }
        if (i.Op1Kind == OpKind.Memory)
        {
            VectorMemory.EmitLoad<TAlignment>(b, i, size, Reg.Offset(register));
            return;
        }
        VectorOperands.BindLanes<Copy>(b, i);
        if (!VectorOperands.IsVex(i))
            b.MarkMove(size);
    }

    private static void Half(BlockBuilder b, in Instruction i, int half)
    {
        if (i.Op0Kind == OpKind.Memory)
            b.EmitStore(i, 8, (ushort)(Reg.Offset(i.Op1Register) + half));
        else if (!VectorOperands.IsVex(i))
            b.EmitMemory(Select.Memory<LoadRegister>(8, b.Lower(i)), (ushort)(Reg.Offset(i.Op0Register) + half));
        else
            b.EmitVector(half == 0 ? &Merge<ulong> : &MergeHigh, Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register), b.EmitLoad(i, 2, 8));
    }

    private static void EmitLoadZeroExtended(BlockBuilder b, in Instruction i, int size)
    {
        AddressForm form = b.Lower(i);
        b.EmitMemory(VectorOperands.IsVex(i) ? Select.Memory<LoadZeroExtended<Vex128>>(size, form) : Select.Memory<LoadZeroExtended<Xmm>>(size, form),
            Reg.Offset(i.Op0Register));
    }

    private readonly struct Copy : ILaneOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm => TForm.Load(s, op->Source, lane);
    }

    // The lowest element from the last source, the rest from the first.
    private static Block* Merge<T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged
    {
        T element = *(T*)Access.Register(s, op->Source);
        Vex128.Store(s, op->Destination, Xmm.Load(s, op->Base).As<byte, T>().WithElement(0, element).AsByte());
        return op[1].Handler(s, op + 1, c);
    }

    // The high half from the low half of the last source.
    private static Block* MergeHigh(CpuState* s, MicroOp* op, VirtualCpu* c)
    {
        ulong half = *(ulong*)Access.Register(s, op->Source);
        Vex128.Store(s, op->Destination, Xmm.Load(s, op->Base).AsUInt64().WithElement(1, half).AsByte());
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

    private readonly struct ZeroExtended<TForm> : IWidthHandler
        where TForm : struct, IVectorForm
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            TForm.Store(s, op->Destination, Vector128.CreateScalar(Access.Get<TWidth>(s, op->Source)).AsByte());
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct LoadZeroExtended<TForm> : IMemoryHandler
        where TForm : struct, IVectorForm
    {
        public static Block* Run<TWidth, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
            where TAddress : struct, IAddress => MemoryStep.Load<LoadElement<TForm, TWidth>, TAddress>(s, op, c);
    }

    private readonly struct LoadElement<TForm, TWidth> : IMemoryStep
        where TForm : struct, IVectorForm
        where TWidth : struct, IWidth
    {
        public static int Bytes => TWidth.Bytes;

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
            where TAddress : struct, IAddress => TForm.Store(s, op->Destination, Vector128.CreateScalar(TWidth.Load(place)).AsByte());
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

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>A packed operation on two registers, lane by lane.</summary>
internal interface IPackedOperation
{
    /// <summary>The result for a lane of 128 bits.</summary>
    /// <param name="a">First source; in the forms of SSE and MMX the destination.</param>
    /// <param name="b">Second source.</param>
    static abstract Vector128<byte> Apply(Vector128<byte> a, Vector128<byte> b);
}

/// <summary>A packed shift: every element by the same count.</summary>
internal interface IPackedShift
{
    /// <summary>The result for a lane; the count may be anything.</summary>
    static abstract Vector128<byte> Apply(Vector128<byte> a, ulong count);
}

/// <summary>
/// Packed instructions without exceptions, on MMX, XMM and YMM registers. The operations are defined in files of their own.
/// </summary>
internal static unsafe class Packed
{
    private const int VectorBytes = 16;

    /// <summary>Binds an instruction with two sources, or with one, which is then the operation's second.</summary>
    public static void Bind<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IPackedOperation => BindHandler<ByLane<TwoSources<TOperation>>>(b, i, 0);

    /// <summary>
    /// Binds an instruction that makes a row of elements from those of both sources: the halves that MMX registers are come together first.
    /// </summary>
    public static void BindRow<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IPackedOperation => BindHandler<ByLane<RowOfTwo<TOperation>>>(b, i, 0);

    /// <summary>Binds an operation that loads its lanes itself.</summary>
    public static void BindLanes<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, ILaneOperation => BindHandler<ByLane<TOperation>>(b, i, 0);

    /// <summary>Binds a shift by an immediate or by the low half of a register.</summary>
    public static void BindShift<TShift>(BlockBuilder b, in Instruction i)
        where TShift : struct, IPackedShift
    {
        if (i.GetOpKind(i.OpCount - 1) != OpKind.Immediate8)
        {
            BindHandler<ShiftByRegister<TShift>>(b, i, 0);
            return;
        }
        Begin(b, i);
        ushort first = Reg.Offset(VectorOperands.IsVex(i) ? i.Op1Register : i.Op0Register);
        Emit<ByLane<ShiftByImmediate<TShift>>>(b, i, first, CpuState.ZeroOffset, i.Immediate8);
    }

    /// <summary>Binds a handler with a register as the destination, one as the first source, and the last source a register or memory.</summary>
    public static void BindHandler<THandler>(BlockBuilder b, in Instruction i, ulong immediate)
        where THandler : struct, IVectorHandler
    {
        Begin(b, i);
        Emit<THandler>(b, i, VectorOperands.First(i), VectorOperands.EmitSource(b, i), immediate);
    }

    /// <summary>Binds a handler whose only source is a register that the instruction names as its first source.</summary>
    public static void BindRegister<THandler>(BlockBuilder b, in Instruction i, ulong immediate)
        where THandler : struct, IVectorHandler
    {
        ushort register = Reg.Offset(VectorOperands.IsVex(i) ? i.Op1Register : i.Op0Register);
        Emit<THandler>(b, i, register, register, immediate);
    }

    private static void Begin(BlockBuilder b, in Instruction i)
    {
        if (i.Op0Register.IsMM())
            MmxState.EmitCheck(b);
    }

    private static void Emit<THandler>(BlockBuilder b, in Instruction i, ushort first, ushort source, ulong immediate)
        where THandler : struct, IVectorHandler
    {
        if (i.Op0Register.IsMM())
            MmxState.EmitEnter(b);
        Handler handler = VectorOperands.Select<THandler>(i, i.Op0Register);
        ushort destination = Reg.Offset(i.Op0Register);
        if (first == destination && !VectorOperands.IsVex(i) && !i.Op0Register.IsMM())
            b.EmitOnMoved(handler, VectorBytes, destination, source, immediate);
        else
            b.EmitVector(handler, destination, first, source, immediate);
    }

    private readonly struct TwoSources<TOperation> : ILaneOperation
        where TOperation : struct, IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm => TOperation.Apply(TForm.Load(s, op->Base, lane), TForm.Load(s, op->Source, lane));
    }

    private readonly struct RowOfTwo<TOperation> : ILaneOperation
        where TOperation : struct, IPackedOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm
        {
            Vector128<byte> a = TForm.Load(s, op->Base, lane), b = TForm.Load(s, op->Source, lane);
            return TForm.IsHalf ? TOperation.Apply(Concatenate(a, b), Vector128<byte>.Zero) : TOperation.Apply(a, b);
        }
    }

    // The count is read before the destination is written, which may be the same register.
    private readonly struct ShiftByRegister<TShift> : IVectorHandler
        where TShift : struct, IPackedShift
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            ulong count = *(ulong*)Access.Register(s, op->Source);
            if (TForm.Lanes == 2)
                TForm.Store(s, op->Destination, TShift.Apply(TForm.Load(s, op->Base, 1), count), 1);
            TForm.Store(s, op->Destination, TShift.Apply(TForm.Load(s, op->Base), count));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct ShiftByImmediate<TShift> : ILaneOperation
        where TShift : struct, IPackedShift
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm => TShift.Apply(TForm.Load(s, op->Base, lane), op->Immediate);
    }

    /// <summary>The low halves of two vectors in one: what MMX registers hold, for operations that need both as a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Concatenate(Vector128<byte> low, Vector128<byte> high) => Vector128.Create(low.GetLower(), high.GetLower());
}

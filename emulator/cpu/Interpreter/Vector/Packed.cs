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

    /// <summary>The result for MMX registers, in the low half. Another one where elements change their places.</summary>
    static virtual Vector128<byte> ApplyHalf<TSelf>(Vector128<byte> a, Vector128<byte> b)
        where TSelf : struct, IPackedOperation => TSelf.Apply(a, b);
}

/// <summary>A packed shift: every element by the same count.</summary>
internal interface IPackedShift
{
    /// <summary>The result for a lane; the count may be anything.</summary>
    static abstract Vector128<byte> Apply(Vector128<byte> a, ulong count);
}

/// <summary>Packed instructions on XMM and MMX registers. The operations are defined in files of their own.</summary>
internal static unsafe class Packed
{
    /// <summary>Binds an instruction with a destination and a source; one whose result does not depend on the destination too.</summary>
    public static void Bind<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IPackedOperation => Bind<TwoRegisters<TOperation>>(b, i, 0);

    /// <summary>Binds a shift by an immediate or by the low half of a register.</summary>
    public static void BindShift<TShift>(BlockBuilder b, in Instruction i)
        where TShift : struct, IPackedShift
    {
        if (i.Op1Kind != OpKind.Immediate8)
        {
            Bind<ShiftByRegister<TShift>>(b, i, 0);
            return;
        }
        Begin(b, i);
        Emit<ShiftByImmediate<TShift>>(b, i, CpuState.ZeroOffset, i.Immediate8);
    }

    /// <summary>Binds a handler with a register as the destination and a register or memory as the source.</summary>
    public static void Bind<THandler>(BlockBuilder b, in Instruction i, ulong immediate)
        where THandler : struct, IVectorHandler
    {
        Begin(b, i);
        Emit<THandler>(b, i, VectorMemory.EmitSource(b, i, 1), immediate);
    }

    private static void Begin(BlockBuilder b, in Instruction i)
    {
        if (i.Op0Register.IsMM())
            MmxState.EmitCheck(b);
    }

    private static void Emit<THandler>(BlockBuilder b, in Instruction i, ushort source, ulong immediate)
        where THandler : struct, IVectorHandler
    {
        bool mmx = i.Op0Register.IsMM();
        if (mmx)
            MmxState.EmitEnter(b);
        b.Emit(mmx ? &THandler.Run<Mmx> : &THandler.Run<Xmm>, Reg.Offset(i.Op0Register), source, immediate);
    }

    private readonly struct TwoRegisters<TOperation> : IVectorHandler
        where TOperation : struct, IPackedOperation
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            Vector128<byte> a = TForm.Load(s, op->Destination), b = TForm.Load(s, op->Source);
            TForm.Store(s, op->Destination, TForm.IsHalf ? TOperation.ApplyHalf<TOperation>(a, b) : TOperation.Apply(a, b));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct ShiftByRegister<TShift> : IVectorHandler
        where TShift : struct, IPackedShift
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            ulong count = *(ulong*)Access.Register(s, op->Source);
            TForm.Store(s, op->Destination, TShift.Apply(TForm.Load(s, op->Destination), count));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct ShiftByImmediate<TShift> : IVectorHandler
        where TShift : struct, IPackedShift
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            TForm.Store(s, op->Destination, TShift.Apply(TForm.Load(s, op->Destination), op->Immediate));
            return op[1].Handler(s, op + 1, c);
        }
    }

    /// <summary>The low halves of two vectors in one: what MMX registers hold, for operations that need both as a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Concatenate(Vector128<byte> low, Vector128<byte> high) => Vector128.Create(low.GetLower(), high.GetLower());
}

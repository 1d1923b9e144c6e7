using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>Which operands of a vector instruction are what: the encodings of MMX and SSE name two registers, those of VEX up to four.</summary>
internal static unsafe class VectorOperands
{
    /// <summary>Whether the instruction has a VEX prefix.</summary>
    public static bool IsVex(in Instruction i) => i.Encoding == EncodingKind.VEX;

    /// <summary>Number of the operand that is the last source, the one that may be memory.</summary>
    public static int LastSource(in Instruction i)
    {
        int operand = i.OpCount - 1;
        while (i.GetOpKind(operand) == OpKind.Immediate8)
            operand--;
        return operand;
    }

    /// <summary>The first source: in the encodings of SSE the destination. Of an instruction with one source, the destination too.</summary>
    public static ushort First(in Instruction i) => Reg.Offset(IsVex(i) && LastSource(i) >= 2 ? i.Op1Register : i.Op0Register);

    /// <summary>Makes the last source available as a register.</summary>
    public static ushort EmitSource(BlockBuilder b, in Instruction i) => VectorMemory.EmitSource(b, i, LastSource(i));

    /// <summary>The version of a handler for the registers of an instruction.</summary>
    /// <param name="i">The instruction.</param>
    /// <param name="register">A register as wide as the operation.</param>
    public static Handler Select<THandler>(in Instruction i, Register register)
        where THandler : struct, IVectorHandler
    {
        if (register.IsMM())
            return &THandler.Run<Mmx>;
        if (!IsVex(i))
            return &THandler.Run<Xmm>;
        return register.IsYMM() ? &THandler.Run<Vex256> : &THandler.Run<Vex128>;
    }

    /// <summary>Binds a handler with a register as the destination, one as the first source, and the last source a register or memory.</summary>
    public static void Bind<THandler>(BlockBuilder b, in Instruction i, ulong immediate = 0)
        where THandler : struct, IVectorHandler
    {
        ushort source = EmitSource(b, i);
        b.EmitVector(Select<THandler>(i, i.Op0Register), Reg.Offset(i.Op0Register), First(i), source, immediate);
    }

    /// <summary>Emits a copy of the first source to the destination, with zeros above: what the next step then changes.</summary>
    public static void BindCopy(BlockBuilder b, in Instruction i) =>
        b.EmitVector(Select<ByLane<CopyFirst>>(i, i.Op0Register), Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register), CpuState.ZeroOffset);

    private readonly struct CopyFirst : ILaneOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm => TForm.Load(s, op->Base, lane);
    }

    /// <summary>Binds a lane operation in the same way.</summary>
    public static void BindLanes<TOperation>(BlockBuilder b, in Instruction i, ulong immediate = 0)
        where TOperation : struct, ILaneOperation => Bind<ByLane<TOperation>>(b, i, immediate);
}

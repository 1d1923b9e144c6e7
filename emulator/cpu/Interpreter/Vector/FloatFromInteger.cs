using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>CVTSI2SS and CVTSI2SD. Intel SDM vol. 2A.</summary>
internal static unsafe class FloatFromInteger
{
    /// <summary>Binds CVTSI2SS or CVTSI2SD: the rest comes from the first source.</summary>
    public static void BindScalar<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        int operand = VectorOperands.LastSource(i), size = Operands.Size(i, operand);
        ushort source = b.EmitLoad(i, operand, size);
        Handler handler = size == 8 ? VectorOperands.Select<Scalar<T, W64>>(i, Register.XMM0) : VectorOperands.Select<Scalar<T, W32>>(i, Register.XMM0);
        b.EmitVector(handler, Reg.Offset(i.Op0Register), VectorOperands.First(i), source);
    }

    private readonly struct Scalar<T, TWidth> : IVectorHandler
        where T : unmanaged, IFloatingPointIeee754<T>
        where TWidth : struct, IWidth
    {
        // Every doubleword is exact in double precision.
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            long value = (long)SignExtend.Apply<TWidth>(Access.Get<TWidth>(s, op->Source));
            if (TWidth.Bits >= FloatFormat<T>.FractionBits && (s->Mxcsr & Mxcsr.FastMask) != Mxcsr.FastValue)
                return Exact<TForm>(s, op, c);
            FloatVector.SetScalar<TForm, T>(s, op, T.CreateTruncating(value));
            return op[1].Handler(s, op + 1, c);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Block* Exact<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            FloatContext context = new(s->Mxcsr);
            ulong result = FloatMath.FromInteger<T>((long)SignExtend.Apply<TWidth>(Access.Get<TWidth>(s, op->Source)), ref context);
            if (!FloatExceptions.Commit(s, op, c, context))
                return null;
            FloatVector.SetScalar<TForm, T>(s, op, FloatFormat<T>.FromBits(result));
            return op[1].Handler(s, op + 1, c);
        }
    }
}

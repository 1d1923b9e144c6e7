using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>ADD, SUB, MUL, DIV, MIN, MAX and SQRT, scalar and packed. Intel SDM vol. 2.</summary>
internal static unsafe class FloatArithmetic
{
    /// <summary>Binds ADDSS or ADDSD and their kin: the rest comes from the first source.</summary>
    public static void BindScalar<TOperation, T>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T> => VectorOperands.Bind<Scalar<TOperation, T, FromFirst>>(b, i);

    /// <summary>Binds SQRTSS or SQRTSD.</summary>
    public static void BindScalarUnary<TOperation, T>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T> => VectorOperands.Bind<Scalar<TOperation, T, FromLast>>(b, i);

    /// <summary>Binds ADDPS or ADDPD and their kin.</summary>
    public static void BindPacked<TOperation, T>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T> => VectorOperands.Bind<Vector<TOperation, T, FromFirst>>(b, i);

    /// <summary>Binds SQRTPS or SQRTPD.</summary>
    public static void BindPackedUnary<TOperation, T>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T> => VectorOperands.Bind<Vector<TOperation, T, FromLast>>(b, i);

    /// <summary>Which register is the operation's first operand.</summary>
    private interface IFirstOperand
    {
        static abstract ushort Of(MicroOp* op);
    }

    private readonly struct FromFirst : IFirstOperand
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ushort Of(MicroOp* op) => op->Base;
    }

    private readonly struct FromLast : IFirstOperand
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static ushort Of(MicroOp* op) => op->Source;
    }

    private readonly struct Scalar<TOperation, T, TFirst> : IVectorHandler
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFirst : struct, IFirstOperand
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            T a = *(T*)Access.Register(s, TFirst.Of(op)), b = *(T*)Access.Register(s, op->Source), result = TOperation.Host(a, b);
            if (!FloatResult.Stands<TOperation, T>(s->Mxcsr, a, b, result))
                return Exact<TForm>(s, op, c);
            FloatVector.SetScalar<TForm, T>(s, op, result);
            return op[1].Handler(s, op + 1, c);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Block* Exact<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            T a = *(T*)Access.Register(s, TFirst.Of(op)), b = *(T*)Access.Register(s, op->Source);
            FloatContext context = new(s->Mxcsr);
            ulong result = TOperation.Exact<T>(FloatFormat<T>.Bits(a), FloatFormat<T>.Bits(b), ref context);
            if (!FloatExceptions.Commit(s, op, c, context))
                return null;
            FloatVector.SetScalar<TForm, T>(s, op, FloatFormat<T>.FromBits(result));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct Vector<TOperation, T, TFirst> : IVectorHandler
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T>
        where TFirst : struct, IFirstOperand
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            bool stands = Compute<TForm>(s, op, 0, out Vector128<T> low);
            Vector128<T> high = default;
            if (TForm.Lanes == 2)
                stands &= Compute<TForm>(s, op, 1, out high);
            if (!stands)
                return Exact<TForm>(s, op, c);
            if (TForm.Lanes == 2)
                TForm.Store(s, op->Destination, high.AsByte(), 1);
            TForm.Store(s, op->Destination, low.AsByte());
            return op[1].Handler(s, op + 1, c);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static bool Compute<TForm>(CpuState* s, MicroOp* op, int lane, out Vector128<T> result)
            where TForm : struct, IVectorForm
        {
            Vector128<T> a = TForm.Load(s, TFirst.Of(op), lane).As<byte, T>(), b = TForm.Load(s, op->Source, lane).As<byte, T>();
            result = TOperation.Host(a, b);
            return FloatResult.Stands<TOperation, T>(s->Mxcsr, a, b, result);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Block* Exact<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            FloatContext context = new(s->Mxcsr);
            Vector128<T>* results = stackalloc Vector128<T>[2];
            for (int lane = 0; lane < TForm.Lanes; lane++)
            {
                Vector128<T> a = TForm.Load(s, TFirst.Of(op), lane).As<byte, T>(), b = TForm.Load(s, op->Source, lane).As<byte, T>();
                results[lane] = FloatVector.Exact<TOperation, T>(a, b, ref context);
            }
            return FloatVector.Finish<TForm, T>(s, op, c, results, context) ? op[1].Handler(s, op + 1, c) : null;
        }
    }
}

using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>CVTSS2SD and CVTSD2SS: the rest comes from the first source. Intel SDM vol. 2A.</summary>
internal static unsafe class FloatConvert
{
    public static void SingleToDouble(BlockBuilder b, in Instruction i) => VectorOperands.Bind<ToDouble>(b, i);

    public static void DoubleToSingle(BlockBuilder b, in Instruction i) => VectorOperands.Bind<ToSingle>(b, i);

    private readonly struct ToDouble : IVectorHandler
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            float a = *(float*)Access.Register(s, op->Source);
            if (!FloatFormat<float>.IsOrdered(a))
                return Exact<TForm>(s, op, c);
            FloatVector.SetScalar<TForm, double>(s, op, a);
            return op[1].Handler(s, op + 1, c);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Block* Exact<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            FloatContext context = new(s->Mxcsr);
            ulong result = FloatMath.Widen<float, double>(*(uint*)Access.Register(s, op->Source), ref context);
            if (!FloatExceptions.Commit(s, op, c, context))
                return null;
            FloatVector.SetScalar<TForm, ulong>(s, op, result);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct ToSingle : IVectorHandler
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            double a = *(double*)Access.Register(s, op->Source);
            float result = (float)a;
            if ((s->Mxcsr & Mxcsr.FastMask) != Mxcsr.FastValue || !FloatFormat<double>.IsNormal(a) || !FloatFormat<float>.IsNormal(result))
                return Exact<TForm>(s, op, c);
            FloatVector.SetScalar<TForm, float>(s, op, result);
            return op[1].Handler(s, op + 1, c);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Block* Exact<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            FloatContext context = new(s->Mxcsr);
            ulong result = FloatMath.Narrow<double, float>(*(ulong*)Access.Register(s, op->Source), ref context);
            if (!FloatExceptions.Commit(s, op, c, context))
                return null;
            FloatVector.SetScalar<TForm, uint>(s, op, (uint)result);
            return op[1].Handler(s, op + 1, c);
        }
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>ROUNDSS, ROUNDSD, ROUNDPS, ROUNDPD. Intel SDM vol. 2B.</summary>
/// <remarks>Of the immediate, bits 0 and 1 are the rounding unless bit 2 says to take that of MXCSR; bit 3 keeps PE from being raised.</remarks>
internal static unsafe class FloatRound
{
    private const int FromMxcsr = 4, KeepsPrecision = 8;

    /// <summary>Binds ROUNDSS or ROUNDSD: the rest comes from the first source.</summary>
    public static void BindScalar<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorOperands.Bind<Scalar<T>>(b, i, i.Immediate8);

    /// <summary>Binds ROUNDPS or ROUNDPD.</summary>
    public static void BindPacked<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorOperands.Bind<Vector<T>>(b, i, i.Immediate8);

    private readonly struct Scalar<T> : IVectorHandler
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            T value = *(T*)Access.Register(s, op->Source);
            if (!FloatFormat<T>.IsOrdered(value))
                return Exact<TForm>(s, op, c);
            T result = RoundingOf(s->Mxcsr, (int)op->Immediate) switch
            {
                FloatRounding.Nearest => T.Round(value),
                FloatRounding.Down => T.Floor(value),
                FloatRounding.Up => T.Ceiling(value),
                _ => T.Truncate(value),
            };
            if (result != value && !IsQuiet(s->Mxcsr, (int)op->Immediate))
                return Exact<TForm>(s, op, c);
            FloatVector.SetScalar<TForm, T>(s, op, result);
            return op[1].Handler(s, op + 1, c);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Block* Exact<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            FloatContext context = NewContext(s, op);
            ulong rounded = FloatMath.ToIntegral<T>(FloatFormat<T>.Bits(*(T*)Access.Register(s, op->Source)), ref context);
            if (!FloatExceptions.Commit(s, op, c, WithoutPrecision(op, context)))
                return null;
            FloatVector.SetScalar<TForm, T>(s, op, FloatFormat<T>.FromBits(rounded));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct Vector<T> : IVectorHandler
        where T : unmanaged
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm => Elements<TForm>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static bool Elements<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            FloatContext context = NewContext(s, op);
            Vector128<T>* results = stackalloc Vector128<T>[2];
            for (int lane = 0; lane < TForm.Lanes; lane++)
            {
                Vector128<T> source = TForm.Load(s, op->Source, lane).As<byte, T>();
                for (int at = 0; at < Vector128<T>.Count; at++)
                {
                    ulong rounded = FloatMath.ToIntegral<T>(FloatFormat<T>.Bits(source.GetElement(at)), ref context);
                    results[lane] = results[lane].WithElement(at, FloatFormat<T>.FromBits(rounded));
                }
            }
            return FloatVector.Finish<TForm, T>(s, op, c, results, WithoutPrecision(op, context));
        }
    }

    private static FloatContext NewContext(CpuState* s, MicroOp* op) =>
        new(s->Mxcsr) { Rounding = RoundingOf(s->Mxcsr, (int)op->Immediate) };

    private static FloatContext WithoutPrecision(MicroOp* op, FloatContext context)
    {
        if ((op->Immediate & KeepsPrecision) != 0)
            context.Raised &= ~Mxcsr.Precision;
        return context;
    }

    /// <summary>The rounding that an immediate of this form asks for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FloatRounding RoundingOf(uint mxcsr, int immediate) =>
        (FloatRounding)((immediate & FromMxcsr) != 0 ? (mxcsr & Mxcsr.RoundingMask) >> Mxcsr.RoundingShift : (uint)immediate & 3);

    // Whether an inexact result changes nothing in MXCSR.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsQuiet(uint mxcsr, int immediate)
    {
        const uint Masked = Mxcsr.Precision | (Mxcsr.Precision << Mxcsr.MaskShift);
        return (immediate & KeepsPrecision) != 0 || (mxcsr & Masked) == Masked;
    }
}

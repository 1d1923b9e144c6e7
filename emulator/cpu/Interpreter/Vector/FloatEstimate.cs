using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>An estimate of single precision. It raises no exception and reads nothing of MXCSR.</summary>
internal interface IFloatEstimate
{
    /// <summary>The estimate, from bits to bits; neither a NaN nor denormal.</summary>
    static abstract uint Of(uint bits);
}

/// <summary>RCPSS, RCPPS, RSQRTSS, RSQRTPS. Intel SDM vol. 2B.</summary>
/// <remarks>
/// The relative error must not exceed 1.5 × 2^−12; processors differ within it. Here the exact value is rounded to twelve bits, so that
/// programs see the same on every host.
/// </remarks>
internal static unsafe class FloatEstimate
{
    private const uint SignBit = 1u << 31, Infinity = 0x7F80_0000, QuietBit = 1u << 22;

    /// <summary>Binds the scalar form: the rest comes from the first source.</summary>
    public static void BindScalar<TEstimate>(BlockBuilder b, in Instruction i)
        where TEstimate : struct, IFloatEstimate => VectorOperands.Bind<Scalar<TEstimate>>(b, i);

    /// <summary>Binds the packed form.</summary>
    public static void BindPacked<TEstimate>(BlockBuilder b, in Instruction i)
        where TEstimate : struct, IFloatEstimate => VectorOperands.BindLanes<Vector<TEstimate>>(b, i);

    /// <summary>Rounds a positive number to twelve bits of significand; one below the normal range becomes zero.</summary>
    public static uint Shorten(double value)
    {
        const int Dropped = 12;
        uint bits = BitConverter.SingleToUInt32Bits((float)value);
        return bits < FloatFormat<float>.SmallestNormal ? 0 : (bits + (1u << (Dropped - 1))) & ~((1u << Dropped) - 1);
    }

    private readonly struct Scalar<TEstimate> : IVectorHandler
        where TEstimate : struct, IFloatEstimate
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            FloatVector.SetScalar<TForm, uint>(s, op, Estimate<TEstimate>(*(uint*)Access.Register(s, op->Source)));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct Vector<TEstimate> : ILaneOperation
        where TEstimate : struct, IFloatEstimate
    {
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm
        {
            Vector128<uint> source = TForm.Load(s, op->Source, lane).AsUInt32();
            return Vector128.Create(Estimate<TEstimate>(source.GetElement(0)), Estimate<TEstimate>(source.GetElement(1)),
                Estimate<TEstimate>(source.GetElement(2)), Estimate<TEstimate>(source.GetElement(3))).AsByte();
        }
    }

    // A denormal counts as a zero of its sign.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static uint Estimate<TEstimate>(uint bits)
        where TEstimate : struct, IFloatEstimate
    {
        if (FloatFormat<float>.IsNaN(bits))
            return bits | QuietBit;
        if ((bits & Infinity) == 0)
            return (bits & SignBit) | Infinity;
        return TEstimate.Of(bits);
    }
}

/// <summary>1 ÷ a.</summary>
internal readonly struct EstimateReciprocal : IFloatEstimate
{
    public static uint Of(uint bits)
    {
        const uint SignBit = 1u << 31;
        return (bits & SignBit) | FloatEstimate.Shorten(1.0 / BitConverter.UInt32BitsToSingle(bits & ~SignBit));
    }
}

/// <summary>1 ÷ √a; of a negative number the indefinite.</summary>
internal readonly struct EstimateReciprocalRoot : IFloatEstimate
{
    public static uint Of(uint bits) => (int)bits < 0
        ? (uint)FloatFormat<float>.Indefinite
        : FloatEstimate.Shorten(1.0 / Math.Sqrt(BitConverter.UInt32BitsToSingle(bits)));
}

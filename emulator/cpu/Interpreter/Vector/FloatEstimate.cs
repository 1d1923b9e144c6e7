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

    /// <summary>Binds the scalar form: the rest of the destination stays.</summary>
    public static void BindScalar<TEstimate>(BlockBuilder b, in Instruction i)
        where TEstimate : struct, IFloatEstimate
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&Scalar<TEstimate>, Reg.Offset(i.Op0Register), source);
    }

    /// <summary>Binds the packed form.</summary>
    public static void BindPacked<TEstimate>(BlockBuilder b, in Instruction i)
        where TEstimate : struct, IFloatEstimate
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&Packed<TEstimate>, Reg.Offset(i.Op0Register), source);
    }

    /// <summary>Rounds a positive number to twelve bits of significand; one below the normal range becomes zero.</summary>
    public static uint Shorten(double value)
    {
        const int Dropped = 12;
        uint bits = BitConverter.SingleToUInt32Bits((float)value);
        return bits < FloatFormat<float>.SmallestNormal ? 0 : (bits + (1u << (Dropped - 1))) & ~((1u << Dropped) - 1);
    }

    private static Block* Scalar<TEstimate>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TEstimate : struct, IFloatEstimate
    {
        *(uint*)Access.Register(s, op->Destination) = Estimate<TEstimate>(*(uint*)Access.Register(s, op->Source));
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* Packed<TEstimate>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TEstimate : struct, IFloatEstimate
    {
        Vector128<uint> source = Xmm.Load(s, op->Source).AsUInt32();
        Vector128<uint> result = Vector128.Create(Estimate<TEstimate>(source.GetElement(0)), Estimate<TEstimate>(source.GetElement(1)),
            Estimate<TEstimate>(source.GetElement(2)), Estimate<TEstimate>(source.GetElement(3)));
        Xmm.Store(s, op->Destination, result.AsByte());
        return op[1].Handler(s, op + 1, c);
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

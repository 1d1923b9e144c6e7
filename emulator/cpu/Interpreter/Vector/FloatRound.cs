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

    /// <summary>Binds ROUNDSS or ROUNDSD: the rest of the destination stays.</summary>
    public static void BindScalar<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&Scalar<T>, Reg.Offset(i.Op0Register), source, i.Immediate8);
    }

    /// <summary>Binds ROUNDPS or ROUNDPD.</summary>
    public static void BindPacked<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&Packed<T>, Reg.Offset(i.Op0Register), source, i.Immediate8);
    }

    private static Block* Scalar<T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T value = *(T*)Access.Register(s, op->Source);
        if (!FloatFormat<T>.IsOrdered(value))
            return Exact<T>(s, op, c, 1) ? op[1].Handler(s, op + 1, c) : null;
        T result = RoundingOf(s->Mxcsr, (int)op->Immediate) switch
        {
            FloatRounding.Nearest => T.Round(value),
            FloatRounding.Down => T.Floor(value),
            FloatRounding.Up => T.Ceiling(value),
            _ => T.Truncate(value),
        };
        if (result != value && !IsQuiet(s->Mxcsr, (int)op->Immediate))
            return Exact<T>(s, op, c, 1) ? op[1].Handler(s, op + 1, c) : null;
        *(T*)Access.Register(s, op->Destination) = result;
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* Packed<T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged => Exact<T>(s, op, c, Vector128<T>.Count) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static FloatRounding RoundingOf(uint mxcsr, int immediate) =>
        (FloatRounding)((immediate & FromMxcsr) != 0 ? (mxcsr & Mxcsr.RoundingMask) >> Mxcsr.RoundingShift : (uint)immediate & 3);

    // Whether an inexact result changes nothing in MXCSR.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsQuiet(uint mxcsr, int immediate)
    {
        const uint Masked = Mxcsr.Precision | (Mxcsr.Precision << Mxcsr.MaskShift);
        return (immediate & KeepsPrecision) != 0 || (mxcsr & Masked) == Masked;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Exact<T>(CpuState* s, MicroOp* op, VirtualCpu* c, int elements)
        where T : unmanaged
    {
        FloatContext context = new(s->Mxcsr) { Rounding = RoundingOf(s->Mxcsr, (int)op->Immediate) };
        Vector128<T> source = Xmm.Load(s, op->Source).As<byte, T>(), result = Xmm.Load(s, op->Destination).As<byte, T>();
        for (int at = 0; at < elements; at++)
        {
            ulong rounded = FloatMath.ToIntegral<T>(FloatFormat<T>.Bits(source.GetElement(at)), ref context);
            result = result.WithElement(at, FloatFormat<T>.FromBits(rounded));
        }
        if ((op->Immediate & KeepsPrecision) != 0)
            context.Raised &= ~Mxcsr.Precision;
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        Xmm.Store(s, op->Destination, result.AsByte());
        return true;
    }
}

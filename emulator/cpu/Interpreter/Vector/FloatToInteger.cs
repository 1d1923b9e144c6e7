using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>How a conversion to an integer rounds.</summary>
internal interface IIntegerRounding
{
    /// <summary>Toward zero, whatever MXCSR says.</summary>
    static abstract bool Truncates { get; }
}

/// <summary>As MXCSR says.</summary>
internal readonly struct ByControl : IIntegerRounding
{
    public static bool Truncates => false;
}

/// <summary>Toward zero.</summary>
internal readonly struct ByTruncation : IIntegerRounding
{
    public static bool Truncates => true;
}

/// <summary>
/// CVTSS2SI, CVTSD2SI, CVTTSS2SI and CVTTSD2SI. Intel SDM vol. 2A.
/// </summary>
internal static unsafe class FloatToInteger
{
    /// <summary>Binds the conversion of a scalar to a general-purpose register.</summary>
    public static void BindScalar<T, TRounding>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TRounding : struct, IIntegerRounding
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        bool wide = i.Op0Register.GetSize() == 8;
        b.Emit(wide ? &Scalar<T, TRounding>.Run<W64> : &Scalar<T, TRounding>.Run<W32>, Reg.Offset(i.Op0Register), source);
    }

    private readonly struct Scalar<T, TRounding>
        where T : unmanaged, IFloatingPointIeee754<T>
        where TRounding : struct, IIntegerRounding
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            T a = *(T*)Access.Register(s, op->Source);
            T rounded = TRounding.Truncates ? a : T.Round(a, MidpointRounding.ToEven);
            long value = TWidth.Bits == 32 ? T.ConvertToIntegerNative<int>(rounded) : T.ConvertToIntegerNative<long>(rounded);
            if (!Stands<T, TRounding, TWidth>(s->Mxcsr, a, value))
                return Exact<T, TRounding, TWidth>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;
            Access.Set<TWidth>(s, op->Destination, (ulong)value);
            return op[1].Handler(s, op + 1, c);
        }
    }

    // The number is well within range, and it is an integer, or else PE is up and the rounding is the one that was used.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Stands<T, TRounding, TWidth>(uint mxcsr, T a, long value)
        where T : unmanaged, IFloatingPointIeee754<T>
        where TRounding : struct, IIntegerRounding
        where TWidth : struct, IWidth
    {
        T limit = TWidth.Bits == 32 ? T.CreateTruncating(1L << 30) : T.CreateTruncating(1L << 62);
        if (!(T.Abs(a) < limit))
            return false;
        uint needed = Mxcsr.Precision | Mxcsr.DenormalsAreZero | (Mxcsr.Precision << Mxcsr.MaskShift) | (TRounding.Truncates ? 0 : Mxcsr.RoundingMask);
        return T.CreateTruncating(value) == a || (mxcsr & needed) == (Mxcsr.Precision | (Mxcsr.Precision << Mxcsr.MaskShift));
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool Exact<T, TRounding, TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged
        where TRounding : struct, IIntegerRounding
        where TWidth : struct, IWidth
    {
        FloatContext context = NewContext<TRounding>(s);
        ulong value = FloatMath.ToInteger<T>(FloatFormat<T>.Bits(*(T*)Access.Register(s, op->Source)), TWidth.Bits, ref context);
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        Access.Set<TWidth>(s, op->Destination, value);
        return true;
    }

    private static FloatContext NewContext<TRounding>(CpuState* s)
        where TRounding : struct, IIntegerRounding
    {
        FloatContext context = new(s->Mxcsr);
        if (TRounding.Truncates)
            context.Rounding = FloatRounding.Zero;
        return context;
    }
}

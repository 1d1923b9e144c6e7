using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>Which signs of a fused multiplication and addition are changed.</summary>
internal interface IFusedSigns
{
    /// <summary>Whether the product is negated.</summary>
    static abstract bool NegatesProduct { get; }

    /// <summary>Whether the addend is, in the even places and in scalars.</summary>
    static abstract bool NegatesEven { get; }

    /// <summary>Whether the addend is, in the odd places.</summary>
    static abstract bool NegatesOdd { get; }
}

/// <summary>VFMADD.</summary>
internal readonly struct FusedAdd : IFusedSigns
{
    public static bool NegatesProduct => false;

    public static bool NegatesEven => false;

    public static bool NegatesOdd => false;
}

/// <summary>VFMSUB.</summary>
internal readonly struct FusedSubtract : IFusedSigns
{
    public static bool NegatesProduct => false;

    public static bool NegatesEven => true;

    public static bool NegatesOdd => true;
}

/// <summary>VFNMADD.</summary>
internal readonly struct FusedNegateAdd : IFusedSigns
{
    public static bool NegatesProduct => true;

    public static bool NegatesEven => false;

    public static bool NegatesOdd => false;
}

/// <summary>VFNMSUB.</summary>
internal readonly struct FusedNegateSubtract : IFusedSigns
{
    public static bool NegatesProduct => true;

    public static bool NegatesEven => true;

    public static bool NegatesOdd => true;
}

/// <summary>VFMADDSUB: differences in the even places, sums in the odd ones.</summary>
internal readonly struct FusedAlternating : IFusedSigns
{
    public static bool NegatesProduct => false;

    public static bool NegatesEven => true;

    public static bool NegatesOdd => false;
}

/// <summary>VFMSUBADD: the other way round.</summary>
internal readonly struct FusedAlternatingReverse : IFusedSigns
{
    public static bool NegatesProduct => false;

    public static bool NegatesEven => false;

    public static bool NegatesOdd => true;
}

/// <summary>
/// FMA. Intel SDM vol. 1, 14.5. The three digits of a mnemonic say which operand is the multiplicand, which the multiplier and which the
/// addend.
/// </summary>
/// <remarks>In the step, Base is the multiplicand, Source the multiplier and Immediate the addend. What stays of a scalar is the destination's.</remarks>
internal static unsafe class FloatFused
{
    /// <summary>Binds 132: first × third + second.</summary>
    public static void Bind132<TSigns, T>(BlockBuilder b, in Instruction i)
        where TSigns : struct, IFusedSigns
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort third = VectorOperands.EmitSource(b, i);
        Emit<TSigns, T>(b, i, Reg.Offset(i.Op0Register), third, Reg.Offset(i.Op1Register));
    }

    /// <summary>Binds 213: second × first + third.</summary>
    public static void Bind213<TSigns, T>(BlockBuilder b, in Instruction i)
        where TSigns : struct, IFusedSigns
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort third = VectorOperands.EmitSource(b, i);
        Emit<TSigns, T>(b, i, Reg.Offset(i.Op1Register), Reg.Offset(i.Op0Register), third);
    }

    /// <summary>Binds 231: second × third + first.</summary>
    public static void Bind231<TSigns, T>(BlockBuilder b, in Instruction i)
        where TSigns : struct, IFusedSigns
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort third = VectorOperands.EmitSource(b, i);
        Emit<TSigns, T>(b, i, Reg.Offset(i.Op1Register), third, Reg.Offset(i.Op0Register));
    }

    private static void Emit<TSigns, T>(BlockBuilder b, in Instruction i, ushort multiplicand, ushort multiplier, ushort addend)
        where TSigns : struct, IFusedSigns
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        bool scalar = IsScalar(i.Code);
        Handler handler = scalar ? &Scalar<TSigns, T> : VectorOperands.Select<Vector<TSigns, T>>(i, i.Op0Register);
        b.EmitVector(handler, Reg.Offset(i.Op0Register), multiplicand, multiplier, addend);
    }

    // The operand that may be memory tells it.
    private static bool IsScalar(Code code)
    {
        MemorySize size = code.ToOpCode().MemorySize;
        return size is MemorySize.Float32 or MemorySize.Float64;
    }

    private static Block* Scalar<TSigns, T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TSigns : struct, IFusedSigns
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T x = *(T*)Access.Register(s, op->Base), y = *(T*)Access.Register(s, op->Source), z = *(T*)Access.Register(s, (ushort)op->Immediate);
        T result = T.FusedMultiplyAdd(TSigns.NegatesProduct ? -x : x, y, TSigns.NegatesEven ? -z : z);
        bool stands = (s->Mxcsr & Mxcsr.FastMask) == Mxcsr.FastValue && FloatFormat<T>.IsNormal(x) && FloatFormat<T>.IsNormal(y)
            && FloatFormat<T>.IsNormal(z) && FloatFormat<T>.IsNormal(result);
        if (!stands)
            return ScalarExact<TSigns, T>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;
        SetScalar(s, op, result);
        return op[1].Handler(s, op + 1, c);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool ScalarExact<TSigns, T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TSigns : struct, IFusedSigns
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        FloatContext context = new(s->Mxcsr);
        T x = *(T*)Access.Register(s, op->Base), y = *(T*)Access.Register(s, op->Source), z = *(T*)Access.Register(s, (ushort)op->Immediate);
        T result = Exact<TSigns, T>(x, y, z, 0, ref context);
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        SetScalar(s, op, result);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void SetScalar<T>(CpuState* s, MicroOp* op, T result)
        where T : unmanaged =>
        Vex128.Store(s, op->Destination, Xmm.Load(s, op->Destination).As<byte, T>().WithElement(0, result).AsByte());

    private static T Exact<TSigns, T>(T x, T y, T z, int place, ref FloatContext context)
        where TSigns : struct, IFusedSigns
        where T : unmanaged
    {
        bool negates = place % 2 == 0 ? TSigns.NegatesEven : TSigns.NegatesOdd;
        return FloatFormat<T>.FromBits(FloatMath.FusedMultiplyAdd<T>(FloatFormat<T>.Bits(x), FloatFormat<T>.Bits(y), FloatFormat<T>.Bits(z),
            TSigns.NegatesProduct ? FloatFormat<T>.SignBit : 0, negates ? FloatFormat<T>.SignBit : 0, ref context));
    }

    private readonly struct Vector<TSigns, T> : IVectorHandler
        where TSigns : struct, IFusedSigns
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            bool stands = Compute<TForm>(s, op, 0, out Vector128<T> low);
            Vector128<T> high = default;
            if (TForm.Lanes == 2)
                stands &= Compute<TForm>(s, op, 1, out high);
            if (!stands)
                return LanesExact<TForm>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;
            if (TForm.Lanes == 2)
                TForm.Store(s, op->Destination, high.AsByte(), 1);
            TForm.Store(s, op->Destination, low.AsByte());
            return op[1].Handler(s, op + 1, c);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static bool Compute<TForm>(CpuState* s, MicroOp* op, int lane, out Vector128<T> result)
            where TForm : struct, IVectorForm
        {
            Vector128<T> x = TForm.Load(s, op->Base, lane).As<byte, T>(), y = TForm.Load(s, op->Source, lane).As<byte, T>();
            Vector128<T> z = TForm.Load(s, (ushort)op->Immediate, lane).As<byte, T>(), addend = (z.AsByte() ^ Signs).As<byte, T>();
            result = Fuse(TSigns.NegatesProduct ? -x : x, y, addend);
            return (s->Mxcsr & Mxcsr.FastMask) == Mxcsr.FastValue && FloatVector.AreNormal(x, y, z) && FloatVector.AreNormal(result, result, result);
        }

        private static Vector128<byte> Signs
        {
            [MethodImpl(MethodImplOptions.AggressiveInlining)]
            get
            {
                ulong even = TSigns.NegatesEven ? FloatFormat<T>.SignBit : 0, odd = TSigns.NegatesOdd ? FloatFormat<T>.SignBit : 0;
                return Unsafe.SizeOf<T>() == 4
                    ? Vector128.Create((uint)even, (uint)odd, (uint)even, (uint)odd).AsByte()
                    : Vector128.Create(even, odd).AsByte();
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<T> Fuse(Vector128<T> x, Vector128<T> y, Vector128<T> z) => Unsafe.SizeOf<T>() == 4
            ? Vector128.FusedMultiplyAdd(x.AsSingle(), y.AsSingle(), z.AsSingle()).As<float, T>()
            : Vector128.FusedMultiplyAdd(x.AsDouble(), y.AsDouble(), z.AsDouble()).As<double, T>();

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static bool LanesExact<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            FloatContext context = new(s->Mxcsr);
            Vector128<T>* results = stackalloc Vector128<T>[2];
            for (int lane = 0; lane < TForm.Lanes; lane++)
            {
                Vector128<T> x = TForm.Load(s, op->Base, lane).As<byte, T>(), y = TForm.Load(s, op->Source, lane).As<byte, T>();
                Vector128<T> z = TForm.Load(s, (ushort)op->Immediate, lane).As<byte, T>();
                for (int at = 0; at < Vector128<T>.Count; at++)
                    results[lane] = results[lane].WithElement(at, Exact<TSigns, T>(x[at], y[at], z[at], at, ref context));
            }
            return FloatVector.Finish<TForm, T>(s, op, c, results, context);
        }
    }
}

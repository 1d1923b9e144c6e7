using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>HADDPS, HADDPD, HSUBPS, HSUBPD, ADDSUBPS, ADDSUBPD, DPPS and DPPD. Intel SDM vol. 2A.</summary>
internal static unsafe class FloatHorizontal
{
    /// <summary>Binds HADD and HSUB: the operation on neighbours, first those of the first source.</summary>
    public static void BindNeighbours<TOperation, T>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T> => VectorOperands.Bind<Neighbours<TOperation, T>>(b, i);

    /// <summary>Binds ADDSUB: differences in the even places, sums in the odd ones.</summary>
    public static void BindAlternating<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged => VectorOperands.Bind<Exactly<Alternating<T>, T>>(b, i);

    /// <summary>Binds DPPS or DPPD.</summary>
    public static void BindDotProduct<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged => VectorOperands.Bind<Exactly<DotProduct<T>, T>>(b, i, i.Immediate8);

    private readonly struct Neighbours<TOperation, T> : IVectorHandler
        where TOperation : struct, IFloatOperation
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
                return Exactly<PairOperation<TOperation, T>, T>.Run<TForm>(s, op, c);
            if (TForm.Lanes == 2)
                TForm.Store(s, op->Destination, high.AsByte(), 1);
            TForm.Store(s, op->Destination, low.AsByte());
            return op[1].Handler(s, op + 1, c);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static bool Compute<TForm>(CpuState* s, MicroOp* op, int lane, out Vector128<T> result)
            where TForm : struct, IVectorForm
        {
            Vector128<T> a = TForm.Load(s, op->Base, lane).As<byte, T>(), b = TForm.Load(s, op->Source, lane).As<byte, T>();
            Vector128<T> even = Places(a, b, EvenPlaces<T>()), odd = Places(a, b, OddPlaces<T>());
            result = TOperation.Host(even, odd);
            return FloatResult.Stands<TOperation, T>(s->Mxcsr, even, odd, result);
        }
    }

    // Elements of the first source in the low half, the same ones of the second in the high half.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Places<T>(Vector128<T> a, Vector128<T> b, Vector128<byte> control)
        where T : unmanaged =>
        Packed.Concatenate(ByteShuffle.Apply(a.AsByte(), control), ByteShuffle.Apply(b.AsByte(), control)).As<byte, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> EvenPlaces<T>()
        where T : unmanaged => Unsafe.SizeOf<T>() == 4
        ? Vector128.Create((byte)0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11)
        : Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> OddPlaces<T>()
        where T : unmanaged => EvenPlaces<T>() + Vector128.Create((byte)Unsafe.SizeOf<T>());

    /// <summary>A lane of results with all exceptions.</summary>
    private interface IExactLane<T>
        where T : unmanaged
    {
        static abstract Vector128<T> Apply(Vector128<T> a, Vector128<T> b, int immediate, ref FloatContext context);
    }

    private readonly struct Exactly<TLane, T> : IVectorHandler
        where TLane : struct, IExactLane<T>
        where T : unmanaged
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm => Lanes<TForm>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static bool Lanes<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            FloatContext context = new(s->Mxcsr);
            Vector128<T>* results = stackalloc Vector128<T>[2];
            for (int lane = 0; lane < TForm.Lanes; lane++)
            {
                Vector128<T> a = TForm.Load(s, op->Base, lane).As<byte, T>(), b = TForm.Load(s, op->Source, lane).As<byte, T>();
                results[lane] = TLane.Apply(a, b, (int)op->Immediate, ref context);
            }
            return FloatVector.Finish<TForm, T>(s, op, c, results, context);
        }
    }

    private readonly struct PairOperation<TOperation, T> : IExactLane<T>
        where TOperation : struct, IFloatOperation
        where T : unmanaged
    {
        public static Vector128<T> Apply(Vector128<T> a, Vector128<T> b, int immediate, ref FloatContext context) =>
            FloatVector.Exact<TOperation, T>(Places(a, b, EvenPlaces<T>()), Places(a, b, OddPlaces<T>()), ref context);
    }

    private readonly struct Alternating<T> : IExactLane<T>
        where T : unmanaged
    {
        public static Vector128<T> Apply(Vector128<T> a, Vector128<T> b, int immediate, ref FloatContext context)
        {
            Vector128<T> result = default;
            for (int at = 0; at < Vector128<T>.Count; at++)
            {
                ulong x = FloatFormat<T>.Bits(a.GetElement(at)), y = FloatFormat<T>.Bits(b.GetElement(at));
                ulong bits = at % 2 == 0 ? FloatMath.Subtract<T>(x, y, ref context) : FloatMath.Add<T>(x, y, ref context);
                result = result.WithElement(at, FloatFormat<T>.FromBits(bits));
            }
            return result;
        }
    }

    // The high bits of the immediate choose the products, the low ones where the sum goes. Pairs are added before their sums.
    private readonly struct DotProduct<T> : IExactLane<T>
        where T : unmanaged
    {
        public static Vector128<T> Apply(Vector128<T> a, Vector128<T> b, int immediate, ref FloatContext context)
        {
            int count = Vector128<T>.Count;
            Vector128<T> result = default;
            ulong* terms = stackalloc ulong[4];
            for (int at = 0; at < count; at++)
            {
                ulong x = FloatFormat<T>.Bits(a.GetElement(at)), y = FloatFormat<T>.Bits(b.GetElement(at));
                terms[at] = (immediate & (16 << at)) != 0 ? FloatMath.Multiply<T>(x, y, ref context) : 0;
            }
            for (; count > 1; count /= 2)
            {
                for (int at = 0; at < count / 2; at++)
                    terms[at] = FloatMath.Add<T>(terms[2 * at], terms[(2 * at) + 1], ref context);
            }
            for (int at = 0; at < Vector128<T>.Count; at++)
                result = result.WithElement(at, FloatFormat<T>.FromBits((immediate & (1 << at)) != 0 ? terms[0] : 0));
            return result;
        }
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>HADDPS, HADDPD, HSUBPS, HSUBPD, ADDSUBPS, ADDSUBPD, DPPS and DPPD. Intel SDM vol. 2A.</summary>
internal static unsafe class FloatHorizontal
{
    /// <summary>Binds HADD and HSUB: the operation on neighbours, first those of the destination.</summary>
    public static void BindNeighbours<TOperation, T>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&Neighbours<TOperation, T>, Reg.Offset(i.Op0Register), source);
    }

    /// <summary>Binds ADDSUB: differences in the even places, sums in the odd ones.</summary>
    public static void BindAlternating<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&Alternating<T>, Reg.Offset(i.Op0Register), source);
    }

    /// <summary>Binds DPPS or DPPD.</summary>
    public static void BindDotProduct<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&DotProduct<T>, Reg.Offset(i.Op0Register), source, i.Immediate8);
    }

    private static Block* Neighbours<TOperation, T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TOperation : struct, IFloatOperation
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector128<T> even = Places<T>(s, op, EvenPlaces<T>()), odd = Places<T>(s, op, OddPlaces<T>()), result = TOperation.Host(even, odd);
        if (!TOperation.Stands(s->Mxcsr, even, odd, result))
            return NeighboursExact<TOperation, T>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;
        Xmm.Store(s, op->Destination, result.AsByte());
        return op[1].Handler(s, op + 1, c);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool NeighboursExact<TOperation, T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TOperation : struct, IFloatOperation
        where T : unmanaged
    {
        Vector128<T> even = Places<T>(s, op, EvenPlaces<T>()), odd = Places<T>(s, op, OddPlaces<T>());
        FloatContext context = new(s->Mxcsr);
        return Finish(s, op, c, FloatVector.Exact<TOperation, T>(even, odd, ref context), context);
    }

    // Elements of the destination in the low half, the same ones of the source in the high half.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Places<T>(CpuState* s, MicroOp* op, Vector128<byte> control)
        where T : unmanaged
    {
        Vector128<byte> low = ByteShuffle.Apply(Xmm.Load(s, op->Destination), control), high = ByteShuffle.Apply(Xmm.Load(s, op->Source), control);
        return Packed.Concatenate(low, high).As<byte, T>();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> EvenPlaces<T>()
        where T : unmanaged => Unsafe.SizeOf<T>() == 4
        ? Vector128.Create((byte)0, 1, 2, 3, 8, 9, 10, 11, 0, 1, 2, 3, 8, 9, 10, 11)
        : Vector128.Create((byte)0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> OddPlaces<T>()
        where T : unmanaged => EvenPlaces<T>() + Vector128.Create((byte)Unsafe.SizeOf<T>());

    private static Block* Alternating<T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged => AlternatingExact<T>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool AlternatingExact<T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged
    {
        FloatContext context = new(s->Mxcsr);
        Vector128<T> a = Xmm.Load(s, op->Destination).As<byte, T>(), b = Xmm.Load(s, op->Source).As<byte, T>(), result = default;
        for (int at = 0; at < Vector128<T>.Count; at++)
        {
            ulong x = FloatFormat<T>.Bits(a.GetElement(at)), y = FloatFormat<T>.Bits(b.GetElement(at));
            ulong bits = at % 2 == 0 ? FloatMath.Subtract<T>(x, y, ref context) : FloatMath.Add<T>(x, y, ref context);
            result = result.WithElement(at, FloatFormat<T>.FromBits(bits));
        }
        return Finish(s, op, c, result, context);
    }

    private static Block* DotProduct<T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged => DotProductExact<T>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;

    // The high bits of the immediate choose the products, the low ones where the sum goes. Pairs are added before their sums.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool DotProductExact<T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged
    {
        FloatContext context = new(s->Mxcsr);
        int immediate = (int)op->Immediate, count = Vector128<T>.Count;
        Vector128<T> a = Xmm.Load(s, op->Destination).As<byte, T>(), b = Xmm.Load(s, op->Source).As<byte, T>(), result = default;
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
        return Finish(s, op, c, result, context);
    }

    private static bool Finish<T>(CpuState* s, MicroOp* op, VirtualCpu* c, Vector128<T> result, in FloatContext context)
        where T : unmanaged
    {
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        Xmm.Store(s, op->Destination, result.AsByte());
        return true;
    }
}

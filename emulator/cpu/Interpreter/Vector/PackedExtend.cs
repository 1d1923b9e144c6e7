using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>PMOVSX and PMOVZX: narrow elements from the low end of the source become wide ones. Intel SDM vol. 2B.</summary>
internal static unsafe class PackedExtend
{
    /// <summary>PMOVZX.</summary>
    public static void Zero<TFrom, TTo>(BlockBuilder b, in Instruction i)
        where TFrom : unmanaged
        where TTo : unmanaged => Packed.BindHandler<ByLane<ZeroElements>>(b, i, Control(Unsafe.SizeOf<TFrom>(), Unsafe.SizeOf<TTo>(), 0));

    /// <summary>PMOVSX: the elements go to the upper ends of their places, and are shifted down from there.</summary>
    public static void Sign<TFrom, TTo>(BlockBuilder b, in Instruction i)
        where TFrom : unmanaged
        where TTo : unmanaged, IBinaryInteger<TTo>
    {
        int from = Unsafe.SizeOf<TFrom>(), to = Unsafe.SizeOf<TTo>();
        Packed.BindHandler<ByLane<SignElements<TFrom, TTo>>>(b, i, Control(from, to, to - from));
    }

    private static ulong Control(int from, int to, int offset)
    {
        Span<byte> control = stackalloc byte[ByteShuffle.Length];
        for (int at = 0; at < control.Length; at++)
        {
            int within = (at % to) - offset;
            control[at] = (byte)(within >= 0 && within < from ? (at / to * from) + within : ByteShuffle.None);
        }
        return ByteShuffle.Control(control);
    }

    // All of the source lies in its lowest lane.
    private readonly struct ZeroElements : ILaneOperation
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm => ByteShuffle.Apply(TForm.Load(s, op->Source), ((Vector128<byte>*)op->Immediate)[lane]);
    }

    private readonly struct SignElements<TFrom, TTo> : ILaneOperation
        where TFrom : unmanaged
        where TTo : unmanaged
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<byte> Apply<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm
        {
            Vector128<TTo> upper = ZeroElements.Apply<TForm>(s, op, lane).As<byte, TTo>();
            return (upper >> (8 * (Unsafe.SizeOf<TTo>() - Unsafe.SizeOf<TFrom>()))).AsByte();
        }
    }
}

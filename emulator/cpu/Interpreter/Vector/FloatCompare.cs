using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>CMPSS, CMPSD, CMPPS, CMPPD, and COMISS, COMISD, UCOMISS, UCOMISD. Intel SDM vol. 2A.</summary>
/// <remarks>
/// A predicate: bits 0 and 1 ask for EQ, LT, LE or UNORD, bit 2 inverts, bit 3 counts unordered as the other way round (so that LT, inverted,
/// becomes GE), bit 4 changes whether a quiet NaN raises IE. Those of SSE have the first three.
/// </remarks>
internal static unsafe class FloatCompare
{
    private const ulong SsePredicates = 7, VexPredicates = 31;
    private const int InvertBit = 4, UnorderedBit = 8, SignalBit = 16;

    /// <summary>Binds COMISS or COMISD: any NaN raises IE.</summary>
    public static void BindOrdered<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T> => BindFlags<T>(b, i, quiet: 0);

    /// <summary>Binds UCOMISS or UCOMISD: a quiet NaN raises nothing.</summary>
    public static void BindUnordered<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T> => BindFlags<T>(b, i, quiet: 1);

    /// <summary>Binds CMPSS or CMPSD: ones or zeros in the low element.</summary>
    public static void BindScalar<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorOperands.Bind<ScalarMask<T>>(b, i, PredicateOf(i));

    /// <summary>Binds CMPPS or CMPPD.</summary>
    public static void BindPacked<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T> => VectorOperands.Bind<PackedMask<T>>(b, i, PredicateOf(i));

    private static ulong PredicateOf(in Instruction i) => i.Immediate8 & (VectorOperands.IsVex(i) ? VexPredicates : SsePredicates);

    private static void BindFlags<T>(BlockBuilder b, in Instruction i, ulong quiet)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&ToFlags<T>, Reg.Offset(i.Op0Register), source, quiet);
    }

    private static Block* ToFlags<T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T a = *(T*)Access.Register(s, op->Destination), b = *(T*)Access.Register(s, op->Source);
        if (!FloatFormat<T>.IsOrdered(a) || !FloatFormat<T>.IsOrdered(b))
            return ToFlagsExact<T>(s, op, c) ? op[1].Handler(s, op + 1, c) : null;
        s->Flags.SetZeroCarry(zero: a == b, carry: a < b);
        return op[1].Handler(s, op + 1, c);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool ToFlagsExact<T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged
    {
        FloatContext context = new(s->Mxcsr);
        ulong a = FloatFormat<T>.Bits(*(T*)Access.Register(s, op->Destination)), b = FloatFormat<T>.Bits(*(T*)Access.Register(s, op->Source));
        FloatOrder order = FloatMath.Compare<T>(a, b, op->Immediate != 0, ref context);
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        s->Flags = LazyFlags.FromRFlags(order switch
        {
            FloatOrder.Unordered => RFlagsBits.Zero | RFlagsBits.Parity | RFlagsBits.Carry,
            FloatOrder.Less => RFlagsBits.Carry,
            FloatOrder.Equal => RFlagsBits.Zero,
            _ => 0,
        });
        return true;
    }

    private readonly struct ScalarMask<T> : IVectorHandler
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            T a = *(T*)Access.Register(s, op->Base), b = *(T*)Access.Register(s, op->Source);
            if (!FloatFormat<T>.IsOrdered(a) || !FloatFormat<T>.IsOrdered(b))
                return Exact<TForm>(s, op, c);
            bool holds = (op->Immediate & 3) switch
            {
                0 => a == b,
                1 => a < b,
                2 => a <= b,
                _ => false,
            };
            FloatVector.SetScalar<TForm, T>(s, op, MaskOf(holds != ((op->Immediate & InvertBit) != 0)));
            return op[1].Handler(s, op + 1, c);
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Block* Exact<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            FloatContext context = new(s->Mxcsr);
            ulong a = FloatFormat<T>.Bits(*(T*)Access.Register(s, op->Base)), b = FloatFormat<T>.Bits(*(T*)Access.Register(s, op->Source));
            bool holds = Holds<T>(a, b, (int)op->Immediate, ref context);
            if (!FloatExceptions.Commit(s, op, c, context))
                return null;
            FloatVector.SetScalar<TForm, T>(s, op, MaskOf(holds));
            return op[1].Handler(s, op + 1, c);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static T MaskOf(bool holds) => FloatFormat<T>.FromBits(holds ? ulong.MaxValue : 0);
    }

    private readonly struct PackedMask<T> : IVectorHandler
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        public static Block* Run<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            if (!AreOrdered<TForm>(s, op, 0) || (TForm.Lanes == 2 && !AreOrdered<TForm>(s, op, 1)))
                return Exact<TForm>(s, op, c);
            if (TForm.Lanes == 2)
                TForm.Store(s, op->Destination, MaskOfOrdered<TForm>(s, op, 1), 1);
            TForm.Store(s, op->Destination, MaskOfOrdered<TForm>(s, op, 0));
            return op[1].Handler(s, op + 1, c);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static bool AreOrdered<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm =>
            FloatVector.AreOrdered(TForm.Load(s, op->Base, lane).As<byte, T>(), TForm.Load(s, op->Source, lane).As<byte, T>());

        // Without NaNs bit 2 inverts, and bits 3 and 4 say nothing.
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector128<byte> MaskOfOrdered<TForm>(CpuState* s, MicroOp* op, int lane)
            where TForm : struct, IVectorForm
        {
            Vector128<T> a = TForm.Load(s, op->Base, lane).As<byte, T>(), b = TForm.Load(s, op->Source, lane).As<byte, T>();
            Vector128<T> mask = (op->Immediate & 3) switch
            {
                0 => Vector128.Equals(a, b),
                1 => Vector128.LessThan(a, b),
                2 => Vector128.LessThanOrEqual(a, b),
                _ => Vector128<T>.Zero,
            };
            return ((op->Immediate & InvertBit) == 0 ? mask : ~mask).AsByte();
        }

        [MethodImpl(MethodImplOptions.NoInlining)]
        private static Block* Exact<TForm>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TForm : struct, IVectorForm
        {
            FloatContext context = new(s->Mxcsr);
            Vector128<T>* results = stackalloc Vector128<T>[2];
            for (int lane = 0; lane < TForm.Lanes; lane++)
            {
                Vector128<T> a = TForm.Load(s, op->Base, lane).As<byte, T>(), b = TForm.Load(s, op->Source, lane).As<byte, T>();
                for (int at = 0; at < Vector128<T>.Count; at++)
                {
                    ulong x = FloatFormat<T>.Bits(a.GetElement(at)), y = FloatFormat<T>.Bits(b.GetElement(at));
                    ulong mask = Holds<T>(x, y, (int)op->Immediate, ref context) ? ulong.MaxValue : 0;
                    results[lane] = results[lane].WithElement(at, FloatFormat<T>.FromBits(mask));
                }
            }
            return FloatVector.Finish<TForm, T>(s, op, c, results, context) ? op[1].Handler(s, op + 1, c) : null;
        }
    }

    // Of those with bit 3 unordered counts as it does not without: EQ_UQ is true for it, NGE too, and FALSE is ORD the other way round.
    private static bool Holds<T>(ulong a, ulong b, int predicate, ref FloatContext context)
        where T : unmanaged
    {
        bool signals = ((predicate & 3) is 1 or 2) != ((predicate & SignalBit) != 0);
        FloatOrder order = FloatMath.Compare<T>(a, b, quiet: !signals, ref context);
        bool inverted = (predicate & InvertBit) != 0;
        if (order == FloatOrder.Unordered)
            return ((predicate & 3) == 3) != inverted != ((predicate & UnorderedBit) != 0);
        bool holds = (predicate & 3) switch
        {
            0 => order == FloatOrder.Equal,
            1 => order == FloatOrder.Less,
            2 => order is FloatOrder.Less or FloatOrder.Equal,
            _ => false,
        };
        return holds != inverted;
    }
}

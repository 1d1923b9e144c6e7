using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>CMPSS, CMPSD, CMPPS, CMPPD, and COMISS, COMISD, UCOMISS, UCOMISD. Intel SDM vol. 2A.</summary>
internal static unsafe class FloatCompare
{
    /// <summary>Binds COMISS or COMISD: any NaN raises IE.</summary>
    public static void BindOrdered<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T> => BindFlags<T>(b, i, quiet: 0);

    /// <summary>Binds UCOMISS or UCOMISD: a quiet NaN raises nothing.</summary>
    public static void BindUnordered<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T> => BindFlags<T>(b, i, quiet: 1);

    /// <summary>Binds CMPSS or CMPSD: ones or zeros in the low element.</summary>
    public static void BindScalar<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&ScalarMask<T>, Reg.Offset(i.Op0Register), source, i.Immediate8 & PredicateMask);
    }

    /// <summary>Binds CMPPS or CMPPD.</summary>
    public static void BindPacked<T>(BlockBuilder b, in Instruction i)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        ushort source = VectorMemory.EmitSource(b, i, 1);
        b.Emit(&PackedMask<T>, Reg.Offset(i.Op0Register), source, i.Immediate8 & PredicateMask);
    }

    private const ulong PredicateMask = 7;

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

    private static Block* ScalarMask<T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        T a = *(T*)Access.Register(s, op->Destination), b = *(T*)Access.Register(s, op->Source);
        if (!FloatFormat<T>.IsOrdered(a) || !FloatFormat<T>.IsOrdered(b))
            return RunMask<T>(s, op, c, 1) ? op[1].Handler(s, op + 1, c) : null;
        bool holds = (op->Immediate & 3) switch
        {
            0 => a == b,
            1 => a < b,
            2 => a <= b,
            _ => false,
        };
        *(T*)Access.Register(s, op->Destination) = FloatFormat<T>.FromBits(holds != ((op->Immediate & 4) != 0) ? ulong.MaxValue : 0);
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* PackedMask<T>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector128<T> a = Xmm.Load(s, op->Destination).As<byte, T>(), b = Xmm.Load(s, op->Source).As<byte, T>();
        if (!FloatVector.AreOrdered(a, b))
            return RunMask<T>(s, op, c, Vector128<T>.Count) ? op[1].Handler(s, op + 1, c) : null;
        Xmm.Store(s, op->Destination, MaskOfOrdered(a, b, (int)op->Immediate).AsByte());
        return op[1].Handler(s, op + 1, c);
    }

    // Without NaNs the second four predicates are the first four, inverted.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> MaskOfOrdered<T>(Vector128<T> a, Vector128<T> b, int predicate)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        Vector128<T> mask = (predicate & 3) switch
        {
            0 => Vector128.Equals(a, b),
            1 => Vector128.LessThan(a, b),
            2 => Vector128.LessThanOrEqual(a, b),
            _ => Vector128<T>.Zero,
        };
        return (predicate & 4) == 0 ? mask : ~mask;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool RunMask<T>(CpuState* s, MicroOp* op, VirtualCpu* c, int elements)
        where T : unmanaged
    {
        FloatContext context = new(s->Mxcsr);
        Vector128<T> a = Xmm.Load(s, op->Destination).As<byte, T>(), b = Xmm.Load(s, op->Source).As<byte, T>(), result = a;
        for (int at = 0; at < elements; at++)
        {
            ulong x = FloatFormat<T>.Bits(a.GetElement(at)), y = FloatFormat<T>.Bits(b.GetElement(at));
            ulong mask = Holds<T>(x, y, (int)op->Immediate, ref context) ? ulong.MaxValue : 0;
            result = result.WithElement(at, FloatFormat<T>.FromBits(mask));
        }
        if (!FloatExceptions.Commit(s, op, c, context))
            return false;
        Xmm.Store(s, op->Destination, result.AsByte());
        return true;
    }

    // EQ, LT, LE, UNORD, and the same inverted; LT, LE and their inverses raise IE for a quiet NaN too.
    private static bool Holds<T>(ulong a, ulong b, int predicate, ref FloatContext context)
        where T : unmanaged
    {
        FloatOrder order = FloatMath.Compare<T>(a, b, quiet: (predicate & 3) is 0 or 3, ref context);
        bool holds = (predicate & 3) switch
        {
            0 => order == FloatOrder.Equal,
            1 => order == FloatOrder.Less,
            2 => order is FloatOrder.Less or FloatOrder.Equal,
            _ => order == FloatOrder.Unordered,
        };
        return holds != ((predicate & 4) != 0);
    }
}

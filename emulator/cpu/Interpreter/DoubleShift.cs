using Iced.Intel;

namespace Emu.Cpu;

/// <summary>SHLD and SHRD. Intel SDM vol. 2B.</summary>
internal static unsafe class DoubleShift
{
    /// <summary>Binds one instruction of the group.</summary>
    public static void Bind<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IDoubleShift
    {
        int size = Operands.Size(i);
        ushort source = Reg.Offset(i.Op1Register);
        bool byCl = i.Op2Kind == OpKind.Register;
        ulong count = byCl ? ByCl : i.Immediate8 & Shift.CountMask(size);
        if (i.Op0Kind == OpKind.Register)
        {
            b.Emit(Select.Width<OnRegister<TOperation>>(size), Reg.Offset(i.Op0Register), source, count);
            return;
        }
        b.LowerToBase(i);
        b.EmitMemory(Select.Width<OnMemory<TOperation>>(size), source: source, immediate: count);
    }

    private const ulong ByCl = ulong.MaxValue;

    private static int CountOf<TWidth>(CpuState* s, MicroOp* op)
        where TWidth : struct, IWidth =>
        op->Immediate == ByCl ? (int)(s->Gpr[1] & Shift.CountMask(TWidth.Bytes)) : (int)op->Immediate;

    private readonly struct OnRegister<TOperation> : IWidthHandler
        where TOperation : struct, IDoubleShift
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            int count = CountOf<TWidth>(s, op);
            ulong a = Access.Get<TWidth>(s, op->Destination), b = Access.Get<TWidth>(s, op->Source);
            Access.Set<TWidth>(s, op->Destination, count == 0 ? a : TOperation.Apply<TWidth>(ref s->Flags, a, b, count));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct OnMemory<TOperation> : IWidthHandler
        where TOperation : struct, IDoubleShift
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            byte* place = Access.Write(s, op, c, BaseAddress.Of(s, op), TWidth.Bytes);
            if (place == null)
                return null;
            int count = CountOf<TWidth>(s, op);
            if (count != 0)
                TWidth.Store(place, TOperation.Apply<TWidth>(ref s->Flags, TWidth.Load(place), Access.Get<TWidth>(s, op->Source), count));
            Access.Commit(c, place);
            return op[1].Handler(s, op + 1, c);
        }
    }
}

/// <summary>A shift that is filled from a second operand.</summary>
internal interface IDoubleShift
{
    /// <summary>Computes the result and the flags; the count is masked and not zero.</summary>
    static abstract ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b, int count)
        where TWidth : struct, IWidth;
}

internal readonly struct DoubleShiftLeft : IDoubleShift
{
    // A 16-bit operand with a count above 16 is undefined; processors shift a:b:a as one.
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b, int count)
        where TWidth : struct, IWidth
    {
        UInt128 all = Wide<TWidth>(a, b) << count;
        ulong result = (ulong)(all >> (128 - TWidth.Bits));
        bool carry = ((a >> ((TWidth.Bits - count) & 63)) & 1) != 0;
        if (count > TWidth.Bits)
            carry = ((b >> ((2 * TWidth.Bits) - count)) & 1) != 0;
        flags.Set(result, TWidth.Bits, carry, ((result ^ a) >> (TWidth.Bits - 1)) != 0);
        return result;
    }

    // a in the top bits, then b, then a again where there is room.
    private static UInt128 Wide<TWidth>(ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        UInt128 wide = ((UInt128)a << (128 - TWidth.Bits)) | ((UInt128)b << (128 - (2 * TWidth.Bits)));
        return TWidth.Bits == 16 ? wide | ((UInt128)a << (128 - 48)) : wide;
    }
}

internal readonly struct DoubleShiftRight : IDoubleShift
{
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b, int count)
        where TWidth : struct, IWidth
    {
        UInt128 all = a | ((UInt128)b << TWidth.Bits);
        if (TWidth.Bits == 16)
            all |= (UInt128)a << 32;
        bool carry = ((all >> (count - 1)) & 1) != 0;
        ulong result = (ulong)(all >> count) & TWidth.Mask;
        flags.Set(result, TWidth.Bits, carry, ((result ^ a) >> (TWidth.Bits - 1)) != 0);
        return result;
    }
}

using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>A shift or rotation.</summary>
internal interface IShiftOperation
{
    /// <summary>Computes the result and the flags.</summary>
    /// <param name="flags">Changed as the instruction says.</param>
    /// <param name="a">The operand, zero-extended.</param>
    /// <param name="count">Masked, and not zero.</param>
    static abstract ulong Apply<TWidth>(ref LazyFlags flags, ulong a, int count)
        where TWidth : struct, IWidth;

    /// <summary>Whether <see cref="Result"/> gives the result without the flags.</summary>
    static abstract bool CanBeQuiet { get; }

    /// <summary>The result alone, where the flags are not asked for.</summary>
    static abstract ulong Result<TWidth>(ulong a, int count)
        where TWidth : struct, IWidth;
}

/// <summary>SHL, SHR, SAR, ROL, ROR, RCL and RCR. Intel SDM vol. 2B.</summary>
internal static unsafe class Shift
{
    /// <summary>Binds one instruction of the group.</summary>
    public static void Bind<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IShiftOperation
    {
        int size = Operands.Size(i);
        bool byRegister = i.Op1Kind == OpKind.Register;
        ulong count = byRegister ? 0 : i.Immediate8 & CountMask(size);
        if (i.Op0Kind == OpKind.Register)
        {
            ushort destination = Reg.Offset(i.Op0Register);
            if (byRegister)
                b.Emit(Select.Width<RegisterByCl<TOperation>>(size), destination);
            else
                BindImmediate<TOperation>(b, size, destination, count);
            return;
        }
        b.LowerToBase(i);
        b.EmitMemory(byRegister ? Select.Width<MemoryByCl<TOperation>>(size) : Select.Width<MemoryByImmediate<TOperation>>(size),
            immediate: count);
    }

    // A count of zero leaves the flags, but the register is written: a 32-bit one loses its upper half.
    private static void BindImmediate<TOperation>(BlockBuilder b, int size, ushort destination, ulong count)
        where TOperation : struct, IShiftOperation
    {
        if (count == 0)
        {
            b.Emit(Select.Width<MoveRegister>(size), destination, destination);
            return;
        }
        b.EmitOnMoved(Select.Width<RegisterByImmediate<TOperation>>(size), size, destination, CpuState.ZeroOffset, count);
        b.MarkPure();
        b.MarkQuiet(TOperation.CanBeQuiet ? Select.Width<RegisterByImmediateQuiet<TOperation>>(size) : null);
    }

    /// <summary>The bits of a count that are used.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint CountMask(int size) => size == 8 ? 63u : 31u;

    private readonly struct RegisterByImmediate<TOperation> : IWidthHandler
        where TOperation : struct, IShiftOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            Access.Set<TWidth>(s, op->Destination, TOperation.Apply<TWidth>(ref s->Flags, Access.Get<TWidth>(s, op->Base), (int)op->Immediate));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct RegisterByImmediateQuiet<TOperation> : IWidthHandler
        where TOperation : struct, IShiftOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            Access.Set<TWidth>(s, op->Destination, TOperation.Result<TWidth>(Access.Get<TWidth>(s, op->Base), (int)op->Immediate));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct RegisterByCl<TOperation> : IWidthHandler
        where TOperation : struct, IShiftOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            int count = (int)(s->Gpr[1] & CountMask(TWidth.Bytes));
            ulong a = Access.Get<TWidth>(s, op->Destination);
            Access.Set<TWidth>(s, op->Destination, count == 0 ? a : TOperation.Apply<TWidth>(ref s->Flags, a, count));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct MemoryByImmediate<TOperation> : IWidthHandler
        where TOperation : struct, IShiftOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth => OnMemory<TOperation, TWidth>(s, op, c, (int)op->Immediate) ? op[1].Handler(s, op + 1, c) : null;
    }

    private readonly struct MemoryByCl<TOperation> : IWidthHandler
        where TOperation : struct, IShiftOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth =>
            OnMemory<TOperation, TWidth>(s, op, c, (int)(s->Gpr[1] & CountMask(TWidth.Bytes))) ? op[1].Handler(s, op + 1, c) : null;
    }

    private static bool OnMemory<TOperation, TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c, int count)
        where TOperation : struct, IShiftOperation
        where TWidth : struct, IWidth
    {
        byte* place = Access.Write(s, op, c, BaseAddress.Of(s, op), TWidth.Bytes);
        if (place == null)
            return false;
        if (count != 0)
            TWidth.Store(place, TOperation.Apply<TWidth>(ref s->Flags, TWidth.Load(place), count));
        Access.Commit(c, place);
        return true;
    }
}

internal readonly struct ShiftLeft : IShiftOperation
{
    public static bool CanBeQuiet => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result<TWidth>(ulong a, int count)
        where TWidth : struct, IWidth => a << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, int count)
        where TWidth : struct, IWidth
    {
        ulong result = a << count;
        bool carry = TWidth.Bits == 64 ? ((a >> (64 - count)) & 1) != 0 : ((result >> TWidth.Bits) & 1) != 0;
        bool sign = ((result >> (TWidth.Bits - 1)) & 1) != 0;
        flags.Set(result, TWidth.Bits, carry, sign != carry);
        return result;
    }
}

internal readonly struct ShiftRight : IShiftOperation
{
    public static bool CanBeQuiet => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result<TWidth>(ulong a, int count)
        where TWidth : struct, IWidth => a >> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, int count)
        where TWidth : struct, IWidth
    {
        ulong result = a >> count;
        flags.Set(result, TWidth.Bits, ((a >> (count - 1)) & 1) != 0, (a >> (TWidth.Bits - 1)) != 0);
        return result;
    }
}

internal readonly struct ShiftArithmeticRight : IShiftOperation
{
    public static bool CanBeQuiet => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result<TWidth>(ulong a, int count)
        where TWidth : struct, IWidth => (ulong)((long)SignExtend.Apply<TWidth>(a) >> count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, int count)
        where TWidth : struct, IWidth
    {
        long value = (long)SignExtend.Apply<TWidth>(a);
        ulong result = (ulong)(value >> count);
        flags.Set(result, TWidth.Bits, ((value >> (count - 1)) & 1) != 0, false);
        return result;
    }
}

internal readonly struct RotateLeft : IShiftOperation
{
    public static bool CanBeQuiet => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result<TWidth>(ulong a, int count)
        where TWidth : struct, IWidth => ((a << (count & (TWidth.Bits - 1))) | (a >> (-count & (TWidth.Bits - 1)))) & TWidth.Mask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, int count)
        where TWidth : struct, IWidth
    {
        count &= TWidth.Bits - 1;
        ulong result = count == 0 ? a : ((a << count) | (a >> (TWidth.Bits - count))) & TWidth.Mask;
        bool carry = (result & 1) != 0;
        flags.SetCarryOverflow(carry, (result >> (TWidth.Bits - 1) != 0) != carry);
        return result;
    }
}

internal readonly struct RotateRight : IShiftOperation
{
    public static bool CanBeQuiet => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Result<TWidth>(ulong a, int count)
        where TWidth : struct, IWidth => ((a >> (count & (TWidth.Bits - 1))) | (a << (-count & (TWidth.Bits - 1)))) & TWidth.Mask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, int count)
        where TWidth : struct, IWidth
    {
        count &= TWidth.Bits - 1;
        ulong result = count == 0 ? a : ((a >> count) | (a << (TWidth.Bits - count))) & TWidth.Mask;
        bool carry = result >> (TWidth.Bits - 1) != 0;
        flags.SetCarryOverflow(carry, ((result >> (TWidth.Bits - 2)) & 1) != 0 != carry);
        return result;
    }
}

internal readonly struct RotateCarryLeft : IShiftOperation
{
    public static bool CanBeQuiet => false;

    public static ulong Result<TWidth>(ulong a, int count)
        where TWidth : struct, IWidth => throw new Mm.EmulatorBugException("a rotation through the carry needs the flags");

    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, int count)
        where TWidth : struct, IWidth
    {
        bool carry = flags.Carry;
        for (count %= TWidth.Bits + 1; count > 0; count--)
        {
            bool top = a >> (TWidth.Bits - 1) != 0;
            a = ((a << 1) | (carry ? 1UL : 0)) & TWidth.Mask;
            carry = top;
        }
        flags.SetCarryOverflow(carry, a >> (TWidth.Bits - 1) != 0 != carry);
        return a;
    }
}

internal readonly struct RotateCarryRight : IShiftOperation
{
    public static bool CanBeQuiet => false;

    public static ulong Result<TWidth>(ulong a, int count)
        where TWidth : struct, IWidth => throw new Mm.EmulatorBugException("a rotation through the carry needs the flags");

    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, int count)
        where TWidth : struct, IWidth
    {
        bool carry = flags.Carry;
        for (count %= TWidth.Bits + 1; count > 0; count--)
        {
            bool bottom = (a & 1) != 0;
            a = (a >> 1) | (carry ? 1UL << (TWidth.Bits - 1) : 0);
            carry = bottom;
        }
        flags.SetCarryOverflow(carry, (a >> (TWidth.Bits - 1) != 0) != (((a >> (TWidth.Bits - 2)) & 1) != 0));
        return a;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>An operation of BMI1 or BMI2 with two sources, of 32 or 64 bits.</summary>
internal interface IBitManipulation
{
    /// <summary>The result; flags as the instruction says, if it changes any.</summary>
    static abstract ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth;
}

/// <summary>BMI1 and BMI2. Intel SDM vol. 2.</summary>
internal static unsafe class BitManipulation
{
    /// <summary>Binds an instruction with one source, or two of which the last may be a register, memory or an immediate.</summary>
    public static void Bind<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IBitManipulation
    {
        int size = i.Op0Register.GetSize(), last = i.OpCount - 1;
        ushort destination = Reg.Offset(i.Op0Register), first = b.EmitLoad(i, 1, size);
        if (i.GetOpKind(last) == OpKind.Immediate8)
            b.EmitVector(size == 8 ? &ByImmediate<TOperation, W64> : &ByImmediate<TOperation, W32>, destination, first, first, i.Immediate8);
        else
            b.EmitVector(size == 8 ? &Run<TOperation, W64> : &Run<TOperation, W32>, destination, first, last == 1 ? first : b.EmitLoad(i, 2, size));
        if (!HasMemory(i))
            b.MarkPure();
    }

    /// <summary>MULX: the high half to the first operand, the low half to the second; of one register the high half stays.</summary>
    public static void Multiply(BlockBuilder b, in Instruction i)
    {
        int size = i.Op0Register.GetSize();
        ushort source = b.EmitLoad(i, 2, size);
        b.EmitVector(size == 8 ? &Multiply<W64> : &Multiply<W32>, Reg.Offset(i.Op0Register), Reg.Offset(i.Op1Register), source);
    }

    private static bool HasMemory(in Instruction i) => i.Op1Kind == OpKind.Memory || (i.OpCount > 2 && i.Op2Kind == OpKind.Memory);

    private static Block* Run<TOperation, TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TOperation : struct, IBitManipulation
        where TWidth : struct, IWidth
    {
        ulong a = Access.Get<TWidth>(s, op->Base), b = Access.Get<TWidth>(s, op->Source);
        Access.Set<TWidth>(s, op->Destination, TOperation.Apply<TWidth>(ref s->Flags, a, b));
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* ByImmediate<TOperation, TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TOperation : struct, IBitManipulation
        where TWidth : struct, IWidth
    {
        Access.Set<TWidth>(s, op->Destination, TOperation.Apply<TWidth>(ref s->Flags, Access.Get<TWidth>(s, op->Base), op->Immediate));
        return op[1].Handler(s, op + 1, c);
    }

    private static Block* Multiply<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        ulong high = Math.BigMul(Access.Get<TWidth>(s, Reg.Rdx), Access.Get<TWidth>(s, op->Source), out ulong low);
        if (TWidth.Bits != 64)
            high = low >> TWidth.Bits;
        Access.Set<TWidth>(s, op->Base, low);
        Access.Set<TWidth>(s, op->Destination, high);
        return op[1].Handler(s, op + 1, c);
    }
}

/// <summary>ANDN.</summary>
internal readonly struct AndNot : IBitManipulation
{
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        ulong result = ~a & b;
        flags.SetLogic(result, TWidth.Bits);
        return result;
    }
}

/// <summary>BEXTR: the second source's lowest byte is the first bit, the next the number of bits.</summary>
internal readonly struct ExtractBits : IBitManipulation
{
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        int start = (byte)b, length = (byte)(b >> 8);
        ulong shifted = start < TWidth.Bits ? a >> start : 0;
        ulong result = length < TWidth.Bits ? shifted & ((1UL << length) - 1) : shifted;
        flags.SetLogic(result, TWidth.Bits);
        return result;
    }
}

/// <summary>BLSI: the lowest bit that is set.</summary>
internal readonly struct IsolateLowest : IBitManipulation
{
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        ulong result = (0 - a) & a;
        flags.Set(result, TWidth.Bits, carry: a != 0, overflow: false);
        return result;
    }
}

/// <summary>BLSMSK: all bits up to the lowest that is set.</summary>
internal readonly struct MaskUpToLowest : IBitManipulation
{
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        ulong result = (a - 1) ^ a;
        flags.Set(result, TWidth.Bits, carry: a == 0, overflow: false);
        return result;
    }
}

/// <summary>BLSR: the lowest bit that is set becomes clear.</summary>
internal readonly struct ResetLowest : IBitManipulation
{
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        ulong result = (a - 1) & a;
        flags.Set(result, TWidth.Bits, carry: a == 0, overflow: false);
        return result;
    }
}

/// <summary>BZHI: bits from a number on become zero.</summary>
internal readonly struct ZeroHighBits : IBitManipulation
{
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth
    {
        int start = (byte)b;
        ulong result = start < TWidth.Bits ? a & ((1UL << start) - 1) : a;
        flags.Set(result, TWidth.Bits, carry: start >= TWidth.Bits, overflow: false);
        return result;
    }
}

/// <summary>PDEP: the low bits of the first source go to the places that are set in the second.</summary>
internal readonly struct DepositBits : IBitManipulation
{
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth => Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitDeposit(a, b) : Deposit(a, b);

    internal static ulong Deposit(ulong value, ulong mask)
    {
        ulong result = 0;
        for (; mask != 0; mask &= mask - 1, value >>= 1)
            result |= (0 - (value & 1)) & mask & (0 - mask);
        return result;
    }
}

/// <summary>PEXT: the bits of the first source at the places that are set in the second come together.</summary>
internal readonly struct CollectBits : IBitManipulation
{
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth => Bmi2.X64.IsSupported ? Bmi2.X64.ParallelBitExtract(a, b) : Collect(a, b);

    internal static ulong Collect(ulong value, ulong mask)
    {
        ulong result = 0;
        for (int place = 0; mask != 0; mask &= mask - 1, place++)
            result |= ((value >> BitOperations.TrailingZeroCount(mask)) & 1) << place;
        return result;
    }
}

/// <summary>RORX.</summary>
internal readonly struct RotateRightQuietly : IBitManipulation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth => TWidth.Bits == 64 ? BitOperations.RotateRight(a, (int)b) : BitOperations.RotateRight((uint)a, (int)b);
}

/// <summary>SHLX.</summary>
internal readonly struct ShiftLeftQuietly : IBitManipulation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth => a << (int)(b & (ulong)(TWidth.Bits - 1));
}

/// <summary>SHRX.</summary>
internal readonly struct ShiftRightQuietly : IBitManipulation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth => a >> (int)(b & (ulong)(TWidth.Bits - 1));
}

/// <summary>SARX.</summary>
internal readonly struct ShiftArithmeticQuietly : IBitManipulation
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Apply<TWidth>(ref LazyFlags flags, ulong a, ulong b)
        where TWidth : struct, IWidth => (ulong)((long)SignExtend.Apply<TWidth>(a) >> (int)(b & (ulong)(TWidth.Bits - 1)));
}

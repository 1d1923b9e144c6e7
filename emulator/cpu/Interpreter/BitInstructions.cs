using System.Numerics;
using System.Runtime.CompilerServices;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>What a bit test does to the bit.</summary>
internal interface IBitOperation
{
    /// <summary>Whether the operand is written.</summary>
    static abstract bool Writes { get; }

    /// <summary>The operand with the bit changed.</summary>
    static abstract ulong Apply(ulong a, ulong mask);
}

internal readonly struct BitTest : IBitOperation
{
    public static bool Writes => false;

    public static ulong Apply(ulong a, ulong mask) => a;
}

internal readonly struct BitSet : IBitOperation
{
    public static bool Writes => true;

    public static ulong Apply(ulong a, ulong mask) => a | mask;
}

internal readonly struct BitReset : IBitOperation
{
    public static bool Writes => true;

    public static ulong Apply(ulong a, ulong mask) => a & ~mask;
}

internal readonly struct BitComplement : IBitOperation
{
    public static bool Writes => true;

    public static ulong Apply(ulong a, ulong mask) => a ^ mask;
}

/// <summary>BT, BTS, BTR, BTC, BSF, BSR, POPCNT, TZCNT and LZCNT. Intel SDM vol. 2.</summary>
internal static unsafe class BitInstructions
{
    /// <summary>Binds BT and its kin.</summary>
    public static void Bind<TOperation>(BlockBuilder b, in Instruction i)
        where TOperation : struct, IBitOperation
    {
        int size = Operands.Size(i);
        bool byRegister = i.Op1Kind == OpKind.Register;
        ushort source = byRegister ? Reg.Offset(i.Op1Register) : CpuState.ValueTempOffset;
        if (!byRegister)
            b.Emit(Select.Width<MoveImmediate>(8), CpuState.ValueTempOffset, immediate: i.Immediate8 & (ulong)((size * 8) - 1));
        if (i.Op0Kind == OpKind.Register)
        {
            b.Emit(Select.Width<OnRegister<TOperation>>(size), Reg.Offset(i.Op0Register), source);
            return;
        }
        if (byRegister && BlockBuilder.IsNarrow(i))
            source = LowerNarrow(b, i, size, source);
        else
            b.LowerToBase(i);
        b.EmitMemory(i.HasLockPrefix ? Select.Width<OnMemoryLocked<TOperation>>(size) : Select.Width<OnMemory<TOperation>>(size), source: source);
    }

    // The address wraps at 32 bits with the bit offset in it: the bytes of the offset go there, its low bits to the next step.
    private static ushort LowerNarrow(BlockBuilder b, in Instruction i, int size, ushort source)
    {
        b.Emit(Select.Width<ByteOffset>(size), CpuState.ValueTempOffset, source);
        b.LowerNarrowWithOffset(i);
        b.Emit(Select.Width<LowBits>(size), CpuState.ValueTempOffset, source);
        return CpuState.ValueTempOffset;
    }

    /// <summary>Binds BSF and its kin.</summary>
    public static void BindScan<T>(BlockBuilder b, in Instruction i)
        where T : struct, IWidthHandler
    {
        int size = Operands.Size(i);
        b.Emit(Select.Width<T>(size), Reg.Offset(i.Op0Register), b.EmitLoad(i, 1, size));
    }

    private readonly struct OnRegister<TOperation> : IWidthHandler
        where TOperation : struct, IBitOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong a = Access.Get<TWidth>(s, op->Destination);
            ulong mask = 1UL << (int)(Access.Get<TWidth>(s, op->Source) & (ulong)(TWidth.Bits - 1));
            s->Flags.SetCarry((a & mask) != 0);
            if (TOperation.Writes)
                Access.Set<TWidth>(s, op->Destination, TOperation.Apply(a, mask));
            return op[1].Handler(s, op + 1, c);
        }
    }

    // The bit may lie far from the operand: the offset is signed and as wide as the register.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong AddressOf<TWidth>(CpuState* s, MicroOp* op, out ulong mask)
        where TWidth : struct, IWidth
    {
        ulong offset = Access.Get<TWidth>(s, op->Source);
        mask = 1UL << (int)(offset & (ulong)(TWidth.Bits - 1));
        return BaseAddress.Of(s, op) + BytesOf<TWidth>(offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong BytesOf<TWidth>(ulong offset)
        where TWidth : struct, IWidth =>
        (ulong)(((long)SignExtend.Apply<TWidth>(offset) >> BitOperations.Log2((uint)TWidth.Bits)) * TWidth.Bytes);

    private readonly struct ByteOffset : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            s->ValueTemp = BytesOf<TWidth>(Access.Get<TWidth>(s, op->Source));
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct LowBits : IWidthHandler
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            s->ValueTemp = Access.Get<TWidth>(s, op->Source) & (ulong)(TWidth.Bits - 1);
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct OnMemory<TOperation> : IWidthHandler
        where TOperation : struct, IBitOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            ulong address = AddressOf<TWidth>(s, op, out ulong mask);
            byte* place = TOperation.Writes ? Access.Write(s, op, c, address, TWidth.Bytes) : Access.Read(s, op, c, address, TWidth.Bytes);
            if (place == null)
                return null;
            ulong a = TWidth.Load(place);
            s->Flags.SetCarry((a & mask) != 0);
            if (TOperation.Writes)
            {
                TWidth.Store(place, TOperation.Apply(a, mask));
                Access.Commit(c, place);
            }
            return op[1].Handler(s, op + 1, c);
        }
    }

    private readonly struct OnMemoryLocked<TOperation> : IWidthHandler
        where TOperation : struct, IBitOperation
    {
        public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
            where TWidth : struct, IWidth
        {
            byte* place = Access.Write(s, op, c, AddressOf<TWidth>(s, op, out ulong mask), TWidth.Bytes);
            if (place == null)
                return null;
            ulong a = TWidth.Load(place), found;
            while ((found = TWidth.CompareExchange(place, TOperation.Apply(a, mask), a)) != a)
                a = found;
            s->Flags.SetCarry((a & mask) != 0);
            Access.Commit(c, place);
            return op[1].Handler(s, op + 1, c);
        }
    }
}

/// <summary>BSF: a source of zero sets ZF and leaves the destination as it is.</summary>
internal readonly unsafe struct ScanForward : IWidthHandler
{
    public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        ulong value = Access.Get<TWidth>(s, op->Source);
        if (value != 0)
            Access.Set<TWidth>(s, op->Destination, (ulong)BitOperations.TrailingZeroCount(value));
        s->Flags.SetLogic(value, TWidth.Bits);
        return op[1].Handler(s, op + 1, c);
    }
}

/// <summary>BSR.</summary>
internal readonly unsafe struct ScanReverse : IWidthHandler
{
    public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        ulong value = Access.Get<TWidth>(s, op->Source);
        if (value != 0)
            Access.Set<TWidth>(s, op->Destination, (ulong)BitOperations.Log2(value));
        s->Flags.SetLogic(value, TWidth.Bits);
        return op[1].Handler(s, op + 1, c);
    }
}

/// <summary>POPCNT.</summary>
internal readonly unsafe struct CountBits : IWidthHandler
{
    public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        ulong value = Access.Get<TWidth>(s, op->Source);
        Access.Set<TWidth>(s, op->Destination, (ulong)BitOperations.PopCount(value));
        // ZF from the source; all others clear, PF too.
        s->Flags = LazyFlags.FromRFlags(value == 0 ? RFlagsBits.Zero : 0);
        return op[1].Handler(s, op + 1, c);
    }
}

/// <summary>TZCNT: the width for a source of zero, and CF.</summary>
internal readonly unsafe struct CountTrailingZeros : IWidthHandler
{
    public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        ulong value = Access.Get<TWidth>(s, op->Source);
        ulong count = value == 0 ? (ulong)TWidth.Bits : (ulong)BitOperations.TrailingZeroCount(value);
        Access.Set<TWidth>(s, op->Destination, count);
        s->Flags.Set(count, TWidth.Bits, value == 0, false);
        return op[1].Handler(s, op + 1, c);
    }
}

/// <summary>LZCNT: the width for a source of zero, and CF.</summary>
internal readonly unsafe struct CountLeadingZeros : IWidthHandler
{
    public static Block* Run<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        ulong value = Access.Get<TWidth>(s, op->Source);
        ulong count = (ulong)(BitOperations.LeadingZeroCount(value) - (64 - TWidth.Bits));
        Access.Set<TWidth>(s, op->Destination, count);
        s->Flags.Set(count, TWidth.Bits, value == 0, false);
        return op[1].Handler(s, op + 1, c);
    }
}

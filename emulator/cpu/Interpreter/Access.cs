using System.Runtime.CompilerServices;
using Emu.Mm;

namespace Emu.Cpu;

/// <summary>The way of a load and of a store: a TLB probe, and behind it the slow path.</summary>
/// <remarks>
/// One compare covers tag and page crossing: the tag holds the page of the operand's first byte and is compared with the page of its last.
/// A null pointer means that the instruction cannot be completed: the exit is recorded and the handler returns null.
/// </remarks>
internal static unsafe class Access
{
    private const int SlotMask = VirtualCpu.TlbEntries - 1;

    /// <summary>A register by its offset.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void* Register(CpuState* s, ushort offset) => (byte*)s + offset;

    /// <summary>A register's value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Get<TWidth>(CpuState* s, ushort offset)
        where TWidth : struct, IWidth => TWidth.Load((byte*)s + offset);

    /// <summary>Sets a register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Set<TWidth>(CpuState* s, ushort offset, ulong value)
        where TWidth : struct, IWidth => TWidth.StoreRegister((byte*)s + offset, value);

    /// <summary>The TLB entry for an address.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TlbEntry* Slot(VirtualCpu* c, ulong address) =>
        (TlbEntry*)Unsafe.AsPointer(ref c->Tlb) + ((address >> MmConstants.PageShift) & SlotMask);

    /// <summary>What the tag of an entry must be for an operand that lies in one page.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong TagOf(VirtualCpu* c, ulong address, int size) => ((address + (ulong)(size - 1)) & MmConstants.PageMask) | c->TlbKey;

    /// <summary>Host address of an operand that is read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Read(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, int size)
    {
        TlbEntry* entry = Slot(c, address);
        return entry->Read == TagOf(c, address, size) ? (byte*)(address + entry->Addend) : ReadSlow(s, op, c, address, size);
    }

    /// <summary>
    /// Host address of an operand that is written. If it is the scratch area, <see cref="Commit"/> must follow the write.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Write(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, int size)
    {
        TlbEntry* entry = Slot(c, address);
        return entry->Write == TagOf(c, address, size) ? (byte*)(address + entry->Addend) : WriteSlow(s, op, c, address, size);
    }

    /// <summary>Stores a value.</summary>
    /// <returns>Whether it could be done.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Store<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, ulong value)
        where TWidth : struct, IWidth
    {
        TlbEntry* entry = Slot(c, address);
        if (entry->Write != TagOf(c, address, TWidth.Bytes))
            return StoreSlow<TWidth>(s, op, c, address, value);
        TWidth.Store((byte*)(address + entry->Addend), value);
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static bool StoreSlow<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, ulong value)
        where TWidth : struct, IWidth
    {
        byte* place = Processor.Of(c).Mmu.WriteOperand(s, op, address, TWidth.Bytes);
        if (place == null)
            return false;
        TWidth.Store(place, value);
        Commit(c, place);
        return true;
    }

    /// <summary>Completes a write through the scratch area; nothing to do for any other place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Commit(VirtualCpu* c, byte* place)
    {
        if (place == c->Scratch)
            CommitSlow(c);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* ReadSlow(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, int size) =>
        Processor.Of(c).Mmu.ReadOperand(s, op, address, size);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static byte* WriteSlow(CpuState* s, MicroOp* op, VirtualCpu* c, ulong address, int size) =>
        Processor.Of(c).Mmu.WriteOperand(s, op, address, size);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void CommitSlow(VirtualCpu* c) => Processor.Of(c).Mmu.CommitScratch();
}

using System.Runtime.CompilerServices;

namespace Emu.Cpu;

/// <summary>What a step does with an operand in memory once it is known where that lies on the host.</summary>
internal unsafe interface IMemoryStep
{
    /// <summary>Bytes of the operand.</summary>
    static abstract int Bytes { get; }

    /// <summary>Does it. May neither fault nor leave the block.</summary>
    /// <param name="s">Registers.</param>
    /// <param name="op">The step.</param>
    /// <param name="place">The operand; if it is written, all of it may be, and it holds what memory holds.</param>
    static abstract void Apply<TAddress>(CpuState* s, MicroOp* op, void* place)
        where TAddress : struct, IAddress;
}

/// <summary>Steps with one operand in memory: the way of a hit, and the slow way beside it.</summary>
/// <remarks>The slow way is a tail call that begins anew, so that a hit saves no register and has no frame.</remarks>
internal static unsafe class MemoryStep
{
    /// <summary>A step that reads its operand.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block* Load<TStep, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TStep : struct, IMemoryStep
        where TAddress : struct, IAddress
    {
        ulong address = TAddress.Of(s, op);
        TlbEntry* entry = Access.Slot(c, address);
        if (entry->Read != Access.TagOf(c, address, TStep.Bytes))
            return LoadSlow<TStep, TAddress>(s, op, c);
        TStep.Apply<TAddress>(s, op, (byte*)(address + entry->Addend));
        return op[1].Handler(s, op + 1, c);
    }

    /// <summary>A step that writes its operand, or reads and writes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Block* Store<TStep, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TStep : struct, IMemoryStep
        where TAddress : struct, IAddress
    {
        ulong address = TAddress.Of(s, op);
        TlbEntry* entry = Access.Slot(c, address);
        if (entry->Write != Access.TagOf(c, address, TStep.Bytes))
            return StoreSlow<TStep, TAddress>(s, op, c);
        TStep.Apply<TAddress>(s, op, (byte*)(address + entry->Addend));
        return op[1].Handler(s, op + 1, c);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Block* LoadSlow<TStep, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TStep : struct, IMemoryStep
        where TAddress : struct, IAddress
    {
        byte* place = Processor.Of(c).Mmu.ReadOperand(s, op, TAddress.Of(s, op), TStep.Bytes);
        if (place == null)
            return null;
        TStep.Apply<TAddress>(s, op, place);
        return op[1].Handler(s, op + 1, c);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Block* StoreSlow<TStep, TAddress>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TStep : struct, IMemoryStep
        where TAddress : struct, IAddress
    {
        byte* place = Processor.Of(c).Mmu.WriteOperand(s, op, TAddress.Of(s, op), TStep.Bytes);
        if (place == null)
            return null;
        TStep.Apply<TAddress>(s, op, place);
        Access.Commit(c, place);
        return op[1].Handler(s, op + 1, c);
    }
}

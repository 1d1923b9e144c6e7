using Emu.Mm;

namespace Emu.Cpu;

/// <summary>Tells the translations of address spaces apart, and drops them. Implements mm's <see cref="ITlbFlush"/>.</summary>
/// <remarks>
/// An address space has a key of twelve bits that stands in the tags of its TLB entries. To flush it, it gets another key; when the keys are
/// used up, every TLB is cleared once and a new epoch begins. So a switch, an exec or a fork clears nothing. Lock: the kernel lock.
/// </remarks>
public sealed class TlbContexts : ITlbFlush
{
    private const int KeyBits = MmConstants.PageShift;
    private const ulong LastKey = (1UL << KeyBits) - 1;
    private const ulong MaxPagesOneByOne = 64;

    private readonly List<Processor> _processors = [];
    private ulong _epoch = 1, _nextKey = 1;

    /// <inheritdoc/>
    public void FlushMm(MemoryDescriptor mm)
    {
        mm.TlbContext = NewContext();
        foreach (Processor processor in _processors)
        {
            if (processor.CurrentMm == mm)
                processor.LoadKey(mm.TlbContext & LastKey);
        }
    }

    /// <inheritdoc/>
    public void FlushRange(MemoryDescriptor mm, ulong start, ulong end, bool executable)
    {
        // Jump targets are cached by key alone: where code may have been, the key has to change.
        if (executable || (end - start) >> MmConstants.PageShift > MaxPagesOneByOne)
        {
            FlushMm(mm);
            return;
        }
        foreach (Processor processor in _processors)
        {
            for (ulong at = start; at < end; at += MmConstants.PageSize)
                processor.Mmu.Invalidate(at);
        }
    }

    /// <inheritdoc/>
    public void DestroyContext(MemoryDescriptor mm)
    {
        mm.TlbContext = 0;
        foreach (Processor processor in _processors)
        {
            if (processor.CurrentMm == mm)
                processor.SwitchMm(null);
        }
    }

    /// <summary>The CPUs whose TLBs these are.</summary>
    internal IReadOnlyList<Processor> Processors => _processors;

    /// <summary>The key of an address space, if it has one that entries of a TLB may still bear.</summary>
    internal bool TryKeyOf(MemoryDescriptor mm, out ulong key)
    {
        key = mm.TlbContext & LastKey;
        return mm.TlbContext >> KeyBits == _epoch;
    }

    internal void Register(Processor processor) => _processors.Add(processor);

    /// <summary>The key of an address space, a new one if it has none of this epoch.</summary>
    internal ulong KeyOf(MemoryDescriptor mm)
    {
        if (mm.TlbContext >> KeyBits != _epoch)
            mm.TlbContext = NewContext();
        return mm.TlbContext & LastKey;
    }

    private ulong NewContext()
    {
        if (_nextKey > LastKey)
            BeginEpoch();
        return (_epoch << KeyBits) | _nextKey++;
    }

    private void BeginEpoch()
    {
        _epoch++;
        _nextKey = 1;
        foreach (Processor processor in _processors)
        {
            processor.Mmu.Clear();
            if (processor.CurrentMm is { } current)
            {
                current.TlbContext = (_epoch << KeyBits) | _nextKey++;
                processor.LoadKey(current.TlbContext & LastKey);
            }
        }
    }
}

namespace Emu.Mm;

/// <summary>Memory that is kept for large contiguous allocations, and lent to movable pages until then. Linux: mm/cma.c (<c>struct cma</c>).</summary>
/// <remarks>Lock: <c>cma->lock</c>.</remarks>
public sealed class CmaArea
{
    private readonly MemoryManager _manager;
    private readonly bool[] _used;

    internal CmaArea(MemoryManager manager, string name, uint start, uint pages)
    {
        _manager = manager;
        Name = name;
        StartPfn = start;
        _used = new bool[pages];
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>First frame.</summary>
    public uint StartPfn { get; }

    /// <summary>Frames. Linux: <c>count</c>.</summary>
    public uint Pages => (uint)_used.Length;

    /// <summary>Frames that are allocated.</summary>
    public long UsedPages => _used.Count(static used => used);

    /// <summary>Allocates frames in a row. Linux: <c>cma_alloc</c>.</summary>
    /// <param name="pages">How many.</param>
    /// <param name="alignOrder">The first is a multiple of 2^this.</param>
    /// <returns>The first frame; 0 if the area is full or its pages cannot be moved.</returns>
    public uint Allocate(uint pages, int alignOrder)
    {
        uint align = 1u << alignOrder;
        for (uint at = AlignUp(0, align); at + pages <= Pages;)
        {
            uint busy = LastUsed(at, pages);
            if (busy != uint.MaxValue)
            {
                at = AlignUp(busy + 1, align);
                continue;
            }
            int error = _manager.Contiguous.Allocate(StartPfn + at, StartPfn + at + pages, MigrateType.Cma);
            if (error == 0)
            {
                _used.AsSpan((int)at, (int)pages).Fill(true);
                _manager.Events[(int)VmEvent.CmaAllocSuccess]++;
                return StartPfn + at;
            }
            if (error != -Errno.EBUSY)
                break;
            at += align; // a page there is held: a little further on may do
        }
        _manager.Events[(int)VmEvent.CmaAllocFail]++;
        return 0;
    }

    /// <summary>Gives frames back. Linux: <c>cma_release</c>.</summary>
    /// <returns>Whether they were of this area.</returns>
    public bool Release(uint pfn, uint pages)
    {
        if (pfn < StartPfn || pfn + pages > StartPfn + Pages)
            return false;
        Span<bool> part = _used.AsSpan((int)(pfn - StartPfn), (int)pages);
        Bug.On(part.Contains(false), "frames of a CMA area were released that were not allocated");
        part.Clear();
        _manager.Contiguous.Free(pfn, pfn + pages);
        return true;
    }

    private uint LastUsed(uint at, uint pages)
    {
        int last = _used.AsSpan((int)at, (int)pages).LastIndexOf(true);
        return last < 0 ? uint.MaxValue : at + (uint)last;
    }

    private uint AlignUp(uint at, uint align) => ((StartPfn + at + align - 1) & ~(align - 1)) - StartPfn;
}

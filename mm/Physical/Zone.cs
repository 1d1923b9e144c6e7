namespace Emu.Mm;

/// <summary>The levels of free memory that steer allocation and reclaim. Linux: <c>enum zone_watermarks</c>.</summary>
public enum Watermark
{
    /// <summary>Below it only reserves are left.</summary>
    Min,

    /// <summary>Below it kswapd is woken.</summary>
    Low,

    /// <summary>At it kswapd rests.</summary>
    High,

    /// <summary>At it pages may be promoted from a slower node.</summary>
    Promo,
}

/// <summary>A range of a node's memory with its free lists. Linux: <c>struct zone</c> (include/linux/mmzone.h).</summary>
/// <remarks>Lock: <c>zone->lock</c> for the free lists and counts.</remarks>
public sealed class Zone
{
    private readonly PhysicalMemory _memory;
    private readonly List<MemoryRange> _present = [];
    private readonly LinkedList<MemoryRange> _deferred = new();

    internal Zone(Node node, ZoneType type, PhysicalMemory memory, int cpus)
    {
        Node = node;
        Type = type;
        _memory = memory;
        Buddy = new BuddyAllocator(memory);
        PerCpu = new PerCpuPages[cpus];
        for (int cpu = 0; cpu < cpus; cpu++)
            PerCpu[cpu] = new PerCpuPages(memory, Buddy);
    }

    /// <summary>The node it is part of. Linux: <c>zone_pgdat</c>.</summary>
    public Node Node { get; }

    /// <summary>Which zone of the node it is.</summary>
    public ZoneType Type { get; }

    /// <summary>Name as /proc/zoneinfo prints it.</summary>
    public string Name => Type switch
    {
        ZoneType.Dma => "DMA",
        ZoneType.Dma32 => "DMA32",
        _ => Type.ToString(),
    };

    /// <summary>Free blocks.</summary>
    public BuddyAllocator Buddy { get; }

    /// <summary>Free pages by CPU. Linux: <c>per_cpu_pageset</c>.</summary>
    public PerCpuPages[] PerCpu { get; }

    /// <summary>First PFN. Linux: <c>zone_start_pfn</c>.</summary>
    public uint StartPfn { get; private set; }

    /// <summary>Frames from the first to the last, holes included. Linux: <c>spanned_pages</c>.</summary>
    public ulong SpannedPages { get; private set; }

    /// <summary>Frames that exist. Linux: <c>present_pages</c>.</summary>
    public ulong PresentPages { get; private set; }

    /// <summary>Frames that the allocator was given. Linux: <c>managed_pages</c>.</summary>
    public ulong ManagedPages { get; private set; }

    /// <summary>Frames of sections that are not up yet: free, but on no list.</summary>
    public long DeferredPages { get; private set; }

    /// <summary>Frames free in the buddy lists or not yet up. Linux: <c>NR_FREE_PAGES</c>.</summary>
    public long FreePages => Buddy.FreePages + DeferredPages;

    /// <summary>Watermarks in pages, by <see cref="Watermark"/>. Linux: <c>_watermark</c>.</summary>
    public long[] Watermarks { get; } = new long[4];

    /// <summary>Pages by which the watermarks are raised for a while, after mobility groups were mixed. Linux: <c>watermark_boost</c>.</summary>
    public long WatermarkBoost { get; internal set; }

    /// <summary>A watermark as it stands now, in pages. Linux: <c>wmark_pages</c>.</summary>
    public long WatermarkOf(Watermark mark) => Watermarks[(int)mark] + WatermarkBoost;

    /// <summary>Pages kept back from allocations that could have used a higher zone, by that zone's type.</summary>
    public long[] LowmemReserve { get; } = new long[MmConstants.ZoneTypes];

    /// <summary>Pages by <see cref="ZoneStat"/>; those that other members count are zero here. Linux: <c>vm_stat</c>.</summary>
    public long[] Stats { get; } = new long[(int)ZoneStat.Count];

    /// <summary>Allocations by where they came from. Linux: <c>vm_numa_event</c>.</summary>
    public long[] NumaStats { get; } = new long[(int)NumaStat.Count];

    /// <summary>Frames of CMA areas. Linux: <c>cma_pages</c>.</summary>
    public long CmaPages { get; internal set; }

    /// <summary>Frames reserved for atomic allocations of high order. Linux: <c>nr_reserved_highatomic</c>.</summary>
    public long ReservedHighAtomic { get; internal set; }

    /// <summary>What compaction remembers.</summary>
    internal CompactState Compact { get; } = new();

    /// <summary>Allocations served here.</summary>
    public long AllocationCount { get; internal set; }

    /// <summary>Ranges that exist, in ascending order.</summary>
    public IReadOnlyList<MemoryRange> PresentRanges => _present;

    /// <summary>Whether it has memory at all. Linux: <c>populated_zone</c>.</summary>
    public bool IsPopulated => PresentPages != 0;

    /// <summary>Free pages in blocks of a page block or more. Linux: <c>NR_FREE_PAGES_BLOCKS</c>.</summary>
    public long FreeBlockPages
    {
        get
        {
            long pages = 0;
            for (int order = MmConstants.PageBlockOrder; order < MmConstants.PageOrders; order++)
                pages += (Buddy.Areas[order].FreeBlocks + DeferredBlocks(order)) << order;
            return pages;
        }
    }

    /// <summary>Free blocks that the sections which are not up yet will be: movable ones.</summary>
    internal long DeferredBlocks(int order)
    {
        long blocks = 0;
        foreach (MemoryRange range in _deferred)
        {
            for (uint pfn = range.StartPfn; pfn < range.EndPfn; pfn += 1u << BlockOrder(pfn, range.EndPfn))
                blocks += BlockOrder(pfn, range.EndPfn) == order ? 1 : 0;
        }
        return blocks;
    }

    /// <summary>The parts of <see cref="PresentRanges"/> that are up, a section at a time: only their descriptors can say anything.</summary>
    internal IEnumerable<MemoryRange> RangesInUse()
    {
        foreach (MemoryRange range in _present)
        {
            for (uint at = range.StartPfn; at < range.EndPfn;)
            {
                uint end = Math.Min(range.EndPfn, (at / MmConstants.SectionPages * MmConstants.SectionPages) + MmConstants.SectionPages);
                if (!IsDeferred(end - 1))
                    yield return new MemoryRange(at, end, range.Node);
                at = end;
            }
        }
    }

    /// <summary>Whether a frame is in a section that is not up yet.</summary>
    internal bool IsDeferred(uint pfn) => _deferred.Any(range => pfn >= range.StartPfn && pfn < range.EndPfn);

    /// <summary>Adds a range of frames, to be brought up when they are needed.</summary>
    /// <param name="range">Within one or more sections, not overlapping what the zone has.</param>
    internal void AddRange(MemoryRange range)
    {
        if (!IsPopulated)
            StartPfn = range.StartPfn;
        SpannedPages = range.EndPfn - StartPfn;
        PresentPages += range.Pages;
        _present.Add(range);
        _memory.AssignZone(this, range.StartPfn, range.EndPfn);
        uint start = Math.Max(range.StartPfn, MemoryLayout.ReservedLowPages);
        for (uint at = start; at < range.EndPfn;)
        {
            uint end = Math.Min(range.EndPfn, (at / MmConstants.SectionPages * MmConstants.SectionPages) + MmConstants.SectionPages);
            _deferred.AddLast(new MemoryRange(at, end, range.Node));
            DeferredPages += end - at;
            ManagedPages += end - at;
            at = end;
        }
    }

    /// <summary>Gives the next section's frames to the free lists. Linux: <c>deferred_grow_zone</c>.</summary>
    /// <returns>Whether there was one.</returns>
    internal bool GrowDeferred()
    {
        if (_deferred.First is not { } first)
            return false;
        Grow(first);
        return true;
    }

    /// <summary>Brings the section of a frame up, if it is not.</summary>
    internal void GrowUntil(uint pfn)
    {
        for (LinkedListNode<MemoryRange>? node = _deferred.First; node != null; node = node.Next)
        {
            if (pfn < node.Value.StartPfn || pfn >= node.Value.EndPfn)
                continue;
            Grow(node);
            return;
        }
    }

    private void Grow(LinkedListNode<MemoryRange> node)
    {
        MemoryRange range = node.Value;
        _deferred.Remove(node);
        _memory.Sections[range.StartPfn / MmConstants.SectionPages].Online();
        DeferredPages -= range.Pages;
        FreeRange(range);
    }

    // The largest block that begins at a frame and ends before another.
    private static int BlockOrder(uint pfn, uint end)
    {
        int order = Math.Min(System.Numerics.BitOperations.TrailingZeroCount(pfn), MmConstants.MaxPageOrder);
        while (pfn + (1u << order) > end)
            order--;
        return order;
    }

    // Gives frames that nobody has to the free lists, in blocks as large as they fit. Linux: __free_pages_core
    private void FreeRange(MemoryRange range)
    {
        for (uint pfn = range.StartPfn; pfn < range.EndPfn;)
        {
            int order = BlockOrder(pfn, range.EndPfn);
            Buddy.Free(pfn, order, MigrateType.Movable, toTail: true);
            pfn += 1u << order;
        }
    }

    /// <summary>Takes a section in that was plugged in. Linux: <c>move_pfn_range_to_zone</c>, <c>generic_online_page</c>.</summary>
    internal void Online(MemoryRange range)
    {
        _present.Add(range);
        _present.Sort(static (left, right) => left.StartPfn.CompareTo(right.StartPfn));
        _memory.AssignZone(this, range.StartPfn, range.EndPfn);
        _memory.Sections[range.StartPfn / MmConstants.SectionPages].Online();
        PresentPages += range.Pages;
        ManagedPages += range.Pages;
        Resize();
        for (uint pfn = range.StartPfn; pfn < range.EndPfn; pfn++)
            _memory.Page(pfn).Type = PageType.None;
        FreeRange(range);
    }

    /// <summary>Lets a section go whose frames are all free and isolated. Linux: <c>__offline_isolated_pages</c>, <c>remove_pfn_range_from_zone</c>.</summary>
    internal void Offline(MemoryRange range)
    {
        for (uint pfn = range.StartPfn; pfn < range.EndPfn;)
        {
            int order = _memory.Page(pfn).Order;
            Buddy.TakeBlock(pfn, order);
            for (uint at = pfn; at < pfn + (1u << order); at++)
                _memory.Page(at).Type = PageType.Offline;
            pfn += 1u << order;
        }
        _memory.Sections[range.StartPfn / MmConstants.SectionPages].Offline();
        _memory.UnassignZone(range.StartPfn, range.EndPfn);
        PresentPages -= range.Pages;
        ManagedPages -= range.Pages;
        List<MemoryRange> rest = [];
        foreach (MemoryRange part in _present)
        {
            if (part.StartPfn < range.StartPfn)
                rest.Add(part with { EndPfn = Math.Min(part.EndPfn, range.StartPfn) });
            if (part.EndPfn > range.EndPfn)
                rest.Add(part with { StartPfn = Math.Max(part.StartPfn, range.EndPfn) });
        }
        _present.Clear();
        _present.AddRange(rest);
        Resize();
    }

    /// <summary>Whether every frame of a range exists and is the allocator's.</summary>
    internal bool IsWhole(uint start, uint end) =>
        start >= MemoryLayout.ReservedLowPages && _present.Any(range => range.StartPfn <= start && range.EndPfn >= end);

    // Linux: shrink_zone_span, resize_zone_range
    private void Resize()
    {
        StartPfn = _present.Count == 0 ? 0 : _present[0].StartPfn;
        SpannedPages = _present.Count == 0 ? 0 : _present[^1].EndPfn - StartPfn;
    }

    /// <summary>Gives the per-CPU stocks back. Linux: <c>drain_all_pages</c>.</summary>
    internal void Drain()
    {
        foreach (PerCpuPages stock in PerCpu)
            stock.Drain();
    }

    /// <summary>Brings every section up. For those who look at each frame.</summary>
    internal void GrowAll()
    {
        while (GrowDeferred())
        {
        }
    }

    /// <summary>
    /// Whether an allocation leaves <paramref name="mark"/> pages and a large enough block. Linux: <c>__zone_watermark_ok</c>.
    /// </summary>
    /// <param name="order">Order wanted.</param>
    /// <param name="mark">Pages that must stay free.</param>
    /// <param name="highestZone">Highest zone that the caller could have used.</param>
    /// <param name="flags">How far it may dip into reserves.</param>
    /// <param name="extra">Pages to count as free on top: what could be reclaimed.</param>
    public bool WatermarkOk(int order, long mark, ZoneType highestZone, AllocFlags flags, long extra = 0)
    {
        long free = FreePages + extra - UnusableFree(order, flags);
        long min = mark;
        if ((flags & AllocFlags.Reserves) != 0)
        {
            if ((flags & AllocFlags.MinReserve) != 0)
            {
                min -= min / 2;
                if ((flags & AllocFlags.NonBlock) != 0)
                    min -= min / 4;
            }
            if ((flags & AllocFlags.Oom) != 0)
                min -= min / 2;
        }
        if (free <= min + LowmemReserve[(int)highestZone])
            return false;
        return order == 0 || DeferredPages >= 1L << order || HasBlock(order, flags);
    }

    /// <summary>
    /// Whether an allocation of an order fails for want of memory (towards 0) or for fragmentation (towards 1000); -1000 if it
    /// would succeed. Linux: <c>fragmentation_index</c>.
    /// </summary>
    public int FragmentationIndex(int order)
    {
        long blocks = 0, pages = 0, suitable = DeferredPages >> order;
        for (int o = 0; o < MmConstants.PageOrders; o++)
        {
            long free = Buddy.Areas[o].FreeBlocks;
            blocks += free;
            pages += free << o;
            if (o >= order)
                suitable += free << (o - order);
        }
        if (suitable != 0)
            return -1000;
        return blocks == 0 ? 0 : (int)(1000 - ((1000 + ((pages * 1000) >> order)) / blocks));
    }

    /// <summary>Percent of the free pages that are in blocks too small for an order. Linux: <c>extfrag_for_order</c>.</summary>
    public int ExternalFragmentation(int order)
    {
        long pages = DeferredPages, suitable = DeferredPages;
        for (int o = 0; o < MmConstants.PageOrders; o++)
        {
            long free = Buddy.Areas[o].FreeBlocks << o;
            pages += free;
            suitable += o >= order ? free : 0;
        }
        return pages == 0 ? 0 : (int)((pages - suitable) * 100 / pages);
    }

    // Linux: __zone_watermark_unusable_free
    private long UnusableFree(int order, AllocFlags flags)
    {
        long unusable = (1L << order) - 1;
        if ((flags & AllocFlags.Reserves) == 0)
            unusable += Buddy.FreeHighAtomicPages;
        if ((flags & AllocFlags.Cma) == 0)
            unusable += Buddy.FreeCmaPages;
        return unusable;
    }

    private bool HasBlock(int order, AllocFlags flags)
    {
        for (int o = order; o < MmConstants.PageOrders; o++)
        {
            FreeArea area = Buddy.Areas[o];
            if (area.FreeBlocks == 0)
                continue;
            for (MigrateType type = MigrateType.Unmovable; type <= MigrateType.Reclaimable; type++)
            {
                if (!area.IsEmpty(type))
                    return true;
            }
            if ((flags & AllocFlags.Cma) != 0 && !area.IsEmpty(MigrateType.Cma))
                return true;
            if ((flags & (AllocFlags.HighAtomic | AllocFlags.Oom)) != 0 && !area.IsEmpty(MigrateType.HighAtomic))
                return true;
        }
        return false;
    }
}

namespace Emu.Mm;

/// <summary>One CPU's private stock of free pages in one zone. Linux: <c>struct per_cpu_pages</c>.</summary>
/// <remarks>Lock: none; only the CPU it belongs to touches it, or a drain with that CPU stopped.</remarks>
public sealed unsafe class PerCpuPages
{
    private readonly PageList[] _lists = new PageList[MmConstants.PcpMigrateTypes * (MmConstants.CostlyOrder + 1)];
    private readonly PhysicalMemory _memory;
    private readonly BuddyAllocator _buddy;

    internal PerCpuPages(PhysicalMemory memory, BuddyAllocator buddy)
    {
        _memory = memory;
        _buddy = buddy;
    }

    /// <summary>Frames in stock.</summary>
    public int Count { get; private set; }

    /// <summary>Above this, a batch goes back to the zone.</summary>
    public int High { get; set; }

    /// <summary>Frames moved at a time between the zone and the stock.</summary>
    public int Batch { get; set; } = 1;

    /// <summary>Takes a block, filling up from the zone if need be. Linux: <c>__rmqueue_pcplist</c>.</summary>
    /// <param name="order">0 to <see cref="MmConstants.CostlyOrder"/>.</param>
    /// <param name="type">One of the first <see cref="MmConstants.PcpMigrateTypes"/>.</param>
    /// <param name="flags">How the stock may be filled up.</param>
    /// <returns>First frame, or 0.</returns>
    public uint Allocate(int order, MigrateType type, AllocFlags flags)
    {
        ref PageList list = ref _lists[ListOf(order, type)];
        if (list.IsEmpty)
            Refill(ref list, order, type, flags);
        if (list.IsEmpty)
            return 0;
        uint pfn = list.RemoveFirst(_memory.Pages);
        _memory.Pages[pfn].Type = PageType.None;
        Count -= 1 << order;
        return pfn;
    }

    /// <summary>Puts a block into the stock. Linux: <c>free_frozen_page_commit</c>.</summary>
    public void Free(uint pfn, int order, MigrateType type)
    {
        Stock(ref _lists[ListOf(order, type)], pfn, order);
        Count += 1 << order;
        if (Count > High)
            Return(Batch);
    }

    /// <summary>Gives everything back to the zone. Linux: <c>drain_pages_zone</c>.</summary>
    public void Drain() => Return(Count);

    /// <summary>The lists, for checks.</summary>
    internal ReadOnlySpan<PageList> Lists => _lists;

    /// <summary>Whether one order fits into the stock. Linux: <c>pcp_allowed_order</c>.</summary>
    public static bool Allows(int order) => order <= MmConstants.CostlyOrder;

    private static int ListOf(int order, MigrateType type) => (order * MmConstants.PcpMigrateTypes) + (int)type;

    // Linux: rmqueue_bulk
    private void Refill(ref PageList list, int order, MigrateType type, AllocFlags flags)
    {
        for (int left = Math.Max(Batch >> order, 1); left > 0; left--)
        {
            uint pfn = _buddy.Allocate(order, type, flags);
            if (pfn == 0)
                return;
            StockLast(ref list, pfn, order);
            Count += 1 << order;
        }
    }

    private void Stock(ref PageList list, uint pfn, int order)
    {
        _memory.Pages[pfn].Type = PageType.PerCpuFree;
        _memory.Pages[pfn].Order = (byte)order;
        list.AddFirst(_memory.Pages, pfn);
    }

    // A refill keeps ascending order: neighbours are handed out one after the other.
    private void StockLast(ref PageList list, uint pfn, int order)
    {
        _memory.Pages[pfn].Type = PageType.PerCpuFree;
        _memory.Pages[pfn].Order = (byte)order;
        list.AddLast(_memory.Pages, pfn);
    }

    // Takes from the lists in turn, the coldest first. Linux: free_pcppages_bulk
    private void Return(int pages)
    {
        pages = Math.Min(pages, Count);
        for (int i = 0; pages > 0; i = (i + 1) % _lists.Length)
        {
            ref PageList list = ref _lists[i];
            if (list.IsEmpty)
                continue;
            uint pfn = list.Last;
            list.Remove(_memory.Pages, pfn);
            int order = _memory.Pages[pfn].Order;
            _memory.Pages[pfn].Type = PageType.None;
            Count -= 1 << order;
            pages -= 1 << order;
            _buddy.Free(pfn, order, _memory.PageBlockType(pfn));
        }
    }
}

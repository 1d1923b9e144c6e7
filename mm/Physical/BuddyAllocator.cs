namespace Emu.Mm;

/// <summary>The free blocks of one zone: splitting, merging and borrowing between mobility groups. Linux: mm/page_alloc.c.</summary>
/// <remarks>It knows no watermark and no policy. Lock for everything here: <c>zone->lock</c>.</remarks>
public sealed unsafe class BuddyAllocator
{
    private readonly PhysicalMemory _memory;
    private readonly Page* _pages;

    internal BuddyAllocator(PhysicalMemory memory)
    {
        _memory = memory;
        _pages = memory.Pages;
        for (int order = 0; order < Areas.Length; order++)
            Areas[order] = new FreeArea();
    }

    /// <summary>Free blocks by order. Linux: <c>zone->free_area</c>.</summary>
    public FreeArea[] Areas { get; } = new FreeArea[MmConstants.PageOrders];

    /// <summary>Frames on the lists.</summary>
    public long FreePages { get; private set; }

    /// <summary>Frames on the CMA lists. Linux: <c>NR_FREE_CMA_PAGES</c>.</summary>
    public long FreeCmaPages { get; private set; }

    /// <summary>Frames on the lists of the reserve for atomic allocations. Linux: <c>nr_free_highatomic</c>.</summary>
    public long FreeHighAtomicPages { get; private set; }

    /// <summary>
    /// Puts a block on the free lists, merged with its free buddies as far as they go. Linux: <c>__free_one_page</c>.
    /// </summary>
    /// <param name="pfn">First frame; a multiple of the block's size.</param>
    /// <param name="order">Size of the block.</param>
    /// <param name="type">Mobility of its page block.</param>
    /// <param name="toTail">Whether it should be used last.</param>
    public void Free(uint pfn, int order, MigrateType type, bool toTail = false)
    {
        Count(type, 1L << order);
        while (order < MmConstants.MaxPageOrder)
        {
            uint buddy = pfn ^ (1u << order);
            if (!IsFreeBlock(buddy, order) || !MayMerge(buddy, order, type))
                break;
            Unlink(buddy, order);
            pfn &= buddy;
            order++;
        }
        Link(pfn, order, type, toTail || (order < MmConstants.MaxPageOrder && BuddyMergeLikely(pfn, order)));
    }

    /// <summary>Takes a block of <paramref name="order"/> for <paramref name="type"/>. Linux: <c>__rmqueue</c>.</summary>
    /// <param name="order">0 to <see cref="MmConstants.MaxPageOrder"/>.</param>
    /// <param name="type">Mobility wanted.</param>
    /// <param name="flags">CMA: a movable page may come from CMA blocks. NoFragment: mobility groups are not mixed within a page block.</param>
    /// <returns>First frame, or 0 if no list can serve.</returns>
    public uint Allocate(int order, MigrateType type, AllocFlags flags = AllocFlags.Cma)
    {
        bool allowCma = (flags & AllocFlags.Cma) != 0, mayMix = (flags & AllocFlags.NoFragment) == 0;
        if (type == MigrateType.Movable && allowCma && FreeCmaPages > FreePages / 2)
        {
            uint fromCma = TakeSmallest(order, MigrateType.Cma);
            if (fromCma != 0)
                return fromCma;
        }
        uint pfn = TakeSmallest(order, type);
        if (pfn == 0 && type == MigrateType.Movable && allowCma)
            pfn = TakeSmallest(order, MigrateType.Cma);
        if (pfn == 0)
            pfn = Claim(order, type, mayMix ? order : Math.Max(order, MmConstants.PageBlockOrder));
        return pfn != 0 || !mayMix ? pfn : Steal(order, type);
    }

    /// <summary>A page block smaller than the one claimed changed its mobility. Whoever acts on it clears it. Linux: <c>ZONE_BOOSTED_WATERMARK</c>.</summary>
    internal bool MixedBlocks { get; set; }

    /// <summary>Whether a block of exactly this order is free for a mobility group, or can be taken over by it. Linux: a part of <c>__compact_finished</c>.</summary>
    internal bool CanServe(int order, MigrateType type)
    {
        if (!Areas[order].IsEmpty(type) || (type == MigrateType.Movable && !Areas[order].IsEmpty(MigrateType.Cma)))
            return true;
        return ShouldTryClaim(order, type) && FindFallback(order, type, out _);
    }

    /// <summary>Takes the smallest block of one type that is large enough, splitting it. Linux: <c>__rmqueue_smallest</c>.</summary>
    public uint TakeSmallest(int order, MigrateType type)
    {
        for (int current = order; current < MmConstants.PageOrders; current++)
        {
            uint pfn = Areas[current].First(type);
            if (pfn == 0)
                continue;
            Take(pfn, current, order);
            return pfn;
        }
        return 0;
    }

    /// <summary>Takes a given free block off the lists whole. Linux: <c>__del_page_from_free_list</c>.</summary>
    public void TakeBlock(uint pfn, int order) => Take(pfn, order, order);

    /// <summary>
    /// Moves the free blocks of a page block to the lists of another type and makes it of that type. Linux:
    /// <c>move_freepages_block</c>.
    /// </summary>
    /// <returns>Frames moved.</returns>
    public long MovePageBlock(uint pfn, MigrateType to)
    {
        uint start = pfn & ~(MmConstants.PageBlockPages - 1);
        uint end = Math.Min(start + MmConstants.PageBlockPages, _memory.MaxPfn);
        SplitAt(start);
        SplitAt(end);
        long moved = 0;
        for (uint at = start; at < end;)
        {
            if (_pages[at].Type != PageType.Buddy)
            {
                at++;
                continue;
            }
            int order = _pages[at].Order;
            MigrateType from = _pages[at].MigrateType;
            Areas[order].Move(_pages, at, from, to);
            _pages[at].MigrateType = to;
            Count(from, -(1L << order));
            Count(to, 1L << order);
            moved += 1L << order;
            at += 1u << order;
        }
        _memory.SetPageBlockType(start, to);
        if (IsFreeBlock(start, MmConstants.PageBlockOrder))
        {
            // It may be of one kind with its neighbour now.
            Take(start, MmConstants.PageBlockOrder, MmConstants.PageBlockOrder);
            Free(start, MmConstants.PageBlockOrder, to);
        }
        return moved;
    }

    // A free block that reaches over the border of a page block becomes blocks that do not. Linux: split_large_buddy
    private void SplitAt(uint border)
    {
        uint head = border < _memory.MaxPfn ? FreeBlockOf(border) : 0;
        if (head == 0 || head == border)
            return;
        int order = _pages[head].Order;
        MigrateType type = _pages[head].MigrateType;
        Unlink(head, order);
        for (uint at = head; at < head + (1u << order); at += MmConstants.PageBlockPages)
            Link(at, MmConstants.PageBlockOrder, type, toTail: false);
    }

    /// <summary>Whether a block of exactly this order is free here. Linux: <c>page_is_buddy</c>.</summary>
    public bool IsFreeBlock(uint pfn, int order) => _pages[pfn].Type == PageType.Buddy && _pages[pfn].Order == order;

    /// <summary>The head of the free block that <paramref name="pfn"/> lies in, or 0.</summary>
    public uint FreeBlockOf(uint pfn)
    {
        for (int order = 0; order < MmConstants.PageOrders; order++)
        {
            uint head = pfn & ~((1u << order) - 1);
            if (_pages[head].Type == PageType.Buddy && head + (1u << _pages[head].Order) > pfn)
                return head;
        }
        return 0;
    }

    // A block of another kind is not swallowed above a page block: isolation and CMA must keep their frames apart.
    private bool MayMerge(uint buddy, int order, MigrateType type) =>
        order < MmConstants.PageBlockOrder || _pages[buddy].MigrateType == type ||
        (IsMergeable(_pages[buddy].MigrateType) && IsMergeable(type));

    private static bool IsMergeable(MigrateType type) => type < MigrateType.HighAtomic;

    // Where the next higher buddy is free already, this block is likely to be merged soon: use it last.
    private bool BuddyMergeLikely(uint pfn, int order)
    {
        if (order >= MmConstants.MaxPageOrder - 1)
            return false;
        uint higher = pfn & (pfn ^ (1u << order));
        return IsFreeBlock(higher ^ (1u << (order + 1)), order + 1);
    }

    private void Link(uint pfn, int order, MigrateType type, bool toTail)
    {
        _pages[pfn].Type = PageType.Buddy;
        _pages[pfn].Order = (byte)order;
        _pages[pfn].MigrateType = type;
        Areas[order].Add(_pages, pfn, type, toTail);
    }

    private void Unlink(uint pfn, int order)
    {
        Areas[order].Remove(_pages, pfn, _pages[pfn].MigrateType);
        _pages[pfn].Type = PageType.None;
        _pages[pfn].Order = 0;
    }

    // Linux: page_del_and_expand
    private void Take(uint pfn, int from, int to)
    {
        MigrateType type = _pages[pfn].MigrateType;
        Count(type, -(1L << to));
        Unlink(pfn, from);
        while (from > to)
        {
            from--;
            Link(pfn + (1u << from), from, type, toTail: false);
        }
    }

    private void Count(MigrateType type, long pages)
    {
        if (type == MigrateType.Isolate)
            return;
        FreePages += pages;
        if (type == MigrateType.Cma)
            FreeCmaPages += pages;
        if (type == MigrateType.HighAtomic)
            FreeHighAtomicPages += pages;
    }

    // Takes over a whole page block of another type, from the largest block down. Linux: __rmqueue_claim
    private uint Claim(int order, MigrateType type, int least)
    {
        for (int current = MmConstants.MaxPageOrder; current >= least; current--)
        {
            if (!ShouldTryClaim(current, type))
                return 0;
            if (!FindFallback(current, type, out MigrateType fallback))
                continue;
            uint pfn = TryClaimBlock(Areas[current].First(fallback), current, order, type, fallback);
            if (pfn != 0)
                return pfn;
        }
        return 0;
    }

    // Takes single blocks of another type, from the smallest up. Linux: __rmqueue_steal
    private uint Steal(int order, MigrateType type)
    {
        for (int current = order; current < MmConstants.PageOrders; current++)
        {
            if (!FindFallback(current, type, out MigrateType fallback))
                continue;
            uint pfn = Areas[current].First(fallback);
            Take(pfn, current, order);
            return pfn;
        }
        return 0;
    }

    // Linux: should_try_claim_block
    private static bool ShouldTryClaim(int order, MigrateType type) =>
        order >= MmConstants.PageBlockOrder / 2 || type is MigrateType.Reclaimable or MigrateType.Unmovable;

    // Linux: find_suitable_fallback
    private bool FindFallback(int order, MigrateType type, out MigrateType fallback)
    {
        foreach (MigrateType candidate in FallbacksOf(type))
        {
            if (!Areas[order].IsEmpty(candidate))
            {
                fallback = candidate;
                return true;
            }
        }
        fallback = type;
        return false;
    }

    // Linux: fallbacks[]
    private static ReadOnlySpan<MigrateType> FallbacksOf(MigrateType type) => type switch
    {
        MigrateType.Unmovable => [MigrateType.Reclaimable, MigrateType.Movable],
        MigrateType.Movable => [MigrateType.Reclaimable, MigrateType.Unmovable],
        MigrateType.Reclaimable => [MigrateType.Unmovable, MigrateType.Movable],
        _ => [],
    };

    // Linux: try_to_claim_block
    private uint TryClaimBlock(uint pfn, int current, int order, MigrateType type, MigrateType blockType)
    {
        if (current >= MmConstants.PageBlockOrder)
        {
            Retype(pfn, current, type);
            Take(pfn, current, order);
            return pfn;
        }
        uint start = pfn & ~(MmConstants.PageBlockPages - 1);
        if (_memory.ZoneOrNull(start) != _memory.ZoneOf(pfn) || start + MmConstants.PageBlockPages > _memory.MaxPfn)
            return 0;
        MixedBlocks = true;
        CountBlock(start, out uint free, out uint movable);
        uint alike = type == MigrateType.Movable ? movable
            : blockType == MigrateType.Movable ? MmConstants.PageBlockPages - (free + movable)
            : 0;
        if (free + alike < MmConstants.PageBlockPages / 2)
            return 0;
        MovePageBlock(start, type);
        return TakeSmallest(order, type);
    }

    // A free block of at least a page block changes its type with all page blocks in it. Linux: change_pageblock_range
    private void Retype(uint pfn, int order, MigrateType to)
    {
        MigrateType from = _pages[pfn].MigrateType;
        Areas[order].Move(_pages, pfn, from, to);
        _pages[pfn].MigrateType = to;
        for (uint block = pfn; block < pfn + (1u << order); block += MmConstants.PageBlockPages)
            _memory.SetPageBlockType(block, to);
    }

    // Linux: prep_move_freepages_block
    private void CountBlock(uint start, out uint free, out uint movable)
    {
        free = movable = 0;
        for (uint at = start; at < start + MmConstants.PageBlockPages;)
        {
            if (_pages[at].Type == PageType.Buddy)
            {
                free += 1u << _pages[at].Order;
                at += 1u << _pages[at].Order;
                continue;
            }
            if (_pages[at].Has(PageFlags.Lru))
                movable++;
            at++;
        }
    }
}

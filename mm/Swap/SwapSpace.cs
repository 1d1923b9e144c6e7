namespace Emu.Mm;

/// <summary>All swap areas of a machine, and the swap cache. Linux: mm/swapfile.c, mm/swap_state.c.</summary>
/// <remarks>Lock: the kernel lock.</remarks>
public sealed partial class SwapSpace
{
    private readonly MemoryManager _manager;
    private readonly SwapArea?[] _areas = new SwapArea?[SwapEntry.MaxAreas];
    private int _leastPriority;

    internal SwapSpace(MemoryManager manager) => _manager = manager;

    /// <summary>The areas in use, in the order of their numbers.</summary>
    public IEnumerable<SwapArea> Areas => _areas.OfType<SwapArea>();

    /// <summary>Slots of all areas. Linux: <c>total_swap_pages</c>.</summary>
    public ulong TotalPages { get; private set; }

    /// <summary>Free slots of all areas. Linux: <c>nr_swap_pages</c>.</summary>
    public ulong FreePages => Areas.Aggregate(0UL, static (sum, area) => sum + (area.IsWritable ? area.Pages - area.InUse : 0));

    /// <summary>Pages in the swap cache. Linux: <c>total_swapcache_pages</c>.</summary>
    public long CachedPages => _manager.Stat(NodeStat.Swapcached);

    /// <summary>Whether the areas are so full that cached slots are given up early. Linux: <c>vm_swap_full</c>.</summary>
    public bool IsFull => FreePages * 2 < TotalPages;

    /// <summary>Takes an area into use. Linux: <c>SYSCALL_DEFINE2(swapon)</c>.</summary>
    /// <param name="device">Where its pages are.</param>
    /// <param name="name">As /proc/swaps shows it.</param>
    /// <param name="priority">Wanted priority, or negative for one below all others.</param>
    /// <param name="isFile">Whether it is a file.</param>
    /// <param name="area">The area.</param>
    /// <returns>0, or EBUSY (in use), EPERM (too many), EINVAL (no room), negated.</returns>
    public int SwapOn(ISwapDevice device, byte[] name, int priority, bool isFile, out SwapArea? area)
    {
        area = null;
        if (device.Pages == 0)
            return -Errno.EINVAL;
        if (Areas.Any(other => other.Name.AsSpan().SequenceEqual(name)))
            return -Errno.EBUSY;
        int type = Array.IndexOf(_areas, null);
        if (type < 0)
            return -Errno.EPERM;
        area = new SwapArea(type, priority >= 0 ? priority : --_leastPriority - 1, name, device, isFile) { Uncharged = _manager.Memcg.UnchargeSwap };
        _areas[type] = area;
        TotalPages += area.Pages;
        return 0;
    }

    /// <summary>The area of an entry.</summary>
    public SwapArea Area(SwapEntry entry) => _areas[entry.Type]!;

    /// <summary>Gives a page a slot and makes it the slot's cached page. Linux: <c>folio_alloc_swap</c>.</summary>
    /// <returns>Whether there was one.</returns>
    internal bool AddToSwap(uint pfn)
    {
        SwapArea? best = null;
        foreach (SwapArea area in Areas)
        {
            // Of equal priority the emptier one, so that load spreads over them.
            if (area.IsWritable && area.InUse < area.Pages && (best == null || area.Priority > best.Priority ||
                (area.Priority == best.Priority && area.InUse < best.InUse)))
            {
                best = area;
            }
        }
        ulong slot = best?.Allocate() ?? 0;
        if (slot == 0)
        {
            _manager.Memcg.NoteSwapFail(pfn);
            return false;
        }
        if (!_manager.Memcg.TryChargeSwap(pfn, best!, slot))
        {
            best!.Cancel(slot);
            return false;
        }
        PutIntoCache(pfn, new SwapEntry(best!.Type, slot));
        _manager.Page(pfn).Set(PageFlags.Dirty);
        return true;
    }

    /// <summary>Makes a page the cached page of an entry. Takes a reference. Linux: <c>add_to_swap_cache</c>.</summary>
    internal void PutIntoCache(uint pfn, SwapEntry entry)
    {
        ref Page page = ref _manager.Page(pfn);
        page.Set(PageFlags.SwapCache);
        page.Private = entry.Value;
        Area(entry).AddToCache(entry.Offset, pfn);
        _manager.GetPage(pfn);
        _manager.ModifyStat(pfn, NodeStat.Swapcached, 1);
        _manager.NodeOf(pfn).Stats[(int)NodeStat.FilePages]++; // no page of a file: its group does not count it
    }

    /// <summary>Takes a page out of the swap cache and drops the cache's reference. Linux: <c>delete_from_swap_cache</c>.</summary>
    /// <param name="pfn">The page.</param>
    /// <param name="shadow">What it leaves in its place, 0 for nothing.</param>
    internal void RemoveFromCache(uint pfn, ulong shadow = 0)
    {
        ref Page page = ref _manager.Page(pfn);
        SwapEntry entry = SwapEntry.FromValue(page.Private);
        page.Clear(PageFlags.SwapCache);
        page.Private = 0;
        _manager.ModifyStat(pfn, NodeStat.Swapcached, -1);
        _manager.NodeOf(pfn).Stats[(int)NodeStat.FilePages]--;
        Area(entry).RemoveFromCache(entry.Offset, shadow);
        _manager.PutPage(pfn);
    }

    /// <summary>Makes another page the cached one of an entry; the cache's reference goes over. For migration.</summary>
    internal void ReplaceInCache(uint from, uint to)
    {
        ref Page old = ref _manager.Page(from);
        ref Page page = ref _manager.Page(to);
        SwapEntry entry = SwapEntry.FromValue(old.Private);
        _manager.ModifyStat(from, NodeStat.Swapcached, -1);
        _manager.NodeOf(from).Stats[(int)NodeStat.FilePages]--;
        old.RefCount--;
        page.Set(PageFlags.SwapCache);
        page.Private = old.Private;
        Area(entry).ReplaceInCache(entry.Offset, to);
        _manager.GetPage(to);
        _manager.ModifyStat(to, NodeStat.Swapcached, 1);
        _manager.NodeOf(to).Stats[(int)NodeStat.FilePages]++;
    }

    /// <summary>Gives up the slot of a cached page if nothing names it any more. Linux: <c>folio_free_swap</c>.</summary>
    /// <returns>Whether the page left the cache.</returns>
    internal bool TryFree(uint pfn)
    {
        ref Page page = ref _manager.Page(pfn);
        if (!page.Has(PageFlags.SwapCache) || page.Has(PageFlags.Writeback))
            return false;
        SwapEntry entry = SwapEntry.FromValue(page.Private);
        if (Area(entry).Count(entry.Offset) != 0)
            return false;
        RemoveFromCache(pfn);
        page.Set(PageFlags.Dirty); // what the slot held is gone: the page holds the only copy
        return true;
    }

    /// <summary>The cached page of an entry, 0 for none.</summary>
    internal uint Cached(SwapEntry entry) => Area(entry).Cached(entry.Offset);

    /// <summary>The shadow of an entry, 0 for none.</summary>
    internal ulong Shadow(SwapEntry entry) => Area(entry).Shadow(entry.Offset);

    /// <summary>One more PTE names an entry. Linux: <c>swap_duplicate</c>.</summary>
    internal void Duplicate(SwapEntry entry) => Area(entry).Duplicate(entry.Offset);

    /// <summary>One PTE less names an entry. Linux: <c>swap_free</c>.</summary>
    internal void Free(SwapEntry entry) => Area(entry).Free(entry.Offset);

    /// <summary>A PTE that named an entry goes; the last one takes the cached page with it. Linux: <c>free_swap_and_cache</c>.</summary>
    internal void FreeWithCache(SwapEntry entry)
    {
        Area(entry).Free(entry.Offset);
        uint cached = Cached(entry);
        if (cached != 0 && Area(entry).Count(entry.Offset) == 0 && !_manager.Rmap.IsMapped(cached))
            TryFree(cached);
    }

    /// <summary>Reads a slot into a frame. Linux: <c>swap_read_folio</c>.</summary>
    internal int Read(SwapEntry entry, uint pfn)
    {
        _manager.Events[(int)VmEvent.SwapIn]++;
        _manager.Memcg.CountEvent(_manager.Page(pfn), VmEvent.SwapIn);
        return Area(entry).Device.Read(entry.Offset, _manager.Memory.FrameSpan(pfn));
    }

    /// <summary>Writes a cached page to its slot. Linux: <c>swap_writeout</c>.</summary>
    internal int Write(uint pfn)
    {
        SwapEntry entry = SwapEntry.FromValue(_manager.Page(pfn).Private);
        _manager.Events[(int)VmEvent.SwapOut]++;
        _manager.Memcg.CountEvent(_manager.Page(pfn), VmEvent.SwapOut);
        return Area(entry).Device.Write(entry.Offset, _manager.Memory.FrameSpan(pfn));
    }

    /// <summary>Slots that are read around a swapped-out page. Linux: <c>swapin_nr_pages</c> from page-cluster.</summary>
    internal int ReadaheadPages => 1 << _manager.Sysctl.PageCluster;
}

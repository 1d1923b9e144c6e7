namespace Emu.Mm;

/// <summary>The pool of huge pages of 2 MiB, and the promises that were made of it. Linux: <c>struct hstate</c> (mm/hugetlb.c).</summary>
/// <remarks>
/// A free page of the pool has one reference, the pool's. A promise (reservation) says that a page will be there when it is touched. Surplus
/// pages are taken from the page allocator when the pool has too few, and go back to it. Lock: <c>hugetlb_lock</c>.
/// </remarks>
public sealed unsafe class HugetlbPool
{
    // Nothing here moves a page of the pool.
    private const GfpFlags Unmovable = (GfpFlags.HighUserMovable & ~GfpFlags.Movable) | GfpFlags.Comp | GfpFlags.RetryMayFail | GfpFlags.NoWarn;

    private readonly MemoryManager _manager;
    private readonly Stack<uint> _free = new();

    internal HugetlbPool(MemoryManager manager) => _manager = manager;

    /// <summary>Pages that there are, surplus ones included. Linux: <c>nr_huge_pages</c>.</summary>
    public long Total { get; private set; }

    /// <summary>Pages that nobody has. Linux: <c>free_huge_pages</c>.</summary>
    public long Free => _free.Count;

    /// <summary>Pages that are promised and not yet used. Linux: <c>resv_huge_pages</c>.</summary>
    public long Reserved { get; private set; }

    /// <summary>Pages beyond what was asked for. Linux: <c>surplus_huge_pages</c>.</summary>
    public long Surplus { get; private set; }

    /// <summary>How many there may be beyond. Linux: <c>nr_overcommit_huge_pages</c>.</summary>
    public long Overcommit { get; set; }

    /// <summary>Makes the pool larger or smaller, as far as it goes. Linux: <c>set_max_huge_pages</c>.</summary>
    public void Resize(long count)
    {
        while (Surplus != 0 && count > Total - Surplus)
            Surplus--;
        while (count > Total - Surplus && TryAllocateFresh(out uint page))
            _free.Push(page);
        long minimum = Math.Max(count, Reserved + Total - Free);
        while (minimum < Total - Surplus && _free.TryPop(out uint page))
            GiveBack(page);
        while (count < Total - Surplus)
            Surplus++;
    }

    /// <summary>Promises pages. Linux: <c>hugetlb_acct_memory</c>, <c>gather_surplus_pages</c>.</summary>
    /// <returns>Whether they can be had.</returns>
    internal bool TryReserve(long pages)
    {
        int taken = 0;
        while (Free < Reserved + pages)
        {
            if (!TryAllocateSurplus(out uint page))
            {
                for (; taken > 0; taken--)
                    GiveBackSurplus(_free.Pop());
                return false;
            }
            _free.Push(page);
            taken++;
        }
        Reserved += pages;
        return true;
    }

    /// <summary>Takes promises back; surplus pages that were there for them go. Linux: <c>return_unused_surplus_pages</c>.</summary>
    internal void Unreserve(long pages)
    {
        Bug.On(pages > Reserved, "more huge pages are released than were promised");
        Reserved -= pages;
        for (long left = Math.Min(pages, Surplus); left > 0 && Free > Reserved; left--)
            GiveBackSurplus(_free.Pop());
    }

    /// <summary>A promise comes back, as the page that was used for it does. Linux: <c>hugetlb_restore_reserve</c>.</summary>
    internal void RestoreReserve() => Reserved++;

    /// <summary>A page of zeros with one reference. Linux: <c>alloc_hugetlb_folio</c>.</summary>
    /// <param name="reserved">Whether it was promised.</param>
    /// <returns>0 if there is none.</returns>
    internal uint Allocate(bool reserved)
    {
        uint page;
        if (!reserved && Free <= Reserved)
        {
            if (!TryAllocateSurplus(out page))
                return 0;
        }
        else if (!_free.TryPop(out page))
        {
            return 0;
        }
        if (reserved)
            Reserved--;
        _manager.ModifyStat(page, NodeStat.Hugetlb, MmConstants.HugePagePages);
        for (uint pfn = page; pfn < page + MmConstants.HugePagePages; pfn++)
            _manager.Memory.FrameSpan(pfn).Clear();
        return page;
    }

    /// <summary>The last user of a page is gone. Linux: <c>free_huge_folio</c>.</summary>
    internal void Release(uint page)
    {
        for (uint pfn = page; pfn < page + MmConstants.HugePagePages; pfn++)
        {
            if (_manager.Memory.FrameTags[pfn] != 0)
                _manager.FrameWatch.OnFree(pfn);
        }
        ref Page descriptor = ref _manager.Page(page);
        descriptor.Clear(PageFlags.AnonExclusive | PageFlags.SwapBacked | PageFlags.Dirty | PageFlags.Referenced);
        _manager.ModifyStat(page, NodeStat.Hugetlb, -MmConstants.HugePagePages);
        descriptor.RefCount = 1;
        if (Surplus > 0)
            GiveBackSurplus(page);
        else
            _free.Push(page);
    }

    private bool TryAllocateSurplus(out uint page)
    {
        page = 0;
        if (Surplus >= Overcommit || !TryAllocateFresh(out page))
            return false;
        Surplus++;
        return true;
    }

    // Linux: alloc_fresh_hugetlb_folio
    private bool TryAllocateFresh(out uint page)
    {
        page = _manager.Allocator.Allocate(Unmovable, MmConstants.HugePageOrder);
        _manager.Events[(int)(page == 0 ? VmEvent.HtlbBuddyAllocFail : VmEvent.HtlbBuddyAllocSuccess)]++;
        if (page == 0)
            return false;
        _manager.Page(page).Type = PageType.HugeTlb;
        Total++;
        return true;
    }

    private void GiveBackSurplus(uint page)
    {
        Surplus--;
        GiveBack(page);
    }

    // Linux: update_and_free_hugetlb_folio
    private void GiveBack(uint page)
    {
        Total--;
        _manager.Page(page).Type = PageType.None;
        _manager.PutPage(page);
    }
}

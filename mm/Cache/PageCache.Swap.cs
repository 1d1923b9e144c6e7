namespace Emu.Mm;

/// <content>Pages that leave the cache under pressure, and shmem's that come back from swap. Linux: mm/shmem.c.</content>
public sealed partial class PageCache
{
    /// <summary>Pages of shmem that are in swap. Linux: <c>swapped</c> of <c>shmem_inode_info</c>.</summary>
    public long SwappedPages { get; private set; }

    /// <summary>Drops a clean page that nobody maps. A file's leaves a shadow; in shmem values stand for swap. Linux: <c>__remove_mapping</c>.</summary>
    /// <param name="pfn">The page.</param>
    /// <param name="target">The group whose limit it goes for, or null.</param>
    internal void Reclaim(uint pfn, MemoryCgroup? target)
    {
        ulong index = _manager.Page(pfn).Index;
        ulong shadow = Kind == PageCacheKind.File ? Workingset.Evict(_manager, pfn, target) : 0;
        Remove(pfn);
        _pages.Store(index, shadow);
    }

    /// <summary>Moves a page of shmem to swap. Linux: <c>shmem_writeout</c>.</summary>
    /// <param name="pfn">Mapped nowhere; the caller holds a reference.</param>
    /// <returns>Whether it is in swap now, in the swap cache and clean.</returns>
    internal bool SwapOut(uint pfn)
    {
        if (!_manager.Swap.AddToSwap(pfn))
            return false;
        ref Page page = ref _manager.Page(pfn);
        SwapEntry entry = SwapEntry.FromValue(page.Private);
        _manager.Swap.Duplicate(entry);
        _pages.Store(page.Index, XArray.MakeValue(entry.Value >> 1));
        page.Mapping = MappingHandle.None;
        PageCount--;
        SwappedPages++;
        _manager.ModifyStat(pfn, NodeStat.FilePages, -1);
        _manager.ModifyStat(pfn, NodeStat.Shmem, -1);
        _manager.PutPage(pfn);
        if (_manager.Swap.Write(pfn) != 0)
            return false;
        page.Clear(PageFlags.Dirty);
        return true;
    }

    /// <summary>Keeps the pages in memory, or lets them go out again. Linux: <c>mapping_set_unevictable</c>, <c>shmem_unlock_mapping</c>.</summary>
    public void SetLocked(bool locked)
    {
        IsUnevictable = locked;
        ulong index = 0;
        // Those that are to stay leave their list when reclaim meets them.
        while (!locked && FindNext(ref index, ulong.MaxValue, out uint pfn))
        {
            Mlock.Rescue(_manager, pfn);
            index++;
        }
    }

    /// <summary>Brings the pages of shmem back that are in one swap area. Linux: <c>shmem_unuse</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal int UnuseSwap(int type)
    {
        ulong index = 0;
        while (Kind == PageCacheKind.Shmem && _pages.FindNext(ref index, ulong.MaxValue, out ulong value))
        {
            int error = XArray.IsValue(value) && EntryOf(value).Type == type ? SwapIn(index, out _) : 0;
            if (error != 0)
                return error;
            if (_manager.Current.IsDying)
                return -Errno.EINTR;
            if (index++ == ulong.MaxValue)
                break;
        }
        return 0;
    }

    /// <summary>Whether a page of shmem is in swap.</summary>
    public bool IsSwapped(ulong index) => Kind == PageCacheKind.Shmem && XArray.IsValue(_pages.Load(index));

    /// <summary>Pages of a range of shmem that are in swap. Linux: <c>shmem_partial_swap_usage</c>.</summary>
    /// <param name="first">First page.</param>
    /// <param name="end">One past the last.</param>
    public ulong CountSwapped(ulong first, ulong end)
    {
        ulong count = 0, index = first;
        while (SwappedPages != 0 && index < end && _pages.FindNext(ref index, end - 1, out ulong value))
        {
            count += XArray.IsValue(value) ? 1u : 0u;
            index++;
        }
        return count;
    }

    /// <summary>The first page at or after an offset that has contents, in memory or in swap. Linux: <c>mapping_seek_hole_data</c>.</summary>
    /// <returns>Whether there is one up to <paramref name="last"/>.</returns>
    public bool FindContents(ref ulong index, ulong last) => _pages.FindNext(ref index, last, out _);

    /// <summary>The slots that pages of shmem are in.</summary>
    internal IEnumerable<SwapEntry> SwapEntries()
    {
        ulong index = 0;
        while (Kind == PageCacheKind.Shmem && _pages.FindNext(ref index, ulong.MaxValue, out ulong value))
        {
            if (XArray.IsValue(value))
                yield return EntryOf(value);
            if (index++ == ulong.MaxValue)
                break;
        }
    }

    /// <summary>Brings pages of shmem that are in swap into the swap cache. Linux: <c>shmem_swapin_range</c>.</summary>
    internal void SwapInAhead(ulong first, ulong last)
    {
        ulong index = first;
        while (Kind == PageCacheKind.Shmem && _pages.FindNext(ref index, last, out ulong value))
        {
            if (XArray.IsValue(value) && _manager.Faults.ReadSwapAhead(EntryOf(value)) != 0)
                return; // it is only advice: the access itself will find the error
            if (index++ == last)
                break;
        }
    }

    // Linux: shmem_swapin_folio
    private int SwapIn(ulong index, out uint pfn)
    {
        SwapEntry entry = EntryOf(_pages.Load(index));
        pfn = _manager.Swap.Cached(entry);
        if (pfn != 0)
        {
            // The cached page goes over to the file: first a reference, so that leaving the swap cache does not free it.
            _manager.GetPage(pfn);
            LeaveLru(pfn);
            _manager.Swap.RemoveFromCache(pfn);
        }
        else
        {
            int error = ReadFromSwap(entry, index, out pfn);
            if (error != 0)
                return error;
        }
        _manager.Swap.Free(entry);
        SwappedPages--;
        _manager.Page(pfn).Set(PageFlags.UpToDate | PageFlags.Dirty);
        Add(pfn, index);
        return 0;
    }

    private int ReadFromSwap(SwapEntry entry, ulong index, out uint pfn)
    {
        pfn = _manager.AllocateShmemSwapped(entry, this, index);
        if (pfn == 0)
            return -Errno.ENOMEM;
        int error = _manager.Swap.Read(entry, pfn);
        if (error == 0)
            return 0;
        _manager.PutPage(pfn);
        pfn = 0;
        return error;
    }

    private void LeaveLru(uint pfn)
    {
        if (_manager.Page(pfn).Has(PageFlags.Lru))
            _manager.LruOf(pfn).Remove(pfn);
    }

    // Shadows of pages and swap entries that stand in their place. Linux: shmem_free_swap, truncate_folio_batch_exceptionals
    private void DropValues(ulong first, ulong last)
    {
        ulong index = first;
        while (_pages.FindNext(ref index, last, out ulong value))
        {
            if (XArray.IsValue(value))
                DropValue(index, value);
            if (index++ == last)
                break;
        }
    }

    private void DropValue(ulong index, ulong value)
    {
        _pages.Erase(index);
        if (Kind != PageCacheKind.Shmem)
            return;
        SwappedPages--;
        Quota?.Release(1);
        _manager.Swap.FreeWithCache(EntryOf(value));
    }

    private static SwapEntry EntryOf(ulong value) => SwapEntry.FromValue(XArray.ToValue(value) << 1);
}

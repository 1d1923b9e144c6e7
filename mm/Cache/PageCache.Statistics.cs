namespace Emu.Mm;

/// <summary>Pages of a range of a file by state. Linux: <c>struct cachestat</c>.</summary>
public struct CacheStatistics
{
    /// <summary>In memory. Linux: <c>nr_cache</c>.</summary>
    public ulong Cached;

    /// <summary>Newer than the store. Linux: <c>nr_dirty</c>.</summary>
    public ulong Dirty;

    /// <summary>On their way to the store. Linux: <c>nr_writeback</c>.</summary>
    public ulong Writeback;

    /// <summary>Were in memory and were reclaimed. Linux: <c>nr_evicted</c>.</summary>
    public ulong Evicted;

    /// <summary>Were reclaimed so recently that their return would make them active. Linux: <c>nr_recently_evicted</c>.</summary>
    public ulong RecentlyEvicted;
}

/// <content>What the cache holds of a range. Linux: mm/filemap.c (<c>filemap_cachestat</c>).</content>
public sealed partial class PageCache
{
    /// <summary>Counts the pages of [first, last].</summary>
    public CacheStatistics Count(ulong first, ulong last)
    {
        CacheStatistics result = default;
        ulong index = first;
        while (_pages.FindNext(ref index, last, out ulong entry))
        {
            if (XArray.IsValue(entry))
                CountEvicted(entry, ref result);
            else
                CountPage(_manager.Page((uint)(entry >> 1)), index, ref result);
            if (index++ == last)
                break;
        }
        return result;
    }

    private void CountPage(in Page page, ulong index, ref CacheStatistics result)
    {
        result.Cached++;
        // Only what a file system tracks is dirty here, as the marks of the tree say.
        if (Kind == PageCacheKind.File && _pages.GetMark(index, XaMark.Mark0))
            result.Dirty++;
        if (page.Has(PageFlags.Writeback))
            result.Writeback++;
    }

    // In shmem the value is the slot in swap, and the shadow is in the swap cache.
    private void CountEvicted(ulong entry, ref CacheStatistics result)
    {
        result.Evicted++;
        ulong shadow = entry;
        if (Kind == PageCacheKind.Shmem)
        {
            SwapEntry slot = EntryOf(entry);
            shadow = _manager.Swap.Cached(slot) == 0 ? _manager.Swap.Shadow(slot) : 0;
        }
        if (shadow != 0 && Workingset.IsRecent(_manager, shadow, file: true, out _))
            result.RecentlyEvicted++;
    }
}

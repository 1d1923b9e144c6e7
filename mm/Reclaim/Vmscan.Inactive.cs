namespace Emu.Mm;

/// <content>What becomes of pages on the inactive lists. Linux: <c>shrink_inactive_list</c>, <c>shrink_folio_list</c>.</content>
public sealed partial class Vmscan
{
    private enum Verdict
    {
        Keep,
        Activate,
        Reclaim,
    }

    private void ShrinkInactive(LruVec lru, LruList list, long pages, ref ScanControl control)
    {
        bool file = list == LruList.InactiveFile;
        while (pages > 0 && lru.Last(list) is not 0 and uint pfn)
        {
            int size = _memory.PagesOf(pfn);
            pages -= size;
            lru.Remove(pfn);
            _manager.GetPage(pfn);
            control.Scanned += size;
            Count(lru, VmEvent.ScanKswapd + (int)control.Reclaimer, size, control);
            _manager.Events[(int)(file ? VmEvent.ScanFile : VmEvent.ScanAnon)] += size;
            Verdict verdict = ShrinkFolio(pfn, ref control);
            if (verdict == Verdict.Reclaim)
            {
                control.Reclaimed++; // a huge one was split before
                Count(lru, VmEvent.StealKswapd + (int)control.Reclaimer, 1, control);
                _manager.Events[(int)(file ? VmEvent.StealFile : VmEvent.StealAnon)]++;
            }
            else
            {
                PutBack(lru, pfn, verdict == Verdict.Activate);
            }
            _manager.PutPage(pfn);
        }
    }

    // One isolated page: kept, made active, or freed. Linux: the body of shrink_folio_list
    private Verdict ShrinkFolio(uint pfn, ref ScanControl control)
    {
        ref Page page = ref _memory.Page(pfn);
        if (page.Has(PageFlags.Unevictable) || page.Has(PageFlags.Writeback))
            return Verdict.Keep;
        if (Mlock.Cull(_manager, pfn))
            return Verdict.Keep;
        if (!control.MayUnmap && _manager.Rmap.IsMapped(pfn))
            return Verdict.Keep;
        Verdict wanted = control.IgnoreReferences ? Verdict.Reclaim : CheckReferences(pfn);
        if (wanted != Verdict.Reclaim)
            return wanted;
        // A huge page goes to swap in small ones: the first is gone on with, the others are on the list.
        if (page.Has(PageFlags.Head) && !_manager.Splitter.Split(pfn, extraReferences: 1))
            return Verdict.Activate;
        if (page.IsAnonymous && page.Has(PageFlags.SwapBacked) && !page.Has(PageFlags.SwapCache))
        {
            if (!control.MaySwap || !_manager.Swap.AddToSwap(pfn))
                return Verdict.Activate;
        }
        if (_manager.Rmap.IsMapped(pfn) && !PageUnmapper.TryToUnmap(_manager, pfn))
            return Verdict.Activate;
        if (page.Has(PageFlags.Dirty) && !WriteOut(pfn, control))
            return Verdict.Activate;
        return Free(pfn, control.Group) ? Verdict.Reclaim : Verdict.Keep;
    }

    // Second chance: used once, it stays; used twice or as code, it is active. Linux: folio_check_references
    private Verdict CheckReferences(uint pfn)
    {
        ref Page page = ref _memory.Page(pfn);
        int referenced = PageUnmapper.Referenced(_manager, pfn, out VmFlags flags);
        bool before = page.Has(PageFlags.Referenced);
        page.Clear(PageFlags.Referenced);
        if (referenced < 0)
        {
            Mlock.Add(_manager, pfn);
            return Verdict.Keep;
        }
        if (referenced == 0)
            return Verdict.Reclaim;
        page.Set(PageFlags.Referenced);
        bool isFile = !page.Has(PageFlags.SwapBacked);
        return before || referenced > 1 || (isFile && (flags & VmFlags.Exec) != 0) ? Verdict.Activate : Verdict.Keep;
    }

    // Linux: pageout
    private bool WriteOut(uint pfn, in ScanControl control)
    {
        if (!control.MayWrite)
            return false;
        ref Page page = ref _memory.Page(pfn);
        if (page.Has(PageFlags.SwapCache))
        {
            if (_manager.Swap.Write(pfn) != 0)
                return false;
            page.Clear(PageFlags.Dirty);
            _manager.NodeOf(pfn).Stats[(int)NodeStat.VmscanWrite]++;
            return true;
        }
        if (page.Mapping.IsNone || page.IsAnonymous)
            return page.IsAnonymous; // a page of MADV_FREE that nobody maps: its contents do not matter
        PageCache cache = _manager.Mappings.PageCache(page.Mapping);
        return cache.Kind == PageCacheKind.Shmem ? cache.SwapOut(pfn) : cache.WriteBack(page.Index, page.Index) == 0;
    }

    // Takes the page from its cache, if the cache and the isolation are all that hold it. Linux: __remove_mapping
    private bool Free(uint pfn, MemoryCgroup? target)
    {
        ref Page page = ref _memory.Page(pfn);
        bool cached = page.Has(PageFlags.SwapCache) || (!page.Mapping.IsNone && !page.IsAnonymous);
        if (page.RefCount != (cached ? 2 : 1) || page.Has(PageFlags.Dirty))
            return false;
        if (!cached)
            return true;
        if (page.Has(PageFlags.SwapCache))
            _manager.Swap.RemoveFromCache(pfn, Workingset.Evict(_manager, pfn, target));
        else
            _manager.Mappings.PageCache(page.Mapping).Reclaim(pfn, target);
        return true;
    }

    private void PutBack(LruVec lru, uint pfn, bool activate)
    {
        ref Page page = ref _memory.Page(pfn);
        if (activate && !page.Has(PageFlags.Unevictable))
        {
            page.Set(PageFlags.Active);
            _manager.Events[(int)VmEvent.Activate]++;
            _manager.Memcg.CountEvent(page, VmEvent.Activate);
            Workingset.Activation(_manager, pfn);
        }
        lru.Add(pfn);
    }
}

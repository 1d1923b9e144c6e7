namespace Emu.Mm;

/// <summary>Moves pages to other frames while processes use them. Linux: mm/migrate.c.</summary>
/// <remarks>
/// Every mapping is replaced by a migration entry, the contents are copied, and the entries are replaced by mappings of the new
/// frame. Nobody meets an entry: the kernel lock is held throughout, and nothing is allocated in between. Lock: the kernel lock.
/// </remarks>
internal sealed partial class Migration
{
    private readonly MemoryManager _manager;
    private readonly PhysicalMemory _memory;

    public Migration(MemoryManager manager)
    {
        _manager = manager;
        _memory = manager.Memory;
    }

    /// <summary>Takes a folio off its list, with a reference, so that it can be moved. Linux: <c>folio_isolate_lru</c> with NR_ISOLATED.</summary>
    /// <returns>Whether it was on one.</returns>
    public bool Isolate(uint folio)
    {
        ref Page page = ref _memory.Page(folio);
        if (!page.Has(PageFlags.Lru))
            return false;
        _manager.GetPage(folio);
        _manager.LruOf(folio).Remove(folio);
        page.Set(PageFlags.Isolated);
        CountIsolated(folio, _memory.PagesOf(folio));
        return true;
    }

    /// <summary>Puts a folio back that was isolated and did not move. Linux: <c>putback_movable_pages</c>.</summary>
    public void PutBack(uint folio)
    {
        EndIsolation(folio);
        _manager.AddLru(folio);
        _manager.PutPage(folio);
    }

    /// <summary>Moves isolated folios; those that cannot be moved go back to where they were. Linux: <c>migrate_pages</c>.</summary>
    /// <param name="folios">What <see cref="Isolate"/> gave; empty afterwards.</param>
    /// <param name="target">Finds the new frames.</param>
    /// <param name="reason">Why.</param>
    /// <param name="moved">Pages moved, or found to be in nobody's use.</param>
    /// <returns>Folios that did not move, or -ENOMEM if a target was missing.</returns>
    public int Migrate(List<uint> folios, MigrationTarget target, MigrateReason reason, out int moved)
    {
        int failed = 0;
        bool noTarget = false;
        moved = 0;
        for (int i = 0; i < folios.Count; i++)
        {
            uint folio = folios[i];
            int pages = _memory.PagesOf(folio), error = noTarget ? -Errno.ENOMEM : MoveOrSplit(folio, target, reason, folios);
            if (error == 0)
            {
                moved += pages;
                continue;
            }
            noTarget |= error == -Errno.ENOMEM;
            if (error == -Errno.E2BIG)
                continue; // its parts are at the end of the list
            failed++;
            Count(folio, pages, success: false);
            PutBack(folio);
        }
        folios.Clear();
        return noTarget ? -Errno.ENOMEM : failed;
    }

    /// <summary>Moves one isolated folio. Linux: <c>migrate_folio_unmap</c>, <c>migrate_folio_move</c>.</summary>
    /// <returns>0: it moved, and is not the caller's any more. -ENOMEM: no target. -EAGAIN: somebody else holds it.</returns>
    public int Move(uint source, MigrationTarget target)
    {
        ref Page page = ref _memory.Page(source);
        int pages = _memory.PagesOf(source);
        if (page.RefCount == 1)
        {
            EndIsolation(source); // everybody else let go of it meanwhile
            _manager.PutPage(source);
            return 0;
        }
        if (page.HasAny(PageFlags.Writeback | PageFlags.Locked) || page.Type == PageType.HugeTlb || page.Mapping.IsKsm)
            return -Errno.EAGAIN;
        uint destination = target(source);
        if (destination == 0)
            return -Errno.ENOMEM;
        if (_manager.Rmap.IsMapped(source))
            Unmap(source);
        if (page.RefCount != ExpectedReferences(source))
        {
            Remap(source, source);
            _manager.PutPage(destination);
            return -Errno.EAGAIN;
        }
        Count(source, pages, success: true);
        MoveState(source, destination);
        Remap(source, destination);
        Finish(source, destination);
        return 0;
    }

    // A huge page that finds no huge frame is moved in small ones.
    private int MoveOrSplit(uint folio, MigrationTarget target, MigrateReason reason, List<uint> folios)
    {
        int error = Move(folio, target);
        if (error != -Errno.ENOMEM || !_memory.Page(folio).Has(PageFlags.Head) || reason == MigrateReason.NumaMisplaced)
            return error;
        int pages = _memory.PagesOf(folio);
        EndIsolation(folio);
        if (!_manager.Splitter.Split(folio, extraReferences: 1))
        {
            _memory.Page(folio).Set(PageFlags.Isolated);
            CountIsolated(folio, pages);
            return error;
        }
        _manager.Events[(int)VmEvent.ThpMigrationSplit]++;
        for (uint part = folio + 1; part < folio + (uint)pages; part++)
        {
            if (_memory.Page(part).RefCount != 0 && Isolate(part))
                folios.Add(part);
        }
        _memory.Page(folio).Set(PageFlags.Isolated);
        CountIsolated(folio, 1);
        folios.Add(folio);
        return -Errno.E2BIG;
    }

    // The isolation's, and that of the page cache or the swap cache. Linux: folio_expected_ref_count
    private int ExpectedReferences(uint folio)
    {
        ref Page page = ref _memory.Page(folio);
        bool cached = page.Has(PageFlags.SwapCache) || (!page.Mapping.IsNone && !page.IsAnonymous);
        return cached ? 2 : 1;
    }

    // Linux: __folio_migrate_mapping, folio_migrate_flags, folio_copy
    private void MoveState(uint source, uint destination)
    {
        ref Page from = ref _memory.Page(source), to = ref _memory.Page(destination);
        _manager.Memcg.Migrate(source, destination);
        const PageFlags Copied = PageFlags.Referenced | PageFlags.UpToDate | PageFlags.Active | PageFlags.Workingset | PageFlags.Unevictable |
            PageFlags.SwapBacked | PageFlags.Readahead;
        to.Set(from.Flags & Copied);
        to.Mapping = from.Mapping;
        to.Index = from.Index;
        if (from.Has(PageFlags.SwapCache))
            _manager.Swap.ReplaceInCache(source, destination);
        else if (!from.Mapping.IsNone && !from.IsAnonymous)
            _manager.Mappings.PageCache(from.Mapping).Replace(source, destination);
        if (from.Has(PageFlags.Dirty))
            to.Set(PageFlags.Dirty);
        for (uint i = 0; i < _memory.PagesOf(source); i++)
        {
            _memory.FrameSpan(source + i).CopyTo(_memory.FrameSpan(destination + i));
            _manager.KernelWrote(destination + i, 0, (uint)MmConstants.PageSize);
        }
    }

    private void Finish(uint source, uint destination)
    {
        ref Page from = ref _memory.Page(source);
        EndIsolation(source);
        from.Clear(PageFlags.Active | PageFlags.Unevictable | PageFlags.Dirty | PageFlags.SwapCache);
        from.Mapping = MappingHandle.None;
        from.Private = 0;
        Bug.On(from.RefCount != 1, "a page that was moved is still in use");
        _manager.PutPage(source);
        _manager.AddLru(destination);
        _manager.PutPage(destination); // the target's own reference: mappings and caches have theirs
    }

    private void EndIsolation(uint folio)
    {
        _memory.Page(folio).Clear(PageFlags.Isolated);
        CountIsolated(folio, -_memory.PagesOf(folio));
    }

    private void CountIsolated(uint folio, int pages)
    {
        bool anon = _memory.Page(folio).Has(PageFlags.SwapBacked);
        _manager.NodeOf(folio).Stats[(int)(anon ? NodeStat.IsolatedAnon : NodeStat.IsolatedFile)] += pages;
    }

    private void Count(uint folio, int pages, bool success)
    {
        _manager.Events[(int)(success ? VmEvent.MigrateSuccess : VmEvent.MigrateFail)] += pages;
        if (_memory.Page(folio).Has(PageFlags.Head))
            _manager.Events[(int)(success ? VmEvent.ThpMigrationSuccess : VmEvent.ThpMigrationFail)]++;
    }
}

namespace Emu.Mm;

/// <summary>What smaps tells of a range, in bytes. Linux: <c>struct mem_size_stats</c> (fs/proc/task_mmu.c).</summary>
internal sealed unsafe class SmapsStatistics(MemoryManager manager)
{
    // The share of a page is counted in this part of a byte. Linux: PSS_SHIFT
    private const int PssShift = 12;

    private ulong _pss, _pssAnon, _pssFile, _pssShmem, _pssDirty, _pssLocked, _swapPss;
    private ulong _resident, _sharedClean, _sharedDirty, _privateClean, _privateDirty, _referenced;
    private ulong _anonymous, _lazyFree, _ksm, _anonHuge, _sharedHugeTlb, _privateHugeTlb, _swap;

    /// <summary>Adds what an area maps. Linux: <c>smap_gather_stats</c>.</summary>
    public void Add(VmArea area)
    {
        bool locked = area.HasAny(VmFlags.Locked), countsHoles = AddShmemSwap(area);
        ulong hole = area.Start;
        PageWalk walk = new(area.Mm.PageTable, area.Start, area.End);
        while (walk.MoveNext())
        {
            if (countsHoles)
                AddHoles(area, hole, walk.Address);
            hole = walk.Next;
            Pte entry = *walk.Entry;
            if (walk.IsHuge)
                AddHuge(area, entry, walk.Next - walk.Address, locked);
            else if (entry.IsPresent)
                AddPage(entry, locked);
            else if (entry.IsSwap)
                AddSwap(SwapEntry.FromPte(entry), locked);
            else if (countsHoles)
                AddHoles(area, walk.Address, walk.Next);
        }
        if (countsHoles)
            AddHoles(area, hole, area.End);
    }

    /// <summary>Writes the lines. Linux: <c>__show_smap</c>.</summary>
    /// <param name="writer">Takes the text.</param>
    /// <param name="rollup">Whether the share is told by kind, as in smaps_rollup.</param>
    public void Write(ProcWriter writer, bool rollup)
    {
        Line(writer, "Rss:            ", _resident);
        Line(writer, "Pss:            ", _pss >> PssShift);
        Line(writer, "Pss_Dirty:      ", _pssDirty >> PssShift);
        if (rollup)
        {
            Line(writer, "Pss_Anon:       ", _pssAnon >> PssShift);
            Line(writer, "Pss_File:       ", _pssFile >> PssShift);
            Line(writer, "Pss_Shmem:      ", _pssShmem >> PssShift);
        }
        Line(writer, "Shared_Clean:   ", _sharedClean);
        Line(writer, "Shared_Dirty:   ", _sharedDirty);
        Line(writer, "Private_Clean:  ", _privateClean);
        Line(writer, "Private_Dirty:  ", _privateDirty);
        Line(writer, "Referenced:     ", _referenced);
        Line(writer, "Anonymous:      ", _anonymous);
        Line(writer, "KSM:            ", _ksm);
        Line(writer, "LazyFree:       ", _lazyFree);
        Line(writer, "AnonHugePages:  ", _anonHuge);
        Line(writer, "ShmemPmdMapped: ", 0);
        Line(writer, "FilePmdMapped:  ", 0);
        Line(writer, "Shared_Hugetlb: ", _sharedHugeTlb);
        Line(writer, "Private_Hugetlb: ", _privateHugeTlb, 7);
        Line(writer, "Swap:           ", _swap);
        Line(writer, "SwapPss:        ", _swapPss >> PssShift);
        Line(writer, "Locked:         ", _pssLocked >> PssShift);
    }

    private static void Line(ProcWriter writer, string name, ulong bytes, int width = 8) => writer.Kilobytes(name, bytes >> 10, width);

    private void AddPage(Pte entry, bool locked)
    {
        if (!entry.IsSpecial)
            AddFrames(entry.Pfn, 1, entry.IsAccessed, entry.IsDirty, locked, present: true);
    }

    private void AddHuge(VmArea area, Pte entry, ulong length, bool locked)
    {
        if (area.HasAny(VmFlags.HugeTlb))
        {
            AddHugeTlb(entry);
            return;
        }
        if (entry.IsSpecial)
            return;
        _anonHuge += length;
        AddFrames(entry.Pfn, MmConstants.HugePagePages, entry.IsAccessed, entry.IsDirty, locked, present: true);
    }

    // Linux: smaps_hugetlb_range
    private void AddHugeTlb(Pte entry)
    {
        if (!entry.IsPresent)
            return;
        if (manager.Page(entry.Pfn).EntireMapCount > 1)
            _sharedHugeTlb += MmConstants.PmdSize;
        else
            _privateHugeTlb += MmConstants.PmdSize;
    }

    // Linux: the half of smaps_pte_entry for entries that are not present
    private void AddSwap(SwapEntry entry, bool locked)
    {
        if (entry.IsMigration)
            AddFrames(entry.Frame, 1, young: false, dirty: false, locked, present: false);
        if (!entry.IsSlot)
            return;
        int count = manager.Swap.Area(entry).Count(entry.Offset);
        _swap += MmConstants.PageSize;
        _swapPss += (MmConstants.PageSize << PssShift) / (ulong)Math.Max(count, 1);
    }

    // Linux: smaps_account
    private void AddFrames(uint pfn, int pages, bool young, bool dirty, bool locked, bool present)
    {
        uint folio = manager.Memory.FolioOf(pfn);
        ref Page page = ref manager.Page(folio);
        ulong size = (ulong)pages << MmConstants.PageShift;
        if (page.IsAnonymous)
        {
            _anonymous += size;
            if (!page.Has(PageFlags.SwapBacked) && !dirty && !page.Has(PageFlags.Dirty))
                _lazyFree += size;
        }
        if (page.Mapping.IsKsm)
            _ksm += size;
        _resident += size;
        if (young || page.Has(PageFlags.Referenced))
            _referenced += size;
        if (!present || page.RefCount == 1)
        {
            Accumulate(page, size, size << PssShift, dirty, locked, present);
            return;
        }
        for (int i = 0; i < pages; i++)
        {
            int mappings = manager.Rmap.MapCountOfFrame(pfn + (uint)i);
            ulong share = (MmConstants.PageSize << PssShift) / (ulong)Math.Max(mappings, 1);
            Accumulate(page, MmConstants.PageSize, share, dirty, locked, mappings < 2);
        }
    }

    // Linux: smaps_page_accumulate
    private void Accumulate(in Page page, ulong size, ulong share, bool dirty, bool locked, bool isPrivate)
    {
        _pss += share;
        if (page.IsAnonymous)
            _pssAnon += share;
        else if (page.Has(PageFlags.SwapBacked))
            _pssShmem += share;
        else
            _pssFile += share;
        if (locked)
            _pssLocked += share;
        bool isDirty = dirty || page.Has(PageFlags.Dirty);
        if (isDirty)
            _pssDirty += share;
        if (isPrivate)
            (isDirty ? ref _privateDirty : ref _privateClean) += size;
        else
            (isDirty ? ref _sharedDirty : ref _sharedClean) += size;
    }

    // Swapped-out pages of shmem have no entries. Where the whole object is mapped, or what is swapped out of it is seen here in any case, its
    // number serves; else each hole is looked up.
    // Linux: the first half of smap_gather_stats
    private bool AddShmemSwap(VmArea area)
    {
        if (area.File?.Mapping is not { Kind: PageCacheKind.Shmem } mapping)
            return false;
        ulong swapped = mapping.CountSwapped(area.PageOffset, area.PageOffset + area.Pages);
        if (swapped != 0 && !area.HasAny(VmFlags.Shared) && area.HasAny(VmFlags.Write))
            return true;
        _swap += swapped << MmConstants.PageShift;
        return false;
    }

    private void AddHoles(VmArea area, ulong start, ulong end)
    {
        if (start < end)
            _swap += area.File!.Mapping!.CountSwapped(area.PageIndexOf(start), area.PageIndexOf(end)) << MmConstants.PageShift;
    }
}

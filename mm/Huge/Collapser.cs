namespace Emu.Mm;

/// <summary>Puts the small pages of an aligned range into one huge page. Linux: mm/khugepaged.c.</summary>
/// <remarks>Lock: mmap lock for writing. No page is used by anybody while it is copied: the PMD is cleared and the TLBs are flushed first.</remarks>
internal sealed unsafe class Collapser
{
    private const int Pages = MmConstants.HugePagePages;

    private readonly MemoryManager _manager;

    internal Collapser(MemoryManager manager) => _manager = manager;

    /// <summary>Collapses one range. Linux: <c>hpage_collapse_scan_pmd</c>, <c>collapse_huge_page</c>.</summary>
    /// <param name="area">Anonymous, with an anon_vma; the range lies in it.</param>
    /// <param name="start">Start of the range, a multiple of a huge page.</param>
    /// <param name="forced">Asked for with MADV_COLLAPSE: khugepaged's limits do not count.</param>
    public ScanResult Collapse(VmArea area, ulong start, bool forced)
    {
        Pte* pmd = area.Mm.PageTable.Find(start, PageTable.PmdLevel);
        if (pmd == null || pmd->IsNone)
            return ScanResult.PmdNull;
        if (pmd->IsLarge)
            return ScanResult.PmdMapped;
        ScanResult result = Scan(area, area.Mm.PageTable.Table(pmd->Pfn), forced);
        return result == ScanResult.Succeed ? Replace(area, start, forced) : result;
    }

    // Looks whether it is worth while, without changing anything.
    private ScanResult Scan(VmArea area, Pte* entries, bool forced)
    {
        Counts counts = default;
        for (int i = 0; i < Pages; i++)
        {
            ScanResult result = Look(area, entries[i], forced, ref counts);
            if (result != ScanResult.Succeed)
                return Count(result);
        }
        bool unused = counts.Referenced == 0 || (counts.Swapped != 0 && counts.Referenced < Pages / 2);
        return unused && !forced ? ScanResult.LackReferencedPage : ScanResult.Succeed;
    }

    private ScanResult Look(VmArea area, Pte pte, bool forced, ref Counts counts)
    {
        ThpSettings limits = _manager.Thp;
        if (pte.IsSwap)
        {
            if ((pte.Value & SwapEntry.UffdWpBit) != 0 && SwapEntry.FromPte(pte).IsSlot)
                return ScanResult.PteUffdWp;
            return forced || ++counts.Swapped <= limits.MaxPtesSwap ? ScanResult.Succeed : ScanResult.ExceedSwapPte;
        }
        if (pte.IsNone || IsZeroPage(pte))
        {
            bool allowed = !area.HasAny(VmFlags.UffdMask) && (forced || counts.Empty + 1 <= limits.MaxPtesNone);
            counts.Empty++;
            return allowed ? ScanResult.Succeed : ScanResult.ExceedNonePte;
        }
        ScanResult result = CheckPage(pte);
        if (result != ScanResult.Succeed || forced)
            return result;
        ref Page folio = ref _manager.Page(_manager.Memory.FolioOf(pte.Pfn));
        if (_manager.Page(pte.Pfn).MapCount > 1 && ++counts.Shared > limits.MaxPtesShared)
            return ScanResult.ExceedSharedPte;
        if (pte.IsAccessed || folio.Has(PageFlags.Referenced))
            counts.Referenced++;
        return ScanResult.Succeed;
    }

    private ScanResult CheckPage(Pte pte)
    {
        if ((pte.Value & Pte.UffdWpBit) != 0)
            return ScanResult.PteUffdWp;
        if (pte.IsSpecial)
            return ScanResult.PageNull;
        uint folio = _manager.Memory.FolioOf(pte.Pfn);
        ref Page page = ref _manager.Page(folio);
        if (!page.IsAnonymous)
            return ScanResult.PageAnon;
        if (!page.Has(PageFlags.Lru))
            return ScanResult.PageLru;
        int expected = _manager.Rmap.MapCountOf(folio) + (page.Has(PageFlags.SwapCache) ? _manager.Memory.PagesOf(folio) : 0);
        return page.RefCount == expected ? ScanResult.Succeed : ScanResult.PageCount;
    }

    // Linux: collapse_huge_page
    private ScanResult Replace(VmArea area, ulong start, bool forced)
    {
        GfpFlags gfp = forced || _manager.Thp.KhugepagedDefrag ? GfpFlags.TransHuge : GfpFlags.TransHugeLight;
        uint head = _manager.AllocateAnon(area, start, gfp, MmConstants.HugePageOrder);
        _manager.Events[(int)(head == 0 ? VmEvent.ThpCollapseAllocFailed : VmEvent.ThpCollapseAlloc)]++;
        if (head == 0)
            return ScanResult.AllocHugePageFail;
        ScanResult result = BringIn(area, start);
        if (result == ScanResult.Succeed)
            result = Exchange(area, start, head);
        if (result != ScanResult.Succeed)
            _manager.PutPage(head);
        return result;
    }

    // What is in swap comes back first; the allocation may have sent more there. Linux: __collapse_huge_page_swapin
    private ScanResult BringIn(VmArea area, ulong start)
    {
        for (ulong address = start; address < start + MmConstants.PmdSize; address += MmConstants.PageSize)
        {
            Pte* entry = area.Mm.PageTable.Find(address, 0);
            if (entry == null)
                return ScanResult.PmdNull;
            if (entry->IsSwap && !_manager.Faults.TrySwapIn(area, address))
                return ScanResult.Fail;
        }
        return ScanResult.Succeed;
    }

    // The table leaves the tree, its pages are copied, and it is set aside for the day that the huge page is split.
    private ScanResult Exchange(VmArea area, ulong start, uint head)
    {
        PageTable tables = area.Mm.PageTable;
        Pte* pmd = tables.Find(start, PageTable.PmdLevel);
        uint table = tables.Depopulate(pmd);
        Pte* entries = tables.Table(table);
        _manager.Tlb.FlushRange(area.Mm, start, start + MmConstants.PmdSize, area.HasAny(VmFlags.Exec));
        for (int i = 0; i < Pages; i++)
        {
            Pte pte = entries[i];
            ScanResult result = pte.IsNone || IsZeroPage(pte) ? ScanResult.Succeed : pte.IsPresent ? CheckPage(pte) : ScanResult.PteNonPresent;
            if (result != ScanResult.Succeed)
            {
                tables.Populate(pmd, table);
                return result;
            }
        }
        for (uint i = 0; i < Pages; i++)
            Copy(area, entries + i, head + i);
        tables.Deposit(table);
        VmFault fault = new() { Area = area, Address = start, Pmd = pmd };
        _manager.Faults.MapNewHuge(ref fault, head);
        return ScanResult.Succeed;
    }

    // Linux: __collapse_huge_page_copy_succeeded
    private void Copy(VmArea area, Pte* entry, uint pfn)
    {
        Pte pte = *entry;
        *entry = default;
        if (pte.IsNone || pte.IsSpecial)
        {
            _manager.Ksm.NoteZeroUnmapped(area.Mm, pte);
            _manager.Memory.FrameSpan(pfn).Clear();
            return;
        }
        _manager.Memory.FrameSpan(pte.Pfn).CopyTo(_manager.Memory.FrameSpan(pfn));
        area.Mm.Rss[(int)RssKind.Anon]--;
        _manager.Faults.DropOld(area, pte.Pfn);
    }

    private bool IsZeroPage(Pte pte) => pte.IsPresent && pte.IsSpecial && pte.Pfn == _manager.ZeroPfn;

    private ScanResult Count(ScanResult result)
    {
        VmEvent? counter = result switch
        {
            ScanResult.ExceedNonePte => VmEvent.ThpScanExceedNonePte,
            ScanResult.ExceedSwapPte => VmEvent.ThpScanExceedSwapPte,
            ScanResult.ExceedSharedPte => VmEvent.ThpScanExceedSharePte,
            _ => null,
        };
        if (counter is { } known)
            _manager.Events[(int)known]++;
        return result;
    }

    // What was seen so far.
    private struct Counts
    {
        public int Empty, Swapped, Shared, Referenced;
    }
}

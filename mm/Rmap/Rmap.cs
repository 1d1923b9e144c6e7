using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>Counts what maps each page. Linux: mm/rmap.c (<c>folio_add_*_rmap</c>, <c>folio_remove_rmap</c>).</summary>
/// <remarks>
/// A small page has one count. A large folio has one a page for PTEs, one on its head for PMDs, and their sum on the head. Lock: that of
/// the page table the entry lies in.
/// </remarks>
public sealed unsafe class Rmap
{
    private readonly MemoryManager _manager;
    private readonly PhysicalMemory _memory;
    private readonly Page* _pages;

    internal Rmap(MemoryManager manager)
    {
        _manager = manager;
        _memory = manager.Memory;
        _pages = manager.Memory.Pages;
    }

    /// <summary>A fresh anonymous page is mapped for the first time. Linux: <c>folio_add_new_anon_rmap</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddNewAnon(uint pfn, VmArea area, ulong address)
    {
        Page* page = _pages + pfn;
        page->Flags |= PageFlags.SwapBacked | PageFlags.AnonExclusive;
        page->Mapping = area.AnonVma!.Handle;
        page->Index = area.PageIndexOf(address);
        page->MapCount = 1;
        _manager.ModifyStat(pfn, NodeStat.AnonMapped, 1);
    }

    /// <summary>A fresh huge page is mapped by its first PMD. Linux: <c>folio_add_new_anon_rmap</c> for a large folio.</summary>
    public void AddNewAnonHuge(uint head, VmArea area, ulong address)
    {
        Page* page = _pages + head;
        page->Flags |= PageFlags.SwapBacked | PageFlags.AnonExclusive;
        page->Mapping = area.AnonVma!.Handle;
        page->Index = area.PageIndexOf(address);
        page->EntireMapCount = page->LargeMapCount = 1;
        _manager.ModifyStat(head, NodeStat.AnonMapped, MmConstants.HugePagePages);
        _manager.ModifyStat(head, NodeStat.AnonHuge, 1);
    }

    /// <summary>A PTE maps an anonymous page that was there before: back from swap, or moved. Linux: <c>folio_add_anon_rmap_pte</c>.</summary>
    /// <param name="pfn">The page.</param>
    /// <param name="area">Where it is mapped; a page that is in no mapping yet gets the area's.</param>
    /// <param name="address">At which address.</param>
    /// <param name="exclusive">Whether this process alone may write it.</param>
    public void AddAnon(uint pfn, VmArea area, ulong address, bool exclusive)
    {
        Page* folio = _pages + _memory.FolioOf(pfn);
        if (!folio->IsAnonymous)
        {
            folio->Flags |= PageFlags.SwapBacked;
            folio->Mapping = (exclusive ? area.AnonVma! : area.AnonVma!.Root).Handle;
            folio->Index = area.PageIndexOf(address);
        }
        AddPte(pfn, NodeStat.AnonMapped);
        if (exclusive)
            _pages[pfn].Set(PageFlags.AnonExclusive);
        else
            _pages[pfn].Clear(PageFlags.AnonExclusive);
    }

    /// <summary>Another PTE maps an anonymous page (fork): it has more than one owner now. Linux: <c>folio_try_dup_anon_rmap_pte</c>.</summary>
    public void DuplicateAnon(uint pfn)
    {
        _pages[pfn].Clear(PageFlags.AnonExclusive);
        AddPte(pfn, NodeStat.AnonMapped);
    }

    /// <summary>Another PMD maps an anonymous huge page (fork). Linux: <c>folio_try_dup_anon_rmap_pmd</c>.</summary>
    public void DuplicateAnonHuge(uint head)
    {
        _pages[head].Clear(PageFlags.AnonExclusive);
        AddPmd(head);
    }

    /// <summary>A PTE maps a page cache page. Linux: <c>folio_add_file_rmap_pte</c>, <c>folio_dup_file_rmap_pte</c>.</summary>
    public void AddFile(uint pfn) => AddPte(pfn, NodeStat.FileMapped);

    /// <summary>A PMD maps a huge page of the page cache or of the hugetlb pool.</summary>
    public void AddPmd(uint head)
    {
        Page* page = _pages + head;
        page->LargeMapCount++;
        if (page->EntireMapCount++ != 0 || page->Type == PageType.HugeTlb)
            return;
        _manager.ModifyStat(head, MappedStat(head), MmConstants.HugePagePages - PagesMappedByPte(head));
        if (page->IsAnonymous)
            _manager.ModifyStat(head, NodeStat.AnonHuge, 1);
    }

    /// <summary>A PTE that mapped a page is gone. Linux: <c>folio_remove_rmap_pte</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(uint pfn)
    {
        Page* page = _pages + pfn;
        Bug.On(page->MapCount <= 0, "map count underflow");
        if (page->Head != 0 || page->Has(PageFlags.Head))
        {
            RemovePart(pfn);
            return;
        }
        if (--page->MapCount == 0)
            _manager.ModifyStat(pfn, page->IsAnonymous ? NodeStat.AnonMapped : NodeStat.FileMapped, -1);
    }

    /// <summary>A PMD that mapped a huge page is gone. Linux: <c>folio_remove_rmap_pmd</c>.</summary>
    public void RemovePmd(uint head)
    {
        Page* page = _pages + head;
        Bug.On(page->EntireMapCount <= 0, "map count underflow");
        page->LargeMapCount--;
        if (--page->EntireMapCount != 0 || page->Type == PageType.HugeTlb)
            return;
        _manager.ModifyStat(head, MappedStat(head), PagesMappedByPte(head) - MmConstants.HugePagePages);
        if (page->IsAnonymous)
            _manager.ModifyStat(head, NodeStat.AnonHuge, -1);
    }

    /// <summary>Whether anything maps a folio. Linux: <c>folio_mapped</c>.</summary>
    public bool IsMapped(uint folio) => MapCountOf(folio) != 0;

    /// <summary>Entries that map a folio or a part of it. Linux: <c>folio_mapcount</c>.</summary>
    public int MapCountOf(uint folio) => _pages[folio].Has(PageFlags.Head) ? _pages[folio].LargeMapCount : _pages[folio].MapCount;

    /// <summary>Entries that map one frame, those of its whole huge page included. Linux: <c>folio_precise_page_mapcount</c>.</summary>
    public int MapCountOfFrame(uint pfn)
    {
        uint folio = _memory.FolioOf(pfn);
        return _pages[pfn].MapCount + (_pages[folio].Has(PageFlags.Head) ? _pages[folio].EntireMapCount : 0);
    }

    private void AddPte(uint pfn, NodeStat stat)
    {
        Page* page = _pages + pfn;
        bool first = page->MapCount++ == 0;
        uint folio = _memory.FolioOf(pfn);
        if (_pages[folio].Has(PageFlags.Head))
        {
            _pages[folio].LargeMapCount++;
            first &= _pages[folio].EntireMapCount == 0;
        }
        if (first)
            _manager.ModifyStat(folio, stat, 1);
    }

    private void RemovePart(uint pfn)
    {
        uint folio = _memory.FolioOf(pfn);
        _pages[folio].LargeMapCount--;
        if (--_pages[pfn].MapCount == 0 && _pages[folio].EntireMapCount == 0)
            _manager.ModifyStat(folio, MappedStat(folio), -1);
    }

    private NodeStat MappedStat(uint folio) => _pages[folio].IsAnonymous ? NodeStat.AnonMapped : NodeStat.FileMapped;

    private long PagesMappedByPte(uint head)
    {
        if (_pages[head].LargeMapCount == _pages[head].EntireMapCount)
            return 0;
        long pages = 0;
        for (uint pfn = head; pfn < head + MmConstants.HugePagePages; pfn++)
            pages += _pages[pfn].MapCount != 0 ? 1 : 0;
        return pages;
    }
}

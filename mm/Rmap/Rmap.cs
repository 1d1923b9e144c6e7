using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>Counts the PTEs that map each page. Linux: mm/rmap.c (<c>folio_add_*_rmap</c>, <c>folio_remove_rmap</c>).</summary>
/// <remarks>Lock: that of the page table the PTE lies in.</remarks>
public sealed unsafe class Rmap
{
    private readonly PhysicalMemory _memory;
    private readonly Page* _pages;

    internal Rmap(PhysicalMemory memory)
    {
        _memory = memory;
        _pages = memory.Pages;
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
        Stats(pfn)[(int)NodeStat.AnonMapped]++;
    }

    /// <summary>Another PTE maps an anonymous page (fork). Linux: <c>folio_try_dup_anon_rmap_pte</c>.</summary>
    public void DuplicateAnon(uint pfn)
    {
        _pages[pfn].Clear(PageFlags.AnonExclusive);
        _pages[pfn].MapCount++;
    }

    /// <summary>A PTE maps a page cache page. Linux: <c>folio_add_file_rmap_pte</c>, <c>folio_dup_file_rmap_pte</c>.</summary>
    public void AddFile(uint pfn)
    {
        if (_pages[pfn].MapCount++ == 0)
            Stats(pfn)[(int)NodeStat.FileMapped]++;
    }

    /// <summary>A PTE that mapped a page is gone. Linux: <c>folio_remove_rmap_pte</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(uint pfn)
    {
        Page* page = _pages + pfn;
        Bug.On(page->MapCount <= 0, "map count underflow");
        if (--page->MapCount != 0)
            return;
        Stats(pfn)[(int)(page->IsAnonymous ? NodeStat.AnonMapped : NodeStat.FileMapped)]--;
    }

    private long[] Stats(uint pfn) => _memory.ZoneOf(pfn).Node.Stats;
}

namespace Emu.Mm;

/// <content>What faults ask of the cache.</content>
public sealed unsafe partial class PageCache
{
    /// <summary>Most pages that readahead brings in at a time.</summary>
    internal ulong ReadaheadPages => (ulong)_manager.Sysctl.ReadAheadKbytes >> (MmConstants.PageShift - 10);

    /// <summary>One more user of a page of the cache.</summary>
    internal void Get(uint pfn) => _manager.GetPage(pfn);

    /// <summary>A page was used: it may be the one that starts the next readahead. Linux: <c>do_async_mmap_readahead</c>.</summary>
    internal void NoteUse(uint pfn, ReadaheadState state)
    {
        ref Page page = ref _manager.Page(pfn);
        if (state.MmapMiss > 0)
            state.MmapMiss--;
        if (!page.Has(PageFlags.Readahead))
            return;
        page.Clear(PageFlags.Readahead);
        Readahead.Async(this, state, page.Index);
    }

    /// <summary>Maps those pages of [first, last] that are in memory and not mapped yet. Linux: <c>filemap_map_pages</c>.</summary>
    internal void MapAround(ref VmFault fault, ulong first, ulong last)
    {
        if (SizeInPages == 0)
            return;
        last = Math.Min(last, SizeInPages - 1);
        ulong index = first;
        while (FindNext(ref index, last, out uint pfn))
        {
            Pte* entry = fault.Pte + (long)(index - fault.PageOffset);
            ref Page page = ref _manager.Page(pfn);
            if (entry->IsNone && !page.HasAny(PageFlags.Readahead | PageFlags.Locked) && page.Has(PageFlags.UpToDate))
            {
                _manager.GetPage(pfn);
                _manager.Rmap.AddFile(pfn);
                fault.Area.Mm.Rss[(int)MemoryDescriptor.RssKindOf(page)]++;
                *entry = Pte.Make(pfn, fault.Area.PageProtection & ~Pte.WriteBit).Young;
            }
            if (index++ == last)
                break;
        }
    }
}

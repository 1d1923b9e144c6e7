namespace Emu.Mm;

/// <summary>Decides which frames of a range can be taken from their users. Linux: <c>isolate_migratepages_block</c>, <c>has_unmovable_pages</c>.</summary>
internal static class Isolator
{
    /// <summary>Frames that stand together at a frame: a free block, a folio, or one.</summary>
    public static uint StepOf(PhysicalMemory memory, uint pfn)
    {
        ref Page page = ref memory.Page(pfn);
        return page.Type == PageType.Buddy || page.Has(PageFlags.Head) ? 1u << page.Order : 1;
    }

    /// <summary>Takes a folio from its list so that it can be moved.</summary>
    /// <returns>Whether it can be: it is on a list, and nobody holds it but its mappings and its cache.</returns>
    public static bool TryIsolate(MemoryManager manager, uint folio)
    {
        ref Page page = ref manager.Page(folio);
        if (!page.Has(PageFlags.Lru) || page.HasAny(PageFlags.Writeback | PageFlags.Locked) || page.Mapping.IsKsm)
            return false;
        if (page.Has(PageFlags.Unevictable) && manager.Sysctl.CompactUnevictableAllowed == 0)
            return false;
        bool cached = page.Has(PageFlags.SwapCache) || (!page.Mapping.IsNone && !page.IsAnonymous);
        if (page.RefCount != manager.Rmap.MapCountOf(folio) + (cached ? 1 : 0))
            return false;
        return manager.Migration.Isolate(folio);
    }

    /// <summary>Whether a frame in use stays where it is, whatever is done. Linux: <c>has_unmovable_pages</c>.</summary>
    public static bool IsUnmovable(MemoryManager manager, uint pfn)
    {
        PhysicalMemory memory = manager.Memory;
        ref Page page = ref memory.Page(memory.FolioOf(pfn));
        if (page.Has(PageFlags.Reserved))
            return true;
        if (page.Type is PageType.Buddy or PageType.PerCpuFree or PageType.Offline || page.RefCount == 0)
            return false;
        return !page.Has(PageFlags.Lru) && page.Type != PageType.HugeTlb;
    }
}

namespace Emu.Mm;

/// <summary>Gives back what is only kept for speed. Linux: fs/drop_caches.c.</summary>
public static class DropCaches
{
    private const int PageCacheBit = 1, SlabBit = 2;

    /// <summary>Drops clean page cache pages that nobody maps. Linux: <c>drop_caches_sysctl_handler</c>.</summary>
    /// <param name="manager">The memory.</param>
    /// <param name="what">1 the page cache, 2 kernel objects, of which there are none here; 4 says that the log need not tell.</param>
    public static void Drop(MemoryManager manager, int what)
    {
        if ((what & PageCacheBit) != 0)
        {
            foreach (Zone zone in manager.Nodes.SelectMany(static node => node.ThisNodeZones))
                DropPageCache(manager, zone);
            manager.Events[(int)VmEvent.DropPagecache]++;
        }
        if ((what & SlabBit) != 0)
            manager.Events[(int)VmEvent.DropSlab]++;
    }

    // Linux: drop_pagecache_sb goes by inode; here the pages lead to their files
    private static void DropPageCache(MemoryManager manager, Zone zone)
    {
        foreach (MemoryRange range in zone.PresentRanges)
        {
            for (uint pfn = range.StartPfn; pfn < range.EndPfn; pfn++)
            {
                ref Page page = ref manager.Page(pfn);
                if (page.Has(PageFlags.Lru) && !page.Mapping.IsNone && !page.IsAnonymous && !page.Has(PageFlags.SwapBacked))
                    manager.Mappings.PageCache(page.Mapping).DropClean(page.Index, page.Index);
            }
        }
    }
}

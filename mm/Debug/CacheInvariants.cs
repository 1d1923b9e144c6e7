namespace Emu.Mm;

/// <summary>The page caches and their counts.</summary>
internal sealed class CacheInvariants(MemoryManager manager, Invariants.Findings findings)
{
    public void Check()
    {
        long pages = 0, shmem = 0;
        foreach (PageCache cache in manager.Mappings.PageCaches)
        {
            cache.Mappings.Validate();
            long count = CheckCache(cache);
            findings.Require(count == cache.PageCount, $"a page cache of {count} pages counts {cache.PageCount}");
            pages += count;
            shmem += cache.Kind == PageCacheKind.Shmem ? count : 0;
        }
        pages += manager.Swap.CachedPages;
        findings.Require(pages == manager.Stat(NodeStat.FilePages), $"{pages} pages in caches, {manager.Stat(NodeStat.FilePages)} counted");
        findings.Require(shmem == manager.Stat(NodeStat.Shmem), $"{shmem} pages of shmem, {manager.Stat(NodeStat.Shmem)} counted");
    }

    private long CheckCache(PageCache cache)
    {
        long count = 0;
        ulong index = 0;
        while (cache.FindNext(ref index, ulong.MaxValue, out uint pfn))
        {
            ref Page page = ref manager.Page(pfn);
            count++;
            findings.Require(page.Mapping == cache.Handle && page.Index == index, $"frame {pfn:x} is cached at {index:x} but says {page.Index:x}");
            findings.Require(page.RefCount > page.MapCount, $"cached frame {pfn:x}: refcount {page.RefCount}, mapcount {page.MapCount}");
            if (index++ == ulong.MaxValue)
                break;
        }
        return count;
    }
}

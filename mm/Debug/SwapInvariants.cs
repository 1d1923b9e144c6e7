namespace Emu.Mm;

/// <summary>Swap slots: who names each, and which pages are cached.</summary>
internal sealed class SwapInvariants(MemoryManager manager, Invariants.Findings findings)
{
    public void Check(MappingRecount mappings)
    {
        Dictionary<SwapEntry, int> users = new(mappings.SwapPtes);
        foreach (PageCache cache in manager.Mappings.PageCaches)
            AddShmem(cache, users);
        long cached = 0;
        foreach (SwapArea area in manager.Swap.Areas)
        {
            ulong used = 0;
            foreach (ulong slot in area.UsedSlots())
            {
                used++;
                cached += CheckSlot(area, slot, users) ? 1 : 0;
            }
            findings.Require(used == area.InUse, $"swap area {area.Type}: {used} slots in use, {area.InUse} counted");
        }
        findings.Require(cached == manager.Swap.CachedPages, $"{cached} pages in the swap cache, {manager.Swap.CachedPages} counted");
        findings.Require(users.Count == 0, $"{users.Count} swap slots are named that are not in use");
    }

    private bool CheckSlot(SwapArea area, ulong slot, Dictionary<SwapEntry, int> users)
    {
        SwapEntry entry = new(area.Type, slot);
        users.Remove(entry, out int named);
        findings.Require(named == area.Count(slot), $"swap slot {slot} of area {area.Type} counts {area.Count(slot)}, is named {named} times");
        uint pfn = area.Cached(slot);
        if (pfn == 0)
            return false;
        ref Page page = ref manager.Page(pfn);
        findings.Require(page.Has(PageFlags.SwapCache) && page.Private == entry.Value, $"frame {pfn:x} is cached for slot {slot} but does not say so");
        findings.Require(page.RefCount > manager.Rmap.MapCountOf(pfn), $"frame {pfn:x} in the swap cache: refcount {page.RefCount}");
        return true;
    }

    private static void AddShmem(PageCache cache, Dictionary<SwapEntry, int> users)
    {
        long count = 0;
        foreach (SwapEntry entry in cache.SwapEntries())
        {
            users[entry] = users.GetValueOrDefault(entry) + 1;
            count++;
        }
        Bug.On(count != cache.SwappedPages, "a shmem object miscounts its swapped pages");
    }
}

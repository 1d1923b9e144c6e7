namespace Emu.Mm;

/// <summary>Remembers pages that were reclaimed, to know those that come back too soon. Linux: mm/workingset.c.</summary>
/// <remarks>
/// A shadow in the page's place holds the age of its list at that time. When the page comes back before as many others were reclaimed as
/// the active list is long, it belongs on the active list.
/// <code>
/// value entry:  age ... | node (5) | workingset (1) | 1
/// </code>
/// </remarks>
internal static class Workingset
{
    private const int NodeBits = 5, AgeShift = NodeBits + 1;

    /// <summary>The shadow that a page leaves. Linux: <c>workingset_eviction</c>.</summary>
    /// <returns>A value entry for the page cache or the swap cache.</returns>
    public static ulong Evict(MemoryManager manager, uint pfn)
    {
        ref Page page = ref manager.Page(pfn);
        LruVec lru = manager.LruOf(pfn);
        ulong age = lru.NonresidentAge;
        lru.NonresidentAge += (ulong)manager.Memory.PagesOf(pfn);
        ulong workingset = page.Has(PageFlags.Workingset) ? 1UL : 0;
        return XArray.MakeValue((age << AgeShift) | ((ulong)lru.NodeId << 1) | workingset);
    }

    /// <summary>A page comes back to where it left a shadow. Linux: <c>workingset_refault</c>.</summary>
    /// <param name="manager">The memory.</param>
    /// <param name="pfn">The page, not on a list yet.</param>
    /// <param name="shadow">The shadow, 0 for none.</param>
    public static void Refault(MemoryManager manager, uint pfn, ulong shadow)
    {
        if (shadow == 0)
            return;
        ulong value = XArray.ToValue(shadow);
        bool workingset = (value & 1) != 0;
        ref Page page = ref manager.Page(pfn);
        bool file = !page.Has(PageFlags.SwapBacked);
        LruVec lru = manager.LruOf(pfn);
        long[] stats = manager.Nodes[lru.NodeId].Stats;
        stats[(int)(file ? NodeStat.WorkingsetRefaultFile : NodeStat.WorkingsetRefaultAnon)]++;
        if (!IsRecent(manager, shadow, file))
            return;
        page.Set(PageFlags.Active);
        lru.NonresidentAge++;
        stats[(int)(file ? NodeStat.WorkingsetActivateFile : NodeStat.WorkingsetActivateAnon)]++;
        if (!workingset)
            return;
        page.Set(PageFlags.Workingset);
        lru.NoteCost(file, 1);
        stats[(int)(file ? NodeStat.WorkingsetRestoreFile : NodeStat.WorkingsetRestoreAnon)]++;
    }

    /// <summary>Whether fewer pages were reclaimed since than those in use are. Linux: <c>workingset_test_recent</c>.</summary>
    public static bool IsRecent(MemoryManager manager, ulong shadow, bool file)
    {
        ulong value = XArray.ToValue(shadow);
        LruVec lru = manager.Nodes[(int)(value >> 1) & ((1 << NodeBits) - 1)].Lru;
        ulong distance = (lru.NonresidentAge - (value >> AgeShift)) & (ulong.MaxValue >> (AgeShift + 1));
        return distance <= WorkingsetSize(manager, lru, file);
    }

    /// <summary>A page was moved to the active list. Linux: <c>workingset_activation</c>.</summary>
    public static void Activation(MemoryManager manager, uint pfn) => manager.LruOf(pfn).NonresidentAge += (ulong)manager.Memory.PagesOf(pfn);

    // Pages that the one coming back competes with.
    private static ulong WorkingsetSize(MemoryManager manager, LruVec lru, bool file)
    {
        long size = lru.Count(LruList.ActiveFile);
        if (!file)
            size += lru.Count(LruList.InactiveFile);
        if (manager.Swap.FreePages > 0)
        {
            size += lru.Count(LruList.ActiveAnon);
            if (file)
                size += lru.Count(LruList.InactiveAnon);
        }
        return (ulong)size;
    }
}

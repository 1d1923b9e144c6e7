namespace Emu.Mm;

/// <summary>Remembers pages that were reclaimed, to know those that come back too soon. Linux: mm/workingset.c.</summary>
/// <remarks>
/// A shadow in the page's place holds the age of its list at that time. When the page comes back before as many others were reclaimed as
/// the active list is long, it belongs on the active list. The list is that of the group whose limit pushed the page out.
/// <code>
/// value entry:  age ... | group (16) | node (5) | workingset (1) | 1
/// </code>
/// </remarks>
internal static class Workingset
{
    private const int NodeBits = 5, GroupBits = 16, NodeShift = 1, GroupShift = NodeShift + NodeBits, AgeShift = GroupShift + GroupBits;

    // What is left for the age in a value entry.
    private const ulong AgeMask = ulong.MaxValue >> (AgeShift + 1);

    /// <summary>The shadow that a page leaves. Linux: <c>workingset_eviction</c>.</summary>
    /// <param name="manager">The memory.</param>
    /// <param name="pfn">The page.</param>
    /// <param name="target">The group that is reclaimed; null for the machine.</param>
    /// <returns>A value entry for the page cache or the swap cache.</returns>
    public static ulong Evict(MemoryManager manager, uint pfn, MemoryCgroup? target)
    {
        ref Page page = ref manager.Page(pfn);
        int node = manager.NodeOf(pfn).Id;
        MemoryCgroup group = target ?? manager.Memcg.Root;
        LruVec lru = group.LruOf(node);
        ulong age = lru.NonresidentAge & AgeMask;
        lru.Age(manager.Memory.PagesOf(pfn));
        ulong workingset = page.Has(PageFlags.Workingset) ? 1UL : 0;
        return XArray.MakeValue((age << AgeShift) | ((ulong)group.Id << GroupShift) | ((ulong)node << NodeShift) | workingset);
    }

    /// <summary>A page comes back to where it left a shadow. Linux: <c>workingset_refault</c>.</summary>
    /// <param name="manager">The memory.</param>
    /// <param name="pfn">The page, charged, but not on a list yet.</param>
    /// <param name="shadow">The shadow, 0 for none.</param>
    public static void Refault(MemoryManager manager, uint pfn, ulong shadow)
    {
        if (shadow == 0)
            return;
        bool file = !manager.Page(pfn).Has(PageFlags.SwapBacked);
        manager.ModifyStat(pfn, file ? NodeStat.WorkingsetRefaultFile : NodeStat.WorkingsetRefaultAnon, 1);
        if (!IsRecent(manager, shadow, file, out bool workingset))
            return;
        ref Page page = ref manager.Page(pfn);
        LruVec lru = manager.LruOf(pfn);
        page.Set(PageFlags.Active);
        lru.Age(1);
        manager.ModifyStat(pfn, file ? NodeStat.WorkingsetActivateFile : NodeStat.WorkingsetActivateAnon, 1);
        if (!workingset)
            return;
        page.Set(PageFlags.Workingset);
        lru.NoteCost(file, 1);
        manager.ModifyStat(pfn, file ? NodeStat.WorkingsetRestoreFile : NodeStat.WorkingsetRestoreAnon, 1);
    }

    /// <summary>Whether the page of a shadow was pushed out so recently that it belonged to the working set. Linux: <c>workingset_test_recent</c>.</summary>
    /// <param name="manager">The memory.</param>
    /// <param name="shadow">The shadow.</param>
    /// <param name="file">Whether it is of a file.</param>
    /// <param name="workingset">Whether it had been active before.</param>
    public static bool IsRecent(MemoryManager manager, ulong shadow, bool file, out bool workingset)
    {
        ulong value = XArray.ToValue(shadow);
        workingset = (value & 1) != 0;
        int node = (int)(value >> NodeShift) & ((1 << NodeBits) - 1);
        MemoryCgroup? group = manager.Memcg.Find((int)(value >> GroupShift) & ((1 << GroupBits) - 1));
        if (group == null)
            return false;
        LruVec lru = group.LruOf(node);
        ulong distance = (lru.NonresidentAge - (value >> AgeShift)) & AgeMask;
        return distance <= WorkingsetSize(manager, group, node, file);
    }

    /// <summary>A page was moved to the active list. Linux: <c>workingset_activation</c>.</summary>
    public static void Activation(MemoryManager manager, uint pfn) => manager.LruOf(pfn).Age(manager.Memory.PagesOf(pfn));

    // Pages that the one coming back competes with.
    private static ulong WorkingsetSize(MemoryManager manager, MemoryCgroup group, int node, bool file)
    {
        long size = group.Stat(NodeStat.ActiveFile, node);
        if (!file)
            size += group.Stat(NodeStat.InactiveFile, node);
        if (manager.Memcg.SwapPagesFor(group) > 0)
        {
            size += group.Stat(NodeStat.ActiveAnon, node);
            if (file)
                size += group.Stat(NodeStat.InactiveAnon, node);
        }
        return (ulong)size;
    }
}

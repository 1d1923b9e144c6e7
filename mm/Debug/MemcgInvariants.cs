namespace Emu.Mm;

/// <summary>What is charged to each memory cgroup, counted anew from the frames and the slots.</summary>
internal sealed class MemcgInvariants(MemoryManager manager, Invariants.Findings findings)
{
    private static readonly NodeStat[] Recounted =
    [
        NodeStat.AnonMapped, NodeStat.FileMapped, NodeStat.FilePages, NodeStat.Shmem, NodeStat.FileDirty, NodeStat.Swapcached, NodeStat.PageTable, NodeStat.AnonHuge,
    ];

    private readonly Dictionary<int, Recount> _groups = [];

    public void Check(MappingRecount mappings)
    {
        foreach (MemoryRange range in manager.Nodes.SelectMany(static node => node.Zones).SelectMany(static zone => zone.RangesInUse()))
        {
            for (uint pfn = range.StartPfn; pfn < range.EndPfn; pfn++)
                CountFrame(pfn, mappings);
        }
        foreach (SwapArea area in manager.Swap.Areas)
        {
            foreach (ulong slot in area.UsedSlots())
                Of(area.CgroupOf(slot)).Swap++;
        }
        foreach (MemoryCgroup group in manager.Memcg.All)
            CheckGroup(group);
        foreach (int id in _groups.Keys)
            findings.Require(manager.Memcg.Find(id) != null, $"pages are charged to group {id}, which is gone");
    }

    private void CheckGroup(MemoryCgroup group)
    {
        Recount found = Of(group.Id);
        if (group.IsRoot)
        {
            findings.Require(group.LocalPages == 0 && group.LocalSwap == 0, $"the root group is charged {group.LocalPages} pages");
            return;
        }
        string name = group.Path;
        findings.Require(group.LocalPages == found.Pages, $"{name} is charged {group.LocalPages} pages, recount {found.Pages}");
        findings.Require(group.LocalSwap == found.Swap, $"{name} is charged {group.LocalSwap} slots, recount {found.Swap}");
        long below = group.Children.Sum(static child => child.Memory.Usage), swapBelow = group.Children.Sum(static child => child.Swap.Usage);
        findings.Require(group.Memory.Usage == group.LocalPages + below, $"{name} uses {group.Memory.Usage} pages, {group.LocalPages} + {below} are charged");
        findings.Require(group.Swap.Usage == group.LocalSwap + swapBelow, $"{name} uses {group.Swap.Usage} slots, {group.LocalSwap} + {swapBelow} are charged");
        findings.Require(group.Memory.Usage <= group.Memory.Peak, $"{name} uses {group.Memory.Usage} pages, more than its peak of {group.Memory.Peak}");
        foreach (NodeStat stat in Recounted)
            findings.Require(group.LocalStat(stat) == found.Stats[(int)stat], $"{name}: {stat} is {group.LocalStat(stat)}, recount {found.Stats[(int)stat]}");
    }

    private void CountFrame(uint pfn, MappingRecount mappings)
    {
        ref Page page = ref manager.Page(pfn);
        if (page.MemoryCgroup == 0)
            return;
        Recount group = Of(page.MemoryCgroup);
        int pages = manager.Memory.PagesOf(pfn);
        group.Pages += pages;
        if (mappings.IsTable(pfn))
        {
            group.Stats[(int)NodeStat.PageTable]++;
            return;
        }
        bool anonymous = page.IsAnonymous, cached = !anonymous && !page.Mapping.IsNone, shmem = cached && page.Has(PageFlags.SwapBacked);
        group.Stats[(int)(anonymous ? NodeStat.AnonMapped : NodeStat.FileMapped)] += MappedPages(pfn, pages, mappings);
        if (page.Has(PageFlags.SwapCache))
            group.Stats[(int)NodeStat.Swapcached] += pages;
        if (mappings.PmdMappings(pfn) != 0 && anonymous)
            group.Stats[(int)NodeStat.AnonHuge]++;
        if (!cached)
            return;
        group.Stats[(int)NodeStat.FilePages] += pages;
        group.Stats[(int)NodeStat.Shmem] += shmem ? pages : 0;
        group.Stats[(int)NodeStat.FileDirty] += !shmem && page.Has(PageFlags.Dirty) ? pages : 0;
    }

    private static long MappedPages(uint folio, int pages, MappingRecount mappings)
    {
        if (mappings.PmdMappings(folio) != 0)
            return pages;
        long mapped = 0;
        for (uint pfn = folio; pfn < folio + (uint)pages; pfn++)
            mapped += mappings.Mappings(pfn) != 0 ? 1 : 0;
        return mapped;
    }

    private Recount Of(int id)
    {
        if (!_groups.TryGetValue(id, out Recount? group))
            _groups[id] = group = new Recount();
        return group;
    }

    private sealed class Recount
    {
        public long Pages, Swap;

        public readonly long[] Stats = new long[(int)NodeStat.Count];
    }
}

namespace Emu.Mm;

/// <summary>/proc/PID/numa_maps. Linux: fs/proc/task_mmu.c (<c>show_numa_map</c>); numa(7).</summary>
public static unsafe class NumaMaps
{
    // Linux: struct numa_maps
    private struct Counts
    {
        public long Pages, Anon, Active, Writeback, MapCountMax, Dirty, SwapCache;
    }

    /// <summary>Writes a line for each area.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="taskPolicy">The policy of its task, which areas without one follow.</param>
    /// <param name="writer">Takes the text.</param>
    public static void Write(MemoryDescriptor mm, MemPolicy? taskPolicy, ProcWriter writer)
    {
        foreach ((_, _, VmArea area) in mm.Areas.Iterate())
            WriteArea(area, taskPolicy, writer);
    }

    private static void WriteArea(VmArea area, MemPolicy? taskPolicy, ProcWriter writer)
    {
        MemPolicy? policy = NodeChoice.OwnPolicy(area, area.Start, out _) ?? taskPolicy;
        writer.Hex(area.Start, 8).Append(" "u8).Append(policy?.ToString() ?? "default");
        if (area.File is { } file)
            writer.Append(" file="u8).Escaped(file.MapsPath, "\n\t= "u8);
        else if (area.Start <= area.Mm.Layout.Brk && area.End >= area.Mm.Layout.StartBrk)
            writer.Append(" heap"u8);
        else if (area.Start <= area.Mm.Layout.StartStack && area.End >= area.Mm.Layout.StartStack)
            writer.Append(" stack"u8);
        if (area.HasAny(VmFlags.HugeTlb))
            writer.Append(" huge"u8);
        long[] nodes = new long[area.Mm.Manager.Nodes.Count];
        Counts counts = Gather(area, nodes);
        if (counts.Pages != 0)
            WriteCounts(area, counts, nodes, writer);
        writer.Append("\n"u8);
    }

    private static void WriteCounts(VmArea area, in Counts counts, long[] nodes, ProcWriter writer)
    {
        bool huge = area.HasAny(VmFlags.HugeTlb);
        Field(writer, "anon", counts.Anon, counts.Anon != 0);
        Field(writer, "dirty", counts.Dirty, counts.Dirty != 0);
        Field(writer, "mapped", counts.Pages, counts.Pages != counts.Anon && counts.Pages != counts.Dirty);
        Field(writer, "mapmax", counts.MapCountMax, counts.MapCountMax > 1);
        Field(writer, "swapcache", counts.SwapCache, counts.SwapCache != 0);
        Field(writer, "active", counts.Active, counts.Active < counts.Pages && !huge);
        Field(writer, "writeback", counts.Writeback, counts.Writeback != 0);
        for (int node = 0; node < nodes.Length; node++)
            Field(writer, $"N{node}", nodes[node], nodes[node] != 0);
        Field(writer, "kernelpagesize_kB", huge ? 2048 : 4, true);
    }

    // Linux: gather_pte_stats
    private static Counts Gather(VmArea area, long[] nodes)
    {
        Counts counts = default;
        MemoryManager manager = area.Mm.Manager;
        for (ulong at = area.Start; at < area.End;)
        {
            Pte* entry = area.Mm.PageTable.Walk(at, out int level);
            ulong span = PageTable.SpanOf(level), next = Math.Min((at & ~(span - 1)) + span, area.End);
            if (entry->IsPresent && !entry->IsSpecial && (level == 0 || entry->IsLarge))
                Add(manager, ref counts, nodes, *entry, area.HasAny(VmFlags.HugeTlb) ? 1 : (long)((next - at) >> MmConstants.PageShift));
            at = next;
        }
        return counts;
    }

    // Linux: gather_stats
    private static void Add(MemoryManager manager, ref Counts counts, long[] nodes, Pte entry, long pages)
    {
        uint folio = manager.Memory.FolioOf(entry.Pfn);
        ref Page page = ref manager.Page(folio);
        counts.Pages += pages;
        if (entry.IsDirty || page.Has(PageFlags.Dirty))
            counts.Dirty += pages;
        if (page.Has(PageFlags.SwapCache))
            counts.SwapCache += pages;
        if (page.HasAny(PageFlags.Active | PageFlags.Unevictable))
            counts.Active += pages;
        if (page.Has(PageFlags.Writeback))
            counts.Writeback += pages;
        if (page.IsAnonymous)
            counts.Anon += pages;
        long mapped = manager.Page(entry.Pfn).MapCount + page.EntireMapCount;
        counts.MapCountMax = Math.Max(counts.MapCountMax, mapped);
        nodes[manager.NodeOf(folio).Id] += pages;
    }

    private static void Field(ProcWriter writer, string name, long value, bool shown)
    {
        if (shown)
            writer.Append(" "u8).Append(name).Append("="u8).Decimal(value);
    }
}

namespace Emu.Mm;

/// <summary>/proc/vmstat. Linux: mm/vmstat.c (<c>vmstat_show</c>); proc_vmstat(5).</summary>
public static class VmStatText
{
    /// <summary>Writes the whole file.</summary>
    public static void Write(MemoryManager manager, ProcWriter writer)
    {
        for (int i = 0; i < (int)ZoneStat.Count; i++)
            Line(writer, VmStatNames.Zone[i], manager.Nodes.Sum(node => node.Zones.Sum(zone => ZoneValue(zone, (ZoneStat)i))));
        for (int i = 0; i < (int)NumaStat.Count; i++)
            Line(writer, VmStatNames.Numa[i], manager.Nodes.Sum(node => node.Zones.Sum(zone => zone.NumaStats[i])));
        for (int i = 0; i < VmStatNames.Node.Length; i++)
            Line(writer, VmStatNames.Node[i], manager.Stat((NodeStat)i));
        Line(writer, "nr_dirty_threshold", DirtyLimit(manager, manager.Sysctl.DirtyBytes, manager.Sysctl.DirtyRatio));
        Line(writer, "nr_dirty_background_threshold", DirtyLimit(manager, manager.Sysctl.DirtyBackgroundBytes, manager.Sysctl.DirtyBackgroundRatio));
        Line(writer, "nr_memmap_pages", 0);
        Line(writer, "nr_memmap_boot_pages", (long)MemoryMapPages(manager));
        for (int i = 0; i < VmStatNames.Event.Length; i++)
            Line(writer, VmStatNames.Event[i], manager.Events[i]);
        Line(writer, "nr_unstable", 0);
    }

    /// <summary>A count of a zone, wherever it is kept. Linux: <c>zone_page_state</c>.</summary>
    internal static long ZoneValue(Zone zone, ZoneStat stat) => stat switch
    {
        ZoneStat.FreePages => zone.FreePages,
        ZoneStat.FreePagesBlocks => zone.FreeBlockPages,
        ZoneStat.FreeCma => zone.Buddy.FreeCmaPages,
        _ => zone.Stats[(int)stat],
    };

    // Linux: domain_dirty_limits, global_dirtyable_memory
    internal static long DirtyLimit(MemoryManager manager, long bytes, int percent)
    {
        long dirtyable = manager.FreePages + manager.Stat(NodeStat.ActiveFile) + manager.Stat(NodeStat.InactiveFile);
        dirtyable -= manager.Nodes.Sum(static node => node.Zones.Sum(static zone => zone.WatermarkOf(Watermark.High) + zone.LowmemReserve.Max()));
        return bytes != 0 ? bytes >> MmConstants.PageShift : Math.Max(dirtyable, 0) * percent / 100;
    }

    // Each frame has 64 bytes in the map of memory.
    private static ulong MemoryMapPages(MemoryManager manager) => manager.Nodes.Aggregate(0UL, static (sum, node) => sum + (node.PresentPages >> 6));

    private static void Line(ProcWriter writer, string name, long value) => writer.Append(name).Append(" "u8).Decimal(value).Append("\n"u8);
}

namespace Emu.Mm;

/// <summary>What /sys/devices/system/node/nodeN says of a node. Linux: drivers/base/node.c.</summary>
public static class NodeFiles
{
    private const int Width = 8, LabelWidth = 16;

    /// <summary>meminfo. Linux: <c>node_read_meminfo</c>.</summary>
    public static void WriteMemInfo(MemoryManager manager, Node node, ProcWriter writer)
    {
        Lines lines = new(node, writer);
        long total = (long)node.ManagedPages, free = node.Zones.Sum(static zone => VmStatText.ZoneValue(zone, ZoneStat.FreePages));
        lines.Add("MemTotal:", total);
        lines.Add("MemFree:", free);
        lines.Add("MemUsed:", total - free);
        lines.Add("SwapCached:", NodeStat.Swapcached);
        lines.Add("Active:", node.Stats[(int)NodeStat.ActiveAnon] + node.Stats[(int)NodeStat.ActiveFile]);
        lines.Add("Inactive:", node.Stats[(int)NodeStat.InactiveAnon] + node.Stats[(int)NodeStat.InactiveFile]);
        lines.Add("Active(anon):", NodeStat.ActiveAnon);
        lines.Add("Inactive(anon):", NodeStat.InactiveAnon);
        lines.Add("Active(file):", NodeStat.ActiveFile);
        lines.Add("Inactive(file):", NodeStat.InactiveFile);
        lines.Add("Unevictable:", NodeStat.Unevictable);
        lines.Add("Mlocked:", node.Zones.Sum(static zone => zone.Stats[(int)ZoneStat.Mlock]));
        lines.Add("Dirty:", NodeStat.FileDirty);
        lines.Add("Writeback:", NodeStat.Writeback);
        lines.Add("FilePages:", NodeStat.FilePages);
        lines.Add("Mapped:", NodeStat.FileMapped);
        lines.Add("AnonPages:", NodeStat.AnonMapped);
        lines.Add("Shmem:", NodeStat.Shmem);
        lines.Add("KernelStack:", 0L);
        lines.Add("PageTables:", NodeStat.PageTable);
        foreach (string none in (ReadOnlySpan<string>)["SecPageTables:", "NFS_Unstable:", "Bounce:", "WritebackTmp:", "KReclaimable:", "Slab:", "SReclaimable:", "SUnreclaim:"])
            lines.Add(none, 0L);
        lines.Add("AnonHugePages:", node.Stats[(int)NodeStat.AnonHuge] << MmConstants.HugePageOrder);
        foreach (string none in (ReadOnlySpan<string>)["ShmemHugePages:", "ShmemPmdMapped:", "FileHugePages:", "FilePmdMapped:"])
            lines.Add(none, 0L);
    }

    /// <summary>numastat. Linux: <c>node_read_numastat</c>.</summary>
    public static void WriteNumaStat(Node node, ProcWriter writer)
    {
        string[] names = ["numa_hit", "numa_miss", "numa_foreign", "interleave_hit", "local_node", "other_node"];
        for (int i = 0; i < names.Length; i++)
            Count(writer, names[i], node.Zones.Sum(zone => zone.NumaStats[i]));
    }

    /// <summary>vmstat. Linux: <c>node_read_vmstat</c>.</summary>
    public static void WriteVmStat(Node node, ProcWriter writer)
    {
        for (int i = 0; i < (int)ZoneStat.Count; i++)
            Count(writer, VmStatNames.Zone[i], node.Zones.Sum(zone => VmStatText.ZoneValue(zone, (ZoneStat)i)));
        for (int i = 0; i < (int)NumaStat.Count; i++)
            Count(writer, VmStatNames.Numa[i], node.Zones.Sum(zone => zone.NumaStats[i]));
        for (int i = 0; i < VmStatNames.Node.Length; i++)
            Count(writer, VmStatNames.Node[i], node.Stats[i]);
    }

    /// <summary>distance: to each node in turn. Linux: <c>node_read_distance</c>.</summary>
    public static void WriteDistance(MemoryManager manager, Node node, ProcWriter writer)
    {
        foreach (Node other in manager.Nodes)
            writer.Append(other.Id == 0 ? "" : " ").Decimal((long)node.DistanceTo(other));
        writer.Append("\n"u8);
    }

    private static void Count(ProcWriter writer, string name, long value) => writer.Append(name).Append(" "u8).Decimal(value).Append("\n"u8);

    private readonly ref struct Lines(Node node, ProcWriter writer)
    {
        public void Add(string label, NodeStat stat) => Add(label, node.Stats[(int)stat]);

        public void Add(string label, long pages) =>
            writer.Append("Node "u8).Decimal((long)node.Id).Append(" "u8).Kilobytes(label.PadRight(LabelWidth), (ulong)pages << (MmConstants.PageShift - 10), Width);
    }
}

namespace Emu.Mm;

/// <summary>/proc/zoneinfo. Linux: mm/vmstat.c (<c>zoneinfo_show_print</c>); proc_zoneinfo(5).</summary>
public static class ZoneInfo
{
    private const int NameWidth = 12;

    /// <summary>Writes all zones of all nodes, empty ones too.</summary>
    public static void Write(MemoryManager manager, ProcWriter writer)
    {
        foreach (Node node in manager.Nodes)
        {
            bool isFirst = true;
            foreach (Zone zone in node.Zones)
            {
                Header(writer, zone);
                writer.Append("\n"u8);
                if (zone.IsPopulated && isFirst)
                {
                    writer.Append("  per-node stats\n"u8);
                    for (int i = 0; i < VmStatNames.Node.Length; i++)
                        Line(writer, VmStatNames.Node[i], node.Stats[i]);
                    isFirst = false;
                }
                WriteZone(zone, writer);
            }
        }
    }

    /// <summary>"Node 0, zone   Normal".</summary>
    internal static ProcWriter Header(ProcWriter writer, Zone zone) =>
        writer.Append("Node "u8).Decimal((long)zone.Node.Id).Append(", zone "u8).Append(zone.Name.PadLeft(8));

    private static void WriteZone(Zone zone, ProcWriter writer)
    {
        writer.Append("  pages free     "u8).Decimal(zone.FreePages).Append("\n"u8);
        Row(writer, "boost", zone.WatermarkBoost);
        Row(writer, "min", zone.WatermarkOf(Watermark.Min));
        Row(writer, "low", zone.WatermarkOf(Watermark.Low));
        Row(writer, "high", zone.WatermarkOf(Watermark.High));
        Row(writer, "promo", zone.WatermarkOf(Watermark.Promo));
        Row(writer, "spanned", (long)zone.SpannedPages);
        Row(writer, "present", (long)zone.PresentPages);
        Row(writer, "managed", (long)zone.ManagedPages);
        Row(writer, "cma", zone.CmaPages);
        writer.Append("        protection: ("u8);
        for (int i = 0; i < zone.LowmemReserve.Length; i++)
            writer.Append(i == 0 ? ""u8 : ", "u8).Decimal(zone.LowmemReserve[i]);
        writer.Append(")\n"u8);
        if (!zone.IsPopulated)
            return; // Linux: an empty zone has no more to tell
        for (int i = 0; i < (int)ZoneStat.Count; i++)
            Line(writer, VmStatNames.Zone[i], VmStatText.ZoneValue(zone, (ZoneStat)i));
        for (int i = 0; i < (int)NumaStat.Count; i++)
            Line(writer, VmStatNames.Numa[i], zone.NumaStats[i]);
        WriteStocks(zone, writer);
        writer.Append("  node_unreclaimable:  0\n  start_pfn:           "u8).Decimal((long)zone.StartPfn).Append("\n"u8);
    }

    private static void WriteStocks(Zone zone, ProcWriter writer)
    {
        writer.Append("  pagesets"u8);
        for (int cpu = 0; cpu < zone.PerCpu.Length; cpu++)
        {
            PerCpuPages stock = zone.PerCpu[cpu];
            writer.Append("\n    cpu: "u8).Decimal((long)cpu);
            writer.Append("\n              count:    "u8).Decimal((long)stock.Count);
            writer.Append("\n              high:     "u8).Decimal((long)stock.High);
            writer.Append("\n              batch:    "u8).Decimal((long)stock.Batch);
            writer.Append("\n              high_min: "u8).Decimal((long)stock.High);
            writer.Append("\n              high_max: "u8).Decimal((long)stock.High);
            writer.Append("\n  vm stats threshold: 0"u8); // nothing is counted by CPU first
        }
        writer.Append("\n"u8);
    }

    private static void Line(ProcWriter writer, string name, long value) =>
        writer.Append("      "u8).Append(name.PadRight(NameWidth)).Append(" "u8).Decimal(value).Append("\n"u8);

    private static void Row(ProcWriter writer, string name, long value) =>
        writer.Append("        "u8).Append(name.PadRight(8)).Append(" "u8).Decimal(value).Append("\n"u8);
}

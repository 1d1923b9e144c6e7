namespace Emu.Mm;

/// <summary>Turns a memory layout into nodes and zones with their reserves. Linux: mm/mm_init.c and the set-up in mm/page_alloc.c.</summary>
internal static class MemoryInit
{
    private const uint DmaEnd = 1u << 12, Dma32End = 1u << 20;
    private const ulong WatermarkFraction = 10000;

    /// <summary>Makes the nodes and gives each zone its range. Linux: <c>free_area_init</c>, <c>build_all_zonelists</c>.</summary>
    public static Node[] CreateNodes(PhysicalMemory memory, int cpus)
    {
        Node[] nodes = new Node[memory.Layout.Nodes];
        for (int id = 0; id < nodes.Length; id++)
            nodes[id] = new Node(id, memory, cpus);
        foreach (MemoryRange range in memory.Layout.Ranges)
        {
            AddPart(nodes, ZoneType.Dma, range, 0, DmaEnd);
            AddPart(nodes, ZoneType.Dma32, range, DmaEnd, Dma32End);
            AddPart(nodes, ZoneType.Normal, range, Dma32End, uint.MaxValue);
        }
        for (uint pfn = 0; pfn < MemoryLayout.ReservedLowPages; pfn++)
            memory.Page(pfn).Set(PageFlags.Reserved);
        foreach (Node node in nodes)
            node.BuildZonelists(nodes);
        return nodes;
    }

    /// <summary>Computes watermarks, reserves and the sizes of the per-CPU stocks. Linux: <c>init_per_zone_wmark_min</c>.</summary>
    public static void SetWatermarks(IReadOnlyList<Node> nodes, MmSysctl sysctl, int cpus)
    {
        List<Zone> zones = [];
        ulong total = 0;
        foreach (Node node in nodes)
        {
            foreach (Zone zone in node.Zones)
            {
                if (!zone.IsPopulated)
                    continue;
                zones.Add(zone);
                total += zone.ManagedPages;
            }
        }
        if (sysctl.MinFreeKbytes == 0)
            sysctl.MinFreeKbytes = Math.Clamp((long)Math.Sqrt(total * 4 * 16), 128, 262144);
        ulong minPages = (ulong)sysctl.MinFreeKbytes >> (MmConstants.PageShift - 10);
        foreach (Zone zone in zones)
        {
            SetZoneWatermarks(zone, minPages, total, sysctl);
            SetStockSizes(zone, cpus);
        }
        foreach (Node node in nodes)
            SetLowmemReserve(node, sysctl);
    }

    // Linux: __setup_per_zone_wmarks
    private static void SetZoneWatermarks(Zone zone, ulong minPages, ulong total, MmSysctl sysctl)
    {
        ulong share = minPages * zone.ManagedPages / total;
        ulong distance = Math.Max(share >> 2, zone.ManagedPages * (ulong)sysctl.WatermarkScaleFactor / WatermarkFraction);
        for (int mark = 0; mark < zone.Watermarks.Length; mark++)
            zone.Watermarks[mark] = (long)(share + (distance * (ulong)mark));
    }

    // Linux: zone_batchsize, zone_highsize
    private static void SetStockSizes(Zone zone, int cpus)
    {
        ulong batch = Math.Max(Math.Min(zone.ManagedPages >> 12, (256UL << 10) >> MmConstants.PageShift), 1);
        int rounded = Math.Max((int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)(batch + (batch / 2) + 1)) >> 1, 2) - 1;
        int high = (int)Math.Max((ulong)zone.Watermarks[(int)Watermark.Low] / (ulong)cpus, (ulong)(rounded << 2));
        foreach (PerCpuPages stock in zone.PerCpu)
        {
            stock.Batch = rounded;
            stock.High = high;
        }
    }

    // What a zone keeps from allocations that a higher zone could have served. Linux: setup_per_zone_lowmem_reserve
    private static void SetLowmemReserve(Node node, MmSysctl sysctl)
    {
        for (int low = 0; low < MmConstants.ZoneTypes; low++)
        {
            int ratio = sysctl.LowmemReserveRatio[low];
            bool clear = ratio < 1 || !node.Zones[low].IsPopulated;
            ulong above = 0;
            for (int high = low + 1; high < MmConstants.ZoneTypes; high++)
            {
                above += node.Zones[high].ManagedPages;
                node.Zones[low].LowmemReserve[high] = clear ? 0 : (long)(above / (ulong)ratio);
            }
        }
    }

    private static void AddPart(Node[] nodes, ZoneType type, MemoryRange range, uint from, uint to)
    {
        uint start = Math.Max(range.StartPfn, from), end = Math.Min(range.EndPfn, to);
        if (start < end)
            nodes[range.Node].Zones[(int)type].AddRange(new MemoryRange(start, end, range.Node));
    }
}

namespace Emu.Mm;

/// <summary>/proc/buddyinfo and /proc/pagetypeinfo. Linux: mm/vmstat.c (<c>frag_show</c>, <c>pagetypeinfo_show</c>).</summary>
public static class BuddyInfo
{
    private static readonly MigrateType[] Types =
        [MigrateType.Unmovable, MigrateType.Movable, MigrateType.Reclaimable, MigrateType.HighAtomic, MigrateType.Cma, MigrateType.Isolate];

    private static readonly string[] TypeNames = ["Unmovable", "Movable", "Reclaimable", "HighAtomic", "CMA", "Isolate"];

    /// <summary>Writes the free blocks of each zone by order.</summary>
    public static void Write(MemoryManager manager, ProcWriter writer)
    {
        foreach (Zone zone in PopulatedZones(manager))
        {
            ZoneInfo.Header(writer, zone).Append(" "u8);
            for (int order = 0; order < MmConstants.PageOrders; order++)
                writer.Decimal(zone.Buddy.Areas[order].FreeBlocks + zone.DeferredBlocks(order), 6).Append(" "u8);
            writer.Append("\n"u8);
        }
    }

    /// <summary>Writes free blocks by order and type, and page blocks by type.</summary>
    public static void WriteTypes(MemoryManager manager, ProcWriter writer)
    {
        writer.Append("Page block order: "u8).Decimal((long)MmConstants.PageBlockOrder);
        writer.Append("\nPages per block:  "u8).Decimal((long)MmConstants.PageBlockPages).Append("\n\n"u8);
        WriteFree(manager, writer);
        writer.Append("\n"u8);
        WriteBlocks(manager, writer);
    }

    private static void WriteFree(MemoryManager manager, ProcWriter writer)
    {
        writer.Append("Free pages count per migrate type at order "u8);
        for (int order = 0; order < MmConstants.PageOrders; order++)
            writer.Decimal((long)order, 6).Append(" "u8);
        writer.Append("\n"u8);
        foreach (Zone zone in PopulatedZones(manager))
        {
            foreach (MigrateType type in Types)
            {
                writer.Append("Node "u8).Decimal((long)zone.Node.Id, 4).Append(", zone "u8).Append(zone.Name.PadLeft(8));
                writer.Append(", type "u8).Append(TypeNames[(int)type].PadLeft(12)).Append(" "u8);
                for (int order = 0; order < MmConstants.PageOrders; order++)
                {
                    long deferred = type == MigrateType.Movable ? zone.DeferredBlocks(order) : 0;
                    writer.Decimal(zone.Buddy.Areas[order].Count(type) + deferred, 6).Append(" "u8);
                }
                writer.Append("\n"u8);
            }
        }
    }

    private static void WriteBlocks(MemoryManager manager, ProcWriter writer)
    {
        writer.Append("Number of blocks type "u8);
        foreach (string name in TypeNames)
            writer.Append(name.PadLeft(12)).Append(" "u8);
        writer.Append("\n"u8);
        Span<long> counts = stackalloc long[Types.Length];
        foreach (Zone zone in PopulatedZones(manager))
        {
            counts.Clear();
            CountBlocks(manager.Memory, zone, counts);
            ZoneInfo.Header(writer, zone).Append(" "u8);
            foreach (long count in counts)
                writer.Decimal(count, 12).Append(" "u8);
            writer.Append("\n"u8);
        }
    }

    // Linux: pagetypeinfo_showblockcount_print
    private static void CountBlocks(PhysicalMemory memory, Zone zone, Span<long> counts)
    {
        foreach (MemoryRange range in zone.PresentRanges)
        {
            for (uint pfn = range.StartPfn & ~(MmConstants.PageBlockPages - 1); pfn < range.EndPfn; pfn += MmConstants.PageBlockPages)
                counts[(int)memory.PageBlockType(pfn)]++;
        }
    }

    private static IEnumerable<Zone> PopulatedZones(MemoryManager manager) =>
        manager.Nodes.SelectMany(static node => node.Zones).Where(static zone => zone.IsPopulated);
}

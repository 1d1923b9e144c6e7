namespace Emu.Mm;

/// <summary>Moves pages together so that large free blocks come about. Linux: mm/compaction.c.</summary>
/// <remarks>Lock: the kernel lock.</remarks>
public sealed partial class Compaction
{
    private readonly MemoryManager _manager;
    private readonly PhysicalMemory _memory;

    internal Compaction(MemoryManager manager)
    {
        _manager = manager;
        _memory = manager.Memory;
    }

    /// <summary>Whether a zone has enough free pages to make a block of, and fails for want of order, not of memory. Linux: <c>compaction_suitable</c>.</summary>
    /// <param name="zone">The zone.</param>
    /// <param name="order">Order wanted.</param>
    /// <param name="watermark">Pages that must stay free besides.</param>
    /// <param name="highestZone">Highest zone that the allocation could use.</param>
    internal bool IsSuitable(Zone zone, int order, long watermark, ZoneType highestZone)
    {
        long needed = watermark + Gap(order);
        if (order > MmConstants.CostlyOrder)
            needed += zone.Watermarks[(int)Watermark.Low] - zone.Watermarks[(int)Watermark.Min];
        if (!zone.WatermarkOk(0, needed, highestZone, AllocFlags.Cma))
            return false;
        if (order <= MmConstants.CostlyOrder)
            return true;
        int index = zone.FragmentationIndex(order);
        return index < 0 || index > _manager.Sysctl.ExtfragThreshold;
    }

    /// <summary>Whether reclaim can stop, because an allocation or compaction will succeed as things are. Linux: <c>compaction_ready</c>.</summary>
    internal bool IsReady(Zone zone, int order, ZoneType highestZone) =>
        zone.WatermarkOk(order, zone.WatermarkOf(Watermark.Min), highestZone, AllocFlags.WatermarkMin) ||
        IsSuitable(zone, order, zone.WatermarkOf(Watermark.High), highestZone);

    /// <summary>Free pages that compacting for an order needs: the source and the target of each. Linux: <c>compact_gap</c>.</summary>
    internal static long Gap(int order) => 2L << order;
}

namespace Emu.Mm;

/// <summary>Moves pages together so that large free blocks come about. Linux: mm/compaction.c.</summary>
/// <remarks>
/// Two scanners walk a zone: from the bottom up one collects pages that can be moved, from the top down one collects free frames that
/// they are moved to. Where they meet, the zone is compact. Lock: the kernel lock.
/// </remarks>
public sealed partial class Compaction
{
    private readonly MemoryManager _manager;

    internal Compaction(MemoryManager manager)
    {
        _manager = manager;
    }

    /// <summary>Asked to wake kcompactd of a node; null where nobody runs it.</summary>
    public IKcompactd? Kcompactd { get; set; }

    /// <summary>Compacts zones until an allocation can succeed. Linux: <c>try_to_compact_pages</c>.</summary>
    internal CompactResult TryToCompact(in AllocationContext context, AllocFlags flags, CompactPriority priority)
    {
        CompactResult best = CompactResult.Skipped;
        if ((context.Gfp & GfpFlags.Io) == 0)
            return best;
        foreach (Zone zone in context.Zonelist)
        {
            if (!context.Allows(zone))
                continue;
            CompactResult result = priority > CompactPriority.SyncFull && zone.Compact.IsDeferred(context.Order)
                ? CompactResult.Deferred
                : CompactForOrder(zone, context, flags, priority);
            best = result > best ? result : best;
            if (result == CompactResult.Success)
            {
                zone.Compact.NoteResult(context.Order, allocated: false);
                break;
            }
            if (priority != CompactPriority.Async && result is CompactResult.Complete or CompactResult.PartialSkipped)
                zone.Compact.Defer(context.Order);
        }
        return best;
    }

    /// <summary>An allocation after a compaction succeeded.</summary>
    internal void NoteSuccess(Zone zone, int order) => zone.Compact.NoteResult(order, allocated: true);

    /// <summary>Compacts a node in the background for the order that was last asked for in vain. Linux: <c>kcompactd_do_work</c>.</summary>
    /// <param name="node">The node.</param>
    /// <param name="order">The order.</param>
    public void CompactNodeForOrder(Node node, int order)
    {
        _manager.Events[(int)VmEvent.CompactDaemonWake]++;
        foreach (Zone zone in node.ThisNodeZones)
        {
            if (zone.Compact.IsDeferred(order) || !IsNeeded(zone, order, AllocFlags.WatermarkHigh, ZoneType.Movable))
                continue;
            CompactRun run = new(_manager, zone, order, MigrateType.Movable) { IsAsync = false, IsDaemon = true };
            CompactResult result = run.Run();
            if (result == CompactResult.Success)
            {
                zone.Compact.NoteResult(order, allocated: false);
            }
            else if (result is CompactResult.Complete or CompactResult.PartialSkipped)
            {
                zone.Drain();
                zone.Compact.Defer(order);
            }
        }
    }

    /// <summary>Compacts a node as far as it goes: /proc/sys/vm/compact_memory, /sys/devices/system/node/nodeN/compact. Linux: <c>compact_node</c>.</summary>
    public void CompactNode(Node node)
    {
        foreach (Zone zone in node.ThisNodeZones)
        {
            zone.GrowAll();
            zone.Drain();
            new CompactRun(_manager, zone, -1, MigrateType.Movable) { IsAsync = false, WholeZone = true, IgnoresSkip = true }.Run();
            zone.Drain();
        }
    }

    /// <summary>How fragmented a node is, 0 to 100, a huge page being the measure. Linux: <c>fragmentation_score_node</c>.</summary>
    internal static int FragmentationScore(Node node)
    {
        ulong score = 0;
        foreach (Zone zone in node.ThisNodeZones)
            score += (ulong)zone.ExternalFragmentation(MmConstants.HugePageOrder) * zone.PresentPages / (node.PresentPages + 1);
        return (int)score;
    }

    /// <summary>Compacts a node ahead of need if it is too fragmented for compaction_proactiveness. Linux: <c>should_proactive_compact_node</c>, <c>compact_node(proactive)</c>.</summary>
    /// <returns>Whether it was compacted.</returns>
    public bool CompactProactively(Node node)
    {
        int low = Math.Max(100 - _manager.Sysctl.CompactionProactiveness, 5), high = Math.Min(low + 10, 100);
        if (_manager.Sysctl.CompactionProactiveness == 0 || FragmentationScore(node) <= high)
            return false;
        foreach (Zone zone in node.ThisNodeZones)
        {
            if (FragmentationScore(node) > low)
                new CompactRun(_manager, zone, -1, MigrateType.Movable) { IsAsync = false, WholeZone = true, IsDaemon = true }.Run();
        }
        return true;
    }

    /// <summary>Tells kcompactd that large blocks ran short. Linux: <c>wakeup_kcompactd</c>.</summary>
    internal void WakeKcompactd(Node node, int order)
    {
        if (order != 0)
            Kcompactd?.Wake(node, order);
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

    /// <summary>Whether reclaim could make compaction possible in some zone. Linux: <c>compaction_zonelist_suitable</c>.</summary>
    internal bool IsZonelistSuitable(in AllocationContext context)
    {
        foreach (Zone zone in context.Zonelist)
        {
            if (!context.Allows(zone))
                continue;
            // Not all that can be reclaimed will be.
            long available = (ReclaimablePages(zone) / context.Order) + zone.FreePages;
            if (available >= zone.WatermarkOf(Watermark.Min) + Gap(context.Order))
                return true;
        }
        return false;
    }

    /// <summary>Free pages that compacting for an order needs: the source and the target of each. Linux: <c>compact_gap</c>.</summary>
    internal static long Gap(int order) => 2L << order;

    private long ReclaimablePages(Zone zone)
    {
        long pages = zone.Stats[(int)ZoneStat.ZoneInactiveFile] + zone.Stats[(int)ZoneStat.ZoneActiveFile];
        return _manager.Swap.FreePages == 0 ? pages : pages + zone.Stats[(int)ZoneStat.ZoneInactiveAnon] + zone.Stats[(int)ZoneStat.ZoneActiveAnon];
    }

    // Linux: compact_zone_order
    private CompactResult CompactForOrder(Zone zone, in AllocationContext context, AllocFlags flags, CompactPriority priority)
    {
        bool hardest = priority == CompactPriority.SyncFull;
        if (!IsNeeded(zone, context.Order, flags, context.HighestZone))
        {
            return zone.WatermarkOk(context.Order, zone.WatermarkOf((Watermark)(flags & AllocFlags.WatermarkMask)), context.HighestZone, flags)
                ? CompactResult.Success
                : CompactResult.Skipped;
        }
        return new CompactRun(_manager, zone, context.Order, context.MigrateType)
        {
            IsAsync = priority == CompactPriority.Async,
            WholeZone = hardest,
            IgnoresSkip = hardest,
            IsDirect = true,
        }.Run();
    }

    // Linux: compaction_suit_allocation_order
    private bool IsNeeded(Zone zone, int order, AllocFlags flags, ZoneType highestZone)
    {
        long mark = zone.WatermarkOf((Watermark)(flags & AllocFlags.WatermarkMask));
        return !zone.WatermarkOk(order, mark, highestZone, flags) && IsSuitable(zone, order, mark, highestZone);
    }
}

/// <summary>Runs kcompactd. Owned by mm, implemented by whoever runs tasks.</summary>
public interface IKcompactd
{
    /// <summary>Large blocks run short: <see cref="Compaction.CompactNodeForOrder"/> is to be called for the node soon.</summary>
    void Wake(Node node, int order);
}

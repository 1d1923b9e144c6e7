namespace Emu.Mm;

/// <summary>Takes pages from those who need them least. Linux: mm/vmscan.c.</summary>
/// <remarks>
/// It never sleeps: what Linux would wake the flusher threads for it writes itself. Lock: the kernel lock; a page is taken off its
/// list while it is worked on.
/// </remarks>
public sealed partial class Vmscan
{
    /// <summary>Pages that are taken from a list at a time. Linux: <c>SWAP_CLUSTER_MAX</c>.</summary>
    public const int ClusterMax = 32;

    private readonly MemoryManager _manager;
    private readonly PhysicalMemory _memory;

    internal Vmscan(MemoryManager manager)
    {
        _manager = manager;
        _memory = manager.Memory;
    }

    /// <summary>Asked to wake kswapd of a node; null where nobody runs it, and allocations reclaim for themselves.</summary>
    public IKswapd? Kswapd { get; set; }

    /// <summary>Whether a reclaim is under way: what it allocates itself comes from the reserve. Linux: PF_MEMALLOC of the reclaimer.</summary>
    internal bool IsReclaiming { get; private set; }

    /// <summary>Reclaims for an allocation that found no memory. Linux: <c>try_to_free_pages</c>.</summary>
    /// <returns>Pages reclaimed; 1 if enough is free for compaction to go on.</returns>
    internal long TryToFreePages(in AllocationContext context)
    {
        if (IsReclaiming)
            return 0;
        ScanControl control = ScanControl.For(Reclaimer.Direct, ClusterMax, context.Order, context.HighestZone);
        control.MayWrite = (context.Gfp & GfpFlags.Io) != 0;
        control.Nodes = context.Nodes;
        return TryToFree(context.Zonelist, ref control);
    }

    /// <summary>Reclaims on one node before another is asked: zone_reclaim_mode. Linux: <c>node_reclaim</c>.</summary>
    /// <returns>Whether enough was found for the allocation.</returns>
    internal bool ReclaimNode(Node node, GfpFlags gfp, int order)
    {
        const int MayWriteBit = 2, MayUnmapBit = 4, Priority = 4;
        if (IsReclaiming)
            return false;
        int mode = _manager.Sysctl.ZoneReclaimMode;
        long unmapped = node.Stats[(int)NodeStat.InactiveFile] + node.Stats[(int)NodeStat.ActiveFile];
        if ((mode & MayUnmapBit) == 0)
            unmapped = Math.Max(unmapped - node.Stats[(int)NodeStat.FileMapped], 0);
        if (unmapped <= (long)node.ManagedPages * _manager.Sysctl.MinUnmappedRatio / 100)
            return false;
        long wanted = 1L << order;
        ScanControl control = ScanControl.For(Reclaimer.Direct, Math.Max(wanted, ClusterMax), order, Gfp.Zone(gfp));
        control.MayWrite = (mode & MayWriteBit) != 0;
        control.MayUnmap = control.MaySwap = (mode & MayUnmapBit) != 0;
        IsReclaiming = true;
        for (control.Priority = Priority; control.Reclaimed < wanted && control.Priority >= 0; control.Priority--)
            ShrinkNode(node, ref control);
        IsReclaiming = false;
        _manager.Events[(int)(control.Reclaimed >= wanted ? VmEvent.ZoneReclaimSuccess : VmEvent.ZoneReclaimFailed)]++;
        return control.Reclaimed >= wanted;
    }

    /// <summary>Reclaims from a group and those below it. Linux: <c>try_to_free_mem_cgroup_pages</c>.</summary>
    /// <returns>Pages reclaimed.</returns>
    internal long TryToFreeMemcgPages(MemoryCgroup group, long pages, GfpFlags gfp, bool mayWrite, Reclaimer reclaimer = Reclaimer.Direct,
        int swappiness = -1)
    {
        if (IsReclaiming)
            return 0;
        ScanControl control = ScanControl.For(reclaimer, Math.Max(pages, ClusterMax), 0, ZoneType.Movable);
        control.Group = group;
        control.MayWrite = mayWrite && (gfp & GfpFlags.Io) != 0;
        control.Swappiness = swappiness;
        return TryToFree(_manager.Nodes[0].FallbackZones, ref control);
    }

    // Linux: do_try_to_free_pages
    private long TryToFree(Zone[] zonelist, ref ScanControl control)
    {
        if (!control.IsCgroupReclaim)
            _manager.Events[(int)VmEvent.AllocStallDma + (int)control.HighestZone]++;
        IsReclaiming = true;
        try
        {
            while (true)
            {
                ShrinkZones(zonelist, ref control);
                if (control.Reclaimed != 0)
                    return control.Reclaimed;
                if (control.CompactionReady)
                    return 1;
                if (!TryHarder(ref control))
                    return 0;
                control.Priority = ScanControl.DefaultPriority;
            }
        }
        finally
        {
            IsReclaiming = false;
        }
    }

    private void ShrinkZones(Zone[] zonelist, ref ScanControl control)
    {
        do
        {
            foreach (Node node in NodesOf(zonelist, ref control))
                ShrinkNode(node, ref control);
        }
        while (control.Reclaimed < control.Target && !control.CompactionReady && --control.Priority >= 0);
    }

    // Nothing came of the whole scan: what was spared in it is not spared in the next. Linux: the end of do_try_to_free_pages
    private static bool TryHarder(ref ScanControl control)
    {
        if (!control.FullWalk)
            return control.FullWalk = true;
        if (control.SkippedDeactivate)
        {
            control.ForceDeactivate = true;
            control.SkippedDeactivate = false;
            return true;
        }
        if (!control.LowSkipped)
            return false;
        control.ForceDeactivate = false;
        control.LowReclaim = true;
        control.LowSkipped = false;
        return true;
    }

    // Nodes of zones that can help. For a large block one whose zones can be compacted as they are is passed over. Linux: shrink_zones
    private List<Node> NodesOf(Zone[] zonelist, ref ScanControl control)
    {
        List<Node> nodes = [];
        foreach (Zone zone in zonelist)
        {
            if (zone.Type > control.HighestZone || nodes.Contains(zone.Node) || !(control.Nodes.IsEmpty || control.Nodes.Contains(zone.Node.Id)))
                continue;
            if (!control.IsCgroupReclaim && control.Order > MmConstants.CostlyOrder && _manager.Compaction.IsReady(zone, control.Order, control.HighestZone))
            {
                control.CompactionReady = true;
                continue;
            }
            nodes.Add(zone.Node);
        }
        return nodes;
    }
}

/// <summary>Runs kswapd. Owned by mm, implemented by whoever runs tasks.</summary>
public interface IKswapd
{
    /// <summary>A node runs short: <see cref="Vmscan.BalanceNode"/> is to be called for it soon.</summary>
    void Wake(Node node, int order);
}

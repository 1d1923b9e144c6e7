namespace Emu.Mm;

/// <summary>Takes pages from those who need them least. Linux: mm/vmscan.c.</summary>
/// <remarks>Lock: the kernel lock; a page is taken off its list while it is worked on.</remarks>
public sealed partial class Vmscan
{
    /// <summary>Pages that are taken from a list at a time. Linux: <c>SWAP_CLUSTER_MAX</c>.</summary>
    public const int ClusterMax = 32;

    private readonly MemoryManager _manager;
    private readonly PhysicalMemory _memory;
    private bool _reclaiming;

    internal Vmscan(MemoryManager manager)
    {
        _manager = manager;
        _memory = manager.Memory;
    }

    /// <summary>Asked to wake kswapd of a node; null where nobody runs it, and allocations reclaim for themselves.</summary>
    public IKswapd? Kswapd { get; set; }

    /// <summary>Reclaims for an allocation that found no memory. Linux: <c>try_to_free_pages</c>.</summary>
    /// <returns>Pages reclaimed.</returns>
    internal long TryToFreePages(Zone[] zonelist, int order, GfpFlags gfp)
    {
        if (_reclaiming)
            return 0; // reclaim itself allocates: it has to make do with the reserve
        ScanControl control = ScanControl.For(Reclaimer.Direct, Math.Max(1L << order, ClusterMax), order, Gfp.Zone(gfp));
        control.MayWrite = (gfp & GfpFlags.Io) != 0;
        _reclaiming = true;
        try
        {
            do
            {
                foreach (Node node in NodesOf(zonelist, control.HighestZone))
                    ShrinkNode(node, ref control);
            }
            while (control.Reclaimed < control.Target && --control.Priority >= 0);
        }
        finally
        {
            _reclaiming = false;
        }
        return control.Reclaimed;
    }

    /// <summary>Reclaims until every zone of a node is above its high watermark. Linux: <c>balance_pgdat</c>.</summary>
    /// <param name="node">The node.</param>
    /// <param name="order">Order that allocations waited for.</param>
    /// <returns>Whether it is balanced now.</returns>
    public bool BalanceNode(Node node, int order)
    {
        if (IsBalanced(node, order))
            return true;
        _manager.Events[(int)VmEvent.PageOutRun]++;
        _reclaiming = true;
        try
        {
            for (int priority = ScanControl.DefaultPriority; priority >= 1 && !IsBalanced(node, order); priority--)
            {
                ScanControl control = ScanControl.For(Reclaimer.Kswapd, KswapdTarget(node), order, ZoneType.Movable);
                control.Priority = priority;
                ShrinkNode(node, ref control);
                if (control.Reclaimed >= control.Target)
                    priority++; // it goes well: no need to press harder
            }
        }
        finally
        {
            _reclaiming = false;
        }
        return IsBalanced(node, order);
    }

    /// <summary>Whether a zone of a node has its high watermark of free pages. Linux: <c>pgdat_balanced</c>.</summary>
    public static bool IsBalanced(Node node, int order)
    {
        bool any = false;
        foreach (Zone zone in node.ThisNodeZones)
        {
            any = true;
            if (zone.WatermarkOk(order, zone.Watermarks[(int)Watermark.High], ZoneType.Movable, AllocFlags.WatermarkMin))
                return true;
        }
        return !any;
    }

    /// <summary>Tells kswapd that a node runs short. Linux: <c>wakeup_kswapd</c>.</summary>
    internal void WakeKswapd(Zone[] zonelist, int order)
    {
        if (Kswapd == null)
            return;
        Node? last = null;
        foreach (Zone zone in zonelist)
        {
            if (zone.Node == last)
                continue;
            last = zone.Node;
            if (!IsBalanced(last, order))
                Kswapd.Wake(last, order);
        }
    }

    // Linux: kswapd_shrink_node
    private static long KswapdTarget(Node node)
    {
        long target = 0;
        foreach (Zone zone in node.ThisNodeZones)
            target += Math.Max(zone.Watermarks[(int)Watermark.High], ClusterMax);
        return target;
    }

    private static IEnumerable<Node> NodesOf(Zone[] zonelist, ZoneType highest) =>
        zonelist.Where(zone => zone.Type <= highest).Select(static zone => zone.Node).Distinct();

    // Linux: shrink_node
    private void ShrinkNode(Node node, ref ScanControl control)
    {
        ShrinkLruVec(node.Lru, ref control);
        long free = _manager.FreePages;
        if (_manager.Splitter.Shrink(control.Priority) != 0)
            control.Reclaimed += Math.Max(_manager.FreePages - free, 0);
    }
}

/// <summary>Runs kswapd. Owned by mm, implemented by whoever runs tasks.</summary>
public interface IKswapd
{
    /// <summary>A node runs short: <see cref="Vmscan.BalanceNode"/> is to be called for it soon.</summary>
    void Wake(Node node, int order);
}

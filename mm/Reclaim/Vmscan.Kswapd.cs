namespace Emu.Mm;

/// <content>Reclaim ahead of need. Linux: <c>balance_pgdat</c>, <c>wakeup_kswapd</c>.</content>
public sealed partial class Vmscan
{
    // Linux: MAX_RECLAIM_RETRIES
    private const int MaxKswapdFailures = 16;

    /// <summary>Reclaims until a zone of a node is above its high watermark, and what raised the marks for a while is worked off. Linux: <c>balance_pgdat</c>.</summary>
    /// <param name="node">The node.</param>
    /// <param name="order">Order that allocations waited for.</param>
    /// <returns>Whether it is balanced now.</returns>
    public bool BalanceNode(Node node, int order)
    {
        long[] boosts = [.. node.ThisNodeZones.Select(static zone => zone.WatermarkBoost)];
        long boost = boosts.Sum();
        if (boost == 0 && IsBalanced(node, order))
            return true;
        _manager.Events[(int)VmEvent.PageOutRun]++;
        IsReclaiming = true;
        long reclaimed = Balance(node, order, boost);
        IsReclaiming = false;
        for (int i = 0; i < boosts.Length; i++)
            node.ThisNodeZones[i].WatermarkBoost -= Math.Min(boosts[i], node.ThisNodeZones[i].WatermarkBoost);
        if (reclaimed == 0)
            node.KswapdFailures++;
        _manager.Compaction.WakeKcompactd(node, order); // what is free may still lie scattered
        return IsBalanced(node, order);
    }

    /// <summary>Whether a zone of a node has its high watermark of free pages. Linux: <c>pgdat_balanced</c>.</summary>
    public static bool IsBalanced(Node node, int order)
    {
        bool any = false;
        foreach (Zone zone in node.ThisNodeZones)
        {
            any = true;
            if (zone.WatermarkOk(order, zone.WatermarkOf(Watermark.High), ZoneType.Movable, AllocFlags.WatermarkMin))
                return true;
        }
        return !any;
    }

    /// <summary>Tells kswapd that a node runs short. Linux: <c>wakeup_kswapd</c>.</summary>
    internal void WakeKswapd(in AllocationContext context)
    {
        if (Kswapd == null)
            return;
        Node? last = null;
        foreach (Zone zone in context.Zonelist)
        {
            if (zone.Node == last || !context.Allows(zone))
                continue;
            last = zone.Node;
            WakeKswapd(last, context.Order);
        }
    }

    /// <summary>Tells kswapd of one node, unless it tried often enough in vain. Linux: <c>wakeup_kswapd</c>.</summary>
    internal void WakeKswapd(Node node, int order)
    {
        if (node.KswapdFailures < MaxKswapdFailures && (!IsBalanced(node, order) || node.ThisNodeZones.Any(static zone => zone.WatermarkBoost != 0)))
            Kswapd?.Wake(node, order);
    }

    // Boosted marks alone are worth no writing. Linux: the loop of balance_pgdat
    private long Balance(Node node, int order, long boost)
    {
        const int LeastForBoost = ScanControl.DefaultPriority - 2;
        long reclaimed = 0;
        int priority = ScanControl.DefaultPriority;
        while (priority >= 1)
        {
            bool balanced = IsBalanced(node, order);
            if (!balanced)
                boost = 0;
            else if (boost == 0)
                break;
            ScanControl control = ScanControl.For(Reclaimer.Kswapd, KswapdTarget(node), order, ZoneType.Movable);
            control.Priority = priority;
            control.MayWrite = control.MaySwap = boost == 0;
            ShrinkNode(node, ref control);
            reclaimed += control.Reclaimed;
            boost -= Math.Min(boost, control.Reclaimed);
            if (boost != 0 && control.Reclaimed == 0)
                break;
            if (control.Reclaimed >= 2L << order)
                order = 0; // enough for compaction: it makes the block
            bool enough = control.Scanned >= control.Target || (boost != 0 && priority == LeastForBoost);
            if (!enough || control.Reclaimed == 0)
                priority--;
        }
        return reclaimed;
    }

    // Linux: kswapd_shrink_node
    private static long KswapdTarget(Node node)
    {
        long target = 0;
        foreach (Zone zone in node.ThisNodeZones)
            target += Math.Max(zone.WatermarkOf(Watermark.High), ClusterMax);
        return target;
    }
}

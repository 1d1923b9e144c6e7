namespace Emu.Mm;

/// <content>Reclaim on one node, group by group. Linux: <c>shrink_node</c>, <c>shrink_node_memcgs</c>.</content>
public sealed partial class Vmscan
{
    private void ShrinkNode(Node node, ref ScanControl control)
    {
        long before, scanned;
        do
        {
            before = control.Reclaimed;
            scanned = control.Scanned;
            PrepareScan(node, ref control);
            ShrinkGroups(node, ref control);
            if (control.Reclaimed != before)
                node.KswapdFailures = 0;
        }
        while (ShouldContinue(node, control.Reclaimed - before, control.Scanned - scanned, control));
        UpdateRefaults(node, control);
    }

    private void ShrinkGroups(Node node, ref ScanControl control)
    {
        MemoryCgroup target = control.Group ?? _manager.Memcg.Root;
        if (target.Children.Count == 0)
        {
            ShrinkGroup(target, target, node, ref control);
            return;
        }
        // Those who only need a few pages go on where the last one stopped, so that all groups give in turn.
        bool partial = control.Reclaimer != Reclaimer.Kswapd && !control.FullWalk;
        foreach (MemoryCgroup group in Walk(target, node, partial))
        {
            ShrinkGroup(target, group, node, ref control);
            if (partial && control.Reclaimed >= control.Target)
                break;
        }
    }

    private void ShrinkGroup(MemoryCgroup target, MemoryCgroup group, Node node, ref ScanControl control)
    {
        group.Memory.CalculateProtection(target.Memory, _manager.Memcg.RecursiveProtection);
        if (group.IsBelowMin(target))
            return;
        if (group.IsBelowLow(target))
        {
            if (!control.LowReclaim)
            {
                control.LowSkipped = true;
                return;
            }
            group.Note(MemcgEvent.Low);
        }
        ShrinkLruVec(group, group.LruOf(node.Id), ref control);
        ShrinkSlab(node, group, ref control);
    }

    // What waits to be split gives up the pages that nobody uses. Linux: shrink_slab, for the deferred split shrinker
    private void ShrinkSlab(Node node, MemoryCgroup group, ref ScanControl control)
    {
        if (!group.IsRoot || node.Id != 0 || control.Group is { IsRoot: false })
            return;
        long before = _manager.FreePages;
        if (_manager.Splitter.Shrink(control.Priority) == 0)
            return;
        control.Reclaimed += Math.Max(_manager.FreePages - before, 0);
    }

    // A whole round over the groups, from where the last partial one ended. Linux: mem_cgroup_iter
    private static IEnumerable<MemoryCgroup> Walk(MemoryCgroup target, Node node, bool partial)
    {
        List<MemoryCgroup> groups = [.. target.Subtree()];
        MemoryCgroup? last = partial ? target.Iterators[node.Id].Position : null;
        int start = last == null ? 0 : groups.IndexOf(last) + 1;
        for (int i = 0; i < groups.Count; i++)
        {
            MemoryCgroup group = groups[(start + i) % groups.Count];
            if (partial)
                target.Iterators[node.Id].Position = group;
            yield return group;
        }
    }

    // Linux: prepare_scan_control
    private void PrepareScan(Node node, ref ScanControl control)
    {
        MemoryCgroup group = control.Group ?? _manager.Memcg.Root;
        LruVec target = group.LruOf(node.Id);
        control.AnonCost = target.AnonCost;
        control.FileCost = target.FileCost;
        control.DeactivateAnon = control.ForceDeactivate || InactiveIsLow(target, LruList.InactiveAnon) ||
            group.Stat(NodeStat.WorkingsetActivateAnon, node.Id) != target.Refaults[0];
        control.DeactivateFile = control.ForceDeactivate || InactiveIsLow(target, LruList.InactiveFile) ||
            group.Stat(NodeStat.WorkingsetActivateFile, node.Id) != target.Refaults[1];
        control.CacheTrimMode = group.Stat(NodeStat.InactiveFile, node.Id) >> control.Priority != 0 && !control.DeactivateFile;
        control.FileIsTiny = !control.IsCgroupReclaim && IsFileTiny(node, control);
    }

    private static bool IsFileTiny(Node node, in ScanControl control)
    {
        long free = 0, high = 0;
        foreach (Zone zone in node.ThisNodeZones)
        {
            free += zone.FreePages;
            high += zone.WatermarkOf(Watermark.High);
        }
        long file = node.Stats[(int)NodeStat.ActiveFile] + node.Stats[(int)NodeStat.InactiveFile];
        return file + free <= high && !control.DeactivateAnon && node.Stats[(int)NodeStat.InactiveAnon] >> control.Priority != 0;
    }

    // Linux: snapshot_refaults
    private void UpdateRefaults(Node node, in ScanControl control)
    {
        MemoryCgroup group = control.Group ?? _manager.Memcg.Root;
        long[] refaults = group.LruOf(node.Id).Refaults;
        refaults[0] = group.Stat(NodeStat.WorkingsetActivateAnon, node.Id);
        refaults[1] = group.Stat(NodeStat.WorkingsetActivateFile, node.Id);
    }

    // For a larger block reclaim goes on until compaction can make one of what is free. Linux: should_continue_reclaim
    private bool ShouldContinue(Node node, long reclaimed, long scanned, in ScanControl control)
    {
        bool wantsBlock = control.Order != 0 && (control.Order > MmConstants.CostlyOrder || control.Priority < ScanControl.DefaultPriority - 2);
        if (!wantsBlock || control.IsCgroupReclaim || (reclaimed == 0 && scanned == 0) || reclaimed == 0)
            return false;
        foreach (Zone zone in node.ThisNodeZones)
        {
            if (zone.Type <= control.HighestZone && (zone.WatermarkOk(control.Order, zone.WatermarkOf(Watermark.Min), control.HighestZone, AllocFlags.WatermarkMin) ||
                _manager.Compaction.IsSuitable(zone, control.Order, zone.WatermarkOf(Watermark.Min), control.HighestZone)))
            {
                return false;
            }
        }
        long idle = node.Stats[(int)NodeStat.InactiveFile];
        if (_manager.Swap.FreePages > 0)
            idle += node.Stats[(int)NodeStat.InactiveAnon];
        return idle > 2L << control.Order;
    }
}

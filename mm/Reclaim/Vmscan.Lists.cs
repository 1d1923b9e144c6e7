namespace Emu.Mm;

/// <content>How much to take from which list. Linux: <c>get_scan_count</c>, <c>shrink_lruvec</c>.</content>
public sealed partial class Vmscan
{
    private const int ListCount = 4;

    private enum ScanBalance
    {
        Equal,
        Fraction,
        Anon,
        File,
    }

    // Linux: shrink_lruvec
    private void ShrinkLruVec(MemoryCgroup group, LruVec lru, ref ScanControl control)
    {
        Span<long> left = stackalloc long[ListCount], targets = stackalloc long[ListCount];
        ScanCounts(group, lru, ref control, left);
        left.CopyTo(targets);
        bool proportional = !control.IsCgroupReclaim && control.Reclaimer != Reclaimer.Kswapd && control.Priority == ScanControl.DefaultPriority;
        long start = control.Reclaimed;
        bool balanced = false;
        while (left[(int)LruList.InactiveAnon] > 0 || left[(int)LruList.ActiveFile] > 0 || left[(int)LruList.InactiveFile] > 0)
        {
            for (LruList list = 0; list < (LruList)ListCount; list++)
            {
                long take = Math.Min(left[(int)list], ClusterMax);
                if (take <= 0)
                    continue;
                left[(int)list] -= take;
                ShrinkList(lru, list, take, ref control);
            }
            if (control.Reclaimed - start < control.Target || proportional || balanced)
                continue;
            if (!BalanceRest(left, targets))
                break;
            balanced = true;
        }
        if (_manager.Swap.TotalPages > 0 && control.MaySwap && InactiveIsLow(lru, LruList.InactiveAnon))
            ShrinkActive(lru, LruList.ActiveAnon, ClusterMax, ref control);
    }

    // The goal is reached: the kind that has less left is done, and the other is scanned in the proportion that was asked for.
    // Linux: the end of the loop in shrink_lruvec
    private static bool BalanceRest(Span<long> left, ReadOnlySpan<long> targets)
    {
        const int Anon = (int)LruList.InactiveAnon, File = (int)LruList.InactiveFile;
        long anon = left[Anon] + left[Anon + 1], file = left[File] + left[File + 1];
        if (anon == 0 || file == 0)
            return false;
        int smaller = file > anon ? Anon : File, larger = file > anon ? File : Anon;
        long percent = Math.Min(anon, file) * 100 / (targets[smaller] + targets[smaller + 1] + 1);
        left[smaller] = left[smaller + 1] = 0;
        for (int list = larger; list <= larger + 1; list++)
        {
            long scanned = targets[list] - left[list];
            left[list] = Math.Max((targets[list] * (100 - percent) / 100) - scanned, 0);
        }
        return true;
    }

    // Linux: shrink_list
    private void ShrinkList(LruVec lru, LruList list, long pages, ref ScanControl control)
    {
        if (list is not (LruList.ActiveAnon or LruList.ActiveFile))
            ShrinkInactive(lru, list, pages, ref control);
        else if (list == LruList.ActiveFile ? control.DeactivateFile : control.DeactivateAnon)
            ShrinkActive(lru, list, pages, ref control);
        else
            control.SkippedDeactivate = true;
    }

    // Shares the pressure between anonymous and file pages by what reclaiming each has cost. Linux: get_scan_count
    private void ScanCounts(MemoryCgroup group, LruVec lru, ref ScanControl control, Span<long> counts)
    {
        int swappiness = control.Swappiness >= 0 ? control.Swappiness : _manager.Sysctl.Swappiness;
        ScanBalance balance = BalanceOf(group, control, swappiness);
        ulong total = control.AnonCost + control.FileCost, anonCost = total + control.AnonCost, fileCost = total + control.FileCost;
        total = anonCost + fileCost;
        ulong anonShare = (ulong)Math.Min(swappiness, 200) * (total + 1) / (anonCost + 1);
        ulong fileShare = (ulong)(200 - Math.Min(swappiness, 200)) * (total + 1) / (fileCost + 1);
        for (LruList list = 0; list < (LruList)ListCount; list++)
        {
            bool file = list >= LruList.InactiveFile;
            long size = lru.Count(list), scan = Unprotected(group, size, ref control) >> control.Priority;
            if (scan == 0 && !group.IsOnline)
                scan = Math.Min(size, ClusterMax);
            if (balance == ScanBalance.Fraction)
                scan = (long)((ulong)scan * (file ? fileShare : anonShare) / Math.Max(anonShare + fileShare, 1));
            else if (balance == (file ? ScanBalance.Anon : ScanBalance.File))
                scan = 0;
            counts[(int)list] = scan;
        }
    }

    private ScanBalance BalanceOf(MemoryCgroup group, in ScanControl control, int swappiness)
    {
        if (!control.MaySwap || _manager.Memcg.SwapPagesFor(group) <= 0)
            return ScanBalance.File;
        if (control.IsCgroupReclaim && swappiness == 0)
            return ScanBalance.File;
        if (swappiness == ScanControl.AnonOnly)
            return ScanBalance.Anon;
        if (control.Priority == 0 && swappiness != 0)
            return ScanBalance.Equal;
        if (control.FileIsTiny)
            return ScanBalance.Anon;
        return control.CacheTrimMode ? ScanBalance.File : ScanBalance.Fraction;
    }

    // The part of a list that memory.min and memory.low do not protect. Linux: apply_proportional_protection
    private long Unprotected(MemoryCgroup group, long scan, ref ScanControl control)
    {
        MemoryCgroup target = control.Group ?? _manager.Memcg.Root;
        if (group.IsRoot || group == target)
            return scan;
        long min = group.Memory.EffectiveMin, low = group.Memory.EffectiveLow, protection = min;
        if (min == 0 && low == 0)
            return scan;
        if (!control.LowReclaim && low > min)
        {
            protection = low;
            control.LowSkipped = true;
        }
        long size = Math.Max(group.Memory.Usage, protection);
        scan -= (long)((Int128)scan * protection / (size + 1));
        return Math.Max(scan, ClusterMax); // what is left over may be small, but the scan must make progress
    }

    // The inactive list has to be large enough for pages to be used again before they leave it. Linux: inactive_is_low
    private static bool InactiveIsLow(LruVec lru, LruList inactive)
    {
        long idle = SizeOf(lru, inactive), used = SizeOf(lru, inactive + 1);
        long gigabytes = (idle + used) >> (30 - MmConstants.PageShift);
        long ratio = gigabytes != 0 ? (long)Math.Sqrt(10 * gigabytes) : 1;
        return idle * ratio < used;
    }

    // Of a group with others below it the whole tree counts.
    private static long SizeOf(LruVec lru, LruList list) => lru.Group?.Stat((NodeStat)list, lru.NodeId) ?? lru.Stats[(int)list];

    // Pages that were not used of late go to the inactive list. Linux: shrink_active_list
    private void ShrinkActive(LruVec lru, LruList list, long pages, ref ScanControl control)
    {
        bool file = list == LruList.ActiveFile;
        while (pages > 0 && lru.Last(list) is not 0 and uint pfn)
        {
            int size = _memory.PagesOf(pfn);
            pages -= size;
            lru.Remove(pfn);
            control.Scanned += size;
            Count(lru, VmEvent.Refill, size, control);
            ref Page page = ref _memory.Page(pfn);
            int referenced = PageUnmapper.Referenced(_manager, pfn, out VmFlags flags);
            if (referenced < 0)
                Mlock.Add(_manager, pfn);
            // Code in use stays: losing it hurts most.
            bool keep = referenced > 0 && file && (flags & VmFlags.Exec) != 0;
            if (!keep && referenced >= 0)
            {
                page.Clear(PageFlags.Active);
                page.Set(PageFlags.Workingset);
                Count(lru, VmEvent.Deactivate, size, control);
            }
            lru.Add(pfn);
        }
    }

    // An event counts for the group; for the machine too, unless it happened because a group met its limit.
    private void Count(LruVec lru, VmEvent item, long pages, in ScanControl control)
    {
        if (!control.IsCgroupReclaim || item is VmEvent.Refill or VmEvent.Deactivate)
            _manager.Events[(int)item] += pages;
        if (lru.Group is { } group)
            group.VmEvents[(int)item] += pages;
    }
}

namespace Emu.Mm;

/// <content>How much to take from which list. Linux: <c>get_scan_count</c>, <c>shrink_lruvec</c>.</content>
public sealed partial class Vmscan
{
    private const int ListCount = 4;

    // Linux: shrink_lruvec
    private void ShrinkLruVec(LruVec lru, ref ScanControl control)
    {
        Span<long> left = stackalloc long[ListCount];
        ScanCounts(lru, control, left);
        bool gentle = control.Reclaimer == Reclaimer.Direct && control.Priority == ScanControl.DefaultPriority;
        long start = control.Reclaimed;
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
            if (control.Reclaimed - start >= control.Target && !gentle)
                break;
        }
        if (control.MaySwap && _manager.Swap.FreePages > 0 && InactiveIsLow(lru, LruList.InactiveAnon))
            ShrinkActive(lru, LruList.ActiveAnon, ClusterMax, ref control);
    }

    // Linux: shrink_list
    private void ShrinkList(LruVec lru, LruList list, long pages, ref ScanControl control)
    {
        if (list is LruList.ActiveAnon or LruList.ActiveFile)
        {
            if (InactiveIsLow(lru, list - 1))
                ShrinkActive(lru, list, pages, ref control);
            return;
        }
        ShrinkInactive(lru, list, pages, ref control);
    }

    // Shares the pressure between anonymous and file pages by what reclaiming each has cost. Linux: get_scan_count
    private void ScanCounts(LruVec lru, in ScanControl control, Span<long> counts)
    {
        int swappiness = control.Swappiness >= 0 ? control.Swappiness : _manager.Sysctl.Swappiness;
        bool noSwap = !control.MaySwap || _manager.Swap.FreePages == 0 || swappiness == 0;
        long inactiveFile = lru.Count(LruList.InactiveFile);
        bool fileOnly = noSwap || (inactiveFile >> control.Priority != 0 && !InactiveIsLow(lru, LruList.InactiveFile) && !CacheThrashes(lru));
        if (noSwap)
            fileOnly = true;
        else if (control.Priority == 0)
            fileOnly = false;
        ulong total = lru.AnonCost + lru.FileCost, anonCost = total + lru.AnonCost, fileCost = total + lru.FileCost;
        total = anonCost + fileCost;
        ulong anonShare = (ulong)swappiness * (total + 1) / (anonCost + 1), fileShare = (ulong)(200 - swappiness) * (total + 1) / (fileCost + 1);
        for (LruList list = 0; list < (LruList)ListCount; list++)
        {
            bool file = list >= LruList.InactiveFile;
            long scan = lru.Count(list) >> control.Priority;
            if (fileOnly)
                scan = file ? scan : 0;
            else if (control.Priority != 0)
                scan = (long)((ulong)scan * (file ? fileShare : anonShare) / (anonShare + fileShare));
            // A list that is small against the priority gives a few pages all the same once it matters.
            if (scan == 0 && control.Priority <= 4 && !(fileOnly && !file))
                scan = Math.Min(lru.Count(list), ClusterMax);
            counts[(int)list] = scan;
        }
    }

    private static bool CacheThrashes(LruVec lru) => lru.FileCost > lru.AnonCost * 2 && lru.Count(LruList.InactiveAnon) != 0;

    // The inactive list has to be large enough for pages to be used again before they leave it. Linux: inactive_is_low
    private static bool InactiveIsLow(LruVec lru, LruList inactive)
    {
        long idle = lru.Count(inactive), used = lru.Count(inactive + 1);
        long gigabytes = (idle + used) >> (30 - MmConstants.PageShift);
        long ratio = gigabytes != 0 ? (long)Math.Sqrt(10 * gigabytes) : 1;
        return idle * ratio < used;
    }

    // Pages that were not used of late go to the inactive list. Linux: shrink_active_list
    private void ShrinkActive(LruVec lru, LruList list, long pages, ref ScanControl control)
    {
        bool file = list == LruList.ActiveFile;
        for (; pages > 0 && lru.Last(list) is not 0 and uint pfn; pages -= _memory.PagesOf(pfn))
        {
            lru.Isolate(pfn);
            control.Scanned++;
            _manager.Events[(int)VmEvent.Refill]++;
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
                _manager.Events[(int)VmEvent.Deactivate]++;
            }
            lru.Add(pfn);
        }
    }
}

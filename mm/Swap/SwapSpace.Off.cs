namespace Emu.Mm;

/// <content>Ending the use of an area. Linux: mm/swapfile.c (<c>swapoff</c>, <c>try_to_unuse</c>).</content>
public sealed unsafe partial class SwapSpace
{
    /// <summary>Brings everything in an area back into memory, or to other areas, and gives the area up.</summary>
    /// <param name="area">The area.</param>
    /// <param name="limits">Of the process that asks.</param>
    /// <returns>0; ENOMEM if what was promised, or what is in the area, has no room without it; EINTR if the task is to die; EIO; negated.</returns>
    public int SwapOff(SwapArea area, MmLimits limits)
    {
        int error = _manager.ReserveMemory((long)area.Pages, limits);
        if (error != 0)
            return error;
        _manager.UnreserveMemory((long)area.Pages);
        area.IsWritable = false;
        TotalPages -= area.Pages;
        TaskMemory current = _manager.Current;
        current.IsOomOrigin = true;
        error = Unuse(area);
        current.IsOomOrigin = false;
        if (error != 0)
        {
            area.IsWritable = true;
            TotalPages += area.Pages;
            return error;
        }
        Bug.On(area.InUse != 0, "a swap area in use was removed");
        _areas[area.Type] = null;
        if (area.Priority < 0 && !Areas.Any(static other => other.Priority < 0))
            _leastPriority = 0;
        return 0;
    }

    // Linux: try_to_unuse
    private int Unuse(SwapArea area)
    {
        foreach (PageCache cache in _manager.Mappings.PageCaches.Where(static cache => cache.SwappedPages != 0).ToList())
        {
            int error = cache.UnuseSwap(area.Type);
            if (error != 0)
                return error;
        }
        foreach (MemoryDescriptor mm in _manager.AddressSpaces.ToList())
        {
            if (mm.Rss[(int)RssKind.Swap] != 0 && !mm.IsGone && UnuseMm(mm, area.Type) is var error && error != 0)
                return error;
        }
        // Pages that nothing names the slots of any more need them no longer.
        foreach (ulong slot in area.UsedSlots().ToList())
        {
            if (area.Cached(slot) is not 0 and uint pfn)
                TryFree(pfn);
        }
        return area.InUse == 0 ? 0 : -Errno.EBUSY;
    }

    // Linux: unuse_mm
    private int UnuseMm(MemoryDescriptor mm, int type)
    {
        foreach ((_, _, VmArea area) in mm.Areas.Iterate())
        {
            for (ulong at = area.Start; at < area.End;)
            {
                if (_manager.Current.IsDying)
                    return -Errno.EINTR;
                Pte* entry = mm.PageTable.Walk(at, out int level);
                bool isHere = level == 0 && !entry->IsNone && !entry->IsPresent && SwapEntry.FromPte(*entry).Type == type;
                if (isHere && !_manager.Faults.TrySwapIn(area, at))
                    return -Errno.ENOMEM;
                ulong span = PageTable.SpanOf(level);
                at = (at & ~(span - 1)) + span;
            }
        }
        return 0;
    }
}

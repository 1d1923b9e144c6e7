namespace Emu.Mm;

/// <content>munmap and the end of an address space. Linux: mm/vma.c (<c>do_vmi_align_munmap</c>), mm/mmap.c (<c>exit_mmap</c>).</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Unmaps [start, start + length). Linux: <c>do_vmi_munmap</c>.</summary>
    /// <param name="start">Page-aligned.</param>
    /// <param name="length">Bytes; rounded up.</param>
    /// <returns>0, or EINVAL, ENOMEM (too many areas), EPERM (sealed), negated.</returns>
    public int Unmap(ulong start, ulong length)
    {
        int error = UnmapRange(start, length);
        TellUserfaults();
        return error;
    }

    // The same as a part of a larger operation, which tells the readers of userfaultfd at its end.
    private int UnmapRange(ulong start, ulong length)
    {
        if ((start & ~MmConstants.PageMask) != 0 || start > MmConstants.TaskSize || length > MmConstants.TaskSize - start)
            return -Errno.EINVAL;
        ulong end = start + MmConstants.PageAlign(length);
        if (end == start)
            return -Errno.EINVAL;
        VmArea? first = FindIntersection(start, end);
        if (first == null)
            return 0;
        int error = IsolateRange(first, start, end);
        if (error != 0)
            return error;
        UnmapWhole(start, end);
        return 0;
    }

    /// <summary>Removes everything. Nobody uses the address space any more. Linux: <c>exit_mmap</c>, <c>__mmdrop</c>.</summary>
    public void Exit()
    {
        IsGone = true;
        UpdateHighWaterRss();
        Gather.Begin(fullMm: true);
        ulong accounted = 0;
        foreach ((_, _, VmArea area) in Areas.Iterate(0, ulong.MaxValue))
        {
            Zap(area, area.Start, area.End, ZapFlags.DropMarkers);
            if ((area.Flags & VmFlags.Account) != 0)
                accounted += area.Pages;
        }
        PageTable.FreeRange(Gather, 0, MmConstants.TaskSize + MmConstants.PageSize, 0, 0);
        Manager.Tlb.FlushMm(this);
        Gather.Finish();
        foreach ((_, _, VmArea area) in Areas.Iterate(0, ulong.MaxValue))
        {
            DetachRmap(area);
            FreeArea(area);
        }
        Areas.Clear();
        Manager.UnreserveMemory((long)accounted);
        SetExeFile(null);
        PageTable.FreeRoot();
        Manager.Tlb.DestroyContext(this);
        Manager.Unregister(this);
    }

    // Splits the areas at both ends, so that whole areas lie in the range. Linux: vms_gather_munmap_vmas
    private int IsolateRange(VmArea first, ulong start, ulong end)
    {
        foreach ((_, _, VmArea area) in Areas.Iterate(start, end - 1))
        {
            if ((area.Flags & VmFlags.Sealed) != 0)
                return -Errno.EPERM;
        }
        if (start > first.Start)
        {
            if (end < first.End && MapCount >= Manager.Sysctl.MaxMapCount)
                return -Errno.ENOMEM;
            int error = SplitUnlimited(first, start, newBelow: true, out _);
            if (error != 0)
                return error;
        }
        VmArea? last = Lookup(end - 1);
        return last != null && last.End > end ? SplitUnlimited(last, end, newBelow: false, out _) : 0;
    }

    // Linux: vms_complete_munmap_vmas, unmap_region
    private void UnmapWhole(ulong start, ulong end)
    {
        ulong floor = AreaBelow(start)?.End ?? 0, ceiling = FindArea(end)?.Start ?? 0;
        UpdateHighWaterRss();
        UpdateHighWaterVm();
        Gather.Begin();
        foreach ((_, _, VmArea area) in Areas.Iterate(start, end - 1))
        {
            Zap(area, area.Start, area.End, ZapFlags.DropMarkers);
            NoteUnmap(area, start, end);
            DetachRmap(area);
        }
        PageTable.FreeRange(Gather, start, end, floor, ceiling);
        Gather.Finish();
        RemoveAreas(start, end);
    }

    private void RemoveAreas(ulong start, ulong end)
    {
        ulong accounted = 0;
        VmArea? area;
        while ((area = FindIntersection(start, end)) != null)
        {
            ulong pages = area.Pages;
            Areas.StoreRange(area.Start, area.End - 1, null);
            Account(area.Flags, -(long)pages);
            if ((area.Flags & VmFlags.Locked) != 0)
                LockedVm -= pages;
            if ((area.Flags & VmFlags.Account) != 0)
                accounted += pages;
            start = area.End;
            FreeArea(area);
            if (start >= end)
                break;
        }
        if (accounted != 0)
            Manager.UnreserveMemory((long)accounted);
    }

    private void DetachRmap(VmArea area)
    {
        UnlinkFile(area);
        AnonVmaLinks.Unlink(area);
    }
}

namespace Emu.Mm;

/// <content>Advice to bring memory in, and to take what is behind it away. Linux: <c>madvise_willneed</c>, <c>madvise_populate</c>, <c>madvise_remove</c>.</content>
public sealed unsafe partial class MemoryDescriptor
{
    private int AdviseWillNeed(ref Advised advised)
    {
        VmArea area = advised.Area;
        if (area.IsCowMapping && area.AnonVma != null)
            SwapInAhead(advised.Start, advised.End);
        if (area.File?.Mapping is not { } cache)
            return 0;
        ulong first = area.PageIndexOf(advised.Start), count = (advised.End - advised.Start) >> MmConstants.PageShift;
        if (cache.Kind == PageCacheKind.Shmem)
        {
            cache.SwapInAhead(first, first + count - 1);
            return 0;
        }
        _ = cache.ReadPages(first, Math.Min(count, cache.ReadaheadPages)); // a page that cannot be read is the access's to find
        return 0;
    }

    // Linux: swapin_walk_pmd_entry
    private void SwapInAhead(ulong start, ulong end)
    {
        PageWalk walk = new(PageTable, start, end);
        while (walk.MoveNext())
        {
            if (walk.Entry->IsSwap && SwapEntry.FromPte(*walk.Entry) is { IsSlot: true } entry && Manager.Faults.ReadSwapAhead(entry) != 0)
                return;
        }
    }

    // Linux: madvise_remove
    private int AdviseRemove(ref Advised advised)
    {
        VmArea area = advised.Area;
        if (area.HasAny(VmFlags.Locked) || area.File is not { Mapping: not null } file)
            return -Errno.EINVAL;
        if (!area.Has(VmFlags.Shared | VmFlags.MayWrite))
            return -Errno.EACCES;
        ulong offset = area.PageIndexOf(advised.Start) << MmConstants.PageShift;
        file.Get(); // the area may be gone when the reader of a userfaultfd was told, or when the file system has slept
        advised.Slept = true;
        _ = TellRemoval(area, advised.Start, advised.End);
        int error = file.PunchHole(offset, advised.End - advised.Start);
        file.Put();
        return error;
    }

    // Linux: madvise_populate, faultin_page_range
    private int PopulateAdvised(ulong start, ulong end, bool write, in FaultContext context)
    {
        for (ulong at = start; at < end; at += MmConstants.PageSize)
        {
            VmArea? area = Lookup(at);
            if (area == null)
                return -Errno.ENOMEM;
            if (!MayPopulate(area, write))
                return -Errno.EINVAL;
            int error = FaultIn(ref area, at, write, context);
            if (error != 0)
                return error;
        }
        return 0;
    }

    /// <summary>Whether another process's access to a page can be served: by what the area allows, not the page. Linux: <c>pin_user_pages_remote</c>.</summary>
    public bool MayPin(ulong address, bool write) => FindOrExpand(address, out _) is { } area && MayPopulate(area, write);

    // Linux: check_vma_flags
    private static bool MayPopulate(VmArea area, bool write) =>
        !area.HasAny(VmFlags.Io | VmFlags.PfnMap) && area.Operations is not { HidesPages: true } && area.HasAny(write ? VmFlags.Write : VmFlags.Read);
}

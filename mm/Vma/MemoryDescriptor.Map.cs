namespace Emu.Mm;

/// <content>mmap. Linux: mm/mmap.c (<c>do_mmap</c>), mm/vma.c (<c>__mmap_region</c>).</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Maps a file or anonymous memory. Linux: <c>do_mmap</c>.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="populate">Bytes from the address on that the caller is to fault in, once it has dropped the lock.</param>
    /// <returns>The address, or a negative errno.</returns>
    public long Map(in MapRequest request, out ulong populate)
    {
        long result = MapChecked(request, out populate);
        TellUserfaults();
        return result;
    }

    private long MapChecked(in MapRequest request, out ulong populate)
    {
        populate = 0;
        MapFlags flags = request.Flags;
        if (request.Length == 0)
            return -Errno.EINVAL;
        if ((flags & MapFlags.FixedNoReplace) != 0)
            flags |= MapFlags.Fixed;
        ulong address = (flags & MapFlags.Fixed) != 0 ? request.Address : RoundHint(request.Address);
        ulong length = MmConstants.PageAlign(request.Length);
        if (request.File is { WantsHugeAlignment: true })
            length = (length + MmConstants.PmdSize - 1) & MmConstants.PmdMask;
        if (length == 0)
            return -Errno.ENOMEM;
        if (request.PageOffset + (length >> MmConstants.PageShift) < request.PageOffset)
            return -Errno.EOVERFLOW;
        if (MapCount > Manager.Sysctl.MaxMapCount)
            return -Errno.ENOMEM;

        VmFlags vmFlags = ToVmFlags(request.Protection, flags) | request.ExtraFlags | DefaultFlags | VmFlags.MayMask;
        long found = GetUnmappedArea(request.File, address, length, flags, vmFlags);
        if (found < 0)
            return found;
        address = (ulong)found;
        if ((flags & MapFlags.FixedNoReplace) != 0 && FindIntersection(address, address + length) != null)
            return -Errno.EEXIST;
        if ((flags & MapFlags.Locked) != 0 && !CanLock)
            return -Errno.EPERM;
        if (!MayLock(vmFlags, length >> MmConstants.PageShift))
            return -Errno.EAGAIN;

        ulong pageOffset = request.PageOffset;
        int error = request.File != null
            ? CheckFile(request.File, request.Protection, flags, pageOffset, length, ref vmFlags)
            : CheckAnonymous(flags, address, ref vmFlags, ref pageOffset);
        if (error != 0)
            return error;
        if ((flags & MapFlags.NoReserve) != 0 && Manager.Sysctl.OvercommitMemory != 2)
            vmFlags |= VmFlags.NoReserve;

        long result = MapRegion(request.File, address, length, vmFlags, pageOffset);
        if (result >= 0 && ((vmFlags & VmFlags.Locked) != 0 || (flags & (MapFlags.Populate | MapFlags.NonBlock)) == MapFlags.Populate))
            populate = length;
        return result;
    }

    // Linux: round_hint_to_min
    private ulong RoundHint(ulong hint)
    {
        hint &= MmConstants.PageMask;
        return hint != 0 && hint < Manager.Sysctl.MmapMinAddr ? MmConstants.PageAlign(Manager.Sysctl.MmapMinAddr) : hint;
    }

    // Linux: calc_vm_prot_bits, calc_vm_flag_bits
    private static VmFlags ToVmFlags(MemoryProtection protection, MapFlags flags)
    {
        VmFlags result = (VmFlags)((uint)protection & 7);
        if ((flags & MapFlags.GrowsDown) != 0)
            result |= VmFlags.GrowsDown;
        if ((flags & MapFlags.Locked) != 0)
            result |= VmFlags.Locked;
        if ((flags & MapFlags.Sync) != 0)
            result |= VmFlags.Sync;
        return (flags & MapFlags.Stack) != 0 ? result | VmFlags.NoHugePage : result;
    }

    private static int CheckFile(VmFile file, MemoryProtection protection, MapFlags flags, ulong pageOffset, ulong length, ref VmFlags vmFlags)
    {
        MapFlags type = flags & MapFlags.TypeMask;
        if (type is not (MapFlags.Shared or MapFlags.SharedValidate or MapFlags.Private))
            return -Errno.EINVAL;
        // s_maxbytes of an ordinary file system, in pages.
        const ulong MaxPages = long.MaxValue >> MmConstants.PageShift;
        if (pageOffset > MaxPages || length >> MmConstants.PageShift > MaxPages - pageOffset)
            return -Errno.EOVERFLOW;
        if (type != MapFlags.Private)
        {
            if (type == MapFlags.SharedValidate && (flags & ~(MapFlags.LegacyMask | MapFlags.FixedNoReplace)) != 0)
                return -Errno.EOPNOTSUPP;
            if ((protection & MemoryProtection.Write) != 0 && !file.CanWrite)
                return -Errno.EACCES;
            vmFlags |= VmFlags.Shared | VmFlags.MayShare;
            if (!file.CanWrite)
                vmFlags &= ~(VmFlags.MayWrite | VmFlags.Shared);
        }
        if (!file.CanRead)
            return -Errno.EACCES;
        if (file.NoExec)
        {
            if ((vmFlags & VmFlags.Exec) != 0)
                return -Errno.EPERM;
            vmFlags &= ~VmFlags.MayExec;
        }
        if (!file.CanMap)
            return -Errno.ENODEV;
        return (flags & MapFlags.GrowsDown) != 0 ? -Errno.EINVAL : 0;
    }

    private static int CheckAnonymous(MapFlags flags, ulong address, ref VmFlags vmFlags, ref ulong pageOffset)
    {
        switch (flags & MapFlags.TypeMask)
        {
            case MapFlags.Shared:
                if ((flags & MapFlags.GrowsDown) != 0)
                    return -Errno.EINVAL;
                pageOffset = 0;
                vmFlags |= VmFlags.Shared | VmFlags.MayShare;
                return 0;
            case MapFlags.Droppable:
                if ((flags & (MapFlags.GrowsDown | MapFlags.Locked)) != 0)
                    return -Errno.EINVAL;
                vmFlags |= VmFlags.Droppable | VmFlags.NoReserve | VmFlags.WipeOnFork | VmFlags.DontDump;
                pageOffset = address >> MmConstants.PageShift;
                return 0;
            case MapFlags.Private:
                pageOffset = address >> MmConstants.PageShift;
                return 0;
            default:
                return -Errno.EINVAL;
        }
    }

    // Linux: __mmap_region
    private long MapRegion(VmFile? file, ulong address, ulong length, VmFlags flags, ulong pageOffset)
    {
        ulong end = address + length, pages = length >> MmConstants.PageShift;
        if (!MayExpand(flags, pages, replaced: CountMapped(address, end)))
            return -Errno.ENOMEM;
        if (FindIntersection(address, end) != null)
        {
            int error = UnmapRange(address, length);
            if (error != 0)
                return error;
        }
        bool charged = IsAccountable(file, flags);
        if (charged)
        {
            int error = Manager.ReserveMemory((long)pages, Limits);
            if (error != 0)
                return error;
            flags |= VmFlags.Account;
        }
        int refused = file?.PrepareMmap(this, length, ref flags) ?? 0;
        flags |= MergeableFlag(flags) | VmFlags.SoftDirty;
        VmArea? area = refused == 0 ? VmaMerge.ForNewRange(this, address, end, flags, pageOffset, file?.Mapped).TryMergeNew() : null;
        if (area == null && refused == 0)
            area = MapNewArea(file, address, end, flags, pageOffset, out refused);
        if (area == null)
        {
            if (charged)
                Manager.UnreserveMemory((long)pages);
            return refused;
        }
        FinishMap(area, pages);
        Manager.Khugepaged.Enter(area);
        return (long)address;
    }

    // Linux: __mmap_new_vma
    private VmArea? MapNewArea(VmFile? file, ulong address, ulong end, VmFlags flags, ulong pageOffset, out int error)
    {
        VmArea area = AllocateArea();
        area.Start = address;
        area.End = end;
        area.PageOffset = pageOffset;
        area.SetFlags(flags);
        error = 0;
        if (file != null)
        {
            file.Get();
            area.File = file;
            error = file.Mmap(area);
        }
        else if ((flags & VmFlags.Shared) != 0)
        {
            error = Shmem.ZeroSetup(area);
        }
        if (error != 0)
        {
            area.Operations = null; // it was never opened: not to be closed
            FreeArea(area);
            return null;
        }
        area.SetFlags(area.Flags); // what the object is decides whether the first write is to be noticed
        Link(area);
        return area;
    }

    // Linux: __mmap_complete
    private void FinishMap(VmArea area, ulong pages)
    {
        Account(area.Flags, (long)pages);
        if ((area.Flags & VmFlags.Locked) == 0)
            return;
        if (area.HasAny(VmFlags.Special))
            area.SetFlags(area.Flags & ~VmFlags.LockedMask);
        else
            LockedVm += pages;
    }

    // Linux: vma_link
    private void Link(VmArea area)
    {
        Areas.StoreRange(area.Start, area.End - 1, area);
        LinkFile(area);
    }

    // Linux: accountable_mapping
    private bool IsAccountable(VmFile? file, VmFlags flags) =>
        file is not { WantsHugeAlignment: true } &&
        (flags & (VmFlags.NoReserve | VmFlags.Shared | VmFlags.Write)) == VmFlags.Write;

    // Pages of [start, end) that are mapped. Linux: count_vma_pages_range
    private ulong CountMapped(ulong start, ulong end)
    {
        ulong pages = 0;
        foreach ((_, _, VmArea area) in Areas.Iterate(start, end - 1))
            pages += (Math.Min(end, area.End) - Math.Max(start, area.Start)) >> MmConstants.PageShift;
        return pages;
    }
}

namespace Emu.Mm;

/// <summary>Flags of mremap. Linux: <c>MREMAP_*</c>.</summary>
[Flags]
public enum RemapFlags : uint
{
    /// <summary>In place or not at all.</summary>
    None = 0,

    /// <summary>May be moved.</summary>
    MayMove = 1,

    /// <summary>To the given address, replacing what is there.</summary>
    Fixed = 2,

    /// <summary>The old range stays mapped, empty.</summary>
    DontUnmap = 4,
}

/// <content>mremap. Linux: mm/mremap.c.</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Changes size or place of a mapping. Linux: <c>do_mremap</c>.</summary>
    /// <param name="address">Start, page-aligned.</param>
    /// <param name="oldLength">Bytes mapped; 0 to map a shared object a second time.</param>
    /// <param name="newLength">Bytes wanted.</param>
    /// <param name="flags">How.</param>
    /// <param name="newAddress">Where, with FIXED; a hint with DONTUNMAP.</param>
    /// <param name="populate">Range that the caller is to fault in: address and length.</param>
    /// <returns>The address, or a negative errno.</returns>
    public long Remap(ulong address, ulong oldLength, ulong newLength, RemapFlags flags, ulong newAddress, out (ulong Start, ulong Length) populate)
    {
        long result = RemapChecked(address, oldLength, newLength, flags, newAddress, out populate);
        TellUserfaults();
        return result;
    }

    private long RemapChecked(ulong address, ulong oldLength, ulong newLength, RemapFlags flags, ulong newAddress,
        out (ulong Start, ulong Length) populate)
    {
        populate = default;
        oldLength = MmConstants.PageAlign(oldLength);
        newLength = MmConstants.PageAlign(newLength);
        int error = AlignRemap(address, ref oldLength, ref newLength, flags, newAddress);
        if (error != 0)
            return error;
        error = CheckRemap(address, oldLength, newLength, flags, newAddress);
        if (error != 0)
            return error;
        bool placed = (flags & (RemapFlags.Fixed | RemapFlags.DontUnmap)) != 0;
        if ((flags & RemapFlags.Fixed) != 0 && oldLength == newLength)
            return MoveRange(address, oldLength, flags, newAddress);
        VmArea? area = Lookup(address);
        error = CheckRemapArea(area, address, oldLength, newLength, flags);
        if (error != 0)
            return error;
        if (placed)
            return RemapTo(area!, address, oldLength, newLength, flags, newAddress, out populate);
        if (newLength <= oldLength && oldLength != 0)
            return newLength == oldLength ? (long)address : Shrink(address, oldLength, newLength);
        return Grow(area!, address, oldLength, newLength, flags, out populate);
    }

    // Linux: check_mremap_params
    private int CheckRemap(ulong address, ulong oldLength, ulong newLength, RemapFlags flags, ulong newAddress)
    {
        const RemapFlags Known = RemapFlags.MayMove | RemapFlags.Fixed | RemapFlags.DontUnmap;
        if ((flags & ~Known) != 0 || (address & ~MmConstants.PageMask) != 0 || newLength == 0 || newLength > MmConstants.TaskSize)
            return -Errno.EINVAL;
        if ((flags & (RemapFlags.Fixed | RemapFlags.DontUnmap)) == 0)
            return 0;
        if ((flags & RemapFlags.MayMove) == 0 || ((flags & RemapFlags.DontUnmap) != 0 && oldLength != newLength))
            return -Errno.EINVAL;
        if (newAddress > MmConstants.TaskSize - newLength || (newAddress & ~MmConstants.PageMask) != 0)
            return -Errno.EINVAL;
        bool overlaps = address + oldLength > newAddress && newAddress + newLength > address;
        if ((flags & RemapFlags.Fixed) != 0 && overlaps)
            return -Errno.EINVAL;
        return MapCount + 2 >= Manager.Sysctl.MaxMapCount - 3 ? -Errno.ENOMEM : 0;
    }

    // Linux: check_prep_vma
    private int CheckRemapArea(VmArea? area, ulong address, ulong oldLength, ulong newLength, RemapFlags flags)
    {
        if (area == null)
            return -Errno.EFAULT;
        if ((area.Flags & VmFlags.Sealed) != 0)
            return -Errno.EPERM;
        bool placed = (flags & (RemapFlags.Fixed | RemapFlags.DontUnmap)) != 0;
        if (newLength <= oldLength && !placed)
            return 0;
        if (oldLength == 0 && (area.Flags & VmFlags.MayShare) == 0)
            return -Errno.EINVAL;
        if ((flags & RemapFlags.DontUnmap) != 0 && area.HasAny(VmFlags.DontExpand | VmFlags.PfnMap))
            return -Errno.EINVAL;
        // What is cut off may lie in other areas.
        if (Math.Min(oldLength, newLength) > area.End - address)
            return -Errno.EFAULT;
        if (newLength <= oldLength)
            return 0;
        ulong pageOffset = area.PageIndexOf(address);
        if (pageOffset + (newLength >> MmConstants.PageShift) < pageOffset)
            return -Errno.EINVAL;
        if (area.HasAny(VmFlags.DontExpand | VmFlags.PfnMap))
            return -Errno.EFAULT;
        ulong growth = (newLength - oldLength) >> MmConstants.PageShift;
        if (!MayLock(area.Flags, growth))
            return -Errno.EAGAIN;
        return MayExpand(area.Flags, growth) ? 0 : -Errno.ENOMEM;
    }

    private long Shrink(ulong address, ulong oldLength, ulong newLength)
    {
        int error = UnmapRange(address + newLength, oldLength - newLength);
        return error != 0 ? error : (long)address;
    }

    // Linux: mremap_to
    private long RemapTo(VmArea area, ulong address, ulong oldLength, ulong newLength, RemapFlags flags, ulong newAddress,
        out (ulong Start, ulong Length) populate)
    {
        populate = default;
        if ((flags & RemapFlags.Fixed) != 0 && FindIntersection(newAddress, newAddress + newLength) != null)
        {
            int error = UnmapRange(newAddress, newLength);
            if (error != 0)
                return error;
            area = Lookup(address)!;
        }
        if (oldLength > newLength)
        {
            int error = UnmapRange(address + newLength, oldLength - newLength);
            if (error != 0)
                return error;
            oldLength = newLength;
            area = Lookup(address)!;
        }
        if ((flags & RemapFlags.DontUnmap) != 0 && !MayExpand(area.Flags, oldLength >> MmConstants.PageShift))
            return -Errno.ENOMEM;
        MapFlags mapFlags = (area.Flags & VmFlags.MayShare) != 0 ? MapFlags.Shared : MapFlags.Private;
        if ((flags & RemapFlags.Fixed) != 0)
            mapFlags |= MapFlags.Fixed;
        long found = GetUnmappedArea(area.File, newAddress, newLength, mapFlags, area.Flags);
        return found < 0 ? found : Move(area, address, oldLength, newLength, (ulong)found, flags, out populate);
    }

    private long Grow(VmArea area, ulong address, ulong oldLength, ulong newLength, RemapFlags flags, out (ulong Start, ulong Length) populate)
    {
        populate = default;
        ulong delta = newLength - oldLength;
        if (oldLength != 0 && address + oldLength == area.End && CanExpand(area, delta))
        {
            int error = ExpandInPlace(area, delta, out VmArea expanded);
            if (error != 0)
                return error;
            if ((expanded.Flags & VmFlags.Locked) != 0)
                populate = (address + oldLength, delta);
            return (long)address;
        }
        if ((flags & RemapFlags.MayMove) == 0)
            return -Errno.ENOMEM;
        MapFlags mapFlags = (area.Flags & VmFlags.MayShare) != 0 ? MapFlags.Shared : MapFlags.Private;
        long found = GetUnmappedArea(area.File, 0, newLength, mapFlags, area.Flags);
        return found < 0 ? found : Move(area, address, oldLength, newLength, (ulong)found, flags, out populate);
    }

    // Linux: vma_expandable
    private bool CanExpand(VmArea area, ulong delta)
    {
        ulong end = area.End + delta;
        if (end < area.End || FindIntersection(area.End, end) != null)
            return false;
        return GetUnmappedArea(null, area.Start, end - area.Start, MapFlags.Fixed, VmFlags.None) >= 0;
    }

    // Linux: expand_vma_in_place with vma_merge_extend
    private int ExpandInPlace(VmArea area, ulong delta, out VmArea expanded)
    {
        expanded = area;
        long pages = (long)(delta >> MmConstants.PageShift);
        bool charged = (area.Flags & VmFlags.Account) != 0;
        if (charged && Manager.ReserveMemory(pages, Limits) != 0)
            return -Errno.ENOMEM;
        VmFlags flags = area.Flags;
        if (VmaMerge.ForExtension(area, delta).TryMergeNew() is not { } merged)
        {
            if (charged)
                Manager.UnreserveMemory(pages);
            return -Errno.ENOMEM;
        }
        expanded = merged;
        Account(flags, pages);
        if ((flags & VmFlags.Locked) != 0)
            LockedVm += (ulong)pages;
        return 0;
    }

    // Each area in the range is moved, and the gaps between them stay gaps: what is mapped there at the destination stays too.
    // Linux: remap_move
    private long MoveRange(ulong address, ulong length, RemapFlags flags, ulong newAddress)
    {
        ulong end = address + length;
        long result = -Errno.EFAULT;
        for (ulong at = address; at < end;)
        {
            VmArea? area = FindIntersection(at, end);
            if (area == null)
                break;
            bool first = result < 0;
            if (first && area.Start > address)
                return -Errno.EFAULT;
            ulong start = Math.Max(at, area.Start), part = Math.Min(area.End, end) - start;
            if (area.HasAny(VmFlags.UffdMask) && (!first || area.End < end))
                return -Errno.EFAULT;
            int error = CheckRemapArea(area, start, part, part, flags);
            long moved = error != 0 ? error : RemapTo(area, start, part, part, flags, newAddress + (start - address), out _);
            if (moved < 0)
                return moved;
            if (first)
                result = moved;
            at = start + part;
        }
        return result;
    }
}

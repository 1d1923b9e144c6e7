namespace Emu.Mm;

/// <content>brk. Linux: mm/mmap.c (<c>SYSCALL_DEFINE1(brk)</c>), mm/vma.c (<c>do_brk_flags</c>).</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Moves the end of the heap.</summary>
    /// <param name="brk">Wanted end.</param>
    /// <param name="populate">Bytes below the new end that the caller is to fault in.</param>
    /// <returns>The end as it is now: unchanged if the wish cannot be met.</returns>
    public ulong SetBrk(ulong brk, out ulong populate)
    {
        populate = 0;
        if (brk < Layout.StartBrk)
            return Layout.Brk;
        ulong data = brk - Layout.StartBrk + (Layout.EndData - Layout.StartData);
        if (Limits.Data != MmLimits.Infinity && data > Limits.Data)
            return Layout.Brk;
        ulong newEnd = MmConstants.PageAlign(brk), oldEnd = MmConstants.PageAlign(Layout.Brk);
        if (newEnd == oldEnd)
            return Layout.Brk = brk;
        if (brk <= Layout.Brk)
            return Unmap(newEnd, oldEnd - newEnd) == 0 ? Layout.Brk = brk : Layout.Brk;
        if (!RoomForBrk(oldEnd, newEnd) || ExtendBrk(oldEnd, newEnd - oldEnd, VmFlags.None, Layout.StartBrk) != 0)
            return Layout.Brk;
        if ((DefaultFlags & VmFlags.Locked) != 0)
            populate = newEnd - oldEnd;
        return Layout.Brk = brk;
    }

    /// <summary>Maps anonymous memory that belongs to the heap or to a program's bss. Linux: <c>do_brk_flags</c>.</summary>
    /// <param name="address">Page-aligned.</param>
    /// <param name="length">Bytes, a multiple of a page.</param>
    /// <param name="extra">VM_EXEC for a bss in an executable segment, or nothing.</param>
    /// <param name="floor">An area that ends there or below is not extended: the heap stays apart from the bss that it adjoins.</param>
    /// <returns>0 or -ENOMEM.</returns>
    private int ExtendBrk(ulong address, ulong length, VmFlags extra, ulong floor)
    {
        VmFlags flags = VmFlags.DataDefault | VmFlags.Account | VmFlags.SoftDirty | DefaultFlags | extra;
        flags |= MergeableFlag(flags);
        ulong pages = length >> MmConstants.PageShift;
        if (!MayExpand(flags, pages) || MapCount > Manager.Sysctl.MaxMapCount || Manager.ReserveMemory((long)pages, Limits) != 0)
            return -Errno.ENOMEM;
        bool extends = AreaBelow(address) is { } below && below.End == address && address > floor;
        VmaMerge merge = VmaMerge.ForNewRange(this, address, address + length, flags, address >> MmConstants.PageShift, null);
        if (extends && merge.TryExpand() is { } merged)
        {
            Manager.Khugepaged.Enter(merged);
        }
        else
        {
            HeapSeam = extends ? HeapSeam : address;
            _ = MapNewArea(null, address, address + length, flags, address >> MmConstants.PageShift, out _);
        }
        Account(flags, (long)pages);
        if ((flags & VmFlags.Locked) != 0)
            LockedVm += pages;
        return 0;
    }

    /// <summary>Puts zeros in place of whatever is mapped: the bss of a program. Linux: <c>vm_brk_flags</c>.</summary>
    /// <param name="address">Page-aligned.</param>
    /// <param name="length">Bytes, a multiple of a page; 0 for nothing to do.</param>
    /// <param name="executable">Whether code may run there.</param>
    /// <returns>0 or a negative errno.</returns>
    public int MapZeroes(ulong address, ulong length, bool executable)
    {
        if (length == 0)
            return 0;
        if (length > MmConstants.TaskSize)
            return -Errno.ENOMEM;
        long found = GetUnmappedArea(null, address, length, MapFlags.Fixed, VmFlags.None);
        if (found < 0)
            return (int)found;
        int error = FindIntersection(address, address + length) == null ? 0 : Unmap(address, length);
        return error != 0 ? error : ExtendBrk(address, length, executable ? VmFlags.Exec : VmFlags.None, floor: 0);
    }

    /// <summary>Where the heap was begun on its own, though the area below it (the bss) may be alike. As in Linux.</summary>
    internal ulong HeapSeam { get; private set; }

    private bool RoomForBrk(ulong oldEnd, ulong newEnd)
    {
        if (newEnd > MmConstants.TaskSize || !MayLock(DefaultFlags, (newEnd - oldEnd) >> MmConstants.PageShift))
            return false;
        VmArea? next = FindArea(oldEnd);
        return next == null || newEnd + MmConstants.PageSize <= next.StartGap;
    }
}

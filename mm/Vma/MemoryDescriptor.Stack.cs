namespace Emu.Mm;

/// <content>Areas that grow downward. Linux: mm/vma.c (<c>expand_downwards</c>), mm/mmap_lock.c (<c>lock_mm_and_find_vma</c>).</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>The area for an access: the one that holds the address, or a stack above it that can be made to.</summary>
    /// <param name="address">Where.</param>
    /// <param name="grown">Whether a stack grew.</param>
    /// <returns>Null if there is none.</returns>
    public VmArea? FindOrExpand(ulong address, out bool grown)
    {
        grown = false;
        VmArea? area = Areas.Load(address);
        if (area != null)
            return area;
        area = FindArea(address);
        if (area == null || (area.Flags & VmFlags.GrowsDown) == 0)
            return null;
        grown = ExpandDownwards(area, address) == 0;
        return grown ? area : null;
    }

    /// <summary>Extends a stack down to an address. Linux: <c>expand_downwards</c>.</summary>
    /// <returns>0, or ENOMEM or EPERM negated.</returns>
    public int ExpandDownwards(VmArea area, ulong address)
    {
        address &= MmConstants.PageMask;
        if (address < Manager.Sysctl.MmapMinAddr)
            return -Errno.EPERM;
        ulong guard = Manager.Sysctl.StackGuardGapPages << MmConstants.PageShift;
        VmArea? below = AreaBelow(area.Start);
        if (below != null && (below.Flags & VmFlags.GrowsDown) == 0 && below.HasAny(VmFlags.AccessMask) && address - below.End < guard)
            return -Errno.ENOMEM;
        if (below != null && address < below.End)
            return -Errno.ENOMEM;
        ulong growth = (area.Start - address) >> MmConstants.PageShift;
        if (growth == 0)
            return 0;
        if (growth > area.PageOffset)
            return -Errno.ENOMEM;
        int error = AccountStackGrowth(area, area.End - address, growth);
        if (error != 0)
            return error;
        AnonVmaLinks.Prepare(area);
        AdjustArea(area, address, area.End, area.PageOffset - growth);
        Areas.StoreRange(area.Start, area.End - 1, area);
        return 0;
    }

    // Linux: acct_stack_growth
    private int AccountStackGrowth(VmArea area, ulong size, ulong growth)
    {
        if (!MayExpand(area.Flags, growth) || size > Limits.Stack || !MayLock(area.Flags, growth))
            return -Errno.ENOMEM;
        if (Manager.ReserveMemory((long)growth, Limits) != 0)
            return -Errno.ENOMEM;
        if ((area.Flags & VmFlags.Locked) != 0)
            LockedVm += growth;
        Account(area.Flags, (long)growth);
        return 0;
    }

    /// <summary>Makes the stack of a program that is started. Linux: <c>create_init_stack_vma</c>, <c>setup_arg_pages</c>.</summary>
    /// <param name="top">One past its last byte.</param>
    /// <param name="executable">Whether code may run on it.</param>
    /// <returns>0 or -ENOMEM.</returns>
    public int CreateStack(ulong top, bool executable)
    {
        VmFlags flags = VmFlags.DataDefault | VmFlags.Stack | VmFlags.Account | DefaultFlags | (executable ? VmFlags.Exec : VmFlags.None);
        if (Manager.ReserveMemory(1, Limits) != 0)
            return -Errno.ENOMEM;
        ulong start = top - MmConstants.PageSize;
        _ = MapNewArea(null, start, top, flags, start >> MmConstants.PageShift, out _);
        Account(flags, 1);
        return 0;
    }

    /// <summary>Extends the stack of a program that is started beyond what its strings take. Linux: <c>setup_arg_pages</c>.</summary>
    /// <param name="stackPointer">Where the strings begin.</param>
    /// <param name="slack">Bytes wanted below what the stack has.</param>
    /// <returns>0 or -EFAULT.</returns>
    public int GrowStackForStart(ulong stackPointer, ulong slack)
    {
        VmArea area = Lookup(stackPointer)!;
        ulong size = Math.Min(Limits.Stack & MmConstants.PageMask, area.Length + slack);
        return size <= area.Length || ExpandDownwards(area, area.End - size) == 0 ? 0 : -Errno.EFAULT;
    }
}

namespace Emu.Mm;

/// <summary>What mlockall locks. Linux: <c>MCL_*</c>.</summary>
[Flags]
public enum LockAllFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>What is mapped now.</summary>
    Current = 1,

    /// <summary>What will be mapped.</summary>
    Future = 2,

    /// <summary>Pages as they are faulted in.</summary>
    OnFault = 4,
}

/// <content>mlock and its kin. Linux: mm/mlock.c.</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Locks a range. Linux: <c>do_mlock</c>.</summary>
    /// <param name="start">First address; rounded down.</param>
    /// <param name="length">Bytes; rounded up.</param>
    /// <param name="onFault">Whether pages are locked as they come (MLOCK_ONFAULT).</param>
    /// <param name="context">Whose faults they are.</param>
    /// <returns>0, or EPERM, ENOMEM, EAGAIN, EINVAL, negated.</returns>
    public int Lock(ulong start, ulong length, bool onFault, in FaultContext context)
    {
        if (!CanLock)
            return -Errno.EPERM;
        length = MmConstants.PageAlign(length + (start & ~MmConstants.PageMask));
        start &= MmConstants.PageMask;
        ulong locked = LockedVm + (length >> MmConstants.PageShift), limit = Limits.Memlock >> MmConstants.PageShift;
        if (locked > limit && !Limits.CanLock)
            locked -= CountLocked(start, length);
        if (locked > limit && !Limits.CanLock)
            return -Errno.ENOMEM;
        int error = ApplyLock(start, length, onFault ? VmFlags.LockedMask : VmFlags.Locked);
        if (error != 0)
            return error;
        return onFault ? 0 : LockError(Populate(start, length, context, ignoreErrors: false));
    }

    /// <summary>Unlocks a range. Linux: <c>SYSCALL_DEFINE2(munlock)</c>.</summary>
    public int Unlock(ulong start, ulong length)
    {
        length = MmConstants.PageAlign(length + (start & ~MmConstants.PageMask));
        return ApplyLock(start & MmConstants.PageMask, length, VmFlags.None);
    }

    /// <summary>Locks everything. Linux: <c>SYSCALL_DEFINE1(mlockall)</c>.</summary>
    public int LockAll(LockAllFlags flags, in FaultContext context)
    {
        const LockAllFlags Known = LockAllFlags.Current | LockAllFlags.Future | LockAllFlags.OnFault;
        if (flags == LockAllFlags.None || (flags & ~Known) != 0 || flags == LockAllFlags.OnFault)
            return -Errno.EINVAL;
        if (!CanLock)
            return -Errno.EPERM;
        bool now = (flags & LockAllFlags.Current) != 0;
        if (now && TotalVm > Limits.Memlock >> MmConstants.PageShift && !Limits.CanLock)
            return -Errno.ENOMEM;
        ApplyLockAll(flags);
        if (now)
            Populate(0, MmConstants.TaskSize, context);
        return 0;
    }

    /// <summary>Unlocks everything. Linux: <c>SYSCALL_DEFINE0(munlockall)</c>.</summary>
    public void UnlockAll() => ApplyLockAll(LockAllFlags.None);

    // Linux: __mlock_posix_error_return
    private static int LockError(int error) => error switch
    {
        -Errno.EFAULT => -Errno.ENOMEM,
        -Errno.ENOMEM => -Errno.EAGAIN,
        _ => error,
    };

    // Linux: apply_vma_lock_flags
    private int ApplyLock(ulong start, ulong length, VmFlags locked)
    {
        ulong end = start + length;
        if (end < start)
            return -Errno.EINVAL;
        if (end == start)
            return 0;
        for (ulong at = start; at < end;)
        {
            VmArea? area = Lookup(at);
            if (area == null)
                return -Errno.ENOMEM;
            ulong next = Math.Min(area.End, end);
            int error = FixLock(area, at, next, (area.Flags & ~VmFlags.LockedMask) | locked);
            if (error != 0)
                return error;
            at = next;
        }
        return 0;
    }

    // Linux: apply_mlockall_flags
    private void ApplyLockAll(LockAllFlags flags)
    {
        VmFlags wanted = VmFlags.Locked | ((flags & LockAllFlags.OnFault) != 0 ? VmFlags.LockOnFault : VmFlags.None);
        DefaultFlags &= ~VmFlags.LockedMask;
        if ((flags & LockAllFlags.Future) != 0)
        {
            DefaultFlags |= wanted;
            if ((flags & LockAllFlags.Current) == 0)
                return;
        }
        if ((flags & LockAllFlags.Current) == 0)
            wanted = VmFlags.None;
        for (VmArea? area = FindArea(0); area != null; area = FindArea(area.End))
            _ = FixLock(area, area.Start, area.End, (area.Flags & ~VmFlags.LockedMask) | wanted); // an area that stays as it is is no error here
    }

    // Linux: mlock_fixup
    private int FixLock(VmArea area, ulong start, ulong end, VmFlags flags)
    {
        VmFlags old = area.Flags;
        if (flags == old || area.HasAny(VmFlags.Special | VmFlags.HugeTlb | VmFlags.Droppable) || area.Operations is { HidesPages: true })
            return 0;
        int error = ModifyFlags(area, start, end, flags, out _);
        if (error != 0)
            return error;
        ulong pages = (end - start) >> MmConstants.PageShift;
        bool was = (old & VmFlags.Locked) != 0, becomes = (flags & VmFlags.Locked) != 0;
        if (was == becomes)
            return 0;
        LockedVm = becomes ? LockedVm + pages : LockedVm - pages;
        MlockPages(start, end, becomes);
        return 0;
    }

    // Linux: count_mm_mlocked_page_nr
    private ulong CountLocked(ulong start, ulong length)
    {
        ulong end = start + length < start ? ulong.MaxValue : start + length, pages = 0;
        if (end == start)
            return 0;
        foreach ((_, _, VmArea area) in Areas.Iterate(start, end - 1))
        {
            if ((area.Flags & VmFlags.Locked) != 0)
                pages += (Math.Min(end, area.End) - Math.Max(start, area.Start)) >> MmConstants.PageShift;
        }
        return pages;
    }

    // Linux: mlock_vma_pages_range
    private unsafe void MlockPages(ulong start, ulong end, bool locked)
    {
        for (ulong at = start; at < end;)
        {
            Pte* entry = PageTable.Walk(at, out int level);
            ulong next = (at & ~(PageTable.SpanOf(level) - 1)) + PageTable.SpanOf(level);
            if (entry->IsPresent && !entry->IsSpecial && (level == 0 || entry->IsLarge))
            {
                uint folio = Manager.Memory.FolioOf(entry->Pfn);
                if (locked)
                    Mlock.Add(Manager, folio);
                else
                    Mlock.Remove(Manager, folio);
            }
            at = next;
        }
    }
}

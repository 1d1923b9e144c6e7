namespace Emu.Mm;

/// <content>Faulting in ahead of use. Linux: mm/gup.c (<c>__mm_populate</c>).</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Faults in [start, start + length).</summary>
    /// <param name="start">First address.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="context">Whose faults they are.</param>
    /// <param name="ignoreErrors">Whether an area that cannot be faulted in is passed over (mmap), or ends the call (mlock).</param>
    /// <returns>0, or the negative errno of the first page that failed.</returns>
    public int Populate(ulong start, ulong length, in FaultContext context, bool ignoreErrors = true)
    {
        ulong end = start + MmConstants.PageAlign(length);
        for (ulong at = start; at < end;)
        {
            VmArea? area = FindArea(at);
            if (area == null || area.Start >= end)
                break;
            ulong stop = Math.Min(area.End, end);
            int error = PopulateArea(area, Math.Max(at, area.Start), stop, context);
            if (error != 0 && !ignoreErrors)
                return error;
            at = stop;
        }
        return 0;
    }

    private int PopulateArea(VmArea area, ulong start, ulong end, in FaultContext context)
    {
        if (area.HasAny(VmFlags.Io | VmFlags.PfnMap | VmFlags.LockOnFault))
            return 0;
        // A private writable page is written, so that it is the process's own from the start. Linux: populate_vma_page_range
        bool write = (area.Flags & (VmFlags.Write | VmFlags.Shared)) == VmFlags.Write;
        if (!area.HasAny(VmFlags.AccessMask))
            return -Errno.EFAULT;
        int error = 0;
        for (ulong at = start; at < end && error == 0 && area.Contains(at); at += MmConstants.PageSize)
            error = FaultIn(ref area, at, write, context);
        return error;
    }

    // A fault that waits for the reader of a userfaultfd sleeps: the area may be another afterwards. Linux: faultin_page
    private int FaultIn(ref VmArea area, ulong address, bool write, in FaultContext context)
    {
        while (!IsMapped(address, write))
        {
            FaultOutcome outcome = Manager.Faults.Populate(area, address, write, context);
            if (outcome.Status != FaultStatus.Retry)
                return ToError(outcome.Status);
            if (!Manager.WaitForFault(outcome))
                return -Errno.EINTR;
            if (Lookup(address) is not { } again)
                return -Errno.EFAULT;
            area = again;
        }
        return 0;
    }

    private static int ToError(FaultStatus status) => status switch
    {
        FaultStatus.Resolved => 0,
        FaultStatus.OutOfMemory => -Errno.ENOMEM,
        _ => -Errno.EFAULT,
    };

    private unsafe bool IsMapped(ulong address, bool write)
    {
        Pte* entry = PageTable.Walk(address, out int level);
        return (level == 0 || entry->IsLarge) && entry->IsPresent && (!write || entry->IsWritable);
    }
}

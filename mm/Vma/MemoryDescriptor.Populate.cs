namespace Emu.Mm;

/// <content>Faulting in ahead of use. Linux: mm/gup.c (<c>__mm_populate</c>).</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Faults in [start, start + length), as far as it goes: errors are left for the access to find.</summary>
    /// <param name="start">First address.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="context">Whose faults they are.</param>
    /// <returns>0 or the negative errno that mlock reports for the first page that failed.</returns>
    public int Populate(ulong start, ulong length, in FaultContext context)
    {
        ulong end = start + MmConstants.PageAlign(length);
        for (ulong at = start; at < end;)
        {
            VmArea? area = FindArea(at);
            if (area == null || area.Start >= end)
                break;
            at = Math.Max(at, area.Start);
            ulong stop = Math.Min(area.End, end);
            if (area.HasAny(VmFlags.Io | VmFlags.PfnMap))
            {
                at = stop;
                continue;
            }
            for (; at < stop; at += MmConstants.PageSize)
            {
                int error = PopulatePage(area, at, context);
                if (error != 0)
                    return error;
            }
        }
        return 0;
    }

    // A private writable page is written, so that it is the process's own from the start. Linux: populate_vma_page_range
    private int PopulatePage(VmArea area, ulong address, in FaultContext context)
    {
        bool write = (area.Flags & (VmFlags.Write | VmFlags.Shared)) == VmFlags.Write;
        if (!area.HasAny(VmFlags.AccessMask))
            return -Errno.EFAULT;
        if (IsMapped(address, write))
            return 0;
        FaultOutcome outcome = Manager.Faults.Populate(area, address, write, context);
        return outcome.Status switch
        {
            FaultStatus.Resolved => 0,
            FaultStatus.OutOfMemory => -Errno.ENOMEM,
            _ => -Errno.EFAULT,
        };
    }

    private unsafe bool IsMapped(ulong address, bool write)
    {
        Pte* entry = PageTable.Find(address, 0);
        return entry != null && entry->IsPresent && (!write || entry->IsWritable);
    }
}

namespace Emu.Mm;

/// <summary>Flags of msync. Linux: <c>MS_*</c>.</summary>
[Flags]
public enum SyncFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Soon; the kernel does so anyway.</summary>
    Async = 1,

    /// <summary>Other mappings are to see the file's contents; they always do.</summary>
    Invalidate = 2,

    /// <summary>Now.</summary>
    Sync = 4,
}

/// <content>msync. Linux: mm/msync.c.</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Brings what was written through shared mappings to the files. Linux: <c>SYSCALL_DEFINE3(msync)</c>.</summary>
    /// <param name="start">Page-aligned.</param>
    /// <param name="length">Bytes; rounded up.</param>
    /// <param name="flags">How.</param>
    /// <returns>0, or EINVAL, ENOMEM (a hole; the rest is done), EBUSY (INVALIDATE of locked memory), EIO, negated.</returns>
    public int Sync(ulong start, ulong length, SyncFlags flags)
    {
        const SyncFlags Known = SyncFlags.Async | SyncFlags.Invalidate | SyncFlags.Sync, Both = SyncFlags.Async | SyncFlags.Sync;
        if ((flags & ~Known) != 0 || (start & ~MmConstants.PageMask) != 0 || (flags & Both) == Both)
            return -Errno.EINVAL;
        ulong end = start + MmConstants.PageAlign(length);
        if (end < start)
            return -Errno.ENOMEM;
        int hole = 0;
        while (start != end)
        {
            VmArea? area = FindArea(start);
            if (area == null)
                return -Errno.ENOMEM;
            if (start < area.Start)
            {
                hole = -Errno.ENOMEM;
                if (area.Start >= end)
                    return hole;
                start = area.Start;
            }
            int error = SyncArea(area, start, Math.Min(end, area.End), flags);
            if (error != 0)
                return error;
            if (area.End >= end)
                return hole;
            start = area.End;
        }
        return hole;
    }

    private static int SyncArea(VmArea area, ulong start, ulong end, SyncFlags flags)
    {
        if ((flags & SyncFlags.Invalidate) != 0 && area.HasAny(VmFlags.Locked))
            return -Errno.EBUSY;
        if ((flags & SyncFlags.Sync) == 0 || !area.HasAny(VmFlags.Shared) || area.File is not { } file)
            return 0;
        file.Get(); // writing may sleep: the area may be gone after it
        int error = file.Sync(area.PageIndexOf(start), area.PageIndexOf(end) - 1);
        file.Put();
        return error;
    }
}

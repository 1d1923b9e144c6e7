namespace Emu.Mm;

/// <content>remap_file_pages, which maps anew what it once did with page tables alone. Linux: mm/mmap.c.</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Maps another part of a shared mapping's file in its place. Linux: <c>SYSCALL_DEFINE5(remap_file_pages)</c>.</summary>
    /// <param name="start">Within the mapping; rounded down.</param>
    /// <param name="size">Bytes; rounded down.</param>
    /// <param name="protection">Must be 0.</param>
    /// <param name="pageOffset">Offset in the file, in pages.</param>
    /// <param name="flags">MAP_NONBLOCK counts, nothing else.</param>
    /// <param name="populate">Bytes from the address on that the caller is to fault in.</param>
    /// <returns>0 or a negative errno.</returns>
    public int RemapFilePages(ulong start, ulong size, ulong protection, ulong pageOffset, MapFlags flags, out ulong populate)
    {
        populate = 0;
        start &= MmConstants.PageMask;
        size &= MmConstants.PageMask;
        if (protection != 0 || start + size <= start || pageOffset + (size >> MmConstants.PageShift) < pageOffset)
            return -Errno.EINVAL;
        if (Lookup(start) is not { } area || !area.HasAny(VmFlags.Shared) || !ContinuesTo(area, start + size))
            return -Errno.EINVAL;
        MapFlags mapFlags = (flags & MapFlags.NonBlock) | MapFlags.Shared | MapFlags.Fixed | MapFlags.Populate;
        if (area.HasAny(VmFlags.Locked))
            mapFlags |= MapFlags.Locked;
        VmFile file = area.File!;
        file.Get(); // the old mapping goes first
        MapRequest request = new()
        {
            Address = start,
            Length = size,
            Protection = (MemoryProtection)(area.Flags & VmFlags.AccessMask),
            Flags = mapFlags,
            File = file,
            PageOffset = pageOffset,
        };
        long result = Map(request, out populate);
        file.Put();
        return result < 0 ? (int)result : 0;
    }

    // Whether areas of the same file and kind follow each other up to an address.
    private bool ContinuesTo(VmArea area, ulong end)
    {
        VmArea last = area;
        while (last.End < end)
        {
            VmArea? next = Lookup(last.End);
            if (next == null || next.File != area.File || next.Flags != area.Flags)
                return false;
            last = next;
        }
        return true;
    }
}

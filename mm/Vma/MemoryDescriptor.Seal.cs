namespace Emu.Mm;

/// <content>mseal: mappings that cannot be changed any more. Linux: mm/mseal.c.</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Seals a range: no unmapping, moving, resizing, other protection, or loss of contents. Linux: <c>do_mseal</c>.</summary>
    /// <param name="start">Page-aligned.</param>
    /// <param name="length">Bytes; rounded up.</param>
    /// <param name="flags">None are defined.</param>
    /// <returns>0, or EINVAL, ENOMEM (a hole: then nothing is sealed; too many areas), negated.</returns>
    public int Seal(ulong start, ulong length, ulong flags)
    {
        if (flags != 0 || CheckAdvisedRange(start, length) != 0)
            return -Errno.EINVAL;
        ulong end = start + MmConstants.PageAlign(length);
        if (end == start)
            return 0;
        if (HasHole(start, end))
            return -Errno.ENOMEM;
        for (ulong at = start; at < end;)
        {
            VmArea area = Lookup(at)!;
            ulong next = Math.Min(area.End, end);
            if ((area.Flags & VmFlags.Sealed) == 0)
            {
                int error = ModifyFlags(area, at, next, area.Flags | VmFlags.Sealed, out _);
                if (error != 0)
                    return error;
            }
            at = next;
        }
        return 0;
    }

    // Linux: range_contains_unmapped
    private bool HasHole(ulong start, ulong end)
    {
        ulong at = start;
        foreach ((_, _, VmArea area) in Areas.Iterate(start, end - 1))
        {
            if (area.Start > at)
                return true;
            at = area.End;
        }
        return at < end;
    }
}

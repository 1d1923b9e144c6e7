namespace Emu.Mm;

/// <content>Which ranges it serves. Linux: <c>userfaultfd_register</c>, <c>userfaultfd_unregister</c>, mm/userfaultfd.c.</content>
public sealed partial class UserfaultContext
{
    /// <summary>Serves a range from now on. Linux: <c>userfaultfd_register</c>.</summary>
    /// <param name="start">Page-aligned.</param>
    /// <param name="length">Bytes, a multiple of a page.</param>
    /// <param name="mode">What for.</param>
    /// <param name="isHuge">Whether pages of the hugetlb pool are in it: not everything works with them.</param>
    /// <returns>0, or EINVAL (range, mode, memory of a kind that cannot be served), EPERM (no write permission), EBUSY (served by another), ENOMEM, negated.</returns>
    public int Register(ulong start, ulong length, UserfaultRegister mode, out bool isHuge)
    {
        isHuge = false;
        const UserfaultRegister Known = UserfaultRegister.Missing | UserfaultRegister.Wp | UserfaultRegister.Minor;
        if (mode == UserfaultRegister.None || (mode & ~Known) != 0)
            return -Errno.EINVAL;
        int error = CheckRange(start, length);
        if (error != 0)
            return error;
        if (Mm.IsGone)
            return -Errno.ENOMEM;
        VmFlags flags = FlagsOf(mode);
        ulong end = start + length;
        error = CheckAreas(start, end, flags, out isHuge);
        return error != 0 ? error : RegisterAreas(start, end, flags);
    }

    /// <summary>Serves a range no more; who waits there is woken. Linux: <c>userfaultfd_unregister</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public int Unregister(ulong start, ulong length)
    {
        int error = CheckRange(start, length);
        if (error != 0)
            return error;
        if (Mm.IsGone)
            return -Errno.ENOMEM;
        ulong end = start + length;
        bool found = false;
        foreach ((_, _, VmArea area) in Mm.Areas.Iterate(start, end - 1))
        {
            if ((area.Userfault != null && area.Userfault != this) || !CanServe(area, area.Flags & VmFlags.UffdMask) || !IsAlignedFor(area, start, end))
                return -Errno.EINVAL;
            found = true;
        }
        return found ? UnregisterAreas(start, end) : -Errno.EINVAL;
    }

    /// <summary>Whether a range can be asked for at all. Linux: <c>validate_range</c>.</summary>
    public int CheckRange(ulong start, ulong length)
    {
        const ulong InPage = ~MmConstants.PageMask;
        bool wrong = (start & InPage) != 0 || (length & InPage) != 0 || length == 0 || start < Mm.Manager.Sysctl.MmapMinAddr ||
            start >= MmConstants.TaskSize || length > MmConstants.TaskSize - start;
        return wrong ? -Errno.EINVAL : 0;
    }

    /// <summary>Whether a range can be copied from; it need not be aligned. Linux: <c>validate_unaligned_range</c>.</summary>
    public int CheckSource(ulong start, ulong length)
    {
        bool wrong = (length & ~MmConstants.PageMask) != 0 || length == 0 || start < Mm.Manager.Sysctl.MmapMinAddr || start >= MmConstants.TaskSize ||
            length > MmConstants.TaskSize - start;
        return wrong ? -Errno.EINVAL : 0;
    }

    // Nothing is done on mappings that the reader does not know of yet.
    private int CheckStable(ulong start, ulong length) => MmapChanging != 0 ? -Errno.EAGAIN : CheckRange(start, length);

    private static VmFlags FlagsOf(UserfaultRegister mode)
    {
        VmFlags flags = (mode & UserfaultRegister.Missing) != 0 ? VmFlags.UffdMissing : VmFlags.None;
        if ((mode & UserfaultRegister.Wp) != 0)
            flags |= VmFlags.UffdWp;
        return (mode & UserfaultRegister.Minor) != 0 ? flags | VmFlags.UffdMinor : flags;
    }

    private int CheckAreas(ulong start, ulong end, VmFlags flags, out bool isHuge)
    {
        isHuge = false;
        bool found = false;
        foreach ((_, _, VmArea area) in Mm.Areas.Iterate(start, end - 1))
        {
            if (!CanServe(area, flags) || !IsAlignedFor(area, start, end))
                return -Errno.EINVAL;
            // What fills a hole of a file writes to it.
            if (!area.HasAny(VmFlags.MayWrite))
                return -Errno.EPERM;
            if (area.Userfault != null && area.Userfault != this)
                return -Errno.EBUSY;
            isHuge |= area.HasAny(VmFlags.HugeTlb);
            found = true;
        }
        return found ? 0 : -Errno.EINVAL;
    }

    // Linux: vma_can_userfault
    private bool CanServe(VmArea area, VmFlags flags)
    {
        flags &= VmFlags.UffdMask;
        if (area.HasAny(VmFlags.Droppable))
            return false;
        bool isObject = area.HasAny(VmFlags.HugeTlb) || area.Operations is ShmemOperations;
        if ((flags & VmFlags.UffdMinor) != 0 && !isObject)
            return false;
        if ((Features & UserfaultFeatures.WpAsync) != 0 && flags == VmFlags.UffdWp)
            return true;
        return area.IsAnonymous || isObject;
    }

    private static bool IsAlignedFor(VmArea area, ulong start, ulong end) => !area.HasAny(VmFlags.HugeTlb) ||
        ((!area.Contains(start) || start % MmConstants.PmdSize == 0) && (end > area.End || end % MmConstants.PmdSize == 0));

    private int RegisterAreas(ulong start, ulong end, VmFlags flags)
    {
        for (VmArea? area = Mm.FindIntersection(start, end); area != null; area = start < end ? Mm.FindIntersection(start, end) : null)
        {
            ulong from = Math.Max(area.Start, start), to = Math.Min(area.End, end);
            if (area.Userfault != this || !area.Has(flags))
            {
                if (area.HasAny(VmFlags.UffdWp & ~flags))
                    _ = Mm.ChangeUffdWp(area, from, to, enable: false); // it takes no memory to take protection away
                int error = Mm.ModifyUserfault(area, from, to, (area.Flags & ~VmFlags.UffdMask) | flags, this);
                if (error != 0)
                    return error;
            }
            start = to;
        }
        return 0;
    }

    private int UnregisterAreas(ulong start, ulong end)
    {
        for (VmArea? area = Mm.FindIntersection(start, end); area != null; area = start < end ? Mm.FindIntersection(start, end) : null)
        {
            ulong from = Math.Max(area.Start, start), to = Math.Min(area.End, end);
            if (area.Userfault != null)
            {
                if (area.HasAny(VmFlags.UffdMissing))
                    Wake(from, to - from);
                int error = ClearArea(area, from, to);
                if (error != 0)
                    return error;
            }
            start = to;
        }
        return 0;
    }

    // Linux: userfaultfd_clear_vma
    private int ClearArea(VmArea area, ulong start, ulong end)
    {
        if (area.HasAny(VmFlags.UffdWp))
            _ = Mm.ChangeUffdWp(area, start, end, enable: false); // it takes no memory to take protection away
        return Mm.ModifyUserfault(area, start, end, area.Flags & ~VmFlags.UffdMask, null);
    }

    // Linux: userfaultfd_release_all
    private void ClearAll()
    {
        for (VmArea? area = Mm.FindArea(0); area != null;)
        {
            ulong end = area.End;
            // A whole area is never split: that cannot fail.
            if (area.Userfault == this)
                _ = ClearArea(area, area.Start, area.End);
            area = Mm.FindArea(end);
        }
    }
}

namespace Emu.Mm;

/// <content>Write protection. Linux: <c>userfaultfd_writeprotect</c>, mm/userfaultfd.c (<c>mwriteprotect_range</c>).</content>
public sealed partial class UserfaultContext
{
    /// <summary>Write-protects a range, or takes the protection away. Linux: <c>userfaultfd_writeprotect</c>.</summary>
    /// <param name="start">Page-aligned.</param>
    /// <param name="length">Bytes, a multiple of a page.</param>
    /// <param name="mode">WP to protect; else who waits is woken, unless DONTWAKE.</param>
    /// <returns>0, or EINVAL, EAGAIN (mappings change), ENOENT (not registered for it), ENOMEM, ESRCH, negated.</returns>
    public int WriteProtect(ulong start, ulong length, UserfaultMode mode)
    {
        int error = CheckStable(start, length);
        if (error != 0)
            return error;
        const UserfaultMode Both = UserfaultMode.Wp | UserfaultMode.DontWake;
        if ((mode & ~Both) != 0 || (mode & Both) == Both)
            return -Errno.EINVAL;
        if (Mm.IsGone)
            return -Errno.ESRCH;
        bool enable = (mode & UserfaultMode.Wp) != 0;
        error = ProtectRange(start, start + length, enable);
        if (error == 0 && mode == UserfaultMode.None)
            Wake(start, length);
        return error;
    }

    private int ProtectRange(ulong start, ulong end, bool enable)
    {
        bool found = false;
        foreach ((_, _, VmArea area) in Mm.Areas.Iterate(start, end - 1))
        {
            if (!area.HasAny(VmFlags.UffdWp))
                return -Errno.ENOENT;
            if (!IsAlignedFor(area, start, end))
                return -Errno.EINVAL;
            int error = Mm.ChangeUffdWp(area, Math.Max(start, area.Start), Math.Min(end, area.End), enable);
            if (error != 0)
                return error;
            found = true;
        }
        return found ? 0 : -Errno.ENOENT;
    }
}

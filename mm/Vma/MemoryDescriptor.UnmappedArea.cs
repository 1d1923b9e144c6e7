namespace Emu.Mm;

/// <content>The choice of addresses. Linux: mm/mmap.c (<c>__get_unmapped_area</c>), mm/vma.c (<c>unmapped_area_topdown</c>).</content>
public sealed partial class MemoryDescriptor
{
    private const ulong MinimumGap = 128UL << 20;

    /// <summary>Chooses or checks the address of a mapping. Linux: <c>__get_unmapped_area</c>.</summary>
    /// <param name="file">The file, which may ask for an alignment.</param>
    /// <param name="address">Address or page-aligned hint; 0 for none.</param>
    /// <param name="length">Bytes, a multiple of a page.</param>
    /// <param name="flags">Fixed or not, and where.</param>
    /// <param name="vmFlags">Of the new area.</param>
    /// <returns>The address, or a negative errno.</returns>
    public long GetUnmappedArea(VmFile? file, ulong address, ulong length, MapFlags flags, VmFlags vmFlags)
    {
        if (length > MmConstants.TaskSize)
            return -Errno.ENOMEM;
        if ((flags & MapFlags.Fixed) == 0)
        {
            if (!Choose(file, ref address, length, flags, vmFlags))
                return -Errno.ENOMEM;
        }
        if (address > MmConstants.TaskSize - length)
            return -Errno.ENOMEM;
        ulong alignment = file is { WantsHugeAlignment: true } ? MmConstants.PmdSize : MmConstants.PageSize;
        if ((address & (alignment - 1)) != 0)
            return -Errno.EINVAL;
        return address < Manager.Sysctl.MmapMinAddr && !Limits.CanMapLow ? -Errno.EPERM : (long)address;
    }

    /// <summary>Sets where mmap begins to search, from the limit of the stack. Linux: <c>arch_pick_mmap_layout</c>.</summary>
    internal void SetMmapBase(ulong stackLimit)
    {
        ulong pad = Manager.Sysctl.StackGuardGapPages << MmConstants.PageShift;
        ulong gap = stackLimit + pad > stackLimit ? stackLimit + pad : stackLimit;
        gap = Math.Clamp(gap, MinimumGap, MmConstants.TaskSize / 6 * 5);
        MmapBase = MmConstants.PageAlign(MmConstants.TaskSize - gap);
        MmapLegacyBase = MmConstants.PageAlign(MmConstants.TaskSize / 3);
    }

    private bool Choose(VmFile? file, ref ulong address, ulong length, MapFlags flags, VmFlags vmFlags)
    {
        bool below2G = (flags & MapFlags.Map32Bit) != 0;
        ulong hint = address & MmConstants.PageMask;
        if (file is { WantsHugeAlignment: true })
            hint = (hint + MmConstants.PmdSize - 1) & MmConstants.PmdMask;
        if (hint != 0 && !below2G && HintFits(hint, length))
        {
            address = hint;
            return true;
        }
        bool huge = file is { WantsHugeAlignment: true } || (file == null && hint == 0 && length % MmConstants.PmdSize == 0);
        if (huge && Search(length + MmConstants.PmdSize, below2G, flags, vmFlags, out ulong padded))
        {
            // The padding leaves room to move up to a multiple of a huge page. Linux: __thp_get_unmapped_area
            address = (padded + MmConstants.PmdSize - 1) & MmConstants.PmdMask;
            if (address + length <= padded + length + MmConstants.PmdSize)
                return true;
        }
        return Search(length, below2G, flags, vmFlags, out address);
    }

    private bool HintFits(ulong hint, ulong length)
    {
        if (length > MmConstants.TaskSize || hint > MmConstants.TaskSize - length)
            return false;
        VmArea? next = FindArea(hint);
        return next == null || hint + length <= next.StartGap;
    }

    // Linux: arch_get_unmapped_area_topdown, arch_get_unmapped_area
    private bool Search(ulong length, bool below2G, MapFlags flags, VmFlags vmFlags, out ulong address)
    {
        if (below2G)
            return SearchUp(length, 0x40000000, 0x80000000, out address);
        ulong low = (flags & MapFlags.MapAbove4G) != 0 ? 1UL << 32 : MmConstants.PageSize;
        return SearchDown(length, low, MmapBase, out address) ||
            SearchUp(length, Math.Max(low, MmapLegacyBase), MmConstants.TaskSize, out address);
    }

    // Linux: unmapped_area_topdown
    private bool SearchDown(ulong length, ulong low, ulong high, out ulong address)
    {
        while (high > low && high - low >= length && Areas.EmptyAreaRev(low, high - 1, length, out ulong first))
        {
            address = first;
            VmArea? next = FindArea(first);
            if (next == null || next.StartGap >= first + length)
                return true;
            // The gap ends in a stack's guard: go on below it.
            high = next.StartGap;
        }
        address = 0;
        return false;
    }

    // Linux: unmapped_area
    private bool SearchUp(ulong length, ulong low, ulong high, out ulong address)
    {
        while (high > low && high - low >= length && Areas.EmptyArea(low, high - 1, length, out ulong first))
        {
            address = first;
            VmArea? next = FindArea(first);
            if (next == null || next.StartGap >= first + length)
                return true;
            low = next.End;
        }
        address = 0;
        return false;
    }
}

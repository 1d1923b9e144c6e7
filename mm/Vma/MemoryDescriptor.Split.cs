namespace Emu.Mm;

/// <content>Splitting and moving the bounds of areas. Linux: mm/vma.c (<c>__split_vma</c>, <c>vma_prepare</c>, <c>vma_complete</c>).</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Splits an area in two, if the number of areas allows it. Linux: <c>split_vma</c>.</summary>
    /// <param name="area">Keeps one half.</param>
    /// <param name="address">Where; strictly inside, page-aligned.</param>
    /// <param name="newBelow">Whether the new area is the lower half.</param>
    /// <param name="other">The new area.</param>
    /// <returns>0 or a negative errno.</returns>
    internal int Split(VmArea area, ulong address, bool newBelow, out VmArea other)
    {
        other = area;
        return MapCount >= Manager.Sysctl.MaxMapCount ? -Errno.ENOMEM : SplitUnlimited(area, address, newBelow, out other);
    }

    /// <summary>Splits an area in two without a look at the limit: an unmapping will bring the number down. Linux: <c>__split_vma</c>.</summary>
    internal int SplitUnlimited(VmArea area, ulong address, bool newBelow, out VmArea other)
    {
        Bug.On(address <= area.Start || address >= area.End, "a split outside the area");
        other = area;
        int error = area.Operations?.MaySplit(area, address) ?? 0;
        if (error != 0)
            return error;
        VmArea created = Duplicate(area);
        ulong start = newBelow ? area.Start : address, end = newBelow ? address : area.End;
        created.PageOffset = area.PageIndexOf(start);
        created.Start = start;
        created.End = end;
        AnonVmaLinks.Clone(created, area);
        created.File?.Get();
        created.Operations?.Open(created);
        AdjustArea(area, newBelow ? address : area.Start, newBelow ? area.End : address);
        Areas.StoreRange(area.Start, area.End - 1, area);
        Link(created);
        other = created;
        return 0;
    }

    /// <summary>Changes the bounds of an area; its offset follows the start. The tree is the caller's to update.</summary>
    internal void AdjustArea(VmArea area, ulong start, ulong end) =>
        AdjustArea(area, start, end, area.PageOffset + (start - area.Start >> MmConstants.PageShift));

    /// <summary>Changes bounds and offset of an area, and its places in the trees of rmap. Linux: <c>vma_prepare</c>, <c>vma_set_range</c>.</summary>
    internal void AdjustArea(VmArea area, ulong start, ulong end, ulong pageOffset)
    {
        SplitPmdAt(area, start);
        SplitPmdAt(area, end);
        AnonVmaLinks.PreUpdate(area);
        UnlinkFile(area);
        area.Start = start;
        area.End = end;
        area.PageOffset = pageOffset;
        LinkFile(area);
        AnonVmaLinks.PostUpdate(area);
    }

    /// <summary>Makes a file's area known to the file. Linux: <c>vma_link_file</c>.</summary>
    internal void LinkFile(VmArea area)
    {
        if (area.File?.Mapping is not { } mapping)
            return;
        if (area.Has(VmFlags.Shared | VmFlags.MayWrite))
            mapping.WritableMappings++;
        area.SharedNode ??= new IntervalNode<VmArea>(area);
        mapping.Mappings.Insert(area.SharedNode, area.PageOffset, area.PageOffset + area.Pages - 1);
    }

    /// <summary>Takes a file's area from the file. Linux: <c>unlink_file_vma</c>.</summary>
    internal void UnlinkFile(VmArea area)
    {
        if (area.File?.Mapping is not { } mapping || area.SharedNode is not { IsLinked: true })
            return;
        if (area.Has(VmFlags.Shared | VmFlags.MayWrite))
            mapping.WritableMappings--;
        mapping.Mappings.Remove(area.SharedNode);
    }

    // Linux: vm_area_dup
    private VmArea Duplicate(VmArea area)
    {
        VmArea copy = AllocateArea();
        copy.Start = area.Start;
        copy.End = area.End;
        copy.PageOffset = area.PageOffset;
        copy.File = area.File;
        copy.Operations = area.Operations;
        copy.PrivateData = area.PrivateData;
        copy.AnonVma = area.AnonVma;
        copy.AnonName = area.AnonName;
        copy.Policy = area.Policy;
        copy.Userfault = area.Userfault;
        copy.SetFlags(area.Flags);
        return copy;
    }
}

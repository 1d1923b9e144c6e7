namespace Emu.Mm;

/// <summary>Mappings of huge pages from the pool. Linux: <c>hugetlb_vm_ops</c> (mm/hugetlb.c), <c>hugetlbfs_file_mmap</c>.</summary>
public sealed class HugetlbOperations : VmOperations
{
    /// <summary>The operations; what they keep stands in the areas.</summary>
    public static HugetlbOperations Instance { get; } = new();

    /// <inheritdoc/>
    public override bool HasClose => true;

    /// <summary>Says which flags a mapping gets.</summary>
    public static int Prepare(ref VmFlags flags)
    {
        flags |= VmFlags.HugeTlb | VmFlags.DontExpand;
        return 0;
    }

    /// <summary>Maps an object: promises the pages, unless the mapping does without.</summary>
    /// <returns>0, EINVAL for an offset that is no multiple of 2 MiB, ENOMEM if the pool cannot promise so much, negated.</returns>
    public static int Mmap(VmArea area, HugetlbObject target)
    {
        if (area.PageOffset % MmConstants.HugePagePages != 0)
            return -Errno.EINVAL;
        ulong first = IndexOf(area, area.Start), end = IndexOf(area, area.End);
        if (!area.HasAny(VmFlags.NoReserve) && !TryReserve(area, target, first, end))
            return -Errno.ENOMEM;
        if (area.HasAny(VmFlags.Write))
            target.Extend(end * MmConstants.PmdSize);
        area.Operations = Instance;
        target.Attach(area);
        return 0;
    }

    /// <summary>Offset of an address in the object in units of 2 MiB. Linux: <c>vma_hugecache_offset</c>.</summary>
    internal static ulong IndexOf(VmArea area, ulong address) => area.PageIndexOf(address) / MmConstants.HugePagePages;

    /// <summary>The object of an area.</summary>
    internal static HugetlbObject ObjectOf(VmArea area) => ((IHugetlbFile)area.File!).Object;

    /// <inheritdoc/>
    public override void Open(VmArea area)
    {
        if (area.PrivateData is HugetlbReserve reserve && reserve.Mm != area.Mm)
            area.PrivateData = null;
        ObjectOf(area).Attach(area);
    }

    /// <inheritdoc/>
    public override void Close(VmArea area)
    {
        ObjectOf(area).Detach(area);
        if (area.PrivateData is not HugetlbReserve reserve)
            return;
        ulong first = IndexOf(area, area.Start), end = IndexOf(area, area.End);
        area.Mm.Manager.Hugetlb.Unreserve(reserve.Indices.RemoveWhere(index => index >= first && index < end));
    }

    /// <inheritdoc/>
    public override int MaySplit(VmArea area, ulong address) => (address & ~MmConstants.PmdMask) != 0 ? -Errno.EINVAL : 0;

    /// <inheritdoc/>
    /// <remarks>The fault handler serves these areas before it comes to single pages.</remarks>
    public override VmFaultResult Fault(ref VmFault fault) => VmFaultResult.Sigbus;

    // Linux: hugetlb_reserve_pages
    private static bool TryReserve(VmArea area, HugetlbObject target, ulong first, ulong end)
    {
        if (area.HasAny(VmFlags.MayShare))
            return target.TryReserve(first, end);
        if (!area.Mm.Manager.Hugetlb.TryReserve((long)(end - first)))
            return false;
        HugetlbReserve reserve = new(area.Mm);
        for (ulong index = first; index < end; index++)
            reserve.Indices.Add(index);
        area.PrivateData = reserve;
        return true;
    }
}

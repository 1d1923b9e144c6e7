namespace Emu.Mm;

/// <content>What an address space has of the pool of huge pages. Linux: mm/hugetlb.c.</content>
public sealed unsafe partial class MemoryDescriptor
{
    /// <summary>Huge pages of the pool that it maps. Linux: <c>hugetlb_usage</c>, which counts small ones.</summary>
    public long HugetlbPages { get; internal set; }

    // Linux: copy_hugetlb_page_range
    private void CopyHugetlb(Pte* from, Pte* to)
    {
        Manager.GetPage(from->Pfn);
        Manager.Rmap.AddPmd(from->Pfn);
        HugetlbPages++;
        *from = from->Without(Pte.WriteBit);
        *to = *from;
    }

    // A page that only this process had goes back with its promise, so that it can be touched again. Linux: __unmap_hugepage_range
    private void ZapHugetlb(VmArea area, Pte* pmd, ulong address, ZapFlags flags)
    {
        uint page = pmd->Pfn;
        ref Page descriptor = ref Manager.Page(page);
        bool isPrivate = descriptor.Has(PageFlags.SwapBacked);
        if (isPrivate && (flags & ZapFlags.KeepCows) != 0)
            return;
        *pmd = default;
        Manager.Rmap.RemovePmd(page);
        HugetlbPages--;
        if (isPrivate && Manager.Hugetlb.Surplus == 0 && area.PrivateData is HugetlbReserve reserve &&
            reserve.Indices.Add(HugetlbOperations.IndexOf(area, address)))
        {
            Manager.Hugetlb.RestoreReserve();
        }
        Gather.AddPage(page);
    }

    // Linux: the alignment rules for hugetlb in check_prep_vma
    private int AlignRemap(ulong address, ref ulong oldLength, ref ulong newLength, RemapFlags flags, ulong newAddress)
    {
        if (Lookup(address) is not { } area || !area.HasAny(VmFlags.HugeTlb))
            return 0;
        oldLength = (oldLength + MmConstants.PmdSize - 1) & MmConstants.PmdMask;
        newLength = (newLength + MmConstants.PmdSize - 1) & MmConstants.PmdMask;
        bool misplaced = (flags & RemapFlags.Fixed) != 0 && (newAddress & ~MmConstants.PmdMask) != 0;
        // What was promised of a mapping does not grow with it.
        return (address & ~MmConstants.PmdMask) != 0 || misplaced || newLength > oldLength ? -Errno.EINVAL : 0;
    }
}

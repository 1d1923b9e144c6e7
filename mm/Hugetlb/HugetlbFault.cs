namespace Emu.Mm;

/// <content>Faults in areas of the pool's huge pages. Linux: <c>hugetlb_fault</c> (mm/hugetlb.c).</content>
public sealed unsafe partial class FaultHandler
{
    private VmFaultResult HugetlbPage(ref VmFault fault)
    {
        fault.Original = *fault.Pmd;
        fault.Class = FaultClass.HugeTlb;
        if (fault.Original.IsNone)
            return HugetlbMissing(ref fault);
        if (fault.WantsWrite && !fault.Original.IsWritable)
            return HugetlbProtected(ref fault);
        *fault.Pmd = fault.IsWrite ? fault.Original.Young.Dirty : fault.Original.Young;
        return VmFaultResult.None;
    }

    // Linux: hugetlb_no_page
    private VmFaultResult HugetlbMissing(ref VmFault fault)
    {
        VmArea area = fault.Area;
        HugetlbObject target = HugetlbOperations.ObjectOf(area);
        ulong index = HugetlbOperations.IndexOf(area, fault.Address);
        if (index >= target.Size / MmConstants.PmdSize)
            return VmFaultResult.Sigbus;
        bool isShared = area.HasAny(VmFlags.MayShare);
        uint page = isShared ? target.GetOrCreate(index) : target.Find(index);
        if (page == 0)
            return isShared ? VmFaultResult.Sigbus : HugetlbPrivate(ref fault, index, 0);
        if (!isShared && fault.WantsWrite)
            return HugetlbPrivate(ref fault, index, page);
        _manager.GetPage(page);
        HugetlbMap(ref fault, page, writable: isShared && area.HasAny(VmFlags.Write));
        return VmFaultResult.None;
    }

    // Linux: hugetlb_wp
    private VmFaultResult HugetlbProtected(ref VmFault fault)
    {
        VmArea area = fault.Area;
        uint old = fault.Original.Pfn;
        ref Page page = ref _memory.Page(old);
        if (area.HasAny(VmFlags.MayShare) || (page.Has(PageFlags.SwapBacked) && page.EntireMapCount == 1))
        {
            Pte reused = fault.Original.Young.Dirty;
            *fault.Pmd = area.HasAny(VmFlags.Write) ? reused.Writable : reused;
            FlushHuge(area, fault.Address);
            return VmFaultResult.None;
        }
        _manager.GetPage(old); // the allocation of a surplus page may reclaim
        VmFaultResult result = HugetlbPrivate(ref fault, HugetlbOperations.IndexOf(area, fault.Address), old);
        _manager.PutPage(old);
        return result;
    }

    // A page of the process's own, a copy of another or of zeros. Such a page bears the flag of memory without a file.
    private VmFaultResult HugetlbPrivate(ref VmFault fault, ulong index, uint source)
    {
        VmArea area = fault.Area;
        HugetlbReserve? reserve = area.PrivateData as HugetlbReserve;
        bool reserved = reserve != null && reserve.Indices.Contains(index);
        uint page = _manager.Hugetlb.Allocate(reserved);
        if (page == 0)
            return VmFaultResult.Sigbus;
        if (reserved)
            reserve!.Indices.Remove(index);
        for (uint part = 0; source != 0 && part < MmConstants.HugePagePages; part++)
            _memory.FrameSpan(source + part).CopyTo(_memory.FrameSpan(page + part));
        if (!fault.Pmd->IsNone)
        {
            *fault.Pmd = default;
            FlushHuge(area, fault.Address);
            _manager.Rmap.RemovePmd(fault.Original.Pfn);
            area.Mm.HugetlbPages--;
            _manager.PutPage(fault.Original.Pfn);
        }
        _memory.Page(page).Set(PageFlags.SwapBacked);
        HugetlbMap(ref fault, page, writable: fault.WantsWrite && area.HasAny(VmFlags.Write));
        return VmFaultResult.None;
    }

    private void HugetlbMap(ref VmFault fault, uint page, bool writable)
    {
        Pte pmd = Pte.Make(page, fault.Area.PageProtection | Pte.LargeBit).Young.Without(Pte.WriteBit);
        if (fault.IsWrite)
            pmd = pmd.Dirty;
        *fault.Pmd = writable ? pmd.Writable : pmd;
        _manager.Rmap.AddPmd(page);
        fault.Area.Mm.HugetlbPages++;
    }
}

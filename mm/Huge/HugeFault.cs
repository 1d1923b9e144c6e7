namespace Emu.Mm;

/// <content>Faults that a huge page can serve. Linux: mm/huge_memory.c.</content>
public sealed unsafe partial class FaultHandler
{
    // Linux: create_huge_pmd, do_huge_pmd_anonymous_page
    private VmFaultResult HugeAnonymous(ref VmFault fault)
    {
        VmArea area = fault.Area;
        PageTable tables = area.Mm.PageTable;
        if (!fault.IsWrite && _manager.Thp.UseZeroPage)
        {
            if (!tables.TryDeposit())
                return VmFaultResult.Oom;
            uint zero = _manager.HugeZeroPage();
            if (zero == 0)
            {
                tables.FreeTable(tables.Withdraw());
                return VmFaultResult.Fallback;
            }
            fault.Class = FaultClass.HugeZeroPage;
            *fault.Pmd = Pte.Make(zero, area.PageProtection | Pte.LargeBit | Pte.SpecialBit);
            return VmFaultResult.None;
        }
        uint head = _manager.AllocateAnon(area, fault.Address & MmConstants.PmdMask, HugeGfp(area) | GfpFlags.Zero, MmConstants.HugePageOrder);
        if (head == 0)
        {
            _manager.Events[(int)VmEvent.ThpFaultFallback]++;
            return VmFaultResult.Fallback;
        }
        if (!tables.TryDeposit())
        {
            _manager.PutPage(head);
            return VmFaultResult.Oom;
        }
        fault.Class = FaultClass.HugeAnon;
        AnonVmaLinks.Prepare(area);
        _manager.Khugepaged.Enter(area);
        MapNewHuge(ref fault, head);
        CountHugeAlloc(head);
        return VmFaultResult.None;
    }

    // Linux: map_anon_folio_pmd
    internal void MapNewHuge(ref VmFault fault, uint head)
    {
        VmArea area = fault.Area;
        _memory.Page(head).Set(PageFlags.UpToDate);
        _manager.Rmap.AddNewAnonHuge(head, area, fault.Address & MmConstants.PmdMask);
        _manager.AddLru(head);
        if ((area.Flags & VmFlags.Locked) != 0)
            Mlock.Add(_manager, head);
        area.Mm.Rss[(int)RssKind.Anon] += MmConstants.HugePagePages;
        Pte pmd = Pte.Make(head, area.PageProtection | Pte.LargeBit).Young;
        if ((area.Flags & VmFlags.Write) != 0)
            pmd = pmd.Dirty.Writable;
        *fault.Pmd = pmd;
    }

    // A huge page is mapped here. Linux: __handle_mm_fault's half for huge PMDs
    private VmFaultResult HugePresent(ref VmFault fault)
    {
        Pte pmd = fault.Original = *fault.Pmd;
        if (!pmd.IsPresent)
            return VmFaultResult.Retry;
        if (IsNumaHint(fault.Area, pmd))
            return NumaPage(ref fault, fault.Pmd);
        if (fault.WantsWrite && !pmd.IsWritable)
            return HugeWriteProtected(ref fault);
        fault.Class = FaultClass.Spurious;
        *fault.Pmd = fault.IsWrite ? pmd.Young.Dirty : pmd.Young;
        return VmFaultResult.None;
    }

    // Linux: do_huge_pmd_wp_page
    private VmFaultResult HugeWriteProtected(ref VmFault fault)
    {
        VmArea area = fault.Area;
        Pte pmd = fault.Original;
        if ((pmd.Value & Pte.UffdWpBit) != 0 && area.HasAny(VmFlags.UffdWp))
            return HugeProtected(ref fault);
        AnonVmaLinks.Prepare(area);
        if (pmd.IsSpecial)
            return HugeZeroWrite(ref fault);
        uint head = pmd.Pfn;
        ref Page page = ref _memory.Page(head);
        bool alone = page.Has(PageFlags.AnonExclusive) || (page.RefCount == 1 && page.LargeMapCount == 1);
        if (!alone)
        {
            area.Mm.SplitPmd(area, fault.Address & MmConstants.PmdMask);
            return VmFaultResult.Fallback;
        }
        fault.Class = FaultClass.CowReuse;
        page.Mapping = area.AnonVma!.Handle;
        page.Set(PageFlags.AnonExclusive);
        *fault.Pmd = pmd.Young.Dirty.Writable;
        FlushHuge(area, fault.Address);
        return VmFaultResult.None;
    }

    // Without a reader to ask, the protection goes page by page. Linux: wp_huge_pmd
    private static VmFaultResult HugeProtected(ref VmFault fault)
    {
        if (!fault.Area.Userfault!.Wants(UserfaultFeatures.WpAsync))
            return Userfault(ref fault, VmFlags.UffdWp);
        fault.Area.Mm.SplitPmd(fault.Area, fault.Address & MmConstants.PmdMask);
        return VmFaultResult.Fallback;
    }

    // Linux: do_huge_zero_wp_pmd
    private VmFaultResult HugeZeroWrite(ref VmFault fault)
    {
        VmArea area = fault.Area;
        uint head = _manager.AllocateAnon(area, fault.Address & MmConstants.PmdMask, HugeGfp(area) | GfpFlags.Zero, MmConstants.HugePageOrder);
        if (head == 0)
        {
            _manager.Events[(int)VmEvent.ThpFaultFallback]++;
            area.Mm.SplitPmd(area, fault.Address & MmConstants.PmdMask);
            return VmFaultResult.Fallback;
        }
        fault.Class = FaultClass.HugeCow;
        *fault.Pmd = default;
        FlushHuge(area, fault.Address);
        MapNewHuge(ref fault, head);
        CountHugeAlloc(head);
        return VmFaultResult.None;
    }

    // Whether a huge page may serve a range that nothing is mapped in. Linux: thp_vma_allowable_order, thp_vma_suitable_order
    private bool HugeAllowed(VmArea area, ulong address)
    {
        if (!area.IsAnonymous || !_manager.IsThpAllowed(area))
            return false;
        ulong start = address & MmConstants.PmdMask;
        return start >= area.Start && start + MmConstants.PmdSize <= area.End;
    }

    // Linux: vma_thp_gfp_mask
    private GfpFlags HugeGfp(VmArea area)
    {
        bool advised = (area.Flags & VmFlags.HugePage) != 0;
        return _manager.Thp.Defrag switch
        {
            ThpDefrag.Always => advised ? GfpFlags.TransHuge : GfpFlags.TransHuge | GfpFlags.NoRetry,
            ThpDefrag.Defer => GfpFlags.TransHugeLight | GfpFlags.KswapdReclaim,
            ThpDefrag.DeferMadvise => GfpFlags.TransHugeLight | (advised ? GfpFlags.DirectReclaim : GfpFlags.KswapdReclaim),
            ThpDefrag.Madvise => GfpFlags.TransHugeLight | (advised ? GfpFlags.DirectReclaim : GfpFlags.None),
            _ => GfpFlags.TransHugeLight,
        };
    }

    private void CountHugeAlloc(uint head)
    {
        _manager.Events[(int)VmEvent.ThpFaultAlloc]++;
        _manager.Memcg.CountEvent(_memory.Page(head), VmEvent.ThpFaultAlloc);
    }

    private void FlushHuge(VmArea area, ulong address)
    {
        ulong start = address & MmConstants.PmdMask;
        _manager.Tlb.FlushRange(area.Mm, start, start + MmConstants.PmdSize, (area.Flags & VmFlags.Exec) != 0);
    }
}

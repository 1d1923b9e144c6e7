namespace Emu.Mm;

/// <content>Writes to pages that are mapped read-only. Linux: mm/memory.c (<c>do_wp_page</c>).</content>
public sealed unsafe partial class FaultHandler
{
    private VmFaultResult WriteProtectedPage(ref VmFault fault)
    {
        VmArea area = fault.Area;
        if (IsWriteServed(ref fault, out VmFaultResult result))
            return result;
        Pte pte = fault.Original;
        if ((area.Flags & (VmFlags.Shared | VmFlags.MayShare)) != 0)
            return SharedPage(ref fault);
        if (!pte.IsSpecial && CanReuse(pte.Pfn, area))
        {
            fault.Class = FaultClass.CowReuse;
            Reuse(ref fault);
            return VmFaultResult.None;
        }
        fault.Class = FaultClass.Cow;
        return CopyPage(ref fault);
    }

    // An anonymous page that nobody else holds becomes the process's own. Linux: wp_can_reuse_anon_folio
    private bool CanReuse(uint pfn, VmArea area)
    {
        ref Page page = ref _memory.Page(pfn);
        if (page.Has(PageFlags.AnonExclusive))
            return true;
        if (!page.IsAnonymous || page.Mapping.IsKsm || page.Has(PageFlags.Head) || page.RefCount > (page.Has(PageFlags.SwapCache) ? 2 : 1))
            return false;
        _manager.Swap.TryFree(pfn);
        if (page.RefCount != 1)
            return false;
        page.Mapping = area.AnonVma!.Handle;
        page.Set(PageFlags.AnonExclusive);
        return true;
    }

    // Linux: wp_page_reuse
    private void Reuse(ref VmFault fault)
    {
        Pte pte = fault.Original.Young;
        if ((fault.Area.Flags & VmFlags.Write) != 0)
            pte = pte.Dirty.Writable;
        *fault.Pte = pte;
        FlushPage(fault.Area, fault.Address);
    }

    // Linux: wp_page_copy
    private VmFaultResult CopyPage(ref VmFault fault)
    {
        AnonVmaLinks.Prepare(fault.Area);
        bool fromZero = fault.Original.IsSpecial;
        uint old = fault.Original.Pfn, oldFolio = _memory.FolioOf(old);
        if (!fromZero)
            _manager.GetPage(oldFolio); // the allocation may reclaim it
        uint pfn = _manager.AllocateAnon(fault.Area, fault.Address,
            fromZero ? GfpFlags.HighUserMovable | GfpFlags.Zero : GfpFlags.HighUserMovable);
        bool same = *fault.Pte == fault.Original;
        if (pfn != 0 && same)
            ReplacePage(ref fault, old, pfn);
        else if (pfn != 0)
            _manager.PutPage(pfn);
        if (!fromZero)
            _manager.PutPage(oldFolio);
        return pfn != 0 ? VmFaultResult.None : VmFaultResult.Oom;
    }

    private void ReplacePage(ref VmFault fault, uint old, uint pfn)
    {
        VmArea area = fault.Area;
        bool fromZero = fault.Original.IsSpecial;
        if (!fromZero)
        {
            _memory.FrameSpan(old).CopyTo(_memory.FrameSpan(pfn));
            area.Mm.Rss[(int)MemoryDescriptor.RssKindOf(_memory.Page(_memory.FolioOf(old)))]--;
            if (_memory.Page(old).Mapping.IsKsm)
                _manager.Events[(int)VmEvent.CowKsm]++;
        }
        else
        {
            _manager.Ksm.NoteZeroUnmapped(area.Mm, fault.Original);
        }
        *fault.Pte = default;
        FlushPage(area, fault.Address);
        MapNewAnon(ref fault, pfn);
        if (!fromZero)
            DropOld(area, old);
    }

    /// <summary>An entry that mapped a page does not any more; the page may have been its last.</summary>
    internal void DropOld(VmArea area, uint pfn)
    {
        uint folio = _memory.FolioOf(pfn);
        _manager.Rmap.Remove(pfn);
        _manager.NotePartUnmapped(folio);
        if ((area.Flags & VmFlags.Locked) != 0)
            Mlock.Remove(_manager, folio);
        if (_memory.Page(folio).Has(PageFlags.SwapCache) && !_manager.Rmap.IsMapped(folio))
            _manager.Swap.TryFree(folio);
        _manager.PutPage(folio);
    }

    // Linux: wp_page_shared, wp_pfn_shared
    private VmFaultResult SharedPage(ref VmFault fault)
    {
        fault.Class = FaultClass.MkWrite;
        if (!fault.Original.IsSpecial)
        {
            fault.Page = fault.Original.Pfn;
            VmFaultResult result = MakeWritable(ref fault);
            if ((result & VmFaultResult.Error) != 0)
                return result;
        }
        Reuse(ref fault);
        return VmFaultResult.None;
    }

    private void FlushPage(VmArea area, ulong address) => _manager.Tlb.FlushRange(area.Mm, address, address + MmConstants.PageSize,
        (area.Flags & VmFlags.Exec) != 0);
}

namespace Emu.Mm;

/// <content>Writes to pages that are mapped read-only. Linux: mm/memory.c (<c>do_wp_page</c>).</content>
public sealed unsafe partial class FaultHandler
{
    private VmFaultResult WriteProtectedPage(ref VmFault fault)
    {
        VmArea area = fault.Area;
        Pte pte = fault.Original;
        if ((area.Flags & (VmFlags.Shared | VmFlags.MayShare)) != 0)
            return SharedPage(ref fault);
        if (!pte.IsSpecial && CanReuse(pte.Pfn))
        {
            fault.Class = FaultClass.CowReuse;
            Reuse(ref fault);
            return VmFaultResult.None;
        }
        fault.Class = FaultClass.Cow;
        return CopyPage(ref fault);
    }

    // An anonymous page that nobody else holds becomes the process's own. Linux: wp_can_reuse_anon_folio
    private bool CanReuse(uint pfn)
    {
        ref Page page = ref _memory.Page(pfn);
        if (!page.IsAnonymous || page.Mapping.IsKsm)
            return false;
        if (page.Has(PageFlags.AnonExclusive))
            return true;
        int expected = page.Has(PageFlags.SwapCache) ? 2 : 1;
        if (page.RefCount != expected || page.MapCount != 1)
            return false;
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
        VmArea area = fault.Area;
        MemoryDescriptor mm = area.Mm;
        AnonVmaLinks.Prepare(area);
        bool fromZero = fault.Original.IsSpecial;
        uint pfn = _manager.Allocator.Allocate(fromZero ? GfpFlags.HighUserMovable | GfpFlags.Zero : GfpFlags.HighUserMovable, 0);
        if (pfn == 0)
            return VmFaultResult.Oom;
        uint old = fault.Original.Pfn;
        if (!fromZero)
        {
            _memory.FrameSpan(old).CopyTo(_memory.FrameSpan(pfn));
            mm.Rss[(int)MemoryDescriptor.RssKindOf(_memory.Page(old))]--;
        }
        *fault.Pte = default;
        FlushPage(area, fault.Address);
        MapNewAnon(ref fault, pfn);
        if (!fromZero)
        {
            _manager.Rmap.Remove(old);
            _manager.PutPage(old);
        }
        return VmFaultResult.None;
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

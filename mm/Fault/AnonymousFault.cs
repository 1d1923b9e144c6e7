namespace Emu.Mm;

/// <content>First touch of anonymous memory. Linux: mm/memory.c (<c>do_anonymous_page</c>).</content>
public sealed unsafe partial class FaultHandler
{
    private VmFaultResult AnonymousPage(ref VmFault fault)
    {
        VmArea area = fault.Area;
        if ((area.Flags & VmFlags.Shared) != 0)
            return VmFaultResult.Sigbus;
        if (IsMissingServed(area))
            return Userfault(ref fault, VmFlags.UffdMissing);
        if (!fault.IsWrite)
        {
            fault.Class = FaultClass.ZeroPage;
            *fault.Pte = KeepProtection(fault, Pte.Make(_manager.ZeroPfn, area.PageProtection | Pte.SpecialBit));
            return VmFaultResult.None;
        }
        fault.Class = FaultClass.Anon;
        AnonVmaLinks.Prepare(area);
        uint pfn = _manager.AllocateAnon(area, fault.Address, GfpFlags.HighUserMovable | GfpFlags.Zero);
        if (pfn == 0)
            return VmFaultResult.Oom;
        MapNewAnon(ref fault, pfn);
        return VmFaultResult.None;
    }

    // Linux: the end of do_anonymous_page, and of wp_page_copy
    private void MapNewAnon(ref VmFault fault, uint pfn)
    {
        VmArea area = fault.Area;
        _manager.Page(pfn).Flags |= PageFlags.UpToDate;
        Pte pte = Pte.Make(pfn, area.PageProtection).Young;
        if ((fault.Flags & FaultFlags.Unshare) != 0)
            pte = pte.With(fault.Original.Value & (Pte.UffdWpBit | Pte.SoftDirtyBit | Pte.DirtyBit)); // its own, but as it was otherwise
        else if ((area.Flags & VmFlags.Write) != 0)
            pte = pte.Dirty.Writable;
        pte = KeepProtection(fault, pte);
        _manager.Rmap.AddNewAnon(pfn, area, fault.Address);
        _manager.AddLru(pfn);
        if ((area.Flags & VmFlags.Locked) != 0)
            Mlock.Add(_manager, pfn);
        area.Mm.Rss[(int)RssKind.Anon]++;
        *fault.Pte = pte;
    }
}

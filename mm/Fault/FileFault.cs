namespace Emu.Mm;

/// <content>First touch of a page that an object provides. Linux: mm/memory.c (<c>do_fault</c>).</content>
public sealed unsafe partial class FaultHandler
{
    private VmFaultResult FilePage(ref VmFault fault)
    {
        if (!fault.WantsWrite)
            return ReadFault(ref fault);
        return (fault.Area.Flags & VmFlags.Shared) == 0 ? CowFault(ref fault) : SharedFault(ref fault);
    }

    // Linux: do_read_fault
    private VmFaultResult ReadFault(ref VmFault fault)
    {
        fault.Class = ClassOf(fault.Area, FaultClass.FileRead, FaultClass.ShmemRead);
        if (ShouldFaultAround(fault.Area))
        {
            FaultAround(ref fault);
            if (!fault.Pte->IsNone)
                return VmFaultResult.NoPage;
        }
        VmFaultResult result = AskObject(ref fault);
        if ((result & (VmFaultResult.Error | VmFaultResult.Retry | VmFaultResult.NoPage)) != 0)
            return result;
        MapObjectPage(ref fault, writable: false);
        return result;
    }

    // Linux: do_cow_fault
    private VmFaultResult CowFault(ref VmFault fault)
    {
        fault.Class = ClassOf(fault.Area, FaultClass.FileCow, FaultClass.ShmemCow);
        AnonVmaLinks.Prepare(fault.Area);
        fault.CowPage = _manager.AllocateAnon(fault.Area, fault.Address, GfpFlags.HighUserMovable);
        if (fault.CowPage == 0)
            return VmFaultResult.Oom;
        VmFaultResult result = AskObject(ref fault);
        if ((result & (VmFaultResult.Error | VmFaultResult.Retry)) != 0)
        {
            _manager.PutPage(fault.CowPage);
            return result;
        }
        if ((result & VmFaultResult.DoneCow) == 0)
        {
            _memory.FrameSpan(fault.Page).CopyTo(_memory.FrameSpan(fault.CowPage));
            _manager.PutPage(fault.Page);
        }
        MapNewAnon(ref fault, fault.CowPage);
        return result;
    }

    // Linux: do_shared_fault
    private VmFaultResult SharedFault(ref VmFault fault)
    {
        fault.Class = ClassOf(fault.Area, FaultClass.FileShared, FaultClass.ShmemWrite);
        VmFaultResult result = AskObject(ref fault);
        if ((result & (VmFaultResult.Error | VmFaultResult.Retry | VmFaultResult.NoPage)) != 0)
            return result;
        VmFaultResult written = MakeWritable(ref fault);
        if ((written & VmFaultResult.Error) != 0)
        {
            _manager.PutPage(fault.Page);
            return written;
        }
        MapObjectPage(ref fault, writable: true);
        return result;
    }

    // Linux: __do_fault
    private static VmFaultResult AskObject(ref VmFault fault) => fault.Area.Operations!.Fault(ref fault);

    // Tells the object that a page of it is about to be written. Linux: do_page_mkwrite, fault_dirty_shared_page
    private VmFaultResult MakeWritable(ref VmFault fault)
    {
        VmOperations? operations = fault.Area.Operations;
        if (operations is { WantsMkwrite: true })
        {
            VmFaultResult result = operations.PageMkwrite(ref fault);
            if ((result & VmFaultResult.Error) != 0)
                return result;
        }
        if (!_memory.Page(fault.Page).Mapping.IsNone)
            _manager.Mappings.PageCache(_memory.Page(fault.Page).Mapping).SetDirty(fault.Page);
        return VmFaultResult.None;
    }

    // The reference of fault.Page passes to the PTE. Linux: finish_fault, set_pte_range
    private void MapObjectPage(ref VmFault fault, bool writable)
    {
        Pte pte = Pte.Make(fault.Page, fault.Area.PageProtection).Young;
        if (writable)
            pte = pte.Dirty.Writable;
        pte = KeepProtection(fault, pte);
        fault.Area.Mm.Rss[(int)MemoryDescriptor.RssKindOf(_memory.Page(fault.Page))]++;
        _manager.Rmap.AddFile(fault.Page);
        *fault.Pte = pte;
        if ((fault.Area.Flags & VmFlags.Locked) != 0)
            Mlock.Add(_manager, fault.Page);
    }

    // Linux: should_fault_around
    private bool ShouldFaultAround(VmArea area) =>
        !area.HasAny(VmFlags.UffdWp | VmFlags.UffdMinor) && area.Operations!.CanMapPages && _manager.Sysctl.FaultAroundBytes >> MmConstants.PageShift > 1;

    private const ulong EntriesOfTable = MmConstants.HugePagePages;

    // The window is aligned to its own size and stays within the area and the page table. Linux: do_fault_around
    private void FaultAround(ref VmFault fault)
    {
        ulong window = _manager.Sysctl.FaultAroundBytes >> MmConstants.PageShift;
        ulong slot = (fault.Address >> MmConstants.PageShift) & (EntriesOfTable - 1), inArea = fault.PageOffset - fault.Area.PageOffset;
        ulong from = Math.Max(slot & ~(window - 1), slot - Math.Min(slot, inArea));
        ulong to = Math.Min(Math.Min(from + window, EntriesOfTable), slot + fault.Area.Pages - inArea);
        ulong first = fault.PageOffset - (slot - from), last = fault.PageOffset + (to - slot) - 1;
        fault.Area.Operations!.MapPages(ref fault, first, last);
    }

    private static FaultClass ClassOf(VmArea area, FaultClass file, FaultClass shmem) => area.Operations is ShmemOperations ? shmem : file;
}

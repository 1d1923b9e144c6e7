namespace Emu.Mm;

/// <content>PTEs that hold an entry in place of a page. Linux: mm/memory.c (<c>do_swap_page</c>), mm/swap_state.c.</content>
public sealed unsafe partial class FaultHandler
{
    private VmFaultResult SwapPage(ref VmFault fault)
    {
        SwapEntry entry = SwapEntry.FromPte(fault.Original);
        if (!entry.IsSlot)
            return SpecialEntry(ref fault, entry);
        fault.Class = FaultClass.SwapIn;
        VmFaultResult result = VmFaultResult.None;
        uint pfn = _manager.Swap.Cached(entry);
        if (pfn == 0)
        {
            result = VmFaultResult.Major;
            int error = ReadAround(entry, fault.Area, fault.Address, out pfn);
            if (pfn == 0)
                return error == -Errno.ENOMEM ? VmFaultResult.Oom : VmFaultResult.Sigbus;
        }
        else
        {
            _manager.GetPage(pfn);
        }
        AnonVmaLinks.Prepare(fault.Area);
        if (!_manager.Ksm.NeedsCopy(pfn, fault.Area, fault.Address))
            return result | MapSwappedPage(ref fault, entry, pfn);
        uint copy = CopySwapped(fault.Area, fault.Address, pfn);
        result = copy != 0 ? result | MapSwappedPage(ref fault, entry, copy) : VmFaultResult.Oom;
        _manager.Swap.TryFree(pfn); // this may have been the slot's last user
        _manager.PutPage(pfn);
        return result;
    }

    // One slot served several addresses: the page is known for another already. Linux: ksm_might_need_to_copy
    private uint CopySwapped(VmArea area, ulong address, uint pfn)
    {
        uint copy = _manager.AllocateAnon(area, address, GfpFlags.HighUserMovable);
        if (copy != 0)
        {
            _memory.FrameSpan(pfn).CopyTo(_memory.FrameSpan(copy));
            _memory.Page(copy).Set(PageFlags.UpToDate | PageFlags.Dirty | PageFlags.SwapBacked);
            _manager.AddLru(copy);
            _manager.Events[(int)VmEvent.KsmSwpinCopy]++;
        }
        return copy;
    }

    // The reference that the caller took passes to the PTE.
    private VmFaultResult MapSwappedPage(ref VmFault fault, SwapEntry entry, uint pfn)
    {
        VmArea area = fault.Area;
        Pte original = fault.Original;
        bool ksm = _memory.Page(pfn).Mapping.IsKsm;
        bool exclusive = !ksm && (original.Value & SwapEntry.ExclusiveBit) != 0;
        _manager.Swap.Free(entry);
        if (ShouldFreeSwap(ref fault, pfn))
            _manager.Swap.TryFree(pfn);
        area.Mm.Rss[(int)RssKind.Swap]--;
        area.Mm.Rss[(int)RssKind.Anon]++;

        Pte pte = Pte.Make(pfn, area.PageProtection).Young;
        if ((original.Value & SwapEntry.SoftDirtyBit) != 0)
            pte = pte.With(Pte.SoftDirtyBit);
        bool protectedByUser = (original.Value & SwapEntry.UffdWpBit) != 0;
        if (protectedByUser)
            pte = pte.With(Pte.UffdWpBit);
        exclusive |= !ksm && _memory.Page(pfn).RefCount == 1;
        bool stillToWrite = fault.IsWrite;
        if (exclusive && (area.Flags & VmFlags.Write) != 0 && !protectedByUser)
        {
            pte = pte.Writable;
            if (fault.IsWrite)
                pte = pte.Dirty;
            stillToWrite = false;
        }
        _manager.Rmap.AddAnon(pfn, area, fault.Address, exclusive);
        *fault.Pte = pte;
        if ((area.Flags & VmFlags.Locked) != 0)
            Mlock.Add(_manager, pfn);
        if (!stillToWrite)
            return VmFaultResult.None;
        fault.Original = pte;
        FaultClass kind = fault.Class;
        VmFaultResult result = WriteProtectedPage(ref fault);
        fault.Class = kind;
        return result;
    }

    // Linux: should_try_to_free_swap
    private bool ShouldFreeSwap(ref VmFault fault, uint pfn)
    {
        ref Page page = ref _memory.Page(pfn);
        if (!page.Has(PageFlags.SwapCache))
            return false;
        if (_manager.Memcg.IsSwapFull(pfn) || (fault.Area.Flags & VmFlags.Locked) != 0 || page.Has(PageFlags.Mlocked))
            return true;
        return fault.IsWrite && !page.Mapping.IsKsm && page.RefCount == 2;
    }

    // Reads the aligned group of slots that the entry lies in: they were swapped out together. The page wanted comes with a reference,
    // lest reading the others reclaims it. Linux: swap_cluster_readahead
    private int ReadAround(SwapEntry entry, VmArea area, ulong address, out uint wanted)
    {
        int error = ReadSlot(entry, area, address, GfpFlags.HighUserMovable, out wanted);
        if (wanted == 0)
            return error;
        _manager.GetPage(wanted);
        if ((area.Flags & VmFlags.RandRead) != 0)
            return 0;
        ulong window = (ulong)_manager.Swap.ReadaheadPages, first = entry.Offset & ~(window - 1);
        SwapArea swapArea = _manager.Swap.Area(entry);
        for (ulong slot = Math.Max(first, 1); slot < first + window && slot <= swapArea.Pages; slot++)
        {
            if (slot == entry.Offset || swapArea.Count(slot) == 0 || swapArea.Cached(slot) != 0)
                continue;
            if (ReadSlot(new SwapEntry(entry.Type, slot), area, address, ReadaheadGfp, out _) != 0)
                break;
            _manager.Events[(int)VmEvent.SwapRa]++;
        }
        return 0;
    }

    // What is read ahead is not worth a hard reclaim.
    private const GfpFlags ReadaheadGfp = GfpFlags.HighUserMovable | GfpFlags.NoRetry | GfpFlags.NoWarn;

    /// <summary>Brings a page back from swap and maps it, if it can be had. Linux: <c>do_swap_page</c> from khugepaged.</summary>
    /// <returns>Whether the page is there.</returns>
    internal bool TrySwapIn(VmArea area, ulong address)
    {
        VmFault fault = new(area, address, FaultFlags.AllowRetry);
        VmFaultResult result = HandleMmFault(ref fault);
        return (result & (VmFaultResult.Error | VmFaultResult.Retry)) == 0;
    }

    /// <summary>Brings a slot into the swap cache, if it is not there (MADV_WILLNEED). Linux: <c>read_swap_cache_async</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    internal int ReadSwapAhead(SwapEntry entry) => _manager.Swap.Cached(entry) != 0 ? 0 : ReadSlot(entry, null, 0, ReadaheadGfp, out _);

    // Linux: __read_swap_cache_async
    private int ReadSlot(SwapEntry entry, VmArea? area, ulong address, GfpFlags gfp, out uint pfn)
    {
        pfn = _manager.AllocateSwapped(entry, area, address, gfp);
        if (pfn == 0)
            return -Errno.ENOMEM;
        ulong shadow = _manager.Swap.Shadow(entry);
        int error = _manager.Swap.Read(entry, pfn);
        if (error != 0)
        {
            _manager.PutPage(pfn);
            pfn = 0;
            return error;
        }
        _manager.Page(pfn).Set(PageFlags.UpToDate | PageFlags.SwapBacked);
        _manager.Swap.PutIntoCache(pfn, entry);
        Workingset.Refault(_manager, pfn, shadow);
        _manager.AddLru(pfn);
        _manager.PutPage(pfn); // the cache's reference keeps it
        return 0;
    }

    // Linux: handle_pte_marker and the first lines of do_swap_page
    private VmFaultResult SpecialEntry(ref VmFault fault, SwapEntry entry)
    {
        if (entry.IsMigration)
            return VmFaultResult.Retry;
        if (!entry.IsMarker)
            return VmFaultResult.Sigbus;
        if ((entry.MarkerFlags & PteMarker.Guard) != 0)
            return VmFaultResult.Sigsegv;
        if ((entry.MarkerFlags & PteMarker.Poisoned) != 0)
            return VmFaultResult.Sigbus;
        return fault.Area.IsAnonymous ? AnonymousPage(ref fault) : FilePage(ref fault);
    }
}

namespace Emu.Mm;

/// <content>Advice that contents are not needed. Linux: <c>madvise_dontneed_free</c>.</content>
public sealed unsafe partial class MemoryDescriptor
{
    private int AdviseDontNeed(ref Advised advised)
    {
        if (!MayDrop(ref advised))
            return -Errno.EINVAL;
        if (advised.Start == advised.End)
            return 0;
        if (TellRemoval(advised.Area, advised.Start, advised.End))
        {
            // It slept: the area may be another now.
            advised.Slept = true;
            if (Lookup(advised.Start) is not { } area)
                return -Errno.ENOMEM;
            advised.Area = area;
            advised.End = Math.Min(advised.End, area.End);
            if (!MayDrop(ref advised))
                return -Errno.EINVAL;
            if (advised.Start == advised.End)
                return 0;
        }
        if (advised.Advice == Advice.Free)
            return AdviseFree(ref advised);
        ZapRange(advised.Area, advised.Start, advised.End, ZapFlags.None);
        return 0;
    }

    // Whole pages of the hugetlb pool only: those who advise may not know what they have. Linux: madvise_dontneed_free_valid_vma
    private static bool MayDrop(ref Advised advised)
    {
        VmArea area = advised.Area;
        if ((area.Flags & VmFlags.HugeTlb) == 0)
            return !area.HasAny(advised.Advice == Advice.DontNeedLocked ? VmFlags.PfnMap : VmFlags.PfnMap | VmFlags.Locked);
        if (advised.Advice == Advice.Free || (advised.Start & ~MmConstants.PmdMask) != 0)
            return false;
        advised.End &= MmConstants.PmdMask;
        return true;
    }

    // Linux: madvise_free_single_vma
    private int AdviseFree(ref Advised advised)
    {
        VmArea area = advised.Area;
        if (!area.IsAnonymous)
            return -Errno.EINVAL;
        UpdateHighWaterRss();
        Gather.Begin();
        PageWalk walk = new(PageTable, advised.Start, advised.End);
        while (walk.MoveNext())
        {
            Pte pte = *walk.Entry;
            if (pte.IsPresent)
                FreePresent(area, ref walk, pte);
            else if (!pte.IsNone)
                FreeEntry(walk.Entry, SwapEntry.FromPte(pte));
        }
        Gather.Finish();
        return 0;
    }

    // Linux: the non-present half of madvise_free_pte_range
    private void FreeEntry(Pte* pte, SwapEntry entry)
    {
        if (entry.IsSlot)
        {
            *pte = default;
            Rss[(int)RssKind.Swap]--;
            Manager.Swap.FreeWithCache(entry);
        }
        else if (entry.IsMarker && (entry.MarkerFlags & PteMarker.Poisoned) != 0)
        {
            *pte = default;
        }
    }

    // Linux: the present half of madvise_free_pte_range, madvise_free_huge_pmd
    private void FreePresent(VmArea area, ref PageWalk walk, Pte pte)
    {
        if (pte.IsSpecial)
            return;
        uint folio = Manager.Memory.FolioOf(pte.Pfn);
        if (NeedsSplit(ref walk, folio))
        {
            if (!IsMappedByOthers(folio) && TrySplitFolio(folio))
                walk.Again();
            return;
        }
        ref Page page = ref Manager.Page(folio);
        if (walk.IsHuge && IsMappedByOthers(folio))
            return;
        if (page.HasAny(PageFlags.SwapCache | PageFlags.Dirty))
        {
            if (Manager.Rmap.MapCountOf(folio) != 1 || (page.Has(PageFlags.SwapCache) && !Manager.Swap.TryFree(folio)))
                return;
            page.Clear(PageFlags.Dirty);
        }
        if (ClearBits(walk.Entry, Pte.AccessedBit | Pte.DirtyBit))
            Gather.AddRange(walk.Address, walk.Next, area.HasAny(VmFlags.Exec));
        LruMoves.MarkLazyFree(Manager, folio);
    }

    // Whether a huge page would be advised in part: it must be taken apart first.
    private bool NeedsSplit(ref PageWalk walk, uint folio) => walk.IsHuge ? !walk.CoversHuge : Manager.Page(folio).Has(PageFlags.Head);

    // Linux: folio_maybe_mapped_shared
    private bool IsMappedByOthers(uint folio)
    {
        RmapWalk walk = new(Manager, folio);
        while (walk.MoveNext())
        {
            if (walk.Area.Mm != this)
                return true;
        }
        return false;
    }

    // Linux: split_folio
    private bool TrySplitFolio(uint folio)
    {
        Manager.GetPage(folio);
        bool split = Manager.Splitter.Split(folio, extraReferences: 1);
        Manager.PutPage(folio);
        return split;
    }

    // The processor may set A and D at any time.
    private static bool ClearBits(Pte* entry, ulong bits)
    {
        if ((entry->Value & bits) == 0)
            return false;
        Interlocked.And(ref *(ulong*)entry, ~bits);
        return true;
    }
}

namespace Emu.Mm;

/// <content>Advice that memory is not used soon. Linux: <c>madvise_cold</c>, <c>madvise_pageout</c>.</content>
public sealed unsafe partial class MemoryDescriptor
{
    private int AdviseCold(ref Advised advised, bool pageOut)
    {
        VmArea area = advised.Area;
        if (area.HasAny(VmFlags.Locked | VmFlags.PfnMap | VmFlags.HugeTlb))
            return -Errno.EINVAL;
        bool anonymousOnly = pageOut && !area.IsAnonymous && area.File is not { IsOwnedOrWritable: true };
        if (anonymousOnly && area.HasAny(VmFlags.MayShare))
            return 0;
        Gather.Begin();
        PageWalk walk = new(PageTable, advised.Start, advised.End);
        while (walk.MoveNext())
        {
            Pte pte = *walk.Entry;
            if (!pte.IsPresent || pte.IsSpecial)
                continue;
            uint folio = Manager.Memory.FolioOf(pte.Pfn);
            if (anonymousOnly && !Manager.Page(folio).IsAnonymous)
                continue;
            MakeCold(area, ref walk, folio, pageOut);
        }
        Gather.Finish();
        return 0;
    }

    // Linux: the body of madvise_cold_or_pageout_pte_range
    private void MakeCold(VmArea area, ref PageWalk walk, uint folio, bool pageOut)
    {
        ref Page page = ref Manager.Page(folio);
        // Huge pages go to swap in small ones.
        if (NeedsSplit(ref walk, folio) || (walk.IsHuge && pageOut))
        {
            if (!IsMappedByOthers(folio) && TrySplitFolio(folio))
                walk.Again();
            return;
        }
        // What others map too is not this process's to judge.
        if (Manager.Rmap.MapCountOf(folio) != 1 || !page.Has(PageFlags.Lru))
            return;
        if (!pageOut && ClearBits(walk.Entry, Pte.AccessedBit))
            Gather.AddRange(walk.Address, walk.Next, area.HasAny(VmFlags.Exec));
        page.Clear(PageFlags.Referenced);
        if (page.Has(PageFlags.Active))
            page.Set(PageFlags.Workingset);
        if (pageOut)
            _ = Manager.Vmscan.ReclaimFolio(folio); // what cannot go stays: it is advice
        else
            LruMoves.Deactivate(Manager, folio);
    }
}

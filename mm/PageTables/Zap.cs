namespace Emu.Mm;

/// <summary>What a zap leaves. Linux: <c>struct zap_details</c>.</summary>
[Flags]
public enum ZapFlags
{
    /// <summary>Everything goes.</summary>
    None = 0,

    /// <summary>Private copies stay: only the file's own pages go. Linux: <c>even_cows</c> is false.</summary>
    KeepCows = 1,

    /// <summary>Notes about addresses go too: the range is unmapped. Linux: <c>ZAP_FLAG_DROP_MARKER</c>.</summary>
    DropMarkers = 2,
}

/// <content>Removing the PTEs of a range. Linux: mm/memory.c (<c>zap_pte_range</c>, <c>unmap_single_vma</c>).</content>
public sealed unsafe partial class MemoryDescriptor
{
    /// <summary>Removes the pages of a part of an area, and flushes. Linux: <c>zap_page_range_single</c>.</summary>
    /// <param name="area">The area.</param>
    /// <param name="start">First address, within the area.</param>
    /// <param name="end">One past the last, within the area.</param>
    /// <param name="flags">What stays.</param>
    public void ZapRange(VmArea area, ulong start, ulong end, ZapFlags flags)
    {
        UpdateHighWaterRss();
        Gather.Begin();
        Zap(area, start, end, flags);
        Gather.Finish();
    }

    /// <summary>Removes the pages of a part of an area into <see cref="Gather"/>. Linux: <c>unmap_page_range</c>.</summary>
    internal void Zap(VmArea area, ulong start, ulong end, ZapFlags flags)
    {
        bool found = false;
        for (ulong at = start; at < end;)
        {
            ulong next = Math.Min((at & MmConstants.PmdMask) + MmConstants.PmdSize, end);
            Pte* entry = PageTable.Walk(at, out int level);
            if (level == PageTable.PmdLevel && entry->IsLarge)
            {
                found |= ZapHuge(area, entry, at, next, flags);
                entry = PageTable.Walk(at, out level);
            }
            if (level == 0)
                found |= ZapTable(area, entry, at, next, flags);
            else if (level > PageTable.PmdLevel)
                next = Math.Min((at & ~(PageTable.SpanOf(level) - 1)) + PageTable.SpanOf(level), end);
            at = next;
        }
        if (found)
            Gather.AddRange(start, end, area.HasAny(VmFlags.Exec));
    }

    private bool ZapTable(VmArea area, Pte* entry, ulong at, ulong end, ZapFlags flags)
    {
        bool found = false;
        for (; at < end; at += MmConstants.PageSize, entry++)
        {
            Pte pte = *entry;
            if (pte.IsNone)
                continue;
            if (pte.IsPresent)
                found |= ZapPresent(area, entry, pte, flags);
            else
                ZapEntry(area, entry, SwapEntry.FromPte(pte), flags);
        }
        return found;
    }

    // Linux: zap_present_ptes
    private bool ZapPresent(VmArea area, Pte* entry, Pte pte, ZapFlags flags)
    {
        if (pte.IsSpecial)
        {
            *entry = default;
            Manager.Ksm.NoteZeroUnmapped(this, pte);
            return true;
        }
        uint pfn = pte.Pfn;
        uint folio = Manager.Memory.FolioOf(pfn);
        ref Page page = ref Manager.Page(folio);
        bool anonymous = page.IsAnonymous;
        if (anonymous && (flags & ZapFlags.KeepCows) != 0)
            return false;
        // The protection of a file's page is that of the address.
        bool marked = (pte.Value & Pte.UffdWpBit) != 0 && !area.IsAnonymous && (flags & ZapFlags.DropMarkers) == 0;
        *entry = marked ? SwapEntry.MakeMarker(PteMarker.UffdWp) : default;
        if (!anonymous && pte.IsDirty)
            Manager.Mappings.PageCache(page.Mapping).DirtyFromPte(folio);
        if (!anonymous && pte.IsAccessed && !area.HasAny(VmFlags.SeqRead | VmFlags.RandRead))
            page.Set(PageFlags.Referenced);
        Rss[(int)RssKindOf(page)]--;
        Manager.Rmap.Remove(pfn);
        Manager.NotePartUnmapped(folio);
        if ((area.Flags & VmFlags.Locked) != 0)
            Mlock.Remove(Manager, folio);
        Gather.AddPage(folio);
        return true;
    }

    // A huge page goes whole, or is split so that a part of it can go. Linux: zap_huge_pmd
    private bool ZapHuge(VmArea area, Pte* pmd, ulong start, ulong end, ZapFlags flags)
    {
        if (area.HasAny(VmFlags.HugeTlb))
        {
            ZapHugetlb(area, pmd, start, flags);
            return true;
        }
        if (end - start != MmConstants.PmdSize)
        {
            SplitPmd(area, start & MmConstants.PmdMask);
            return false;
        }
        Pte old = *pmd;
        if ((flags & ZapFlags.KeepCows) != 0 && !old.IsSpecial)
            return false;
        *pmd = default;
        Gather.AddTable(PageTable.Withdraw());
        if (old.IsSpecial)
            return true;
        Rss[(int)RssKind.Anon] -= MmConstants.HugePagePages;
        Manager.Rmap.RemovePmd(old.Pfn);
        if ((area.Flags & VmFlags.Locked) != 0)
            Mlock.Remove(Manager, old.Pfn);
        Gather.AddPage(old.Pfn);
        return true;
    }

    // A guard belongs to the address, and so does the protection of a file's page: only an unmapping takes them. Linux: zap_nonpresent_ptes
    private static bool KeepsMarker(VmArea area, PteMarker marker, ZapFlags flags)
    {
        if ((flags & ZapFlags.DropMarkers) != 0)
            return false;
        if ((marker & PteMarker.Poisoned) != 0)
            return (flags & ZapFlags.KeepCows) != 0;
        return (marker & PteMarker.Guard) != 0 || !area.IsAnonymous;
    }

    private void ZapEntry(VmArea area, Pte* pte, SwapEntry entry, ZapFlags flags)
    {
        if (entry.IsMarker ? KeepsMarker(area, entry.MarkerFlags, flags) : (flags & ZapFlags.KeepCows) != 0)
            return;
        *pte = default;
        if (!entry.IsSlot)
            return;
        Rss[(int)RssKind.Swap]--;
        Manager.Swap.FreeWithCache(entry);
    }

    /// <summary>
    /// Moves the dirty bits of a range of shared PTEs to their pages and write-protects them. Linux: <c>page_mkclean_one</c>.
    /// </summary>
    internal void CleanRange(VmArea area, ulong start, ulong end)
    {
        bool found = false;
        for (ulong at = start; at < end; at += MmConstants.PageSize)
        {
            Pte* entry = PageTable.Find(at, 0); // shared pages of files are small
            if (entry == null || !entry->IsPresent || entry->IsSpecial || (entry->Value & (Pte.DirtyBit | Pte.WriteBit)) == 0)
                continue;
            ref Page page = ref Manager.Page(entry->Pfn);
            if (entry->IsDirty)
                Manager.Mappings.PageCache(page.Mapping).DirtyFromPte(entry->Pfn);
            *entry = entry->Without(Pte.DirtyBit | Pte.WriteBit);
            found = true;
        }
        if (found)
            Manager.Tlb.FlushRange(this, start, end, executable: false);
    }
}

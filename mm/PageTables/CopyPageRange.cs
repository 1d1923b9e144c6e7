namespace Emu.Mm;

/// <content>Copying the PTEs of an area to a child. Linux: mm/memory.c (<c>copy_page_range</c>).</content>
public sealed unsafe partial class MemoryDescriptor
{
    // Whatever a fault finds again from the object need not be copied. Linux: vma_needs_copy
    private static bool NeedsCopy(VmArea copy, VmArea source) => source.AnonVma != null || copy.HasAny(VmFlags.CopyOnFork) ||
        (source.Flags & (VmFlags.HugeTlb | VmFlags.MayShare)) == VmFlags.HugeTlb;

    /// <summary>Gives this address space the PTEs of the parent's area; those that may be written are read-only in both from now on.</summary>
    /// <param name="copy">The child's area, of this address space.</param>
    /// <param name="source">The parent's.</param>
    /// <returns>False if memory for tables is short; what was copied stands.</returns>
    private bool CopyPageRange(VmArea copy, VmArea source)
    {
        if (!NeedsCopy(copy, source))
            return true;
        PageTable tables = source.Mm.PageTable;
        for (ulong at = source.Start; at < source.End;)
        {
            ulong next = Math.Min((at & MmConstants.PmdMask) + MmConstants.PmdSize, source.End);
            Pte* from = tables.Walk(at, out int level);
            if (level == PageTable.PmdLevel && from->IsLarge)
            {
                if (!CopyHuge(copy, from, at))
                    return false;
            }
            else if (level == 0)
            {
                Pte* to = PageTable.FindOrCreate(at);
                if (to == null)
                    return false;
                CopyTable(copy, from, to, (int)((next - at) >> MmConstants.PageShift));
            }
            else if (level > PageTable.PmdLevel)
            {
                next = Math.Min((at & ~(PageTable.SpanOf(level) - 1)) + PageTable.SpanOf(level), source.End);
            }
            at = next;
        }
        return true;
    }

    // Linux: copy_pte_range
    private void CopyTable(VmArea copy, Pte* from, Pte* to, int count)
    {
        bool cow = copy.IsCowMapping;
        ulong clear = Pte.AccessedBit | ProtectionToDrop(copy, Pte.UffdWpBit) | ((copy.Flags & VmFlags.Shared) != 0 ? Pte.DirtyBit : 0);
        for (Pte* end = from + count; from < end; from++, to++)
        {
            Pte pte = *from;
            if (pte.IsNone)
                continue;
            if (!pte.IsPresent)
            {
                CopyEntry(copy, from, to);
                continue;
            }
            if (!pte.IsSpecial)
                CountCopy(pte.Pfn);
            if (cow && pte.IsWritable)
            {
                pte = pte.Without(Pte.WriteBit);
                *from = pte;
            }
            *to = pte.Without(clear);
        }
    }

    // userfaultfd's protection stays if the child's reader is to see it too.
    private static ulong ProtectionToDrop(VmArea copy, ulong bit) => (copy.Flags & VmFlags.UffdWp) != 0 ? 0 : bit;

    // Linux: copy_present_ptes
    private void CountCopy(uint pfn)
    {
        ref Page page = ref Manager.Page(Manager.Memory.FolioOf(pfn));
        page.RefCount++;
        if (page.IsAnonymous)
        {
            Manager.Rmap.DuplicateAnon(pfn);
            Rss[(int)RssKind.Anon]++;
            return;
        }
        Manager.Rmap.AddFile(pfn);
        Rss[(int)RssKindOf(page)]++;
    }

    // A swapped-out page is shared as it is; neither may write it without a copy. Linux: copy_nonpresent_pte
    private void CopyEntry(VmArea copy, Pte* from, Pte* to)
    {
        SwapEntry entry = SwapEntry.FromPte(*from);
        if (entry.IsMarker)
        {
            PteMarker kept = entry.MarkerFlags & ((copy.Flags & VmFlags.UffdWp) != 0 ? (PteMarker)~0 : ~PteMarker.UffdWp);
            if (kept != PteMarker.None)
                *to = SwapEntry.MakeMarker(kept);
            return;
        }
        Bug.On(!entry.IsSlot, "fork met a page that is being migrated");
        Manager.Swap.Duplicate(entry);
        *from = from->Without(SwapEntry.ExclusiveBit);
        *to = from->Without(ProtectionToDrop(copy, SwapEntry.UffdWpBit));
        Rss[(int)RssKind.Swap]++;
    }

    // Linux: copy_huge_pmd
    private bool CopyHuge(VmArea copy, Pte* from, ulong address)
    {
        Pte* to = PageTable.FindOrCreate(address, PageTable.PmdLevel);
        if (to != null && copy.HasAny(VmFlags.HugeTlb))
        {
            CopyHugetlb(from, to);
            return true;
        }
        if (to == null || !PageTable.TryDeposit())
            return false;
        Pte pmd = *from;
        if (!pmd.IsSpecial)
        {
            Manager.GetPage(pmd.Pfn);
            Manager.Rmap.DuplicateAnonHuge(pmd.Pfn);
            Rss[(int)RssKind.Anon] += MmConstants.HugePagePages;
        }
        *from = pmd.Without(Pte.WriteBit);
        *to = pmd.Without(Pte.WriteBit | Pte.AccessedBit | ProtectionToDrop(copy, Pte.UffdWpBit));
        return true;
    }
}

namespace Emu.Mm;

/// <content>Mapping the pages of a huge page one by one. Linux: mm/huge_memory.c (<c>__split_huge_pmd_locked</c>).</content>
public sealed unsafe partial class MemoryDescriptor
{
    /// <summary>Replaces a PMD that maps a huge page by a table of PTEs. It cannot fail: the table was set aside.</summary>
    /// <param name="area">The area.</param>
    /// <param name="start">Address of the huge page.</param>
    internal void SplitPmd(VmArea area, ulong start)
    {
        Pte* pmd = PageTable.Find(start, PageTable.PmdLevel);
        if (pmd == null || !pmd->IsLarge)
            return;
        Bug.On((area.Flags & VmFlags.HugeTlb) != 0, "a page of the hugetlb pool is to be split");
        Pte old = *pmd;
        Manager.Events[(int)VmEvent.ThpSplitPmd]++;
        uint table = PageTable.Withdraw();
        Pte* entries = PageTable.Table(table);
        if (old.IsSpecial)
            FillWithZeroPage(area, old, entries);
        else
            FillWithParts(old, entries);
        PageTable.Populate(pmd, table);
        Manager.Tlb.FlushRange(this, start, start + MmConstants.PmdSize, (area.Flags & VmFlags.Exec) != 0);
    }

    /// <summary>Splits the huge page across an address that becomes a border between areas. Linux: <c>vma_adjust_trans_huge</c>.</summary>
    internal void SplitPmdAt(VmArea area, ulong address)
    {
        if ((address & ~MmConstants.PmdMask) != 0 && PageTable.DepositedTables != 0 && (area.Flags & VmFlags.HugeTlb) == 0)
            SplitPmd(area, address & MmConstants.PmdMask);
    }

    private void FillWithZeroPage(VmArea area, Pte pmd, Pte* entries)
    {
        ulong bits = (area.PageProtection & ~Pte.WriteBit) | Pte.SpecialBit | (pmd.Value & Pte.UffdWpBit);
        for (int i = 0; i < MmConstants.HugePagePages; i++)
            entries[i] = Pte.Make(Manager.ZeroPfn, bits);
    }

    private void FillWithParts(Pte pmd, Pte* entries)
    {
        uint head = pmd.Pfn;
        ref Page folio = ref Manager.Page(head);
        bool exclusive = folio.Has(PageFlags.AnonExclusive);
        ulong bits = pmd.Value & ~(Pte.FrameMask | Pte.LargeBit);
        for (uint i = 0; i < MmConstants.HugePagePages; i++)
        {
            ref Page part = ref Manager.Page(head + i);
            part.MapCount++;
            if (exclusive)
                part.Set(PageFlags.AnonExclusive);
            entries[i] = Pte.Make(head + i, bits);
        }
        // One reference and one mapping of the whole become as many as there are pages.
        folio.RefCount += MmConstants.HugePagePages - 1;
        folio.LargeMapCount += MmConstants.HugePagePages - 1;
        if (--folio.EntireMapCount == 0)
            Manager.ModifyStat(head, NodeStat.AnonHuge, -1);
    }
}

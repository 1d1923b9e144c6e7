namespace Emu.Mm;

/// <summary>The way from a page to the PTEs that map it.</summary>
internal sealed unsafe class RmapInvariants(MemoryManager manager, Invariants.Findings findings)
{
    public void Check(MappingRecount mappings)
    {
        for (uint pfn = 0; pfn < manager.Memory.MaxPfn; pfn++)
        {
            if (mappings.Mappings(pfn) == 0)
                continue;
            ref Page page = ref manager.Page(pfn);
            if (page.Mapping.IsNone)
            {
                findings.Require(false, $"frame {pfn:x} is mapped but belongs to nothing");
                continue;
            }
            int found = page.IsAnonymous ? ThroughAnonVma(pfn, page) : ThroughFile(pfn, page);
            findings.Require(found == page.MapCount, $"rmap finds {found} of the {page.MapCount} PTEs of frame {pfn:x} ({page.Flags})");
            if (page.Has(PageFlags.AnonExclusive))
                findings.Require(page.MapCount <= 1, $"frame {pfn:x} is exclusive and mapped {page.MapCount} times");
        }
    }

    private int ThroughAnonVma(uint pfn, in Page page)
    {
        int found = 0;
        foreach (IntervalNode<AnonVmaChain> node in manager.Mappings.AnonVma(page.Mapping).Tree.Overlaps(page.Index, page.Index))
            found += Maps(node.Owner.Area, page.Index, pfn) ? 1 : 0;
        return found;
    }

    private int ThroughFile(uint pfn, in Page page)
    {
        int found = 0;
        foreach (IntervalNode<VmArea> node in manager.Mappings.PageCache(page.Mapping).Mappings.Overlaps(page.Index, page.Index))
            found += Maps(node.Owner, page.Index, pfn) ? 1 : 0;
        return found;
    }

    private static bool Maps(VmArea area, ulong index, uint pfn)
    {
        if (!area.TryAddressOf(index, out ulong address))
            return false;
        Pte* entry = area.Mm.PageTable.Find(address, 0);
        return entry != null && entry->IsPresent && !entry->IsSpecial && entry->Pfn == pfn;
    }
}

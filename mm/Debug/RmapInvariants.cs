namespace Emu.Mm;

/// <summary>The way from a page to the PTEs that map it.</summary>
internal sealed class RmapInvariants(MemoryManager manager, Invariants.Findings findings)
{
    public void Check(MappingRecount mappings)
    {
        for (uint pfn = 0; pfn < manager.Memory.MaxPfn; pfn++)
        {
            if (mappings.Mappings(pfn) != 0 || mappings.PmdMappings(pfn) != 0)
                CheckFolio(manager.Memory.FolioOf(pfn));
        }
    }

    private void CheckFolio(uint folio)
    {
        ref Page page = ref manager.Page(folio);
        if (page.Type == PageType.HugeTlb)
            return;
        if (page.Mapping.IsNone)
        {
            findings.Require(false, $"frame {folio:x} is mapped but belongs to nothing");
            return;
        }
        int found = CountFound(folio, page.Mapping.IsKsm);
        int expected = manager.Rmap.MapCountOf(folio);
        // A merged page is found where ksmd has been: what was forked since waits for it.
        bool right = page.Mapping.IsKsm ? found <= expected : found == expected;
        findings.Require(right, $"rmap finds {found} of the {expected} entries that map frame {folio:x} ({page.Flags})");
        if (page.Has(PageFlags.AnonExclusive) && !page.Has(PageFlags.Head))
            findings.Require(page.MapCount <= 1, $"frame {folio:x} is exclusive and mapped {page.MapCount} times");
    }
    // The walk over a merged page comes by an entry twice if ksmd knows a fork of its own.
    private int CountFound(uint folio, bool merged)
    {
        int found = 0;
        HashSet<(MemoryDescriptor, ulong)>? seen = merged ? [] : null;
        RmapWalk walk = new(manager, folio);
        while (walk.MoveNext())
        {
            if (seen == null || seen.Add((walk.Area.Mm, walk.Address)))
                found++;
        }
        return found;
    }
}

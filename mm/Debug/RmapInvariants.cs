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
        int found = 0;
        RmapWalk walk = new(manager, folio);
        while (walk.MoveNext())
            found++;
        int expected = manager.Rmap.MapCountOf(folio);
        findings.Require(found == expected, $"rmap finds {found} of the {expected} entries that map frame {folio:x} ({page.Flags})");
        if (page.Has(PageFlags.AnonExclusive) && !page.Has(PageFlags.Head))
            findings.Require(page.MapCount <= 1, $"frame {folio:x} is exclusive and mapped {page.MapCount} times");
    }
}

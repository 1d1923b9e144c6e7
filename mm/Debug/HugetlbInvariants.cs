namespace Emu.Mm;

/// <summary>The pool of huge pages: what it counts is what there is, and what it promised can be kept.</summary>
internal sealed class HugetlbInvariants(MemoryManager manager, Invariants.Findings findings)
{
    public void Check(MappingRecount mappings)
    {
        HugetlbPool pool = manager.Hugetlb;
        long pages = 0, mapped = 0;
        foreach (MemoryRange range in manager.Nodes.SelectMany(static node => node.Zones).SelectMany(static zone => zone.RangesInUse()))
        {
            for (uint pfn = range.StartPfn; pfn < range.EndPfn; pfn++)
            {
                if (manager.Page(pfn).Type != PageType.HugeTlb)
                    continue;
                pages++;
                mapped += mappings.PmdMappings(pfn);
            }
        }
        findings.Require(pages == pool.Total, $"{pages} pages of the hugetlb pool, {pool.Total} counted");
        findings.Require(pool.Reserved <= pool.Free, $"{pool.Reserved} huge pages are promised, {pool.Free} are free");
        findings.Require(pool.Surplus <= pool.Total, $"{pool.Surplus} surplus pages of {pool.Total}");
        long owned = manager.AddressSpaces.Sum(static mm => mm.HugetlbPages);
        findings.Require(mapped == owned, $"huge pages of the pool are mapped {mapped} times, {owned} counted by address spaces");
        findings.Require(PrivatePromises() <= pool.Reserved, $"private mappings were promised {PrivatePromises()} huge pages, {pool.Reserved} are promised in all");
    }

    private long PrivatePromises()
    {
        HashSet<HugetlbReserve> reserves = [];
        foreach (MemoryDescriptor mm in manager.AddressSpaces)
        {
            foreach ((_, _, VmArea area) in mm.Areas.Iterate())
            {
                if (area.PrivateData is HugetlbReserve reserve)
                    reserves.Add(reserve);
            }
        }
        return reserves.Sum(static reserve => (long)reserve.Indices.Count);
    }
}

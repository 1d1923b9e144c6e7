namespace Emu.Mm;

/// <summary>The areas of an address space, and its counters.</summary>
internal sealed unsafe class VmaInvariants(MemoryDescriptor mm, Invariants.Findings findings)
{
    private ulong _total, _locked, _data, _exec, _stack;

    public void Check(MappingRecount mappings)
    {
        mm.Areas.Validate();
        VmArea? previous = null;
        foreach ((ulong first, ulong last, VmArea area) in mm.Areas.Iterate())
        {
            CheckArea(area, first, last);
            if (previous != null)
                CheckNeighbours(previous, area);
            previous = area;
            Count(area);
        }
        CheckCounters(mappings);
        CheckPages(mm.PageTable.Root, PageTable.TopLevel, 0);
    }

    private void CheckArea(VmArea area, ulong first, ulong last)
    {
        findings.Require(area.Start == first && area.End == last + 1, $"area {area} is stored at {first:x}-{last:x}");
        findings.Require(area.Start < area.End && area.End <= MmConstants.TaskSize && (area.Start | area.End) % MmConstants.PageSize == 0, $"area {area} has bad bounds");
        findings.Require(area.Mm == mm, $"area {area} belongs to another address space");
        findings.Require(area.AnonVma == null || area.AnonVmaChain != null, $"area {area} has an anon_vma but no link to it");
        for (AnonVmaChain? link = area.AnonVmaChain; link != null; link = link.NextOfArea)
        {
            bool right = link.Area == area && link.Node.Tree == link.AnonVma.Tree && link.Node.Start == area.PageOffset &&
                link.Node.Last == area.PageOffset + area.Pages - 1;
            findings.Require(right, $"area {area} has a wrong link to an anon_vma: {link.Node}");
        }
        bool inFile = area.File?.Mapping is { } mapping && area.SharedNode is { } node && node.Tree == mapping.Mappings &&
            node.Start == area.PageOffset && node.Last == area.PageOffset + area.Pages - 1;
        findings.Require(area.File?.Mapping == null || inFile, $"area {area} is not known to its file as it should");
    }

    // Linux: is_mergeable_vma and what goes with it
    private void CheckNeighbours(VmArea low, VmArea high)
    {
        findings.Require(low.End <= high.Start, $"areas {low} and {high} overlap");
        bool alike = low.End == high.Start && ((low.Flags ^ high.Flags) & ~VmFlags.IgnoreMerge) == 0 && low.File == high.File &&
            low.AnonName == high.AnonName && low.Userfault == high.Userfault && MemPolicy.AreEqual(low.Policy, high.Policy) && high.PageOffset == low.PageOffset + low.Pages && !low.HasAny(VmFlags.Special);
        bool anonFits = low.AnonVma == high.AnonVma;
        bool closed = low.Operations is { HasClose: true };
        bool apart = mm.HasAlikeNeighbours || high.Start == mm.HeapSeam;
        findings.Require(!(alike && anonFits && !closed) || apart, $"areas {low} and {high} should have been merged");
    }

    private void Count(VmArea area)
    {
        _total += area.Pages;
        if ((area.Flags & VmFlags.Locked) != 0)
            _locked += area.Pages;
        if ((area.Flags & (VmFlags.Exec | VmFlags.Write | VmFlags.Stack)) == VmFlags.Exec)
            _exec += area.Pages;
        else if ((area.Flags & VmFlags.Stack) != 0)
            _stack += area.Pages;
        else if ((area.Flags & (VmFlags.Write | VmFlags.Shared)) == VmFlags.Write)
            _data += area.Pages;
    }

    private void CheckCounters(MappingRecount mappings)
    {
        findings.Require(_total == mm.TotalVm, $"total_vm {mm.TotalVm}, recount {_total}");
        findings.Require(_locked + mm.LockedByKeptMoves == mm.LockedVm, $"locked_vm {mm.LockedVm}, recount {_locked}, kept {mm.LockedByKeptMoves}");
        findings.Require(_data == mm.DataVm, $"data_vm {mm.DataVm}, recount {_data}");
        findings.Require(_exec == mm.ExecVm, $"exec_vm {mm.ExecVm}, recount {_exec}");
        findings.Require(_stack == mm.StackVm, $"stack_vm {mm.StackVm}, recount {_stack}");
        findings.Require(mappings.TablePages[mm] == mm.PageTable.TablePages, $"{mm.PageTable.TablePages} tables, recount {mappings.TablePages[mm]}");
        long[] rss = mappings.Rss(mm);
        for (RssKind kind = 0; kind < RssKind.Count; kind++)
        {
            findings.Require(rss[(int)kind] == mm.Rss[(int)kind], $"rss {kind} {mm.Rss[(int)kind]}, recount {rss[(int)kind]}");
        }
    }

    private void CheckPages(uint table, int level, ulong start)
    {
        Pte* entries = mm.PageTable.Table(table);
        for (int i = 0; i < MmConstants.HugePagePages; i++)
        {
            Pte entry = entries[i];
            ulong address = start + ((ulong)i * PageTable.SpanOf(level));
            if (entry.IsNone)
                continue;
            if (level > 0 && !entry.IsLarge)
                CheckPages(entry.Pfn, level - 1, address);
            else
                CheckEntry(entry, address);
        }
    }

    private void CheckEntry(Pte entry, ulong address)
    {
        VmArea? area = mm.Lookup(address);
        findings.Require(area != null, $"a page is mapped at {address:x} where there is no area: {entry.Value:x}");
        if (area == null || !entry.IsPresent)
            return;
        findings.Require(!entry.IsWritable || (area.Flags & VmFlags.Write) != 0, $"{address:x} can be written in {area}");
        findings.Require((entry.Value & Pte.NoExecuteBit) != 0 || entry.IsProtNone || (area.Flags & VmFlags.Exec) != 0, $"{address:x} can be executed in {area}");
        bool protectedByUser = (entry.Value & Pte.UffdWpBit) != 0;
        findings.Require(!protectedByUser || (area.HasAny(VmFlags.UffdWp) && !entry.IsWritable), $"{address:x} is protected for userfaultfd in {area}: {entry.Value:x}");
        if (entry.IsSpecial)
        {
            findings.Require(!entry.IsWritable, $"the zero page can be written at {address:x}");
            return;
        }
        ref Page page = ref mm.Manager.Page(entry.Pfn);
        bool anonymous = mm.Manager.Page(mm.Manager.Memory.FolioOf(entry.Pfn)).IsAnonymous;
        bool exclusive = !anonymous || !entry.IsWritable || page.Has(PageFlags.AnonExclusive);
        findings.Require(exclusive, $"an anonymous page that is not exclusive can be written at {address:x}");
        ulong expected = area.PageIndexOf(address);
        findings.Require(page.Head != 0 || page.Mapping.IsKsm || page.Index == expected, $"{address:x} maps the page of index {page.Index:x}, not {expected:x}");
    }
}

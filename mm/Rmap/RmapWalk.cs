namespace Emu.Mm;

/// <summary>
/// Goes through everything that maps a folio: each PTE of a page of it, or the PMD that maps it whole. Linux: <c>rmap_walk</c> with
/// <c>page_vma_mapped_walk</c>.
/// </summary>
/// <remarks>
/// The entry just reported may be changed. Areas must not come or go. Lock: that of the anon_vma or of the
/// file's mappings.
/// </remarks>
public unsafe ref struct RmapWalk
{
    private readonly MemoryManager _manager;
    private readonly uint _folio;
    private readonly KsmStableNode? _merged;
    private ulong _firstIndex, _lastIndex;
    private int _mergedItem = -1;
    private bool _inForks;
    private readonly bool _anonymous, _migration;
    private IntervalOverlaps<AnonVmaChain> _chains;
    private IntervalOverlaps<VmArea> _areas;
    private ulong _index, _end;

    /// <summary>A walk over the mappings of a folio.</summary>
    /// <param name="manager">The memory.</param>
    /// <param name="folio">Its first frame. It must be mapped, or be on its way to be mapped again.</param>
    /// <param name="migration">Whether migration entries that stand for it are looked for, in place of mappings.</param>
    public RmapWalk(MemoryManager manager, uint folio, bool migration = false)
    {
        _manager = manager;
        _folio = folio;
        _migration = migration;
        ref Page page = ref manager.Page(folio);
        _firstIndex = page.Index;
        _lastIndex = _firstIndex + (ulong)manager.Memory.PagesOf(folio) - 1;
        _anonymous = page.IsAnonymous;
        if (page.Mapping.IsKsm)
            _merged = manager.Mappings.KsmNode(page.Mapping);
        else if (_anonymous)
            _chains = manager.Mappings.AnonVma(page.Mapping).Tree.Overlaps(_firstIndex, _lastIndex);
        else if (!page.Mapping.IsNone)
            _areas = manager.Mappings.PageCache(page.Mapping).Mappings.Overlaps(_firstIndex, _lastIndex);
        else
            _end = 0;
        Area = null!;
    }

    /// <summary>The area of the mapping.</summary>
    public VmArea Area { get; private set; }

    /// <summary>The address that is mapped.</summary>
    public ulong Address { get; private set; }

    /// <summary>The entry.</summary>
    public Pte* Entry { get; private set; }

    /// <summary>Whether the entry is a PMD that maps the folio whole.</summary>
    public bool IsPmd { get; private set; }

    /// <summary>The frame that the entry maps.</summary>
    public uint Pfn { get; private set; }

    /// <summary>Goes to the next mapping.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            while (_index < _end)
            {
                ulong index = _index++;
                if (Check(index))
                    return true;
            }
            if (!NextArea())
                return false;
            _index = Math.Max(_firstIndex, Area.PageOffset);
            _end = Math.Min(_lastIndex, Area.PageOffset + Area.Pages - 1) + 1;
        }
    }

    private bool NextArea()
    {
        if (_merged != null)
            return NextMerged(_merged);
        if (_anonymous)
        {
            if (!_chains.MoveNext())
                return false;
            Area = _chains.Current.Owner.Area;
            return true;
        }
        if (_manager.Page(_folio).Mapping.IsNone || !_areas.MoveNext())
            return false;
        Area = _areas.Current.Owner;
        return true;
    }

    // A merged page is mapped at unlike addresses: first where ksmd saw it, then in forks of those areas. Linux: rmap_walk_ksm
    private bool NextMerged(KsmStableNode node)
    {
        while (true)
        {
            while (_mergedItem >= 0 && _chains.MoveNext())
            {
                KsmRmapItem item = node.Items[_mergedItem];
                VmArea area = _chains.Current.Owner.Area;
                if (!area.Contains(item.Address) || (area.Mm == item.Mm) == _inForks)
                    continue;
                Area = area;
                _firstIndex = _lastIndex = area.PageIndexOf(item.Address);
                return true;
            }
            if (++_mergedItem >= node.Items.Count)
            {
                if (_inForks || node.Items.Count == 0)
                    return false;
                _inForks = true;
                _mergedItem = 0;
            }
            _chains = node.Items[_mergedItem].AnonVma!.Tree.Overlaps();
        }
    }

    private bool Check(ulong index)
    {
        Address = Area.Start + ((index - Area.PageOffset) << MmConstants.PageShift);
        Pfn = _folio + (uint)(index - _firstIndex);
        Entry = Area.Mm.PageTable.Walk(Address, out int level);
        Pte pte = *Entry;
        if (level == PageTable.PmdLevel && pte.IsLarge && pte.IsPresent)
        {
            // The PMD is reported once, for the first page; the rest of the folio is passed over.
            IsPmd = true;
            _index = _end;
            return !_migration && pte.Pfn == _folio;
        }
        if (_migration && level == PageTable.PmdLevel && pte.IsSwap && SwapEntry.FromPte(pte) is { IsMigration: true } huge)
        {
            IsPmd = true;
            _index = _end;
            return huge.Frame == _folio;
        }
        IsPmd = false;
        if (level != 0)
            return false;
        if (!_migration)
            return pte.IsPresent && !pte.IsSpecial && pte.Pfn == Pfn;
        return pte.IsSwap && SwapEntry.FromPte(pte) is { IsMigration: true } entry && entry.Frame == Pfn;
    }
}

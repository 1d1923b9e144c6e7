namespace Emu.Mm;

/// <summary>The LRU lists. Linux: <c>enum lru_list</c>.</summary>
public enum LruList
{
    /// <summary>Anonymous pages that are candidates for reclaim.</summary>
    InactiveAnon,

    /// <summary>Anonymous pages in use.</summary>
    ActiveAnon,

    /// <summary>File pages that are candidates for reclaim.</summary>
    InactiveFile,

    /// <summary>File pages in use.</summary>
    ActiveFile,

    /// <summary>Pages that cannot be reclaimed.</summary>
    Unevictable,
}

/// <summary>The LRU lists of one memory cgroup on one node. Linux: <c>struct lruvec</c>.</summary>
/// <remarks>
/// Lock: <c>lruvec->lru_lock</c>. The lengths stand in the node's and in the group's <see cref="NodeStat"/>, whose first rows are the
/// lists'.
/// </remarks>
public sealed unsafe class LruVec
{
    private readonly PageList[] _lists = new PageList[5];
    private readonly long[] _sizes = new long[5];
    private readonly PhysicalMemory _memory;
    private readonly Page* _pages;
    private readonly Node _node;

    /// <summary>Empty lists.</summary>
    /// <param name="memory">Where the pages are.</param>
    /// <param name="node">Their node.</param>
    /// <param name="group">Their group; null for the root's.</param>
    internal LruVec(PhysicalMemory memory, Node node, MemoryCgroup? group = null)
    {
        _memory = memory;
        _pages = memory.Pages;
        _node = node;
        Group = group;
        Stats = group == null ? node.Stats : new long[(int)NodeStat.Count];
    }

    /// <summary>The group that the pages are charged to; null for the root's. Linux: <c>lruvec_memcg</c>.</summary>
    public MemoryCgroup? Group { get; }

    /// <summary>Pages by <see cref="NodeStat"/>: the group's on the node; the whole node's for the root's lists. Linux: <c>lruvec_stats</c>.</summary>
    public long[] Stats { get; }

    /// <summary>Activations of refaulted pages when reclaim last looked, anonymous and file. Linux: <c>refaults</c>.</summary>
    internal long[] Refaults { get; } = new long[2];

    /// <summary>Node that the pages lie on.</summary>
    public int NodeId => _node.Id;

    /// <summary>Evictions and activations so far: the clock of <see cref="Workingset"/>. Linux: <c>nonresident_age</c>.</summary>
    public ulong NonresidentAge { get; private set; }

    /// <summary>What reclaiming anonymous pages has cost of late. Linux: <c>anon_cost</c>.</summary>
    public ulong AnonCost { get; private set; }

    /// <summary>What reclaiming file pages has cost of late. Linux: <c>file_cost</c>.</summary>
    public ulong FileCost { get; private set; }

    /// <summary>Entries on a list: folios, not pages.</summary>
    public long Entries(LruList list) => _lists[(int)list].Count;

    /// <summary>Pages on a list. Linux: <c>lruvec_lru_size</c>.</summary>
    public long Count(LruList list) => _sizes[(int)list];

    /// <summary>A list, for checks.</summary>
    internal PageList List(LruList list) => _lists[(int)list];

    /// <summary>Coldest page of a list, 0 for none.</summary>
    public uint Last(LruList list) => _lists[(int)list].Last;

    /// <summary>The list a page belongs on. Linux: <c>folio_lru_list</c>.</summary>
    public static LruList ListOf(in Page page)
    {
        if (page.Has(PageFlags.Unevictable))
            return LruList.Unevictable;
        LruList list = page.Has(PageFlags.SwapBacked) ? LruList.InactiveAnon : LruList.InactiveFile;
        return page.Has(PageFlags.Active) ? list + 1 : list;
    }

    /// <summary>Adds a page at the hot end. Linux: <c>lruvec_add_folio</c>.</summary>
    public void Add(uint pfn)
    {
        LruList list = ListOf(_pages[pfn]);
        _pages[pfn].Set(PageFlags.Lru);
        _lists[(int)list].AddFirst(_pages, pfn);
        Resize(list, PagesOf(pfn));
        ResizeZone(pfn, list, PagesOf(pfn));
    }

    /// <summary>Takes a page off. Linux: <c>lruvec_del_folio</c>.</summary>
    public void Remove(uint pfn)
    {
        LruList list = ListOf(_pages[pfn]);
        _lists[(int)list].Remove(_pages, pfn);
        _pages[pfn].Clear(PageFlags.Lru);
        Resize(list, -PagesOf(pfn));
        ResizeZone(pfn, list, -PagesOf(pfn));
    }

    /// <summary>Adds a page at the cold end. Linux: <c>lruvec_add_folio_tail</c>.</summary>
    public void AddTail(uint pfn)
    {
        Add(pfn);
        MoveToTail(pfn);
    }

    /// <summary>Moves a page to the cold end of its list. Linux: <c>lruvec_add_folio_tail</c>.</summary>
    public void MoveToTail(uint pfn)
    {
        LruList list = ListOf(_pages[pfn]);
        _lists[(int)list].Remove(_pages, pfn);
        _lists[(int)list].AddLast(_pages, pfn);
    }

    /// <summary>Notes what reclaim of one kind costs; both fade as they grow. The groups above pay as well. Linux: <c>lru_note_cost</c>.</summary>
    internal void NoteCost(bool file, long pages)
    {
        if (file)
            FileCost += (ulong)pages;
        else
            AnonCost += (ulong)pages;
        long size = Count(LruList.InactiveAnon) + Count(LruList.ActiveAnon) + Count(LruList.InactiveFile) + Count(LruList.ActiveFile);
        if (AnonCost + FileCost > (ulong)size / 4)
        {
            FileCost /= 2;
            AnonCost /= 2;
        }
        ParentLru?.NoteCost(file, pages);
    }

    /// <summary>Moves the clock of <see cref="Workingset"/> on, here and in the groups above. Linux: <c>workingset_age_nonresident</c>.</summary>
    internal void Age(long pages)
    {
        for (LruVec? at = this; at != null; at = at.ParentLru)
            at.NonresidentAge += (ulong)pages;
    }

    // Linux: parent_lruvec
    private LruVec? ParentLru => Group?.Parent!.LruOf(_node.Id);

    private void Resize(LruList list, long pages)
    {
        _sizes[(int)list] += pages;
        _node.Stats[(int)list] += pages;
        if (Group != null)
            Stats[(int)list] += pages;
    }

    private void ResizeZone(uint pfn, LruList list, long pages) =>
        _memory.ZoneOf(pfn).Stats[(int)ZoneStat.ZoneInactiveAnon + (int)list] += pages;

    private long PagesOf(uint pfn) => _pages[pfn].Has(PageFlags.Head) ? 1L << _pages[pfn].Order : 1;
}

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

/// <summary>The LRU lists of one node. Linux: <c>struct lruvec</c>.</summary>
/// <remarks>Lock: <c>lruvec->lru_lock</c>. The counts stand in the node's <see cref="NodeStat"/>, whose first rows are the lists'.</remarks>
public sealed unsafe class LruVec
{
    private readonly PageList[] _lists = new PageList[5];
    private readonly Page* _pages;
    private readonly Node _node;

    internal LruVec(PhysicalMemory memory, Node node)
    {
        _pages = memory.Pages;
        _node = node;
    }

    /// <summary>Pages on a list.</summary>
    public long Count(LruList list) => _lists[(int)list].Count;

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
        _node.Stats[(int)list] += PagesOf(pfn);
    }

    /// <summary>Takes a page off. Linux: <c>lruvec_del_folio</c>.</summary>
    public void Remove(uint pfn)
    {
        LruList list = ListOf(_pages[pfn]);
        _lists[(int)list].Remove(_pages, pfn);
        _pages[pfn].Clear(PageFlags.Lru);
        _node.Stats[(int)list] -= PagesOf(pfn);
    }

    private long PagesOf(uint pfn) => _pages[pfn].Has(PageFlags.Head) ? 1L << _pages[pfn].Order : 1;
}

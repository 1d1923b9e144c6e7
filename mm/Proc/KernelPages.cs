namespace Emu.Mm;

/// <summary>/proc/kpagecount and kpageflags: a word for each frame. Linux: fs/proc/page.c; Documentation/admin-guide/mm/pagemap.rst.</summary>
public static class KernelPages
{
    private const int Buddy = 10, Mmap = 11, Anon = 12, SwapCache = 13, SwapBacked = 14, Head = 15, Tail = 16, Huge = 17, Unevictable = 18, NoPage = 20,
        Ksm = 21, Thp = 22, Offline = 23, ZeroPage = 24, PageTables = 26, Reserved = 32, MLocked = 33, AnonExclusive = 47;

    private static readonly (PageFlags Flag, int Bit)[] Plain =
    [
        (PageFlags.Locked, 0), (PageFlags.Referenced, 2), (PageFlags.UpToDate, 3), (PageFlags.Dirty, 4), (PageFlags.Lru, 5), (PageFlags.Active, 6),
        (PageFlags.Writeback, 8), (PageFlags.Reclaim, 9), (PageFlags.SwapCache, SwapCache), (PageFlags.SwapBacked, SwapBacked),
        (PageFlags.Unevictable, Unevictable), (PageFlags.Reserved, Reserved), (PageFlags.Mlocked, MLocked), (PageFlags.AnonExclusive, AnonExclusive),
    ];

    /// <summary>Entries that map a frame; 0 for one that does not exist.</summary>
    public static ulong CountOf(MemoryManager manager, uint pfn) => manager.Memory.IsOnline(pfn) ? (ulong)manager.Rmap.MapCountOfFrame(pfn) : 0;

    /// <summary>The public flags of a frame. Linux: <c>stable_page_flags</c>.</summary>
    public static ulong FlagsOf(MemoryManager manager, uint pfn)
    {
        if (!manager.Memory.IsOnline(pfn))
            return 1UL << NoPage;
        ref Page page = ref manager.Page(pfn);
        ref Page folio = ref manager.Page(manager.Memory.FolioOf(pfn));
        ulong flags = 0;
        foreach ((PageFlags flag, int bit) in Plain)
            flags |= (flag == PageFlags.AnonExclusive ? page : folio).Has(flag) ? 1UL << bit : 0;
        if (manager.Rmap.MapCountOfFrame(pfn) != 0)
            flags |= 1UL << Mmap;
        if (folio.IsAnonymous)
            flags |= (1UL << Anon) | (folio.Mapping.IsKsm ? 1UL << Ksm : 0);
        return flags | KindOf(manager, pfn, page, folio);
    }

    private static ulong KindOf(MemoryManager manager, uint pfn, in Page page, in Page folio)
    {
        ulong flags = 0;
        if (page.Has(PageFlags.Head))
            flags |= 1UL << Head;
        if (page.Head != 0)
            flags |= 1UL << Tail;
        if (folio.Type == PageType.HugeTlb)
            flags |= 1UL << Huge;
        else if (folio.Has(PageFlags.Head) && !folio.Mapping.IsNone)
            flags |= 1UL << Thp;
        if (pfn == manager.ZeroPfn)
            flags |= 1UL << ZeroPage;
        return flags | page.Type switch
        {
            PageType.Buddy => 1UL << Buddy,
            PageType.Offline => 1UL << Offline,
            PageType.Table => 1UL << PageTables,
            _ => 0,
        };
    }
}

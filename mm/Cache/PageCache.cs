namespace Emu.Mm;

/// <summary>What is behind a page cache.</summary>
public enum PageCacheKind
{
    /// <summary>A file of the host: pages can be dropped and read again.</summary>
    File,

    /// <summary>Nothing but memory and swap: tmpfs, memfd, shared anonymous memory, System V. Linux: shmem.</summary>
    Shmem,

    /// <summary>Nothing but memory: its pages cannot be reclaimed (memfd_secret). Linux: <c>mapping_unevictable</c>.</summary>
    Memory,
}

/// <summary>The pages of one file that are in memory, and the mappings of it. Linux: <c>struct address_space</c>.</summary>
/// <remarks>
/// The cache holds one reference to each of its pages. <see cref="Size"/> is the file's (<c>i_size</c>): a page wholly beyond it is not
/// there for a fault. Lock: <c>i_pages</c> for the pages, <c>i_mmap_rwsem</c> for the mappings.
/// </remarks>
public sealed partial class PageCache
{
    private readonly MemoryManager _manager;
    private readonly XArray _pages = new();

    /// <summary>An empty cache.</summary>
    /// <param name="manager">The memory its pages come from.</param>
    /// <param name="kind">What is behind it.</param>
    /// <param name="store">Where pages come from; null for shmem, whose pages begin as zeros.</param>
    public PageCache(MemoryManager manager, PageCacheKind kind, IBackingStore? store)
    {
        Bug.On(kind == PageCacheKind.File != store is not null, "a page cache needs a store exactly if it is a file's");
        _manager = manager;
        Kind = kind;
        IsUnevictable = kind == PageCacheKind.Memory;
        Store = store;
        Handle = manager.Mappings.Add(this);
    }

    /// <summary>What is behind it.</summary>
    public PageCacheKind Kind { get; }

    /// <summary>Where pages come from and go to.</summary>
    public IBackingStore? Store { get; }

    /// <summary>How <see cref="Page.Mapping"/> names it.</summary>
    public MappingHandle Handle { get; private set; }

    /// <summary>Bytes in the file. Linux: <c>i_size</c>.</summary>
    public ulong Size { get; set; }

    /// <summary>Pages in the cache. Linux: <c>nrpages</c>.</summary>
    public long PageCount { get; private set; }

    /// <summary>Shared mappings that may write. Linux: <c>i_mmap_writable</c>.</summary>
    public int WritableMappings { get; set; }

    /// <summary>The VMAs that map it, by page offset. Linux: <c>i_mmap</c>.</summary>
    public IntervalTree<VmArea> Mappings { get; } = new();

    /// <summary>Who limits the pages that shmem may take (a mounted tmpfs), or null.</summary>
    public IShmemQuota? Quota { get; init; }

    /// <summary>Where the pages of shmem come from, part by part; null as long as nothing was said. Linux: <c>policy</c> of <c>shmem_inode_info</c>.</summary>
    public SharedPolicy? SharedPolicy { get; set; }

    /// <summary>Whether shared pages start read-only, so that the first write marks them dirty. Linux: <c>mapping_can_writeback</c>.</summary>
    public bool TracksDirty => Kind == PageCacheKind.File;

    /// <summary>Whether its pages stay in memory whatever happens. Linux: <c>mapping_unevictable</c>.</summary>
    public bool IsUnevictable { get; private set; }

    /// <summary>Pages from the start to the end of the file.</summary>
    public ulong SizeInPages => (Size + MmConstants.PageSize - 1) >> MmConstants.PageShift;

    /// <summary>The page at an offset, 0 if it is not in memory. Linux: <c>filemap_get_folio</c> without the reference.</summary>
    public uint Find(ulong index)
    {
        ulong entry = _pages.Load(index);
        return (entry & 1) == 0 ? (uint)(entry >> 1) : 0;
    }

    /// <summary>Whether a page is in memory, be it in the swap cache. Linux: <c>filemap_get_incore_folio</c>.</summary>
    internal bool IsInMemory(ulong index) =>
        Find(index) != 0 || (IsSwapped(index) && _manager.Swap.Cached(EntryOf(_pages.Load(index))) != 0);

    /// <summary>The first page at or after an offset. Linux: <c>find_get_entries</c>.</summary>
    /// <returns>Whether there is one up to <paramref name="last"/>.</returns>
    public bool FindNext(ref ulong index, ulong last, out uint pfn)
    {
        while (_pages.FindNext(ref index, last, out ulong entry))
        {
            if ((entry & 1) == 0)
            {
                pfn = (uint)(entry >> 1);
                return true;
            }
            if (index++ == last)
                break;
        }
        pfn = 0;
        return false;
    }

    /// <summary>Puts a fresh page into the cache and onto the LRU. Linux: <c>filemap_add_folio</c>.</summary>
    /// <param name="pfn">Its one reference passes to the cache.</param>
    /// <param name="index">Offset in pages; nothing is there.</param>
    public void Add(uint pfn, ulong index)
    {
        ref Page page = ref _manager.Page(pfn);
        page.Mapping = Handle;
        page.Index = index;
        if (Kind == PageCacheKind.Shmem)
            page.Set(PageFlags.SwapBacked);
        if (IsUnevictable)
            page.Set(PageFlags.Unevictable);
        ulong old = _pages.Store(index, (ulong)pfn << 1);
        Bug.On(old != 0 && (old & 1) == 0, "two pages at one offset of a file");
        PageCount++;
        _manager.ModifyStat(pfn, NodeStat.FilePages, 1);
        if (Kind == PageCacheKind.Shmem)
            _manager.ModifyStat(pfn, NodeStat.Shmem, 1);
        _manager.AddLru(pfn);
    }

    /// <summary>Takes a page out and drops the cache's reference. It must be mapped nowhere. Linux: <c>filemap_remove_folio</c>.</summary>
    public void Remove(uint pfn)
    {
        ref Page page = ref _manager.Page(pfn);
        Bug.On(page.MapCount != 0, "a mapped page was taken out of the page cache");
        _pages.Erase(page.Index);
        ClearDirty(pfn);
        page.Mapping = MappingHandle.None;
        PageCount--;
        _manager.ModifyStat(pfn, NodeStat.FilePages, -1);
        if (Kind == PageCacheKind.Shmem)
        {
            _manager.ModifyStat(pfn, NodeStat.Shmem, -1);
            Quota?.Release(1);
        }
        _manager.PutPage(pfn);
    }

    /// <summary>Puts another page in the place of one; the cache's reference goes over. For migration. Linux: <c>__folio_migrate_mapping</c>.</summary>
    /// <param name="from">Mapped nowhere.</param>
    /// <param name="to">Has the offset and the mapping of the other.</param>
    internal void Replace(uint from, uint to)
    {
        ref Page old = ref _manager.Page(from);
        bool dirty = old.Has(PageFlags.Dirty), shmem = Kind == PageCacheKind.Shmem;
        _pages.Store(old.Index, (ulong)to << 1);
        old.RefCount--;
        _manager.GetPage(to);
        _manager.ModifyStat(from, NodeStat.FilePages, -1);
        _manager.ModifyStat(to, NodeStat.FilePages, 1);
        if (shmem)
        {
            _manager.ModifyStat(from, NodeStat.Shmem, -1);
            _manager.ModifyStat(to, NodeStat.Shmem, 1);
        }
        else if (dirty)
        {
            CountDirty(from, -1);
            CountDirty(to, 1);
        }
    }

    /// <summary>Marks a page as newer than the store. Linux: <c>filemap_dirty_folio</c>.</summary>
    public void SetDirty(uint pfn)
    {
        ref Page page = ref _manager.Page(pfn);
        if (page.Has(PageFlags.Dirty))
            return;
        page.Set(PageFlags.Dirty);
        if (Kind != PageCacheKind.File)
            return;
        _pages.SetMark(page.Index, XaMark.Mark0);
        CountDirty(pfn, 1);
        _manager.NodeOf(pfn).Stats[(int)NodeStat.Dirtied]++;
        _manager.Flusher.NoteDirtied();
    }

    /// <summary>Drops every page and the handle: the file is gone. Linux: <c>truncate_inode_pages_final</c>.</summary>
    public void Evict()
    {
        Bug.On(!Mappings.IsEmpty, "a file that is mapped was evicted");
        TruncatePages(0, ulong.MaxValue);
        _manager.Mappings.Remove(Handle);
        Handle = MappingHandle.None;
    }

    private void ClearDirty(uint pfn)
    {
        ref Page page = ref _manager.Page(pfn);
        if (!page.Has(PageFlags.Dirty))
            return;
        page.Clear(PageFlags.Dirty);
        if (Kind != PageCacheKind.File)
            return;
        _pages.ClearMark(page.Index, XaMark.Mark0);
        CountDirty(pfn, -1);
    }

    // Linux: folio_account_dirtied, folio_account_cleaned
    private void CountDirty(uint pfn, long pages)
    {
        _manager.ModifyStat(pfn, NodeStat.FileDirty, pages);
        _manager.Memory.ZoneOf(pfn).Stats[(int)ZoneStat.ZoneWritePending] += pages;
    }
}

/// <summary>Limits the pages that a tmpfs may take. Linux: <c>shmem_inode_acct_blocks</c>.</summary>
public interface IShmemQuota
{
    /// <summary>Takes pages from the limit.</summary>
    /// <returns>Whether they were left.</returns>
    bool TryReserve(long pages);

    /// <summary>Gives pages back.</summary>
    void Release(long pages);
}

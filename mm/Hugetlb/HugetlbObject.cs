namespace Emu.Mm;

/// <summary>What is behind a mapping of huge pages from the pool: a file of hugetlbfs, named or not. Linux: the inode of hugetlbfs.</summary>
/// <remarks>Pages are counted in units of 2 MiB here. Lock: <c>hugetlb_fault_mutex</c>, <c>i_mmap_rwsem</c>.</remarks>
public sealed class HugetlbObject
{
    private readonly MemoryManager _manager;
    private readonly SortedDictionary<ulong, uint> _pages = [];
    private readonly SortedSet<ulong> _reserved = [];
    private readonly List<VmArea> _areas = [];

    /// <summary>An object without pages.</summary>
    public HugetlbObject(MemoryManager manager) => _manager = manager;

    /// <summary>Bytes. Linux: <c>i_size</c>.</summary>
    public ulong Size { get; private set; }

    /// <summary>Pages in memory.</summary>
    public int PageCount => _pages.Count;

    /// <summary>The page at an offset, 0 if there is none.</summary>
    public uint Find(ulong index) => _pages.GetValueOrDefault(index);

    /// <summary>Makes it longer or shorter; what lies beyond the end is unmapped and gone. Linux: <c>hugetlbfs_setattr</c>.</summary>
    /// <param name="size">Bytes, a multiple of 2 MiB.</param>
    public void Resize(ulong size)
    {
        bool shrinks = size < Size;
        Size = size;
        if (shrinks)
            RemoveFrom(size / MmConstants.PmdSize);
    }

    /// <summary>Lets everything go: the last user is gone. Linux: <c>hugetlbfs_evict_inode</c>.</summary>
    public void Evict()
    {
        Bug.On(_areas.Count != 0, "an object of huge pages went away while it was mapped");
        Resize(0);
        RemoveFrom(0);
    }

    /// <summary>A mapping may need it to be longer.</summary>
    internal void Extend(ulong size) => Size = Math.Max(Size, size);

    /// <summary>Promises the pages of a range that are not there. Linux: <c>hugetlb_reserve_pages</c> for shared mappings.</summary>
    internal bool TryReserve(ulong first, ulong end)
    {
        List<ulong> added = [];
        for (ulong index = first; index < end; index++)
        {
            if (!_pages.ContainsKey(index) && !_reserved.Contains(index))
                added.Add(index);
        }
        if (!_manager.Hugetlb.TryReserve(added.Count))
            return false;
        _reserved.UnionWith(added);
        return true;
    }

    /// <summary>The page at an offset, made if there is none; without a reference for the caller.</summary>
    /// <returns>0 if the pool has none.</returns>
    internal uint GetOrCreate(ulong index)
    {
        if (_pages.TryGetValue(index, out uint page))
            return page;
        page = _manager.Hugetlb.Allocate(_reserved.Contains(index));
        if (page == 0)
            return 0;
        _reserved.Remove(index);
        _pages.Add(index, page);
        return page;
    }

    internal void Attach(VmArea area) => _areas.Add(area);

    internal void Detach(VmArea area) => _areas.Remove(area);

    // Linux: hugetlb_vmtruncate, remove_inode_hugepages
    private void RemoveFrom(ulong first)
    {
        foreach (VmArea area in _areas)
        {
            ulong start = HugetlbOperations.IndexOf(area, area.Start);
            ulong from = area.Start + ((first > start ? first - start : 0) * MmConstants.PmdSize);
            if (from < area.End)
                area.Mm.ZapRange(area, from, area.End, ZapFlags.None);
        }
        foreach ((ulong index, uint page) in _pages.Where(pair => pair.Key >= first).ToArray())
        {
            _pages.Remove(index);
            _manager.PutPage(page);
        }
        _manager.Hugetlb.Unreserve(_reserved.RemoveWhere(index => index >= first));
    }
}

/// <summary>What a private mapping was promised; shared by the parts that it is split into. Linux: <c>struct resv_map</c>.</summary>
/// <param name="mm">Whose promise it is: a child of a fork has none.</param>
internal sealed class HugetlbReserve(MemoryDescriptor mm)
{
    /// <summary>Whose it is.</summary>
    public MemoryDescriptor Mm => mm;

    /// <summary>Offsets in units of 2 MiB that are promised and not yet used.</summary>
    public SortedSet<ulong> Indices { get; } = [];
}

/// <summary>A file that huge pages of the pool are behind. Linux: <c>is_file_hugepages</c>.</summary>
public interface IHugetlbFile
{
    /// <summary>Its pages.</summary>
    HugetlbObject Object { get; }
}

namespace Emu.Mm;

/// <summary>Where a swap area keeps its pages. Owned by mm, implemented over host memory or a file.</summary>
public interface ISwapDevice
{
    /// <summary>Pages that fit, the header page not counted.</summary>
    ulong Pages { get; }

    /// <summary>Reads a page.</summary>
    /// <returns>0 or a negative errno.</returns>
    int Read(ulong page, Span<byte> data);

    /// <summary>Writes a page.</summary>
    /// <returns>0 or a negative errno.</returns>
    int Write(ulong page, ReadOnlySpan<byte> data);
}

/// <summary>One swap area: its slots, how many PTEs name each, and the cache of pages that are both in memory and in a slot.</summary>
/// <remarks>Linux: <c>struct swap_info_struct</c>. Slot 0 is the header's. Lock: <c>si->lock</c>.</remarks>
public sealed class SwapArea
{
    private readonly ushort[] _map;
    private readonly ushort[] _groups;
    private readonly XArray _cache = new();
    private ulong _next = 1;

    internal SwapArea(int type, int priority, byte[] name, ISwapDevice device, bool isFile)
    {
        Type = type;
        Priority = priority;
        Name = name;
        Device = device;
        IsFile = isFile;
        Pages = device.Pages;
        _map = new ushort[Pages + 1];
        _groups = new ushort[Pages + 1];
    }

    // A slot whose page is in the cache counts this in addition to its PTEs. Linux: SWAP_HAS_CACHE
    private const ushort HasCache = 0x8000, CountMask = 0x7FFF;

    /// <summary>Number of the area, part of every entry.</summary>
    public int Type { get; }

    /// <summary>Areas of higher priority are filled first.</summary>
    public int Priority { get; }

    /// <summary>As /proc/swaps shows it.</summary>
    public byte[] Name { get; }

    /// <summary>Whether /proc/swaps calls it a file.</summary>
    public bool IsFile { get; }

    /// <summary>Where the pages are.</summary>
    public ISwapDevice Device { get; }

    /// <summary>Slots that can be used. Linux: <c>pages</c>.</summary>
    public ulong Pages { get; }

    /// <summary>Slots in use. Linux: <c>inuse_pages</c>.</summary>
    public ulong InUse { get; private set; }

    /// <summary>Whether slots may be given out; not while it is being removed. Linux: <c>SWP_WRITEOK</c>.</summary>
    public bool IsWritable { get; internal set; } = true;

    /// <summary>Takes a free slot for a page that goes into the cache. Linux: <c>scan_swap_map_slots</c>.</summary>
    /// <returns>The slot, or 0.</returns>
    internal ulong Allocate()
    {
        if (!IsWritable || InUse == Pages)
            return 0;
        while (_map[_next] != 0)
            _next = _next == Pages ? 1 : _next + 1;
        ulong slot = _next;
        _next = slot == Pages ? 1 : slot + 1;
        _map[slot] = HasCache;
        InUse++;
        return slot;
    }

    /// <summary>The memory cgroup that a slot is charged to, 0 for none. Linux: <c>lookup_swap_cgroup_id</c>.</summary>
    public int CgroupOf(ulong slot) => _groups[slot];

    /// <summary>Notes whom a slot is charged to. Linux: <c>swap_cgroup_record</c>.</summary>
    internal void SetCgroup(ulong slot, int group) => _groups[slot] = (ushort)group;

    /// <summary>Told when a charged slot is free again.</summary>
    internal Action<int>? Uncharged { get; init; }

    /// <summary>PTEs (and shmem entries) that name a slot. Linux: <c>swap_count</c>.</summary>
    public int Count(ulong slot) => _map[slot] & CountMask;

    /// <summary>One more names it. Linux: <c>swap_duplicate</c>.</summary>
    internal void Duplicate(ulong slot)
    {
        Bug.On(_map[slot] == 0 || Count(slot) == CountMask, "a swap slot that is free or full was duplicated");
        _map[slot]++;
    }

    /// <summary>One less names it. Linux: <c>swap_free</c>.</summary>
    internal void Free(ulong slot)
    {
        Bug.On(Count(slot) == 0, "swap slot count underflow");
        Drop(slot, 1);
    }

    /// <summary>Gives back a slot of <see cref="Allocate"/> that no page went to.</summary>
    internal void Cancel(ulong slot) => Drop(slot, HasCache);

    /// <summary>The page of a slot that is in memory, 0 for none. Linux: <c>swap_cache_get_folio</c>.</summary>
    internal uint Cached(ulong slot) => _cache.Load(slot) is var entry && XArray.IsValue(entry) ? 0 : (uint)(entry >> 1);

    /// <summary>The shadow that the page of a slot left, 0 for none. Linux: <c>swap_cache_get_shadow</c>.</summary>
    internal ulong Shadow(ulong slot) => _cache.Load(slot) is var entry && XArray.IsValue(entry) ? entry : 0;

    /// <summary>A page read into memory for a slot in use becomes its cached page. Linux: <c>swapcache_prepare</c>.</summary>
    internal void AddToCache(ulong slot, uint pfn)
    {
        _map[slot] |= HasCache;
        _cache.Store(slot, (ulong)pfn << 1);
    }

    /// <summary>Another page takes the place of the cached one.</summary>
    internal void ReplaceInCache(ulong slot, uint pfn) => _cache.Store(slot, (ulong)pfn << 1);

    /// <summary>The cached page goes, and leaves a shadow while PTEs still name the slot. Linux: <c>put_swap_folio</c>.</summary>
    internal void RemoveFromCache(ulong slot, ulong shadow)
    {
        _cache.Store(slot, Count(slot) != 0 ? shadow : 0);
        Drop(slot, HasCache);
    }

    /// <summary>Slots in use from one on. For swapoff and checks.</summary>
    internal IEnumerable<ulong> UsedSlots()
    {
        for (ulong slot = 1; slot <= Pages; slot++)
        {
            if (_map[slot] != 0)
                yield return slot;
        }
    }

    private void Drop(ulong slot, ushort part)
    {
        _map[slot] -= part;
        if (_map[slot] != 0)
            return;
        InUse--;
        _cache.Erase(slot); // a shadow may be left
        if (_groups[slot] is not 0 and ushort group)
        {
            _groups[slot] = 0;
            Uncharged?.Invoke(group);
        }
    }
}

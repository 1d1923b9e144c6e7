using System.Runtime.InteropServices;

namespace Emu.Mm;

/// <summary>The descriptor of one frame of physical memory. Linux: <c>struct page</c> (include/linux/mm_types.h).</summary>
/// <remarks>
/// 64 bytes, in unmanaged memory, indexed by frame number (PFN). Links between descriptors are PFNs, 0 meaning none: frame
/// 0 is always reserved. A descriptor of zeros is a frame that exists, is in no allocator state and was never used.
/// The descriptor of the first frame of a compound page stands for the whole (a folio); the others are tails and name it.
/// </remarks>
[StructLayout(LayoutKind.Explicit, Size = 64)]
public struct Page
{
    /// <summary>State bits. Linux: <c>flags</c>; the zone is not kept here but found by PFN, <see cref="PhysicalMemory.ZoneOf"/>.</summary>
    [FieldOffset(0)] public PageFlags Flags;

    /// <summary>Next PFN on whatever list the frame is on (free area, per-CPU list, LRU). Linux: <c>lru.next</c>.</summary>
    [FieldOffset(8)] public uint Next;

    /// <summary>Previous PFN on that list.</summary>
    [FieldOffset(12)] public uint Previous;

    /// <summary>What the page belongs to: a handle in <see cref="MappingTable"/>, 0 for none. Linux: <c>mapping</c>.</summary>
    [FieldOffset(16)] public MappingHandle Mapping;

    /// <summary>For a tail of a compound page the PFN of its head, else 0. Linux: <c>compound_head</c>.</summary>
    [FieldOffset(20)] public uint Head;

    /// <summary>Offset in pages within <see cref="Mapping"/>. Linux: <c>index</c>.</summary>
    [FieldOffset(24)] public ulong Index;

    /// <summary>A swap entry in the swap cache; the owner's otherwise. Linux: <c>private</c>.</summary>
    [FieldOffset(32)] public ulong Private;

    /// <summary>Users of the frame; it is freed when this falls to 0. Linux: <c>_refcount</c>.</summary>
    [FieldOffset(40)] public int RefCount;

    /// <summary>
    /// PTEs that map this frame. Counts from 0, where Linux's <c>_mapcount</c> counts from -1, so that a zeroed
    /// descriptor is a valid one.
    /// </summary>
    [FieldOffset(44)] public int MapCount;

    /// <summary>Which allocator or kind of owner holds the frame. Linux: <c>page_type</c>.</summary>
    [FieldOffset(48)] public PageType Type;

    /// <summary>Order of the free block or compound page that this frame heads. Linux: <c>buddy_order</c>, <c>folio_order</c>.</summary>
    [FieldOffset(49)] public byte Order;

    /// <summary>Migrate type of the list the frame is free on.</summary>
    [FieldOffset(50)] public MigrateType MigrateType;

    /// <summary>The memory cgroup that is charged, 0 for none. Linux: <c>memcg_data</c>.</summary>
    [FieldOffset(52)] public int MemoryCgroup;

    /// <summary>Head of a compound page: PMD mappings of the whole. Linux: <c>_entire_mapcount</c> (from 0 here).</summary>
    [FieldOffset(56)] public int EntireMapCount;

    /// <summary>Head of a compound page: mappings of the whole and of its parts. Linux: <c>_large_mapcount</c> (from 0 here).</summary>
    [FieldOffset(60)] public int LargeMapCount;

    /// <summary>Whether all of <paramref name="flags"/> are set.</summary>
    public readonly bool Has(PageFlags flags) => (Flags & flags) == flags;

    /// <summary>Whether any of <paramref name="flags"/> is set.</summary>
    public readonly bool HasAny(PageFlags flags) => (Flags & flags) != 0;

    /// <summary>Sets <paramref name="flags"/>.</summary>
    public void Set(PageFlags flags) => Flags |= flags;

    /// <summary>Clears <paramref name="flags"/>.</summary>
    public void Clear(PageFlags flags) => Flags &= ~flags;

    /// <summary>Whether the frame is anonymous memory. Linux: <c>PageAnon</c>.</summary>
    public readonly bool IsAnonymous => Mapping.IsAnonymous;
}

/// <summary>State bits of a frame. Linux: <c>enum pageflags</c> (include/linux/page-flags.h).</summary>
[Flags]
public enum PageFlags : ulong
{
    /// <summary>No flag.</summary>
    None = 0,

    /// <summary>I/O on the page is under way, or its state is being changed.</summary>
    Locked = 1UL << 0,

    /// <summary>Write-back to the backing store is under way.</summary>
    Writeback = 1UL << 1,

    /// <summary>Referenced since it was last looked at.</summary>
    Referenced = 1UL << 2,

    /// <summary>The contents are valid.</summary>
    UpToDate = 1UL << 3,

    /// <summary>The contents are newer than the backing store's.</summary>
    Dirty = 1UL << 4,

    /// <summary>On an LRU list.</summary>
    Lru = 1UL << 5,

    /// <summary>Head of a compound page.</summary>
    Head = 1UL << 6,

    /// <summary>On an active LRU list.</summary>
    Active = 1UL << 8,

    /// <summary>Was evicted from the active list and came back. Linux: <c>PG_workingset</c>.</summary>
    Workingset = 1UL << 9,

    /// <summary>Not for the allocator: firmware, holes, the frame 0.</summary>
    Reserved = 1UL << 12,

    /// <summary>Marks a page that starts asynchronous readahead. Linux: <c>PG_readahead</c> (shares <c>PG_reclaim</c>).</summary>
    Readahead = 1UL << 14,

    /// <summary>Reclaim wants it; free it when write-back ends.</summary>
    Reclaim = 1UL << 15,

    /// <summary>Backed by RAM or swap alone (anonymous, shmem).</summary>
    SwapBacked = 1UL << 16,

    /// <summary>Cannot be reclaimed (locked, ramfs).</summary>
    Unevictable = 1UL << 17,

    /// <summary>Mapped by a VMA with VM_LOCKED.</summary>
    Mlocked = 1UL << 18,

    /// <summary>In the swap cache.</summary>
    SwapCache = 1UL << 19,

    /// <summary>An anonymous page that one process alone may write. Linux: <c>PG_anon_exclusive</c>.</summary>
    AnonExclusive = 1UL << 20,

    /// <summary>Isolated from the LRU for migration.</summary>
    Isolated = 1UL << 21,

    /// <summary>A merged KSM page.</summary>
    Ksm = 1UL << 23,

    /// <summary>
    /// The frame was handed out at least once, so its contents are unknown. Ours: a frame without it reads as zeros and
    /// need not be zeroed. Never cleared while the machine runs, unless the host's pages were discarded.
    /// </summary>
    Touched = 1UL << 31,

    /// <summary>What must not be set when a frame is freed. Linux: <c>PAGE_FLAGS_CHECK_AT_FREE</c>.</summary>
    CheckAtFree = Locked | Writeback | Lru | Active | Reserved | Unevictable | Mlocked | SwapCache,

    /// <summary>What survives freeing.</summary>
    KeepAtFree = Touched,
}

/// <summary>Kind of owner of a frame that is in no mapping. Linux: <c>enum pagetype</c>.</summary>
public enum PageType : byte
{
    /// <summary>An ordinary page, or one that was never handed out.</summary>
    None,

    /// <summary>Head of a free block in a free area. Linux: <c>PageBuddy</c>.</summary>
    Buddy,

    /// <summary>Free, on a per-CPU list.</summary>
    PerCpuFree,

    /// <summary>A page table. Linux: <c>PageTable</c>.</summary>
    Table,

    /// <summary>Taken offline. Linux: <c>PageOffline</c>.</summary>
    Offline,

    /// <summary>A page of the hugetlb pool. Linux: <c>PageHuge</c>.</summary>
    HugeTlb,

    /// <summary>Held by the kernel itself.</summary>
    Kernel,
}

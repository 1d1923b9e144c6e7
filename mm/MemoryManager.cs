using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>
/// The memory of one machine: RAM, nodes, allocator, and what all address spaces share. The entry to mm. Linux: the globals of mm/.
/// </summary>
/// <remarks>Lock: everything below is called under the kernel lock unless it says otherwise.</remarks>
public sealed unsafe class MemoryManager : IDisposable
{
    private readonly List<MemoryDescriptor> _addressSpaces = [];
    private ulong _lastInode;

    /// <summary>Brings up the memory of a machine.</summary>
    /// <param name="layout">Where RAM lies.</param>
    /// <param name="cpus">Number of virtual CPUs.</param>
    /// <exception cref="OutOfMemoryException">The host refuses the reservation.</exception>
    public MemoryManager(MemoryLayout layout, int cpus = 1)
    {
        Memory = new PhysicalMemory(layout);
        Nodes = MemoryInit.CreateNodes(Memory, cpus);
        Allocator = new PageAllocator(Memory, Nodes, Events);
        MemoryInit.SetWatermarks(Nodes, Sysctl, cpus);
        Rmap = new Rmap(Memory);
        Swap = new SwapSpace(this);
        Splitter = new FolioSplitter(this);
        Collapser = new Collapser(this);
        Khugepaged = new Khugepaged(this);
        Vmscan = new Vmscan(this);
        Allocator.Vmscan = Vmscan;
        Faults = new FaultHandler(this);
        TotalRamPages = Nodes.Aggregate(0UL, static (sum, node) => sum + node.ManagedPages);
        ZeroPfn = Allocator.Allocate(GfpFlags.Kernel | GfpFlags.Zero, 0);
        Memory.Page(ZeroPfn).Type = PageType.Kernel;
    }

    /// <summary>RAM and the memory map.</summary>
    public PhysicalMemory Memory { get; }

    /// <summary>The nodes. Linux: <c>node_data</c>.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>The page allocator.</summary>
    public PageAllocator Allocator { get; }

    /// <summary>Objects that page descriptors name.</summary>
    public MappingTable Mappings { get; } = new();

    /// <summary>Counts of mappings a page.</summary>
    public Rmap Rmap { get; }

    /// <summary>When huge pages are used.</summary>
    public ThpSettings Thp { get; } = new();

    /// <summary>Takes huge pages apart.</summary>
    public FolioSplitter Splitter { get; }

    /// <summary>Puts small pages into huge ones in the background.</summary>
    public Khugepaged Khugepaged { get; }

    /// <summary>Puts small pages into huge ones.</summary>
    internal Collapser Collapser { get; }

    /// <summary>The huge page of zeros, 0 as long as nobody needed it.</summary>
    public uint HugeZeroPfn { get; internal set; }

    /// <summary>Swap areas and the swap cache.</summary>
    public SwapSpace Swap { get; }

    /// <summary>Reclaim.</summary>
    public Vmscan Vmscan { get; }

    /// <summary>The page fault handler: the port that the MMU calls.</summary>
    public FaultHandler Faults { get; }

    /// <summary>/proc/sys/vm.</summary>
    public MmSysctl Sysctl { get; } = new();

    /// <summary>Event counters by <see cref="VmEvent"/>. Linux: <c>vm_event_states</c>.</summary>
    public long[] Events { get; } = new long[(int)VmEvent.Count];

    /// <summary>The frame of zeros that reads of untouched anonymous memory see. Linux: <c>empty_zero_page</c>.</summary>
    public uint ZeroPfn { get; }

    /// <summary>Frames that the allocator was given. Linux: <c>totalram_pages</c>.</summary>
    public ulong TotalRamPages { get; }

    /// <summary>Pages promised to address spaces and shmem. Linux: <c>vm_committed_as</c>.</summary>
    public long CommittedPages { get; set; }

    /// <summary>Every address space that lives. Linux: <c>mmlist</c>.</summary>
    public IReadOnlyList<MemoryDescriptor> AddressSpaces => _addressSpaces;

    internal void Register(MemoryDescriptor mm) => _addressSpaces.Add(mm);

    internal void Unregister(MemoryDescriptor mm)
    {
        Khugepaged.Forget(mm);
        _addressSpaces.Remove(mm);
    }

    /// <summary>A number for an inode that lives in memory only. Linux: <c>get_next_ino</c>.</summary>
    public ulong NextInodeNumber() => ++_lastInode;

    /// <summary>Of the promised pages those of objects without an accounted area: shared anonymous memory, memfd.</summary>
    public long ReservedByObjects { get; set; }

    /// <summary>Who caches translations; set once by the processor before the first address space runs.</summary>
    public ITlbFlush Tlb { get; set; } = NoTlb.Instance;

    /// <summary>Who watches tagged frames; set once by the processor.</summary>
    public IFrameWatch FrameWatch { get; set; } = NoTlb.Instance;

    /// <summary>Who hears of events, or null.</summary>
    public IMmEvents? Trace { get; set; }

    /// <summary>Pages free in all zones. Linux: <c>global_zone_page_state(NR_FREE_PAGES)</c>.</summary>
    public long FreePages => Nodes.Sum(static node => node.Zones.Sum(static zone => zone.FreePages + zone.PerCpu.Sum(static pcp => pcp.Count)));

    /// <summary>Pages of all nodes of one kind. Linux: <c>global_node_page_state</c>.</summary>
    public long Stat(NodeStat stat) => Nodes.Sum(node => node.Stats[(int)stat]);

    /// <summary>Pages of all zones of one kind. Linux: <c>global_zone_page_state</c>.</summary>
    public long Stat(ZoneStat stat) => Nodes.Sum(node => node.Zones.Sum(zone => zone.Stats[(int)stat]));

    /// <summary>The descriptor of a frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Page Page(uint pfn) => ref Memory.Page(pfn);

    /// <summary>One more user of a page. Linux: <c>folio_get</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void GetPage(uint pfn) => Memory.Pages[pfn].RefCount++;

    /// <summary>One user of a page less; the last takes it off the LRU and frees it. Linux: <c>folio_put</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PutPage(uint pfn)
    {
        Page* page = Memory.Pages + pfn;
        Bug.On(page->RefCount <= 0, "reference count underflow");
        if (--page->RefCount == 0)
            Release(pfn);
    }

    /// <summary>The node that a page lies on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Node NodeOf(uint pfn) => Memory.ZoneOf(pfn).Node;

    /// <summary>The LRU lists that a page belongs on. Linux: <c>folio_lruvec</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LruVec LruOf(uint pfn) => Memory.ZoneOf(pfn).Node.Lru;

    /// <summary>Puts a page on its LRU. Linux: <c>folio_add_lru</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AddLru(uint pfn) => LruOf(pfn).Add(pfn);

    /// <summary>Tells whoever watches a frame that the kernel has written to it. Every write by the kernel ends here.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void KernelWrote(uint pfn, uint offset, uint length)
    {
        if (Memory.FrameTags[pfn] != 0)
            FrameWatch.OnKernelWrite(pfn, offset, length);
    }

    /// <summary>Returns RAM to the host. No address space may be in use any more.</summary>
    public void Dispose() => Memory.Dispose();

    // Linux: __folio_put
    private void Release(uint pfn)
    {
        Page* page = Memory.Pages + pfn;
        if (page->Has(PageFlags.Lru))
            LruOf(pfn).Remove(pfn);
        if (page->Has(PageFlags.Mlocked))
            Mlock.Clear(this, pfn);
        page->Clear(PageFlags.Active | PageFlags.Unevictable);
        if (page->Has(PageFlags.Head))
            Splitter.Forget(pfn);
        if (Memory.FrameTags[pfn] != 0)
            FrameWatch.OnFree(pfn);
        Allocator.Free(pfn, page->Has(PageFlags.Head) ? page->Order : 0);
    }
}

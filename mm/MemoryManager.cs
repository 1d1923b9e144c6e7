using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>
/// The memory of one machine: RAM, nodes, allocator, and what all address spaces share. The entry to mm. Linux: the globals of mm/.
/// </summary>
/// <remarks>Lock: everything below is called under the kernel lock unless it says otherwise.</remarks>
public sealed unsafe partial class MemoryManager : IDisposable
{
    private readonly List<MemoryDescriptor> _addressSpaces = [];
    private readonly List<CmaArea> _cmaAreas = [];
    private readonly int _cpus;
    private ulong _lastInode;

    /// <summary>Brings up the memory of a machine.</summary>
    /// <param name="layout">Where RAM lies.</param>
    /// <param name="cpus">Number of virtual CPUs.</param>
    /// <exception cref="OutOfMemoryException">The host refuses the reservation.</exception>
    public MemoryManager(MemoryLayout layout, int cpus = 1)
    {
        _cpus = cpus;
        Memory = new PhysicalMemory(layout);
        Nodes = MemoryInit.CreateNodes(Memory, cpus);
        Allocator = new PageAllocator(Memory, Nodes, Events, cpus);
        MemoryInit.SetWatermarks(Nodes, Sysctl, cpus);
        Memcg = new MemoryCgroups(this);
        Oom = new OomKiller(this);
        Rmap = new Rmap(this);
        Swap = new SwapSpace(this);
        Splitter = new FolioSplitter(this);
        Collapser = new Collapser(this);
        Hugetlb = new HugetlbPool(this);
        Ksm = new Ksm(this);
        Khugepaged = new Khugepaged(this);
        Vmscan = new Vmscan(this);
        Compaction = new Compaction(this);
        Migration = new Migration(this);
        Flusher = new Flusher(this);
        Allocator.Manager = this;
        Faults = new FaultHandler(this);
        Isolation = new PageIsolation(this);
        NodeChoice = new NodeChoice(this);
        NumaBalancing = new NumaBalancing(this);
        Contiguous = new ContiguousRange(this);
        Hotplug = new MemoryHotplug(this, cpus);
        CountRam();
        if (layout.CmaBytes != 0)
            _ = DeclareCma("reserved", (uint)(layout.CmaBytes >> MmConstants.PageShift), Nodes.Count - 1);
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

    /// <summary>The pool of huge pages.</summary>
    public HugetlbPool Hugetlb { get; }

    /// <summary>Merges pages of the same contents.</summary>
    public Ksm Ksm { get; }

    /// <summary>Puts small pages into huge ones in the background.</summary>
    public Khugepaged Khugepaged { get; }

    /// <summary>Puts small pages into huge ones.</summary>
    internal Collapser Collapser { get; }

    /// <summary>The huge page of zeros, 0 as long as nobody needed it.</summary>
    public uint HugeZeroPfn { get; internal set; }

    /// <summary>Swap areas and the swap cache.</summary>
    public SwapSpace Swap { get; }

    /// <summary>Memory cgroups.</summary>
    public MemoryCgroups Memcg { get; }

    /// <summary>The OOM killer.</summary>
    public OomKiller Oom { get; }

    /// <summary>What mm keeps of the running task; of nobody in particular where none runs. Linux: <c>current</c>.</summary>
    public TaskMemory Current => TaskMemory.Running ?? InitTask;

    /// <summary>Stands for the running task where no host thread said which one runs. Linux: <c>init_task</c>.</summary>
    public TaskMemory InitTask { get; } = new();

    /// <summary>Reclaim.</summary>
    public Vmscan Vmscan { get; }

    /// <summary>Compaction.</summary>
    public Compaction Compaction { get; }

    /// <summary>Writes dirty pages in the background.</summary>
    public Flusher Flusher { get; }

    /// <summary>Moves pages.</summary>
    internal Migration Migration { get; }

    /// <summary>Takes the lines of the kernel's log; null drops them. Linux: <c>printk</c>.</summary>
    public Action<string>? Log { get; set; }

    /// <summary>The page fault handler: the port that the MMU calls.</summary>
    public FaultHandler Faults { get; }

    /// <summary>/proc/sys/vm.</summary>
    public MmSysctl Sysctl { get; } = new();

    /// <summary>Event counters by <see cref="VmEvent"/>. Linux: <c>vm_event_states</c>.</summary>
    public long[] Events { get; } = new long[(int)VmEvent.Count];

    /// <summary>The frame of zeros that reads of untouched anonymous memory see. Linux: <c>empty_zero_page</c>.</summary>
    public uint ZeroPfn { get; }

    /// <summary>Frames that the allocator was given. Linux: <c>totalram_pages</c>.</summary>
    public ulong TotalRamPages { get; private set; }

    /// <summary>Memory for contiguous allocations. Linux: <c>cma_areas</c>.</summary>
    public IReadOnlyList<CmaArea> CmaAreas => _cmaAreas;

    /// <summary>Memory that comes and goes.</summary>
    public MemoryHotplug Hotplug { get; }

    /// <summary>From policies to nodes.</summary>
    internal NodeChoice NodeChoice { get; }

    /// <summary>Moves pages to the nodes that use them.</summary>
    public NumaBalancing NumaBalancing { get; }

    /// <summary>Nodes that have memory. Linux: <c>node_states[N_MEMORY]</c>.</summary>
    public NodeMask NodesWithMemory
    {
        get
        {
            NodeMask nodes = default;
            foreach (Node node in Nodes)
                nodes |= node.PresentPages != 0 ? NodeMask.Of(node.Id) : NodeMask.None;
            return nodes;
        }
    }

    /// <summary>Takes page blocks from the allocator.</summary>
    internal PageIsolation Isolation { get; }

    /// <summary>Allocates given ranges.</summary>
    internal ContiguousRange Contiguous { get; }

    /// <summary>Pages promised to address spaces and shmem. Linux: <c>vm_committed_as</c>.</summary>
    public long CommittedPages { get; set; }

    /// <summary>Every address space that lives. Linux: <c>mmlist</c>.</summary>
    public IReadOnlyList<MemoryDescriptor> AddressSpaces => _addressSpaces;

    /// <summary>Keeps memory of a node for contiguous allocations, from its end down. Linux: <c>cma_declare_contiguous_nid</c>.</summary>
    /// <param name="name">Name of the area.</param>
    /// <param name="pages">Frames; a multiple of a maximal block.</param>
    /// <param name="node">The node.</param>
    /// <returns>The area; null if no range of that size can be emptied.</returns>
    public CmaArea? DeclareCma(string name, uint pages, int node)
    {
        const uint Unit = 1u << MmConstants.MaxPageOrder;
        Bug.On(pages == 0 || pages % Unit != 0, "a CMA area that is no multiple of a block");
        foreach (Zone zone in Nodes[node].ThisNodeZones)
        {
            foreach (MemoryRange range in zone.PresentRanges.Reverse())
            {
                for (uint end = range.EndPfn & ~(Unit - 1); end >= range.StartPfn + pages; end -= Unit)
                {
                    if (Contiguous.Allocate(end - pages, end, MigrateType.Cma) != 0)
                        continue;
                    Contiguous.Free(end - pages, end);
                    Allocator.DrainAll();
                    zone.CmaPages += pages;
                    CmaArea area = new(this, name, end - pages, pages);
                    _cmaAreas.Add(area);
                    return area;
                }
            }
        }
        return null;
    }

    /// <summary>Has the watermarks follow from what was set. Linux: <c>setup_per_zone_wmarks</c>.</summary>
    public void UpdateWatermarks() => MemoryInit.SetWatermarks(Nodes, Sysctl, _cpus);

    // What the allocator has changed. Linux: adjust_managed_page_count
    internal void CountRam()
    {
        TotalRamPages = 0;
        foreach (Node node in Nodes)
            TotalRamPages += node.ManagedPages;
    }

    internal void Register(MemoryDescriptor mm) => _addressSpaces.Add(mm);

    internal void Unregister(MemoryDescriptor mm)
    {
        Khugepaged.Forget(mm);
        Ksm.Exit(mm);
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

    /// <summary>Whether the processor has protection keys; set before the first address space is made. Linux: X86_FEATURE_OSPKE.</summary>
    public bool HasProtectionKeys { get; set; }

    /// <summary>Lets tasks sleep in faults; null where nobody can, and such faults fail.</summary>
    public IFaultWait? FaultWait { get; set; }

    /// <summary>Waits, if a fault asks for it, before it is tried again.</summary>
    /// <returns>Whether to try; not if the task is to die or nobody can sleep.</returns>
    internal bool WaitForFault(in FaultOutcome outcome)
    {
        if (outcome.Wait is not { } wait)
            return true;
        if (FaultWait != null)
            return FaultWait.Wait(wait);
        wait.Finish();
        return false;
    }

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

    /// <summary>The LRU lists that a page belongs on: those of the group it is charged to. Linux: <c>folio_lruvec</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public LruVec LruOf(uint pfn)
    {
        Node node = Memory.ZoneOf(pfn).Node;
        return Memory.Pages[pfn].MemoryCgroup == 0 ? node.Lru : Memcg.GroupOf(Memory.Pages[pfn]).LruOf(node.Id);
    }

    /// <summary>Counts pages of a folio for its node and its group. Linux: <c>lruvec_stat_mod_folio</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void ModifyStat(uint folio, NodeStat stat, long pages)
    {
        Node node = Memory.ZoneOf(folio).Node;
        node.Stats[(int)stat] += pages;
        if (Memory.Pages[folio].MemoryCgroup != 0)
            Memcg.GroupOf(Memory.Pages[folio]).LruOf(node.Id).Stats[(int)stat] += pages;
    }

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

    /// <summary>Writes a line to the kernel's log. Linux: <c>pr_warn</c>.</summary>
    internal void Print(string line) => Log?.Invoke(line);

    /// <summary>Returns RAM to the host. No address space may be in use any more.</summary>
    public void Dispose() => Memory.Dispose();

    // Linux: __folio_put
    private void Release(uint pfn)
    {
        Page* page = Memory.Pages + pfn;
        if (page->Type == PageType.HugeTlb)
        {
            Hugetlb.Release(pfn);
            return;
        }
        if (page->Has(PageFlags.Lru))
            LruOf(pfn).Remove(pfn);
        if (page->Has(PageFlags.Mlocked))
            Mlock.Clear(this, pfn);
        page->Clear(PageFlags.Active | PageFlags.Unevictable);
        if (page->Has(PageFlags.Head))
            Splitter.Forget(pfn);
        if (page->MemoryCgroup != 0)
            Memcg.Uncharge(pfn);
        if (Memory.FrameTags[pfn] != 0)
            FrameWatch.OnFree(pfn);
        Allocator.Free(pfn, page->Has(PageFlags.Head) ? page->Order : 0);
    }
}

namespace Emu.Mm;

/// <summary>The address space of a process. Linux: <c>struct mm_struct</c>.</summary>
/// <remarks>
/// Each operation on it is a file of its own: Map, Unmap, Protect, Brk, Stack, Populate… Lock: mmap lock, for writing wherever VMAs
/// change; the kernel lock stands for it as long as there is one.
/// </remarks>
public sealed partial class MemoryDescriptor
{
    private readonly Stack<VmArea> _areaPool = new();

    private MemoryDescriptor(MemoryManager manager, PageTable pageTable, MmLimits limits)
    {
        Manager = manager;
        PageTable = pageTable;
        Limits = limits;
        Gather = new MmuGather(this);
        MemoryCgroup = manager.Memcg.OfCurrent;
        InitialiseKeys();
    }

    /// <summary>The machine's memory.</summary>
    public MemoryManager Manager { get; }

    /// <summary>Its page tables. Linux: <c>pgd</c>.</summary>
    public PageTable PageTable { get; }

    /// <summary>Resource limits of the process. Linux: <c>rlimit()</c> of the caller.</summary>
    public MmLimits Limits { get; set; }

    /// <summary>The VMAs by address. Linux: <c>mm_mt</c>.</summary>
    public MapleTree<VmArea> Areas { get; } = new();

    /// <summary>Number of VMAs. Linux: <c>map_count</c>.</summary>
    public int MapCount => Areas.Count;

    /// <summary>What the processor keeps to tell translations of address spaces apart. Linux: <c>context.ctx_id</c>.</summary>
    public ulong TlbContext { get; set; }

    /// <summary>Tasks that use it. Linux: <c>mm_users</c>.</summary>
    public int Users { get; set; } = 1;

    /// <summary>Highest address for mmap, which searches downward. Linux: <c>mmap_base</c>.</summary>
    public ulong MmapBase { get; set; }

    /// <summary>Lowest address for the upward search. Linux: <c>mmap_legacy_base</c>.</summary>
    public ulong MmapLegacyBase { get; set; }

    /// <summary>Flags that every new VMA gets (mlockall). Linux: <c>def_flags</c>.</summary>
    public VmFlags DefaultFlags { get; set; }

    /// <summary>Whether huge pages are off for the process (PR_SET_THP_DISABLE). Linux: <c>MMF_DISABLE_THP_COMPLETELY</c>.</summary>
    public bool ThpDisabled { get; set; }

    /// <summary>
    /// Whether huge pages are off but where madvise asks for them (PR_THP_DISABLE_EXCEPT_ADVISED). Linux:
    /// <c>MMF_DISABLE_THP_EXCEPT_ADVISED</c>.
    /// </summary>
    public bool ThpAdvisedOnly { get; set; }

    /// <summary>Whether khugepaged looks at it. Linux: <c>MMF_VM_HUGEPAGE</c>.</summary>
    internal bool IsKnownToKhugepaged { get; set; }

    /// <summary>Pages mapped. Linux: <c>total_vm</c>.</summary>
    public ulong TotalVm { get; internal set; }

    /// <summary>Pages in VM_LOCKED areas. Linux: <c>locked_vm</c>.</summary>
    public ulong LockedVm { get; internal set; }

    /// <summary>Of <see cref="LockedVm"/>, the pages of areas whose lock an mremap with DONTUNMAP took away: Linux never uncounts them.</summary>
    internal ulong LockedByKeptMoves { get; private set; }

    /// <summary>Pages of private writable areas. Linux: <c>data_vm</c>.</summary>
    public ulong DataVm { get; internal set; }

    /// <summary>Pages of executable areas. Linux: <c>exec_vm</c>.</summary>
    public ulong ExecVm { get; internal set; }

    /// <summary>Pages of stacks. Linux: <c>stack_vm</c>.</summary>
    public ulong StackVm { get; internal set; }

    /// <summary>Most pages ever mapped. Linux: <c>hiwater_vm</c>.</summary>
    public ulong HighWaterVm { get; internal set; }

    /// <summary>Pages in memory by kind. Linux: <c>rss_stat</c>.</summary>
    public long[] Rss { get; } = new long[(int)RssKind.Count];

    /// <summary>Most pages ever in memory. Linux: <c>hiwater_rss</c>.</summary>
    public long HighWaterRss { get; private set; }

    /// <summary>Bounds of the program's parts, and where argv, envp and the auxiliary vector stand.</summary>
    public MmLayout Layout { get; } = new();

    /// <summary>The executable, or null. Linux: <c>exe_file</c>. Holds a reference.</summary>
    public VmFile? ExeFile { get; private set; }

    /// <summary>Whom its pages are charged to: the group of its process. Linux: <c>mem_cgroup_from_task(mm->owner)</c>.</summary>
    public MemoryCgroup MemoryCgroup { get; set; }

    /// <summary>When the next scan is due, in nanoseconds; 0 before the first tick. Linux: <c>numa_next_scan</c>.</summary>
    internal ulong NumaNextScan { get; set; }

    /// <summary>Where the scan of NUMA balancing goes on. Linux: <c>numa_scan_offset</c>.</summary>
    internal ulong NumaScanOffset { get; set; }

    /// <summary>Scans of the whole address space so far. Linux: <c>numa_scan_seq</c>.</summary>
    internal int NumaScanSequence { get; set; }

    /// <summary>Whether the OOM killer chose it, and its memory is gone or going. Linux: <c>MMF_OOM_VICTIM</c>, <c>MMF_UNSTABLE</c>.</summary>
    public bool IsOomVictim { get; internal set; }

    /// <summary>Collects what unmapping sets free.</summary>
    internal MmuGather Gather { get; }

    /// <summary>Makes an empty address space. Linux: <c>mm_alloc</c>.</summary>
    /// <returns>Null if memory is short.</returns>
    public static MemoryDescriptor? TryCreate(MemoryManager manager, MmLimits limits)
    {
        PageTable? tables = PageTable.TryCreate(manager);
        if (tables == null)
            return null;
        MemoryDescriptor mm = new(manager, tables, limits);
        mm.SetMmapBase(limits.Stack);
        manager.Register(mm);
        return mm;
    }

    /// <summary>Sets the executable. Linux: <c>set_mm_exe_file</c>.</summary>
    public void SetExeFile(VmFile? file)
    {
        file?.Get();
        ExeFile?.Put();
        ExeFile = file;
    }

    /// <summary>Pages in memory. Linux: <c>get_mm_rss</c>.</summary>
    public long ResidentPages => Rss[(int)RssKind.File] + Rss[(int)RssKind.Anon] + Rss[(int)RssKind.Shmem];

    /// <summary>Notes the high-water mark before pages go. Linux: <c>update_hiwater_rss</c>.</summary>
    internal void UpdateHighWaterRss() => HighWaterRss = Math.Max(HighWaterRss, ResidentPages);

    /// <summary>Notes the high-water mark of mapped pages. Linux: <c>update_hiwater_vm</c>.</summary>
    internal void UpdateHighWaterVm() => HighWaterVm = Math.Max(HighWaterVm, TotalVm);

    /// <summary>The area that holds an address or the first above it. Linux: <c>find_vma</c>.</summary>
    public VmArea? FindArea(ulong address)
    {
        ulong index = address;
        return Areas.Find(ref index, ulong.MaxValue);
    }

    /// <summary>The area that holds an address. Linux: <c>vma_lookup</c>.</summary>
    public VmArea? Lookup(ulong address) => Areas.Load(address);

    /// <summary>The first area that overlaps [start, end). Linux: <c>find_vma_intersection</c>.</summary>
    public VmArea? FindIntersection(ulong start, ulong end)
    {
        ulong index = start;
        return Areas.Find(ref index, end - 1);
    }

    /// <summary>The area above another, or null. Linux: <c>vma_next</c>.</summary>
    public VmArea? AreaAfter(VmArea area) => Areas.Next(area.End - 1, ulong.MaxValue, out _, out _);

    /// <summary>The area below another, or null. Linux: <c>vma_prev</c>.</summary>
    public VmArea? AreaBefore(VmArea area) => area.Start == 0 ? null : Areas.Prev(area.Start, 0, out _, out _);

    /// <summary>The last area that ends at or below an address, or null.</summary>
    public VmArea? AreaBelow(ulong address) => address == 0 ? null : Areas.Load(address - 1) ?? Areas.Prev(address - 1, 0, out _, out _);

    /// <summary>A detached area, recycled if one is at hand. Linux: <c>vm_area_alloc</c>.</summary>
    internal VmArea AllocateArea() => _areaPool.TryPop(out VmArea? area) ? area : new VmArea(this);

    /// <summary>Drops what a removed area holds and recycles it. Linux: <c>vm_area_free</c> with <c>remove_vma</c>.</summary>
    internal void FreeArea(VmArea area)
    {
        area.Operations?.Close(area);
        area.File?.Put();
        area.Reset();
        if (_areaPool.Count < 64)
            _areaPool.Push(area);
    }

    /// <summary>Counts pages of an area in or out. Linux: <c>vm_stat_account</c>.</summary>
    internal void Account(VmFlags flags, long pages)
    {
        TotalVm += (ulong)pages;
        if ((flags & (VmFlags.Exec | VmFlags.Write | VmFlags.Stack)) == VmFlags.Exec)
            ExecVm += (ulong)pages;
        else if ((flags & VmFlags.Stack) != 0)
            StackVm += (ulong)pages;
        else if ((flags & (VmFlags.Write | VmFlags.Shared)) == VmFlags.Write)
            DataVm += (ulong)pages;
    }

    /// <summary>Which counter a page belongs to. Linux: <c>mm_counter</c>.</summary>
    internal static RssKind RssKindOf(in Page page)
    {
        if (page.IsAnonymous)
            return RssKind.Anon;
        return page.Has(PageFlags.SwapBacked) ? RssKind.Shmem : RssKind.File;
    }
}

/// <summary>Kinds of resident pages. Linux: <c>MM_FILEPAGES</c>…</summary>
public enum RssKind
{
    /// <summary>Of files.</summary>
    File,

    /// <summary>Anonymous.</summary>
    Anon,

    /// <summary>Swapped out.</summary>
    Swap,

    /// <summary>Of shmem.</summary>
    Shmem,

    /// <summary>How many there are.</summary>
    Count,
}

/// <summary>Where the parts of a program lie. Linux: <c>start_code … env_end</c> of <c>struct mm_struct</c>.</summary>
public sealed class MmLayout
{
    /// <summary>Bounds of the code.</summary>
    public ulong StartCode { get; set; }

    /// <summary>End of the code.</summary>
    public ulong EndCode { get; set; }

    /// <summary>Start of the data.</summary>
    public ulong StartData { get; set; }

    /// <summary>End of the data.</summary>
    public ulong EndData { get; set; }

    /// <summary>Start of the heap.</summary>
    public ulong StartBrk { get; set; }

    /// <summary>End of the heap.</summary>
    public ulong Brk { get; set; }

    /// <summary>Stack pointer at the start.</summary>
    public ulong StartStack { get; set; }

    /// <summary>Start of the argument strings.</summary>
    public ulong ArgStart { get; set; }

    /// <summary>End of the argument strings.</summary>
    public ulong ArgEnd { get; set; }

    /// <summary>Start of the environment strings.</summary>
    public ulong EnvStart { get; set; }

    /// <summary>End of the environment strings.</summary>
    public ulong EnvEnd { get; set; }

    /// <summary>The auxiliary vector as it was put on the stack. Linux: <c>saved_auxv</c>.</summary>
    public byte[] AuxiliaryVector { get; set; } = [];

    /// <summary>Copies everything (fork).</summary>
    public void CopyFrom(MmLayout other)
    {
        StartCode = other.StartCode;
        EndCode = other.EndCode;
        StartData = other.StartData;
        EndData = other.EndData;
        StartBrk = other.StartBrk;
        Brk = other.Brk;
        StartStack = other.StartStack;
        ArgStart = other.ArgStart;
        ArgEnd = other.ArgEnd;
        EnvStart = other.EnvStart;
        EnvEnd = other.EnvEnd;
        AuxiliaryVector = other.AuxiliaryVector;
    }
}

namespace Emu.Mm;

/// <summary>What happened to a group. Linux: <c>enum memcg_memory_event</c>, in the order of memory.events and memory.swap.events.</summary>
public enum MemcgEvent
{
    /// <summary>Reclaimed although below memory.low.</summary>
    Low,

    /// <summary>Reclaimed and slowed down above memory.high.</summary>
    High,

    /// <summary>About to go over memory.max.</summary>
    Max,

    /// <summary>Over memory.max with nothing left to reclaim.</summary>
    Oom,

    /// <summary>A process was killed.</summary>
    OomKill,

    /// <summary>The whole group was killed.</summary>
    OomGroupKill,

    /// <summary>Above memory.swap.high.</summary>
    SwapHigh,

    /// <summary>memory.swap.max refused a slot.</summary>
    SwapMax,

    /// <summary>A page got no slot.</summary>
    SwapFail,

    /// <summary>How many there are.</summary>
    Count,
}

/// <summary>The memory of a control group. Linux: <c>struct mem_cgroup</c> (mm/memcontrol.c); cgroup-v2.rst, "Memory".</summary>
/// <remarks>
/// A page is charged to one group, and through the counters to all above it. The root is charged nothing and has no limit. A group
/// that was removed lives on for as long as pages or swap slots are charged to it. Lock: the kernel lock.
/// </remarks>
public sealed class MemoryCgroup
{
    private readonly List<MemoryCgroup> _children = [];
    private readonly LruVec[] _lru;

    internal MemoryCgroup(MemoryManager manager, int id, MemoryCgroup? parent, string name)
    {
        Id = id;
        Parent = parent;
        Name = name;
        Memory = new PageCounter(this, parent?.Memory);
        Swap = new PageCounter(this, parent?.Swap);
        _lru = [.. manager.Nodes.Select(node => parent == null ? node.Lru : new LruVec(manager.Memory, node, this))];
        Iterators = new ReclaimIterator[manager.Nodes.Count];
        VmEvents = parent == null ? manager.Events : new long[(int)VmEvent.Count];
        parent?._children.Add(this);
    }

    /// <summary>What <see cref="Page.MemoryCgroup"/> holds; 0 for the root, which is not charged.</summary>
    public int Id { get; }

    /// <summary>The group above; null for the root.</summary>
    public MemoryCgroup? Parent { get; }

    /// <summary>Groups below, those that were removed and still hold pages included.</summary>
    public IReadOnlyList<MemoryCgroup> Children => _children;

    /// <summary>Name of its directory.</summary>
    public string Name { get; }

    /// <summary>Path from the root of the hierarchy. Linux: <c>cgroup_path</c>.</summary>
    public string Path => Parent == null ? "/" : Parent.Parent == null ? "/" + Name : Parent.Path + "/" + Name;

    /// <summary>Inode of its directory, as /proc/kpagecgroup shows it.</summary>
    public ulong InodeNumber { get; set; } = 1;

    /// <summary>Whether it is the root. Linux: <c>mem_cgroup_is_root</c>.</summary>
    public bool IsRoot => Parent == null;

    /// <summary>Whether its directory exists. Linux: <c>mem_cgroup_online</c>.</summary>
    public bool IsOnline { get; internal set; } = true;

    /// <summary>Pages of memory. Linux: <c>memory</c>.</summary>
    public PageCounter Memory { get; }

    /// <summary>Slots of swap. Linux: <c>swap</c>.</summary>
    public PageCounter Swap { get; }

    /// <summary>Whether the OOM killer takes the group as a whole. Linux: memory.oom.group.</summary>
    public bool OomGroup { get; set; }

    /// <summary>Pages charged to this very group, not to those below.</summary>
    public long LocalPages { get; internal set; }

    /// <summary>Slots charged to this very group.</summary>
    public long LocalSwap { get; internal set; }

    /// <summary>Of <see cref="LocalPages"/> those of the kernel: page tables. Linux: MEMCG_KMEM.</summary>
    public long KernelPages { get; internal set; }

    /// <summary>Events by <see cref="VmEvent"/> of this very group; the root's are the machine's. Linux: <c>vmstats_percpu->events</c>.</summary>
    public long[] VmEvents { get; }

    /// <summary>What happened to this very group. Linux: <c>memory_events_local</c>.</summary>
    public long[] LocalEvents { get; } = new long[(int)MemcgEvent.Count];

    /// <summary>What happened to it or a group below. Linux: <c>memory_events</c>.</summary>
    public long[] Events { get; } = new long[(int)MemcgEvent.Count];

    /// <summary>Told when a counter of <see cref="Events"/> or <see cref="LocalEvents"/> moves: whoever polls memory.events.</summary>
    public Action? EventsChanged { get; set; }

    /// <summary>Where a partial walk of reclaim goes on, a node. Linux: <c>mem_cgroup_reclaim_iter</c>.</summary>
    internal ReclaimIterator[] Iterators { get; }

    /// <summary>Its LRU lists on a node. Linux: <c>mem_cgroup_lruvec</c>.</summary>
    public LruVec LruOf(int node) => _lru[node];

    /// <summary>Whether <paramref name="other"/> is this group or above it. Linux: <c>mem_cgroup_is_descendant</c>.</summary>
    public bool IsDescendantOf(MemoryCgroup other)
    {
        MemoryCgroup? at = this;
        while (at != null && at != other)
            at = at.Parent;
        return at != null;
    }

    /// <summary>This group and all below, each before its children. Linux: <c>for_each_mem_cgroup_tree</c>.</summary>
    public IEnumerable<MemoryCgroup> Subtree()
    {
        yield return this;
        foreach (MemoryCgroup child in _children)
        {
            foreach (MemoryCgroup group in child.Subtree())
                yield return group;
        }
    }

    /// <summary>Pages of a kind in this very group; in the whole machine for the root. Linux: <c>memcg_page_state_local</c>.</summary>
    public long LocalStat(NodeStat stat)
    {
        long sum = 0;
        foreach (LruVec lru in _lru)
            sum += lru.Stats[(int)stat];
        return sum;
    }

    /// <summary>Pages of a kind in this group and all below. Linux: <c>memcg_page_state</c>.</summary>
    public long Stat(NodeStat stat)
    {
        long sum = LocalStat(stat);
        if (IsRoot)
            return sum;
        foreach (MemoryCgroup child in _children)
            sum += child.Stat(stat);
        return sum;
    }

    /// <summary>Pages of a kind on a node in this group and all below. Linux: <c>lruvec_page_state</c>.</summary>
    public long Stat(NodeStat stat, int node)
    {
        long sum = _lru[node].Stats[(int)stat];
        if (IsRoot)
            return sum;
        foreach (MemoryCgroup child in _children)
            sum += child.Stat(stat, node);
        return sum;
    }

    /// <summary>Events of a kind in this group and all below. Linux: <c>memcg_events</c>.</summary>
    public long EventCount(VmEvent item)
    {
        long sum = VmEvents[(int)item];
        if (IsRoot)
            return sum;
        foreach (MemoryCgroup child in _children)
            sum += child.EventCount(item);
        return sum;
    }

    /// <summary>Pages of the kernel in this group and all below.</summary>
    public long KernelPagesBelow()
    {
        long sum = KernelPages;
        foreach (MemoryCgroup child in _children)
            sum += child.KernelPagesBelow();
        return sum;
    }

    /// <summary>Notes what happened, here and for all above. Linux: <c>memcg_memory_event</c>.</summary>
    internal void Note(MemcgEvent happened)
    {
        LocalEvents[(int)happened]++;
        for (MemoryCgroup? at = this; at is { IsRoot: false }; at = at.Parent)
        {
            at.Events[(int)happened]++;
            at.EventsChanged?.Invoke();
        }
    }

    /// <summary>Whether reclaim below <paramref name="target"/> must leave it alone. Linux: <c>mem_cgroup_below_min</c>.</summary>
    internal bool IsBelowMin(MemoryCgroup target) => !IsRoot && this != target && Memory.EffectiveMin >= Memory.Usage;

    /// <summary>Whether reclaim below <paramref name="target"/> should leave it alone. Linux: <c>mem_cgroup_below_low</c>.</summary>
    internal bool IsBelowLow(MemoryCgroup target) => !IsRoot && this != target && Memory.EffectiveLow >= Memory.Usage;

    internal void RemoveChild(MemoryCgroup child) => _children.Remove(child);
}

/// <summary>Where a walk over groups stands. Linux: <c>struct mem_cgroup_reclaim_iter</c>.</summary>
internal struct ReclaimIterator
{
    /// <summary>The group visited last, or null.</summary>
    public MemoryCgroup? Position;
}

using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Controllers of control groups. Linux: <c>struct cgroup_subsys</c>.</summary>
[Flags]
internal enum CgroupControllers
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Memory.</summary>
    Memory = 1,

    /// <summary>Number of tasks.</summary>
    Pids = 2,

    /// <summary>All that there are.</summary>
    All = Memory | Pids,
}

/// <summary>A control group: a directory of cgroup2. Linux: <c>struct cgroup</c> (kernel/cgroup/cgroup.c); cgroup-v2.rst.</summary>
/// <remarks>Lock: the kernel lock.</remarks>
internal sealed class ControlGroup
{
    private readonly List<ControlGroup> _children = [];

    internal ControlGroup(ControlGroups groups, ControlGroup? parent, string name, ulong number)
    {
        Groups = groups;
        Parent = parent;
        Name = name;
        Number = number;
        parent?._children.Add(this);
        UpdateControllers();
    }

    /// <summary>All groups.</summary>
    public ControlGroups Groups { get; }

    /// <summary>The group above; null for the root.</summary>
    public ControlGroup? Parent { get; }

    /// <summary>Groups below.</summary>
    public IReadOnlyList<ControlGroup> Children => _children;

    /// <summary>Name of the directory.</summary>
    public string Name { get; }

    /// <summary>Inode number of the directory.</summary>
    public ulong Number { get; }

    /// <summary>Path from the root. Linux: <c>cgroup_path</c>.</summary>
    public string Path => Parent == null ? "/" : Parent.Parent == null ? "/" + Name : Parent.Path + "/" + Name;

    /// <summary>Whether its directory is gone.</summary>
    public bool IsDead { get; private set; }

    /// <summary>Controllers that its children have. Linux: <c>subtree_control</c>.</summary>
    public CgroupControllers SubtreeControl { get; private set; }

    /// <summary>Controllers that it has. Linux: <c>cgroup_control</c>.</summary>
    public CgroupControllers Controllers => Parent?.SubtreeControl ?? CgroupControllers.All;

    /// <summary>Its memory, if it has that controller.</summary>
    public MemoryCgroup? OwnMemory { get; private set; }

    /// <summary>The memory group that its processes are charged to: its own, or that of the first group above that has one. Linux: <c>cgroup_e_css</c>.</summary>
    public MemoryCgroup Memory => OwnMemory ?? Parent!.Memory;

    /// <summary>Its limit of tasks.</summary>
    public PidsController Pids { get; } = new();

    /// <summary>cgroup.max.descendants.</summary>
    public long MaxDescendants { get; set; } = long.MaxValue;

    /// <summary>cgroup.max.depth.</summary>
    public long MaxDepth { get; set; } = long.MaxValue;

    /// <summary>Processes in this very group that have not ended, oldest first.</summary>
    public IEnumerable<ThreadGroup> Processes => Groups.ProcessesOf(this).Where(static process => process.LiveThreads != 0);

    /// <summary>Whether a process that lives is in it or below. Linux: <c>cgroup_is_populated</c>.</summary>
    public bool IsPopulated => Processes.Any() || _children.Any(static child => child.IsPopulated);

    /// <summary>Groups below, at any depth.</summary>
    public int Descendants => _children.Sum(static child => 1 + child.Descendants);

    /// <summary>Threads in it and below, those that have ended and were not reaped included. Linux: pids.current.</summary>
    public long TaskCount => Groups.ProcessesOf(this).Sum(static process => (long)process.Threads.Count) + _children.Sum(static child => child.TaskCount);

    /// <summary>Changes which controllers the children have. Linux: <c>cgroup_subtree_control_write</c>.</summary>
    /// <returns>0, -ENOENT (not available), -EBUSY (processes of its own, or a child uses it).</returns>
    public int SetSubtreeControl(CgroupControllers enable, CgroupControllers disable)
    {
        enable &= ~SubtreeControl;
        disable &= SubtreeControl;
        if ((enable & ~Controllers) != 0)
            return -Errno.ENOENT;
        if (_children.Any(child => (child.SubtreeControl & disable) != 0))
            return -Errno.EBUSY;
        // Memory is shared among groups, or among the processes of one: not both.
        if ((enable & CgroupControllers.Memory) != 0 && Parent != null && Processes.Any())
            return -Errno.EBUSY;
        SubtreeControl = (SubtreeControl | enable) & ~disable;
        foreach (ControlGroup child in _children)
            child.UpdateControllers();
        return 0;
    }

    /// <summary>Whether processes may be moved here. Linux: <c>cgroup_migrate_vet_dst</c>.</summary>
    public int CheckMayHoldProcesses() =>
        IsDead ? -Errno.ENODEV : Parent != null && (SubtreeControl & CgroupControllers.Memory) != 0 ? -Errno.EBUSY : 0;

    /// <summary>The directory goes. Linux: <c>cgroup_destroy_locked</c>.</summary>
    /// <returns>0 or -EBUSY.</returns>
    public int Remove()
    {
        if (_children.Count != 0 || Processes.Any())
            return -Errno.EBUSY;
        IsDead = true;
        DropMemory();
        Parent!._children.Remove(this);
        return 0;
    }

    /// <summary>The memory group of each process here is the one that is valid now.</summary>
    public void AssignMemory()
    {
        foreach (ThreadGroup process in Processes)
            process.ChargeMemoryTo(Memory);
        foreach (ControlGroup child in _children)
            child.AssignMemory();
    }

    private void UpdateControllers()
    {
        if (Parent == null)
            OwnMemory = Groups.Kernel.Memory.Memcg.Root;
        else if ((Controllers & CgroupControllers.Memory) == 0)
            DropMemory();
        else
            OwnMemory ??= MakeMemory();
        foreach (ControlGroup child in _children)
            child.UpdateControllers();
        AssignMemory();
    }

    private MemoryCgroup MakeMemory()
    {
        MemoryCgroup group = Groups.Kernel.Memory.Memcg.Create(Parent!.Memory, Name);
        group.InodeNumber = Number;
        return group;
    }

    private void DropMemory()
    {
        if (OwnMemory == null || Parent == null)
            return;
        MemoryCgroup gone = OwnMemory;
        OwnMemory = null;
        AssignMemory();
        Groups.Kernel.Memory.Memcg.Remove(gone);
    }
}

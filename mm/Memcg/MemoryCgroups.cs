namespace Emu.Mm;

/// <summary>The memory controller: the groups, and what is charged to each. Linux: mm/memcontrol.c.</summary>
/// <remarks>Lock: the kernel lock.</remarks>
public sealed partial class MemoryCgroups
{
    private readonly MemoryManager _manager;
    private readonly List<MemoryCgroup?> _groups = [];

    internal MemoryCgroups(MemoryManager manager)
    {
        _manager = manager;
        Root = new MemoryCgroup(manager, 0, null, "");
        _groups.Add(Root);
    }

    /// <summary>The group of everything that is in no other. Linux: <c>root_mem_cgroup</c>.</summary>
    public MemoryCgroup Root { get; }

    /// <summary>Whether there is any group but the root. Linux: <c>mem_cgroup_disabled</c> and <c>memcg_kmem_online</c>, in effect.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Whether protection that no child claims is shared by the children: the mount option memory_recursiveprot.</summary>
    public bool RecursiveProtection { get; set; }

    /// <summary>Makes a group. Linux: <c>mem_cgroup_css_alloc</c>, <c>mem_cgroup_css_online</c>.</summary>
    /// <param name="parent">The group above, online.</param>
    /// <param name="name">Name of its directory.</param>
    public MemoryCgroup Create(MemoryCgroup parent, string name)
    {
        int id = _groups.IndexOf(null);
        if (id < 0)
        {
            id = _groups.Count;
            _groups.Add(null);
        }
        MemoryCgroup group = new(_manager, id, parent, name);
        _groups[id] = group;
        IsUsed = true;
        return group;
    }

    /// <summary>Takes a group away; no process is in it and no group below it is online. Linux: <c>mem_cgroup_css_offline</c>.</summary>
    public void Remove(MemoryCgroup group)
    {
        Bug.On(group.IsRoot || group.Children.Any(static child => child.IsOnline), "a memory cgroup with children was removed");
        group.IsOnline = false;
        group.Memory.SetMin(0);
        group.Memory.SetLow(0);
        foreach (MemoryDescriptor mm in _manager.AddressSpaces)
        {
            if (mm.MemoryCgroup == group)
                mm.MemoryCgroup = group.Parent!;
        }
        ReleaseIfUnused(group);
    }

    /// <summary>The group that a page is charged to; the root's if to none. Linux: <c>folio_memcg</c>.</summary>
    public MemoryCgroup GroupOf(in Page page) => _groups[page.MemoryCgroup]!;

    /// <summary>The group of a number, or null if it is gone. Linux: <c>mem_cgroup_from_id</c>.</summary>
    public MemoryCgroup? Find(int id) => (uint)id < (uint)_groups.Count ? _groups[id] : null;

    /// <summary>Groups that hold pages or have a directory, the root included.</summary>
    public IEnumerable<MemoryCgroup> All => _groups.OfType<MemoryCgroup>();

    /// <summary>The group that the running task's page cache pages and page tables are charged to. Linux: <c>get_mem_cgroup_from_current</c>.</summary>
    public MemoryCgroup OfCurrent => _manager.Current.Mm?.MemoryCgroup ?? Root;

    /// <summary>Counts an event for the group of a page. Linux: <c>count_memcg_folio_events</c>.</summary>
    internal void CountEvent(in Page page, VmEvent item, long count = 1)
    {
        if (page.MemoryCgroup != 0)
            _groups[page.MemoryCgroup]!.VmEvents[(int)item] += count;
    }

    // Its last page and slot are gone. Linux: mem_cgroup_css_free
    private void ReleaseIfUnused(MemoryCgroup group)
    {
        if (group.IsOnline || group.LocalPages != 0 || group.LocalSwap != 0 || group.Children.Count != 0)
            return;
        foreach (Node node in _manager.Nodes)
            ForgetPosition(group, node.Id);
        _groups[group.Id] = null;
        group.Parent!.RemoveChild(group);
        ReleaseIfUnused(group.Parent);
    }

    // Linux: invalidate_reclaim_iterators
    private void ForgetPosition(MemoryCgroup group, int node)
    {
        for (MemoryCgroup? at = group.Parent; at != null; at = at.Parent)
        {
            if (at.Iterators[node].Position == group)
                at.Iterators[node].Position = null;
        }
    }
}

namespace Emu.Mm;

/// <summary>State of a section. Linux: /sys/devices/system/memory/memoryN/state.</summary>
public enum MemoryBlockState
{
    /// <summary>There is no memory.</summary>
    Absent,

    /// <summary>There is memory that the allocator does not have.</summary>
    Offline,

    /// <summary>It is being emptied.</summary>
    GoingOffline,

    /// <summary>The allocator has it.</summary>
    Online,
}

/// <summary>Memory that comes and goes while the machine runs, a section at a time. Linux: mm/memory_hotplug.c, drivers/base/memory.c.</summary>
/// <remarks>Lock: the kernel lock, for <c>mem_hotplug_lock</c>.</remarks>
public sealed class MemoryHotplug
{
    private const int Tries = 10;

    private readonly MemoryManager _manager;
    private readonly PhysicalMemory _memory;
    private readonly int _cpus;

    internal MemoryHotplug(MemoryManager manager, int cpus)
    {
        _manager = manager;
        _memory = manager.Memory;
        _cpus = cpus;
        foreach (Zone zone in manager.Nodes.SelectMany(static node => node.Zones))
        {
            foreach (MemoryRange range in zone.PresentRanges)
            {
                for (uint section = range.StartPfn / MmConstants.SectionPages; section <= (range.EndPfn - 1) / MmConstants.SectionPages; section++)
                    _memory.Sections[section].SetState(MemoryBlockState.Online, range.Node);
            }
        }
        foreach (MemoryRange range in _memory.Layout.HotplugRanges)
        {
            for (uint section = range.StartPfn / MmConstants.SectionPages; section < range.EndPfn / MmConstants.SectionPages; section++)
                _memory.Sections[section].SetState(MemoryBlockState.Offline, range.Node);
        }
    }

    /// <summary>Plugs the memory of an absent section in; it is offline then. Linux: <c>add_memory</c>.</summary>
    /// <returns>0, -EEXIST (it is there), -EINVAL (there is no such slot).</returns>
    public int Add(uint section, int node)
    {
        if (section >= _memory.Sections.Length || (uint)node >= (uint)_manager.Nodes.Count)
            return -Errno.EINVAL;
        if (_memory.Sections[section].State != MemoryBlockState.Absent)
            return -Errno.EEXIST;
        _memory.Sections[section].SetState(MemoryBlockState.Offline, node);
        return 0;
    }

    /// <summary>Pulls the memory of an offline section out. Linux: <c>remove_memory</c>.</summary>
    /// <returns>0, -EBUSY (not offline), -EINVAL.</returns>
    public int Remove(uint section)
    {
        if (section >= _memory.Sections.Length)
            return -Errno.EINVAL;
        MemorySection block = _memory.Sections[section];
        if (block.State != MemoryBlockState.Offline)
            return block.State == MemoryBlockState.Absent ? -Errno.EINVAL : -Errno.EBUSY;
        block.SetState(MemoryBlockState.Absent, block.Node);
        return 0;
    }

    /// <summary>Gives an offline section to the allocator. Linux: <c>online_pages</c>.</summary>
    /// <param name="section">The section.</param>
    /// <param name="movable">Whether for movable pages alone (online_movable).</param>
    /// <returns>0, -EINVAL (not offline).</returns>
    public int Online(uint section, bool movable)
    {
        if (section >= _memory.Sections.Length || _memory.Sections[section].State != MemoryBlockState.Offline)
            return -Errno.EINVAL;
        MemorySection block = _memory.Sections[section];
        Node node = _manager.Nodes[block.Node];
        Zone zone = movable ? node.Zones[(int)ZoneType.Movable] : KernelZone(node, block.StartPfn);
        zone.Online(new MemoryRange(block.StartPfn, block.StartPfn + MmConstants.SectionPages, node.Id));
        block.SetState(MemoryBlockState.Online, node.Id);
        Rebuild();
        return 0;
    }

    /// <summary>Takes a section from the allocator: every page in it is moved away. Linux: <c>offline_pages</c>.</summary>
    /// <returns>0; -EINVAL (not online, or with holes); -EBUSY (a page cannot be moved); -ENOMEM (there is nowhere to move it).</returns>
    public int Offline(uint section)
    {
        if (section >= _memory.Sections.Length || _memory.Sections[section].State != MemoryBlockState.Online)
            return -Errno.EINVAL;
        MemorySection block = _memory.Sections[section];
        uint start = block.StartPfn, end = start + MmConstants.SectionPages;
        Zone? zone = _memory.ZoneOrNull(start);
        if (zone == null || end > _memory.MaxPfn || _memory.ZoneOrNull(end - 1) != zone || !zone.IsWhole(start, end))
            return -Errno.EINVAL;
        zone.GrowUntil(end - 1);
        int error = _manager.Isolation.Start(start, end);
        if (error != 0)
            return error;
        block.SetState(MemoryBlockState.GoingOffline, block.Node);
        error = Empty(start, end);
        if (error != 0)
        {
            _manager.Isolation.Undo(start, end, MigrateType.Movable);
            block.SetState(MemoryBlockState.Online, block.Node);
            return error;
        }
        zone.Offline(new MemoryRange(start, end, block.Node));
        block.SetState(MemoryBlockState.Offline, block.Node);
        Rebuild();
        return 0;
    }

    /// <summary>Whether a section could be taken from the allocator. Linux: <c>is_mem_section_removable</c>.</summary>
    public bool IsRemovable(uint section)
    {
        MemorySection block = _memory.Sections[section];
        if (block.State != MemoryBlockState.Online)
            return false;
        for (uint pfn = block.StartPfn; pfn < block.StartPfn + MmConstants.SectionPages; pfn++)
        {
            if (_memory.ZoneOrNull(pfn) == null || Isolator.IsUnmovable(_manager, pfn))
                return false;
        }
        return true;
    }

    private int Empty(uint start, uint end)
    {
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            int left = _manager.Isolation.Empty(start, end, MigrateReason.MemoryHotplug);
            _manager.Allocator.DrainAll();
            if (_manager.Isolation.IsFree(start, end))
                return 0;
            if (left == -Errno.ENOMEM)
                return left;
        }
        return -Errno.EBUSY;
    }

    // Linux: default_kernel_zone_for_pfn
    private static Zone KernelZone(Node node, uint pfn)
    {
        for (ZoneType type = ZoneType.Dma; type < ZoneType.Normal; type++)
        {
            Zone zone = node.Zones[(int)type];
            if (zone.IsPopulated && pfn >= zone.StartPfn && pfn < zone.StartPfn + zone.SpannedPages)
                return zone;
        }
        return node.Zones[(int)ZoneType.Normal];
    }

    // Linux: build_all_zonelists, init_per_zone_wmark_min
    private void Rebuild()
    {
        foreach (Node node in _manager.Nodes)
            node.BuildZonelists(_manager.Nodes);
        _manager.CountRam();
        MemoryInit.SetWatermarks(_manager.Nodes, _manager.Sysctl, _cpus);
    }
}

namespace Emu.Mm;

/// <summary>Who reclaims.</summary>
public enum Reclaimer
{
    /// <summary>kswapd, ahead of need.</summary>
    Kswapd,

    /// <summary>An allocation or a charge that found no memory.</summary>
    Direct,

    /// <summary>khugepaged.</summary>
    Khugepaged,

    /// <summary>memory.reclaim.</summary>
    Proactive,
}

/// <summary>What one reclaim may do and has done. Linux: <c>struct scan_control</c>.</summary>
internal struct ScanControl
{
    /// <summary>The gentlest scan: 1/4096 of a list at a time. Linux: <c>DEF_PRIORITY</c>.</summary>
    public const int DefaultPriority = 12;

    /// <summary>Swappiness that leaves file pages alone. Linux: <c>SWAPPINESS_ANON_ONLY</c>.</summary>
    public const int AnonOnly = 201;

    /// <summary>Pages to reclaim.</summary>
    public long Target;

    /// <summary>Who reclaims.</summary>
    public Reclaimer Reclaimer;

    /// <summary>The group that is over its limit, with all below it; null for the whole machine. Linux: <c>target_mem_cgroup</c>.</summary>
    public MemoryCgroup? Group;

    /// <summary>Nodes that help the allocation; empty for all.</summary>
    public NodeMask Nodes;

    /// <summary>log2 of the part of each list that is left out; falls as reclaim gets harder.</summary>
    public int Priority;

    /// <summary>Order of the allocation it is for.</summary>
    public int Order;

    /// <summary>Highest zone that helps the allocation.</summary>
    public ZoneType HighestZone;

    /// <summary>Whether mapped pages may be taken.</summary>
    public bool MayUnmap;

    /// <summary>Whether anonymous pages may be taken.</summary>
    public bool MaySwap;

    /// <summary>Whether dirty pages may be written.</summary>
    public bool MayWrite;

    /// <summary>Whether pages go even if they were used of late.</summary>
    public bool IgnoreReferences;

    /// <summary>Swappiness to use, -1 for the machine's.</summary>
    public int Swappiness;

    /// <summary>Whether active anonymous pages, active file pages may become inactive. Linux: <c>may_deactivate</c>.</summary>
    public bool DeactivateAnon, DeactivateFile;

    /// <summary>Whether to deactivate, balance or no balance. Linux: <c>force_deactivate</c>.</summary>
    public bool ForceDeactivate;

    /// <summary>An active list was left alone. Linux: <c>skipped_deactivate</c>.</summary>
    public bool SkippedDeactivate;

    /// <summary>There is plenty of file cache that is not in use: take that alone. Linux: <c>cache_trim_mode</c>.</summary>
    public bool CacheTrimMode;

    /// <summary>There is next to no file cache: leave it alone. Linux: <c>file_is_tiny</c>.</summary>
    public bool FileIsTiny;

    /// <summary>Whether groups below memory.low are taken too. Linux: <c>memcg_low_reclaim</c>.</summary>
    public bool LowReclaim;

    /// <summary>A group below memory.low was left alone. Linux: <c>memcg_low_skipped</c>.</summary>
    public bool LowSkipped;

    /// <summary>Whether every group is visited, goal reached or not. Linux: <c>memcg_full_walk</c>.</summary>
    public bool FullWalk;

    /// <summary>Enough is free to compact a block of the wanted order. Linux: <c>compaction_ready</c>.</summary>
    public bool CompactionReady;

    /// <summary>What reclaiming each kind has cost of late in the group that is reclaimed.</summary>
    public ulong AnonCost, FileCost;

    /// <summary>Pages reclaimed.</summary>
    public long Reclaimed;

    /// <summary>Pages looked at.</summary>
    public long Scanned;

    /// <summary>Whether a group is reclaimed, not the machine. Linux: <c>cgroup_reclaim</c>.</summary>
    public readonly bool IsCgroupReclaim => Group is { IsRoot: false };

    /// <summary>A reclaim for an allocation.</summary>
    public static ScanControl For(Reclaimer reclaimer, long target, int order, ZoneType highestZone) => new()
    {
        Reclaimer = reclaimer,
        Target = target,
        Order = order,
        HighestZone = highestZone,
        Priority = DefaultPriority,
        MayUnmap = true,
        MaySwap = true,
        MayWrite = true,
        Swappiness = -1,
    };
}

namespace Emu.Mm;

/// <summary>Who reclaims.</summary>
public enum Reclaimer
{
    /// <summary>kswapd, ahead of need.</summary>
    Kswapd,

    /// <summary>An allocation that found no memory.</summary>
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

    /// <summary>Pages to reclaim.</summary>
    public long Target;

    /// <summary>Who reclaims.</summary>
    public Reclaimer Reclaimer;

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

    /// <summary>Pages reclaimed.</summary>
    public long Reclaimed;

    /// <summary>Pages looked at.</summary>
    public long Scanned;

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

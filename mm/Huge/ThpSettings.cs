namespace Emu.Mm;

/// <summary>When huge pages are used for anonymous memory. Linux: /sys/kernel/mm/transparent_hugepage/enabled.</summary>
public enum ThpMode
{
    /// <summary>Wherever they fit.</summary>
    Always,

    /// <summary>Where MADV_HUGEPAGE asks for them.</summary>
    Madvise,

    /// <summary>Nowhere.</summary>
    Never,
}

/// <summary>/sys/kernel/mm/transparent_hugepage. Linux: Documentation/admin-guide/mm/transhuge.rst.</summary>
public sealed class ThpSettings
{
    /// <summary>When huge pages are used.</summary>
    public ThpMode Enabled { get; set; } = ThpMode.Madvise;

    /// <summary>Whether a fault may reclaim and compact for one.</summary>
    public ThpDefrag Defrag { get; set; } = ThpDefrag.Madvise;

    /// <summary>Whether a read fault maps the huge zero page.</summary>
    public bool UseZeroPage { get; set; } = true;

    /// <summary>khugepaged: whether it may reclaim and compact.</summary>
    public bool KhugepagedDefrag { get; set; } = true;

    /// <summary>khugepaged: pages that it looks at in one go.</summary>
    public uint PagesToScan { get; set; } = 4096;

    /// <summary>khugepaged: milliseconds between two goes.</summary>
    public uint ScanSleepMilliseconds { get; set; } = 10000;

    /// <summary>khugepaged: milliseconds to wait after an allocation failed.</summary>
    public uint AllocSleepMilliseconds { get; set; } = 60000;

    /// <summary>khugepaged: empty entries that a range may have.</summary>
    public int MaxPtesNone { get; set; } = MmConstants.HugePagePages - 1;

    /// <summary>khugepaged: swapped-out pages that a range may have.</summary>
    public int MaxPtesSwap { get; set; } = MmConstants.HugePagePages / 8;

    /// <summary>khugepaged: shared pages that a range may have.</summary>
    public int MaxPtesShared { get; set; } = MmConstants.HugePagePages / 2;

    /// <summary>khugepaged: pages collapsed so far.</summary>
    public long PagesCollapsed { get; internal set; }

    /// <summary>khugepaged: passes over all address spaces.</summary>
    public long FullScans { get; internal set; }
}

/// <summary>How hard a fault tries for a huge page. Linux: /sys/kernel/mm/transparent_hugepage/defrag.</summary>
public enum ThpDefrag
{
    /// <summary>Reclaim and compact at once.</summary>
    Always,

    /// <summary>Leave it to kswapd and kcompactd.</summary>
    Defer,

    /// <summary>At once where MADV_HUGEPAGE asked, else left to kswapd.</summary>
    DeferMadvise,

    /// <summary>At once where MADV_HUGEPAGE asked.</summary>
    Madvise,

    /// <summary>Take what is there.</summary>
    Never,
}

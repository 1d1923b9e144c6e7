namespace Emu.Mm;

/// <summary>What ksmd does. Linux: /sys/kernel/mm/ksm/run.</summary>
public enum KsmRun
{
    /// <summary>Nothing; what is merged stays.</summary>
    Stop,

    /// <summary>It merges.</summary>
    Merge,

    /// <summary>Nothing, and what was merged is undone.</summary>
    Unmerge,
}

/// <summary>/sys/kernel/mm/ksm: what can be set, and the counters. Linux: Documentation/admin-guide/mm/ksm.rst.</summary>
public sealed class KsmSettings
{
    /// <summary>What ksmd does; changed through <see cref="Ksm.SetRun"/>.</summary>
    public KsmRun Run { get; internal set; }

    /// <summary>Pages that one go looks at. Linux: pages_to_scan.</summary>
    public uint PagesToScan { get; set; } = 100;

    /// <summary>Milliseconds between two goes. Linux: sleep_millisecs.</summary>
    public uint SleepMilliseconds { get; set; } = 20;

    /// <summary>Whether pages of different nodes are merged; changed through <see cref="Ksm.SetMergeAcrossNodes"/>.</summary>
    public bool MergeAcrossNodes { get; internal set; } = true;

    /// <summary>Whether pages of zeros are merged with the zero page. Linux: use_zero_pages.</summary>
    public bool UseZeroPages { get; set; }

    /// <summary>Addresses that one page may serve; changed through <see cref="Ksm.SetMaxPageSharing"/>.</summary>
    public int MaxPageSharing { get; internal set; } = 256;

    /// <summary>Milliseconds between two looks for chains that have become too long. Linux: stable_node_chains_prune_millisecs.</summary>
    public uint ChainsPruneMilliseconds { get; set; } = 2000;

    /// <summary>Whether pages that were never merged are looked at less and less often. Linux: smart_scan.</summary>
    public bool SmartScan { get; set; } = true;

    /// <summary>Merged pages. Linux: pages_shared.</summary>
    public long PagesShared { get; internal set; }

    /// <summary>Addresses that share them beyond the first each. Linux: pages_sharing.</summary>
    public long PagesSharing { get; internal set; }

    /// <summary>Pages that nothing was found for. Linux: pages_unshared.</summary>
    public long PagesUnshared { get; internal set; }

    /// <summary>Pages that change too fast. Linux: pages_volatile.</summary>
    public long PagesVolatile => Math.Max(RmapItems - PagesShared - PagesSharing - PagesUnshared, 0);

    /// <summary>Pages that were passed over. Linux: pages_skipped.</summary>
    public long PagesSkipped { get; internal set; }

    /// <summary>Pages looked at. Linux: pages_scanned.</summary>
    public long PagesScanned { get; internal set; }

    /// <summary>Passes over all memory. Linux: full_scans.</summary>
    public long FullScans { get; internal set; }

    /// <summary>Addresses that map the zero page in place of pages of zeros. Linux: ksm_zero_pages.</summary>
    public long ZeroPages { get; internal set; }

    /// <summary>Chains of pages of the same contents. Linux: stable_node_chains.</summary>
    public long StableNodeChains { get; internal set; }

    /// <summary>Pages in them. Linux: stable_node_dups.</summary>
    public long StableNodeDups { get; internal set; }

    /// <summary>Bytes saved, less what the book-keeping takes in Linux. Linux: general_profit.</summary>
    public long GeneralProfit => ((PagesSharing + ZeroPages) * (long)MmConstants.PageSize) - (RmapItems * RmapItemBytes);

    /// <summary>Addresses that are known. Linux: <c>ksm_rmap_items</c>.</summary>
    public long RmapItems { get; internal set; }

    /// <summary>sizeof(struct ksm_rmap_item) in Linux.</summary>
    internal const long RmapItemBytes = 64;
}

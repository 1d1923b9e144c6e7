namespace Emu.Mm;

/// <summary>How hard compaction tries. Linux: <c>enum compact_priority</c>; a lower one tries harder.</summary>
internal enum CompactPriority
{
    /// <summary>Everything, blocks that failed before included.</summary>
    SyncFull,

    /// <summary>Waits for little.</summary>
    SyncLight,

    /// <summary>Waits for nothing.</summary>
    Async,
}

/// <summary>What came of compaction. Linux: <c>enum compact_result</c>.</summary>
internal enum CompactResult
{
    /// <summary>Nothing was tried: too little is free to move pages to.</summary>
    Skipped,

    /// <summary>Nothing was tried: it failed too often of late.</summary>
    Deferred,

    /// <summary>The whole zone was scanned.</summary>
    Complete,

    /// <summary>A part of the zone was scanned.</summary>
    PartialSkipped,

    /// <summary>A block of the order is free now.</summary>
    Success,
}

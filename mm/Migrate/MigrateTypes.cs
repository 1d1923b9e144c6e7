namespace Emu.Mm;

/// <summary>Why pages are moved. Linux: <c>enum migrate_reason</c>.</summary>
public enum MigrateReason
{
    /// <summary>To make large blocks.</summary>
    Compaction,

    /// <summary>Their memory goes away.</summary>
    MemoryHotplug,

    /// <summary>migrate_pages or move_pages.</summary>
    Syscall,

    /// <summary>mbind.</summary>
    Mbind,

    /// <summary>NUMA balancing.</summary>
    NumaMisplaced,

    /// <summary>A contiguous range is wanted.</summary>
    ContigRange,
}

/// <summary>Finds a frame that a page moves to.</summary>
/// <param name="source">The folio that moves.</param>
/// <returns>First frame of a folio of the same size with one reference; 0 if there is none.</returns>
internal delegate uint MigrationTarget(uint source);

namespace Emu.Mm;

/// <summary>Pages of a node by kind. Linux: <c>enum node_stat_item</c> (include/linux/mmzone.h).</summary>
public enum NodeStat
{
    /// <summary>Inactive anonymous LRU.</summary>
    InactiveAnon,

    /// <summary>Active anonymous LRU.</summary>
    ActiveAnon,

    /// <summary>Inactive file LRU.</summary>
    InactiveFile,

    /// <summary>Active file LRU.</summary>
    ActiveFile,

    /// <summary>Unevictable LRU.</summary>
    Unevictable,

    /// <summary>Anonymous pages that are mapped. Linux: <c>NR_ANON_MAPPED</c>.</summary>
    AnonMapped,

    /// <summary>Page cache pages that are mapped. Linux: <c>NR_FILE_MAPPED</c>.</summary>
    FileMapped,

    /// <summary>Pages in page caches, shmem included. Linux: <c>NR_FILE_PAGES</c>.</summary>
    FilePages,

    /// <summary>Dirty page cache pages.</summary>
    FileDirty,

    /// <summary>Pages under write-back.</summary>
    Writeback,

    /// <summary>Pages of shmem.</summary>
    Shmem,

    /// <summary>Page tables. Linux: <c>NR_PAGETABLE</c>.</summary>
    PageTable,

    /// <summary>Mlocked pages (a zone counter in Linux, kept with the others here). Linux: <c>NR_MLOCK</c>.</summary>
    Mlock,

    /// <summary>How many there are.</summary>
    Count,
}

/// <summary>Events since the machine started. Linux: <c>enum vm_event_item</c> (include/linux/vm_event_item.h).</summary>
public enum VmEvent
{
    /// <summary>Pages allocated in ZONE_DMA; the other zones follow in order.</summary>
    AllocDma,

    /// <summary>Pages allocated in ZONE_DMA32.</summary>
    AllocDma32,

    /// <summary>Pages allocated in ZONE_NORMAL.</summary>
    AllocNormal,

    /// <summary>Pages allocated in ZONE_MOVABLE.</summary>
    AllocMovable,

    /// <summary>Pages allocated in ZONE_DEVICE.</summary>
    AllocDevice,

    /// <summary>Pages freed.</summary>
    Free,

    /// <summary>Page faults.</summary>
    Fault,

    /// <summary>Page faults that waited for I/O.</summary>
    MajorFault,

    /// <summary>Kilobytes read from backing stores.</summary>
    PageIn,

    /// <summary>Kilobytes written to backing stores.</summary>
    PageOut,

    /// <summary>Allocations that found every zone below its low watermark.</summary>
    AllocStall,

    /// <summary>Processes killed for memory.</summary>
    OomKill,

    /// <summary>How many there are.</summary>
    Count,
}

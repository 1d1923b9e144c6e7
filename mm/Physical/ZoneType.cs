namespace Emu.Mm;

/// <summary>The zones of a node, from low to high. Linux: <c>enum zone_type</c> (include/linux/mmzone.h).</summary>
public enum ZoneType
{
    /// <summary>Below 16 MiB.</summary>
    Dma,

    /// <summary>Below 4 GiB.</summary>
    Dma32,

    /// <summary>The rest of memory.</summary>
    Normal,

    /// <summary>Memory for movable pages alone.</summary>
    Movable,

    /// <summary>Memory of devices.</summary>
    Device,
}

/// <summary>Mobility groups of page blocks. Linux: <c>enum migratetype</c>.</summary>
public enum MigrateType : byte
{
    /// <summary>Cannot be moved.</summary>
    Unmovable,

    /// <summary>Can be moved by migration.</summary>
    Movable,

    /// <summary>Can be given back, not moved.</summary>
    Reclaimable,

    /// <summary>A reserve for atomic allocations of high order.</summary>
    HighAtomic,

    /// <summary>Lent to movable pages until a contiguous allocation wants it.</summary>
    Cma,

    /// <summary>Taken from the allocator for the time being.</summary>
    Isolate,
}


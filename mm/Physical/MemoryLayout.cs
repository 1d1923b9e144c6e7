namespace Emu.Mm;

/// <summary>A range of RAM on one node, in frames, end exclusive.</summary>
/// <param name="StartPfn">First frame.</param>
/// <param name="EndPfn">One past the last frame.</param>
/// <param name="Node">Node number.</param>
public sealed record MemoryRange(uint StartPfn, uint EndPfn, int Node)
{
    /// <summary>Frames in the range.</summary>
    public uint Pages => EndPfn - StartPfn;
}

/// <summary>Where RAM lies in the physical address space, as the firmware of a PC tells it. Linux: the e820 map and SRAT.</summary>
/// <remarks>RAM fills [0, 3 GiB) and goes on at 4 GiB; between them is the hole for devices. Nodes get equal, contiguous parts.</remarks>
public sealed class MemoryLayout
{
    /// <summary>Frames at 0 that are never given out: the firmware's. Linux: <c>CONFIG_X86_RESERVE_LOW</c>.</summary>
    public const uint ReservedLowPages = 16;

    /// <summary>The smallest machine: 1 MiB.</summary>
    public const ulong MinimumBytes = 1UL << 20;

    /// <summary>The largest machine: 1 TiB.</summary>
    public const ulong MaximumBytes = 1UL << 40;

    /// <summary>The largest number of nodes.</summary>
    public const int MaximumNodes = 16;

    private readonly MemoryRange[] _ranges;

    private const uint HolePfn = 3u << 18, HighPfn = 4u << 18, Block = 1u << MmConstants.MaxPageOrder;

    /// <summary>Lays out <paramref name="bytes"/> of RAM over <paramref name="nodes"/> nodes.</summary>
    /// <param name="bytes">Size of RAM; a multiple of a page between <see cref="MinimumBytes"/> and <see cref="MaximumBytes"/>.</param>
    /// <param name="nodes">1 to <see cref="MaximumNodes"/>; each gets 4 MiB at least.</param>
    /// <param name="hotplug">Bytes that can be brought online while the machine runs; a multiple of a section. They are on the last node.</param>
    /// <param name="cma">Bytes of it that are kept for contiguous allocations; a multiple of 4 MiB.</param>
    /// <exception cref="ArgumentException">A size or the number of nodes is out of range.</exception>
    public MemoryLayout(ulong bytes, int nodes = 1, ulong hotplug = 0, ulong cma = 0)
    {
        if (bytes is < MinimumBytes or > MaximumBytes || bytes % MmConstants.PageSize != 0)
            throw new ArgumentException($"memory must be a multiple of 4K between 1M and 1024G, not {bytes} bytes");
        ulong pages = bytes >> MmConstants.PageShift;
        if (nodes is < 1 or > MaximumNodes || (nodes > 1 && pages / (ulong)nodes < Block))
            throw new ArgumentException($"{nodes} nodes: 1 to {MaximumNodes} are possible, of at least 4M each");
        Bytes = bytes;
        Nodes = nodes;
        _ranges = [.. Split((uint)pages, nodes)];
        const ulong Section = 1UL << MmConstants.SectionShift, CmaUnit = (ulong)Block << MmConstants.PageShift;
        if (hotplug % Section != 0 || hotplug > MaximumBytes - bytes)
            throw new ArgumentException($"memory to be plugged in comes in units of 128M, not {hotplug} bytes");
        if (cma % CmaUnit != 0 || cma > bytes / 2)
            throw new ArgumentException("memory for contiguous allocations comes in units of 4M, and is half of all at most");
        CmaBytes = cma;
        MaxPfn = _ranges[^1].EndPfn;
        if (hotplug == 0)
            return;
        uint start = (MaxPfn + MmConstants.SectionPages - 1) / MmConstants.SectionPages * MmConstants.SectionPages;
        if (start >= HolePfn && start < HighPfn)
            start = HighPfn;
        MaxPfn = start + (uint)(hotplug >> MmConstants.PageShift);
        if (start < HolePfn && MaxPfn > HolePfn)
            throw new ArgumentException("memory to be plugged in would lie in the hole for devices below 4G");
        HotplugRanges = [new MemoryRange(start, MaxPfn, nodes - 1)];
    }

    /// <summary>Size of RAM in bytes.</summary>
    public ulong Bytes { get; }

    /// <summary>Number of nodes.</summary>
    public int Nodes { get; }

    /// <summary>RAM in ascending order.</summary>
    public ReadOnlySpan<MemoryRange> Ranges => _ranges;

    /// <summary>Memory that is there but offline when the machine starts.</summary>
    public IReadOnlyList<MemoryRange> HotplugRanges { get; } = [];

    /// <summary>Bytes that are kept for contiguous allocations. Linux: the parameter cma.</summary>
    public ulong CmaBytes { get; }

    /// <summary>One past the highest PFN, that of memory that may be plugged in included.</summary>
    public uint MaxPfn { get; }

    private static List<MemoryRange> Split(uint pages, int nodes)
    {
        List<MemoryRange> ranges = [];
        uint share = nodes == 1 ? pages : pages / (uint)nodes / Block * Block;
        uint next = 0;
        for (int node = 0; node < nodes; node++)
        {
            uint left = node == nodes - 1 ? pages - (share * (uint)(nodes - 1)) : share;
            while (left != 0)
            {
                if (next == HolePfn)
                    next = HighPfn;
                uint take = next < HolePfn ? Math.Min(left, HolePfn - next) : left;
                ranges.Add(new MemoryRange(next, next + take, node));
                next += take;
                left -= take;
            }
        }
        return ranges;
    }
}

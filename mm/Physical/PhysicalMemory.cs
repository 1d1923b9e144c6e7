using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>
/// The guest's RAM, its memory map (a <see cref="Page"/> a frame) and a byte of tags a frame, each in one reservation of
/// host address space indexed by PFN.
/// </summary>
/// <remarks>Linux: the direct map, <c>vmemmap</c> and <c>mem_section</c>.</remarks>
public sealed unsafe class PhysicalMemory : IDisposable
{
    private readonly byte[] _zoneOfBlock;
    private readonly Zone?[] _zones = new Zone?[byte.MaxValue];
    private int _zoneCount = 1;
    private bool _disposed;

    /// <summary>Reserves memory as <paramref name="layout"/> says; nothing of it is in the allocator yet.</summary>
    /// <exception cref="OutOfMemoryException">The host refuses the reservation.</exception>
    public PhysicalMemory(MemoryLayout layout)
    {
        Layout = layout;
        MaxPfn = layout.MaxPfn;
        Ram = HostMapping.Reserve((ulong)MaxPfn << MmConstants.PageShift, hugePages: true);
        Pages = (Page*)HostMapping.Reserve((ulong)MaxPfn * (ulong)sizeof(Page), hugePages: false);
        FrameTags = HostMapping.Reserve(MaxPfn, hugePages: false);
        _zoneOfBlock = new byte[(MaxPfn >> MmConstants.MaxPageOrder) + 1];
        Sections = new MemorySection[(MaxPfn + MmConstants.SectionPages - 1) / MmConstants.SectionPages];
        for (int i = 0; i < Sections.Length; i++)
            Sections[i] = new MemorySection((uint)i);
    }

    /// <summary>Where RAM lies and which node each part belongs to.</summary>
    public MemoryLayout Layout { get; }

    /// <summary>One past the highest PFN. Linux: <c>max_pfn</c>.</summary>
    public uint MaxPfn { get; }

    /// <summary>Host address of guest-physical address 0.</summary>
    public byte* Ram { get; }

    /// <summary>The memory map: descriptor of frame n at index n. Linux: <c>vmemmap</c>.</summary>
    public Page* Pages { get; }

    /// <summary>
    /// <see cref="FrameTag"/> bits of frame n at index n: what someone outside mm must be told before the frame changes.
    /// </summary>
    public byte* FrameTags { get; }

    /// <summary>Units in which memory comes and goes. Linux: <c>mem_section</c>.</summary>
    public MemorySection[] Sections { get; }

    /// <summary>Host address of a frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public byte* Frame(uint pfn) => Ram + ((nuint)pfn << MmConstants.PageShift);

    /// <summary>The bytes of a frame.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> FrameSpan(uint pfn) => new(Frame(pfn), (int)MmConstants.PageSize);

    /// <summary>The descriptor of a frame. Linux: <c>pfn_to_page</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref Page Page(uint pfn) => ref Pages[pfn];

    /// <summary>The first frame of the folio that a frame is part of: itself, or its head. Linux: <c>page_folio</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public uint FolioOf(uint pfn) => Pages[pfn].Head is not 0 and uint head ? head : pfn;

    /// <summary>Pages of a folio. Linux: <c>folio_nr_pages</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int PagesOf(uint folio) => Pages[folio].Has(PageFlags.Head) ? 1 << Pages[folio].Order : 1;

    /// <summary>The zone a frame belongs to. Linux: <c>page_zone</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Zone ZoneOf(uint pfn) => _zones[_zoneOfBlock[pfn >> MmConstants.MaxPageOrder]]!;

    /// <summary>The zone a frame belongs to, or null for a hole. Linux: <c>pfn_valid</c> and <c>page_zone</c>.</summary>
    public Zone? ZoneOrNull(uint pfn) => pfn < MaxPfn ? _zones[_zoneOfBlock[pfn >> MmConstants.MaxPageOrder]] : null;

    /// <summary>Whether a frame exists and its descriptor is in use. Linux: <c>pfn_to_online_page</c>.</summary>
    public bool IsOnline(uint pfn) => pfn < MaxPfn && Sections[pfn / MmConstants.SectionPages].IsOnline && ZoneOrNull(pfn) != null;

    /// <summary>Mobility of the page block that a frame lies in. Linux: <c>get_pageblock_migratetype</c>.</summary>
    public MigrateType PageBlockType(uint pfn) => Sections[pfn / MmConstants.SectionPages].PageBlockType(pfn);

    /// <summary>Changes the mobility of a page block. Linux: <c>set_pageblock_migratetype</c>. Lock: zone.</summary>
    public void SetPageBlockType(uint pfn, MigrateType type) =>
        Sections[pfn / MmConstants.SectionPages].SetPageBlockType(pfn, type);

    /// <summary>Whether compaction found a page block to be not worth a look. Linux: <c>get_pageblock_skip</c>.</summary>
    internal bool IsSkipped(uint pfn) => Sections[pfn / MmConstants.SectionPages].IsSkipped(pfn);

    /// <summary>Notes it. Linux: <c>set_pageblock_skip</c>.</summary>
    internal void SetSkip(uint pfn, bool skip) => Sections[pfn / MmConstants.SectionPages].SetSkip(pfn, skip);

    /// <summary>Makes every block of [start, end) one of <paramref name="zone"/>; both are multiples of a maximal block.</summary>
    internal void AssignZone(Zone zone, uint start, uint end)
    {
        int row = Array.IndexOf(_zones, zone);
        if (row < 0)
        {
            row = _zoneCount++;
            _zones[row] = zone;
        }
        for (uint block = start >> MmConstants.MaxPageOrder; block < (end + (1u << MmConstants.MaxPageOrder) - 1) >> MmConstants.MaxPageOrder; block++)
            _zoneOfBlock[block] = (byte)row;
    }

    /// <summary>Takes the blocks of [start, end) from their zone.</summary>
    internal void UnassignZone(uint start, uint end) =>
        _zoneOfBlock.AsSpan((int)(start >> MmConstants.MaxPageOrder), (int)((end - start) >> MmConstants.MaxPageOrder)).Clear();

    /// <summary>Returns RAM and memory map to the host. No pointer into them may be used any more.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _disposed = true;
        HostMapping.Release(Ram, (ulong)MaxPfn << MmConstants.PageShift);
        HostMapping.Release((byte*)Pages, (ulong)MaxPfn * (ulong)sizeof(Page));
        HostMapping.Release(FrameTags, MaxPfn);
    }
}

/// <summary>Why a frame must not be changed without telling someone outside mm.</summary>
[Flags]
public enum FrameTag : byte
{
    /// <summary>Nobody minds.</summary>
    None = 0,

    /// <summary>Decoded instructions of this frame are cached: <see cref="IFrameWatch"/> is told of each write.</summary>
    Code = 1,
}

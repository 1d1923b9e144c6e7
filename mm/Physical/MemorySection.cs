namespace Emu.Mm;

/// <summary>
/// 128 MiB of physical address space, the unit in which memory is brought up, added and removed. Linux: <c>struct mem_section</c>.
/// </summary>
/// <remarks>
/// A section's frames enter the allocator when the zone first runs short of those before it, so that start-up does not depend on
/// the size of the machine. Linux: CONFIG_DEFERRED_STRUCT_PAGE_INIT.
/// </remarks>
public sealed class MemorySection(uint number)
{
    private const int Blocks = (int)(MmConstants.SectionPages >> MmConstants.PageBlockOrder);

    private readonly bool[] _skip = new bool[Blocks];
    private MigrateType[]? _pageBlockTypes;

    /// <summary>Number of the section: physical address divided by 128 MiB.</summary>
    public uint Number { get; } = number;

    /// <summary>First PFN.</summary>
    public uint StartPfn => Number * MmConstants.SectionPages;

    /// <summary>Whether there is memory, and who has it.</summary>
    public MemoryBlockState State { get; private set; }

    /// <summary>The node that its memory is on.</summary>
    public int Node { get; private set; }

    /// <summary>Notes that memory comes or goes.</summary>
    internal void SetState(MemoryBlockState state, int node)
    {
        State = state;
        Node = node;
    }

    /// <summary>Whether its frames are known to the allocator. Linux: <c>SECTION_IS_ONLINE</c>.</summary>
    public bool IsOnline => _pageBlockTypes != null;

    /// <summary>Mobility of the page block that <paramref name="pfn"/> lies in.</summary>
    public MigrateType PageBlockType(uint pfn) => _pageBlockTypes is { } types ? types[BlockOf(pfn)] : MigrateType.Movable;

    /// <summary>Changes the mobility of a page block.</summary>
    public void SetPageBlockType(uint pfn, MigrateType type) => _pageBlockTypes![BlockOf(pfn)] = type;

    /// <summary>Whether compaction found a page block to be not worth a look. Linux: <c>PB_compact_skip</c>.</summary>
    internal bool IsSkipped(uint pfn) => _skip[BlockOf(pfn)];

    /// <summary>Notes whether a page block is worth a look.</summary>
    internal void SetSkip(uint pfn, bool skip) => _skip[BlockOf(pfn)] = skip;

    /// <summary>Brings the section up with every page block movable. Linux: <c>online_mem_sections</c>.</summary>
    internal void Online()
    {
        if (_pageBlockTypes != null)
            return;
        _pageBlockTypes = new MigrateType[Blocks];
        for (int block = 0; block < _pageBlockTypes.Length; block++)
            _pageBlockTypes[block] = MigrateType.Movable;
    }

    /// <summary>Takes the section down. Linux: <c>offline_mem_sections</c>.</summary>
    internal void Offline() => _pageBlockTypes = null;

    private static int BlockOf(uint pfn) => (int)((pfn % MmConstants.SectionPages) >> MmConstants.PageBlockOrder);
}

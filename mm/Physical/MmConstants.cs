namespace Emu.Mm;

/// <summary>Sizes that mm is built on, for x86-64 with four levels.</summary>
public static class MmConstants
{
    /// <summary>log2 of the page size.</summary>
    public const int PageShift = 12;

    /// <summary>Bytes in a page.</summary>
    public const ulong PageSize = 1UL << PageShift;

    /// <summary>The part of an address that names the page.</summary>
    public const ulong PageMask = ~(PageSize - 1);

    /// <summary>log2 of the bytes that a PMD maps.</summary>
    public const int PmdShift = 21;

    /// <summary>Bytes that a PMD maps: a huge page.</summary>
    public const ulong PmdSize = 1UL << PmdShift;

    /// <summary>The part of an address that names the huge page.</summary>
    public const ulong PmdMask = ~(PmdSize - 1);

    /// <summary>Order of a huge page. Linux: <c>HPAGE_PMD_ORDER</c>.</summary>
    public const int HugePageOrder = PmdShift - PageShift;

    /// <summary>Pages in a huge page. Linux: <c>HPAGE_PMD_NR</c>.</summary>
    public const int HugePagePages = 1 << HugePageOrder;

    /// <summary>The largest order of the buddy allocator. Linux: <c>MAX_PAGE_ORDER</c>.</summary>
    public const int MaxPageOrder = 10;

    /// <summary>Orders of the buddy allocator. Linux: <c>NR_PAGE_ORDERS</c>.</summary>
    public const int PageOrders = MaxPageOrder + 1;

    /// <summary>Above this order an allocation may fail. Linux: <c>PAGE_ALLOC_COSTLY_ORDER</c>.</summary>
    public const int CostlyOrder = 3;

    /// <summary>Order of a page block, the unit of mobility. Linux: <c>pageblock_order</c>.</summary>
    public const int PageBlockOrder = HugePageOrder;

    /// <summary>Pages in a page block.</summary>
    public const uint PageBlockPages = 1u << PageBlockOrder;

    /// <summary>Kinds of <see cref="MigrateType"/>. Linux: <c>MIGRATE_TYPES</c>.</summary>
    public const int MigrateTypes = 6;

    /// <summary>Kinds that have per-CPU lists. Linux: <c>MIGRATE_PCPTYPES</c>.</summary>
    public const int PcpMigrateTypes = 3;

    /// <summary>Kinds of <see cref="ZoneType"/>. Linux: <c>MAX_NR_ZONES</c>.</summary>
    public const int ZoneTypes = 5;

    /// <summary>log2 of the bytes of a memory section. Linux: <c>SECTION_SIZE_BITS</c>.</summary>
    public const int SectionShift = 27;

    /// <summary>Pages in a memory section.</summary>
    public const uint SectionPages = 1u << (SectionShift - PageShift);

    /// <summary>One past the last address of user space. Linux: <c>TASK_SIZE_MAX</c> with four levels.</summary>
    public const ulong TaskSize = (1UL << 47) - PageSize;

    /// <summary>Rounds up to a page. Wraps to 0 for the last page of the space, as <c>PAGE_ALIGN</c> does.</summary>
    public static ulong PageAlign(ulong value) => (value + PageSize - 1) & PageMask;
}

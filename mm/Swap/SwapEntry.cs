namespace Emu.Mm;

/// <summary>
/// What a PTE holds that is neither empty nor present: a slot of a swap area, or one of a few special things. Linux: <c>swp_entry_t</c>.
/// </summary>
/// <remarks>
/// As it stands in a PTE (P and G clear):
/// <code>
///  63     59 58                          14 13   9  8  7    4  3   2   1   0
/// +---------+------------------------------+------+---+------+---+---+---+---+
/// |  type   |            offset            |  0   | 0 |  0   |ex |uwp|sd | 0 |
/// +---------+------------------------------+------+---+------+---+---+---+---+
/// </code>
/// <c>ex</c>: the page was exclusive; <c>uwp</c>: write-protected for userfaultfd; <c>sd</c>: soft-dirty. Linux inverts the offset against
/// a fault of some processors, which ours does not have.
/// </remarks>
/// <param name="Type">Number of the swap area, or one of the special types.</param>
/// <param name="Offset">Slot within it.</param>
public readonly record struct SwapEntry(int Type, ulong Offset)
{
    /// <summary>Swap areas that can exist. Linux: <c>MAX_SWAPFILES</c>.</summary>
    public const int MaxAreas = 24;

    /// <summary>A page whose memory failed (MADV_HWPOISON).</summary>
    public const int HwPoison = 26;

    /// <summary>A page that is being migrated and was read-only.</summary>
    public const int MigrationRead = 28;

    /// <summary>A page that is being migrated, read-only and exclusive.</summary>
    public const int MigrationReadExclusive = 29;

    /// <summary>A page that is being migrated and was writable.</summary>
    public const int MigrationWrite = 30;

    /// <summary>No page but a note about the address: <see cref="PteMarker"/> in the offset.</summary>
    public const int Marker = 31;

    /// <summary>Soft-dirty in a PTE that holds an entry.</summary>
    public const ulong SoftDirtyBit = 1UL << 1;

    /// <summary>Write-protected for userfaultfd, in a PTE that holds an entry.</summary>
    public const ulong UffdWpBit = 1UL << 2;

    /// <summary>Exclusive, in a PTE that holds an entry. Linux: <c>_PAGE_SWP_EXCLUSIVE</c>.</summary>
    public const ulong ExclusiveBit = 1UL << 3;

    // A migration entry keeps A and D of the mapping above the frame. Linux: SWP_MIG_YOUNG, SWP_MIG_DIRTY
    private const ulong MigrationYoungBit = 1UL << 40, MigrationDirtyBit = 1UL << 41;

    private const int OffsetShift = 14, TypeShift = 59;
    private const ulong OffsetMask = (1UL << (TypeShift - OffsetShift)) - 1;

    /// <summary>Whether it is a slot of a swap area. Linux: <c>!non_swap_entry</c>.</summary>
    public bool IsSlot => Type < MaxAreas;

    /// <summary>Whether it stands for a page that is being migrated; the offset is its frame.</summary>
    public bool IsMigration => Type is MigrationRead or MigrationReadExclusive or MigrationWrite;

    /// <summary>The frame of a migration entry. Linux: <c>swp_offset_pfn</c>.</summary>
    public uint Frame => (uint)(Offset & (MigrationYoungBit - 1));

    /// <summary>Whether the mapping that a migration entry stands for was used.</summary>
    public bool IsYoung => (Offset & MigrationYoungBit) != 0;

    /// <summary>Whether the mapping that a migration entry stands for was written through.</summary>
    public bool IsDirty => (Offset & MigrationDirtyBit) != 0;

    /// <summary>An entry in the place of a mapping. Linux: <c>make_writable_migration_entry</c> and its kin.</summary>
    public static SwapEntry ForMigration(int type, uint pfn, bool young, bool dirty) =>
        new(type, pfn | (young ? MigrationYoungBit : 0) | (dirty ? MigrationDirtyBit : 0));

    /// <summary>Whether it is a note about the address.</summary>
    public bool IsMarker => Type == Marker;

    /// <summary>The note.</summary>
    public PteMarker MarkerFlags => (PteMarker)Offset;

    /// <summary>As one word, for <see cref="Page.Private"/>. Linux: <c>swp_entry_t.val</c>.</summary>
    public ulong Value => ((ulong)Type << TypeShift) | (Offset << OffsetShift);

    /// <summary>From one word.</summary>
    public static SwapEntry FromValue(ulong value) => new((int)(value >> TypeShift), (value >> OffsetShift) & OffsetMask);

    /// <summary>The entry that a PTE holds. Linux: <c>pte_to_swp_entry</c>.</summary>
    public static SwapEntry FromPte(Pte pte) => FromValue(pte.Value);

    /// <summary>A PTE that holds the entry. Linux: <c>swp_entry_to_pte</c>.</summary>
    public Pte ToPte(ulong bits = 0) => new(Value | bits);

    /// <summary>A PTE that holds a note.</summary>
    public static Pte MakeMarker(PteMarker marker) => new SwapEntry(Marker, (ulong)marker).ToPte();
}

/// <summary>Notes about an address without a page. Linux: <c>pte_marker</c>.</summary>
[Flags]
public enum PteMarker
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>Write-protected for userfaultfd.</summary>
    UffdWp = 1,

    /// <summary>The page failed: SIGBUS.</summary>
    Poisoned = 2,

    /// <summary>A guard: SIGSEGV (MADV_GUARD_INSTALL).</summary>
    Guard = 4,
}

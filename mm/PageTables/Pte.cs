using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>An entry of a page table, of any level. Intel SDM vol. 3A, 4.5; Linux: arch/x86/include/asm/pgtable_types.h.</summary>
/// <remarks>
/// <code>
///  63  62   59 58      52 51                        12 11  10   9   8   7   6   5   4   3   2   1   0
/// +---+-------+----------+----------------------------+---+---+----+---+---+---+---+---+---+---+---+---+
/// |NX | pkey  |          |        frame (PFN)         |sd |uwp|spec| G |PS | D | A |PCD|PWT|U/S|R/W| P |
/// +---+-------+----------+----------------------------+---+---+----+---+---+---+---+---+---+---+---+---+
/// </code>
/// <c>spec</c>, <c>uwp</c> and <c>sd</c> (special, userfault write-protect, soft-dirty) are Linux's use of the bits that the processor
/// ignores. With P clear and G set the entry is PROT_NONE: it keeps its frame. With both clear and the rest not zero it is a
/// swap entry.
/// </remarks>
/// <param name="Value">The entry as it stands in memory.</param>
public readonly record struct Pte(ulong Value)
{
    /// <summary>P: the processor may use the entry.</summary>
    public const ulong PresentBit = 1UL << 0;

    /// <summary>R/W: writes are allowed.</summary>
    public const ulong WriteBit = 1UL << 1;

    /// <summary>U/S: user mode is allowed.</summary>
    public const ulong UserBit = 1UL << 2;

    /// <summary>A: used since it was cleared.</summary>
    public const ulong AccessedBit = 1UL << 5;

    /// <summary>D: written since it was cleared.</summary>
    public const ulong DirtyBit = 1UL << 6;

    /// <summary>PS: the entry maps a large page (levels above the lowest).</summary>
    public const ulong LargeBit = 1UL << 7;

    /// <summary>Not present for the processor, but holding a frame: PROT_NONE. Linux: <c>_PAGE_PROTNONE</c> (shares G).</summary>
    public const ulong ProtNoneBit = 1UL << 8;

    /// <summary>The frame is not managed through this entry: the zero page, device memory. Linux: <c>_PAGE_SPECIAL</c>.</summary>
    public const ulong SpecialBit = 1UL << 9;

    /// <summary>Write-protected for userfaultfd. Linux: <c>_PAGE_UFFD_WP</c>.</summary>
    public const ulong UffdWpBit = 1UL << 10;

    /// <summary>Written since the bits were cleared through /proc. Linux: <c>_PAGE_SOFT_DIRTY</c>.</summary>
    public const ulong SoftDirtyBit = 1UL << 11;

    /// <summary>XD: no instruction fetch.</summary>
    public const ulong NoExecuteBit = 1UL << 63;

    /// <summary>Where the PFN stands.</summary>
    public const ulong FrameMask = ((1UL << 52) - 1) & MmConstants.PageMask;

    /// <summary>log2 of the lowest bit of the protection key.</summary>
    public const int PkeyShift = 59;

    /// <summary>What mprotect leaves as it is. Linux: <c>_PAGE_CHG_MASK</c>.</summary>
    public const ulong ChangeMask = FrameMask | AccessedBit | DirtyBit | SpecialBit | SoftDirtyBit | UffdWpBit;

    /// <summary>What an entry for a lower table carries. Linux: <c>_PAGE_TABLE</c>.</summary>
    public const ulong TableBits = PresentBit | WriteBit | UserBit | AccessedBit | DirtyBit;

    /// <summary>Whether the entry is empty. Linux: <c>pte_none</c>.</summary>
    public bool IsNone => Value == 0;

    /// <summary>Whether it holds a frame: P or PROT_NONE. Linux: <c>pte_present</c>.</summary>
    public bool IsPresent => (Value & (PresentBit | ProtNoneBit)) != 0;

    /// <summary>Whether it holds a frame that no access may use. Linux: <c>pte_protnone</c>.</summary>
    public bool IsProtNone => (Value & (PresentBit | ProtNoneBit)) == ProtNoneBit;

    /// <summary>Whether it is neither empty nor present: swapped out, migrating or a marker. Linux: <c>is_swap_pte</c>.</summary>
    public bool IsSwap => !IsNone && !IsPresent;

    /// <summary>R/W.</summary>
    public bool IsWritable => (Value & WriteBit) != 0;

    /// <summary>A.</summary>
    public bool IsAccessed => (Value & AccessedBit) != 0;

    /// <summary>D.</summary>
    public bool IsDirty => (Value & DirtyBit) != 0;

    /// <summary>Whether it maps a large page.</summary>
    public bool IsLarge => (Value & LargeBit) != 0;

    /// <summary>Whether the frame is not managed through this entry.</summary>
    public bool IsSpecial => (Value & SpecialBit) != 0;

    /// <summary>The frame. Linux: <c>pte_pfn</c>.</summary>
    public uint Pfn
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (uint)((Value & FrameMask) >> MmConstants.PageShift);
    }

    /// <summary>The protection key. Intel SDM vol. 3A, 4.6.2.</summary>
    public int ProtectionKey => (int)(Value >> PkeyShift) & 15;

    /// <summary>An entry for a frame. Linux: <c>pfn_pte</c>.</summary>
    public static Pte Make(uint pfn, ulong protection) => new(((ulong)pfn << MmConstants.PageShift) | protection);

    /// <summary>The entry with bits set.</summary>
    public Pte With(ulong bits) => new(Value | bits);

    /// <summary>The entry with bits cleared.</summary>
    public Pte Without(ulong bits) => new(Value & ~bits);

    /// <summary>The entry with another protection, its frame and state kept. Linux: <c>pte_modify</c>.</summary>
    public Pte Modify(ulong protection) => new((Value & ChangeMask) | (protection & ~ChangeMask));

    /// <summary>Accessed. Linux: <c>pte_mkyoung</c>.</summary>
    public Pte Young => With(AccessedBit);

    /// <summary>Dirty. Linux: <c>pte_mkdirty</c>.</summary>
    public Pte Dirty => With(DirtyBit | SoftDirtyBit);

    /// <summary>Write-protected for userfaultfd. Linux: <c>pte_mkuffd_wp</c>.</summary>
    public Pte UffdWp => new((Value | UffdWpBit) & ~WriteBit);

    /// <summary>Writable. Linux: <c>pte_mkwrite</c>.</summary>
    public Pte Writable => With(WriteBit);
}

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Emu.Mm;

/// <summary>The last index of each slot of a <see cref="MapleNode"/>.</summary>
[InlineArray(MapleNode.SlotCount)]
internal struct MaplePivots
{
    private ulong _element0;
}

/// <summary>The entries of a leaf, or the children of an internal node.</summary>
[InlineArray(MapleNode.SlotCount)]
internal struct MapleSlots
{
    private object? _element0;
}

/// <summary>The largest gap under each child of a <see cref="MapleArangeNode"/>.</summary>
[InlineArray(MapleNode.SlotCount)]
internal struct MapleGaps
{
    private ulong _element0;
}

/// <summary>
/// A node of a <see cref="MapleTree{T}"/>; as it stands, a leaf (<c>lib/maple_tree.c: struct maple_range_64</c>).
/// </summary>
/// <remarks>
/// The slots cover [<see cref="First"/>, <see cref="Last"/>] without a hole: slot i holds the indices after pivot i-1 up
/// to and including pivot i. Unlike Linux's node it keeps its own bounds, so that no walk has to carry them, and it does
/// not keep its offset in the parent, so that moving a child costs one store; <see cref="SlotOf"/> finds the offset.
/// Unused pivots are <see cref="ulong.MaxValue"/>, which lets <see cref="FindSlot"/> ignore the number of slots.
/// </remarks>
internal class MapleNode
{
    /// <summary>Slots in a node (<c>MAPLE_RANGE64_SLOTS</c>); a multiple of the vector width in <see cref="FindSlot"/>.</summary>
    internal const int SlotCount = 16;

    /// <summary>
    /// Fewest slots in a node other than the root (<c>mt_min_slots</c>). A third of the node rather than a half: a range
    /// that is mapped and unmapped again then stays clear of both the split and the merge.
    /// </summary>
    internal const int MinFill = 5;

    /// <summary>Most slots two siblings may hold together to be merged into one node.</summary>
    internal const int MergeLimit = 12;

    /// <summary>Last index of each slot, ascending.</summary>
    internal MaplePivots Pivots;

    /// <summary>Entry (null where nothing is stored) or child of each slot.</summary>
    internal MapleSlots Slots;

    /// <summary>First index that the node covers.</summary>
    internal ulong First;

    /// <summary>The internal node that this one is a child of; null at the root.</summary>
    internal MapleArangeNode? Parent;

    /// <summary>Used slots.</summary>
    internal int Count;

    /// <summary>Distance to the leaves; 0 in a leaf.</summary>
    internal int Level;

    /// <summary>An empty leaf, or an empty internal node when called from the derived class.</summary>
    internal MapleNode() => ((Span<ulong>)Pivots).Fill(ulong.MaxValue);

    /// <summary>Last index that the node covers.</summary>
    internal ulong Last => Pivots[Count - 1];

    /// <summary>True in a leaf, whose slots are entries.</summary>
    internal bool IsLeaf => Level == 0;

    /// <summary>
    /// The slot that holds <paramref name="index"/>, which must not be above <see cref="Last"/>: the number of pivots
    /// below it. All pivots are compared at once, because a loop that ends at an unpredictable slot costs more.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int FindSlot(ulong index)
    {
        ref ulong pivot = ref Unsafe.As<MaplePivots, ulong>(ref Pivots);
        Vector256<ulong> key = Vector256.Create(index);
        uint below = Vector256.LessThan(Vector256.LoadUnsafe(ref pivot), key).ExtractMostSignificantBits()
            | Vector256.LessThan(Vector256.LoadUnsafe(ref pivot, 4), key).ExtractMostSignificantBits() << 4
            | Vector256.LessThan(Vector256.LoadUnsafe(ref pivot, 8), key).ExtractMostSignificantBits() << 8
            | Vector256.LessThan(Vector256.LoadUnsafe(ref pivot, 12), key).ExtractMostSignificantBits() << 12;
        return System.Numerics.BitOperations.TrailingZeroCount(~below);
    }

    /// <summary>The slot of this internal node that holds <paramref name="child"/>, found by the child's first index.</summary>
    internal int SlotOf(MapleNode child)
    {
        int slot = FindSlot(child.First);
        Debug.Assert(ReferenceEquals(Slot(slot), child));
        return slot;
    }

    /// <summary>What slot <paramref name="slot"/> holds, without a bounds check.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref object? Slot(int slot) => ref Unsafe.Add(ref Unsafe.As<MapleSlots, object?>(ref Slots), slot);

    /// <summary>Last index of slot <paramref name="slot"/>, without a bounds check.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref ulong Pivot(int slot) => ref Unsafe.Add(ref Unsafe.As<MaplePivots, ulong>(ref Pivots), slot);

    /// <summary>The child in slot <paramref name="slot"/> of an internal node, without a type check.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal MapleNode Child(int slot) => Unsafe.As<MapleNode>(Slot(slot)!);

    /// <summary>First index of slot <paramref name="slot"/> (<c>mas_safe_min</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ulong SlotFirst(int slot) => slot == 0 ? First : Pivot(slot - 1) + 1;

    /// <summary>
    /// Length of the longest run of indices under this node without an entry (<c>mas_max_gap</c>). Only the root can hold
    /// a gap of 2^64, and nobody asks the root.
    /// </summary>
    internal ulong MaxGap() => IsLeaf ? LeafMaxGap(except: -1) : Unsafe.As<MapleArangeNode>(this).ChildMaxGap();

    /// <summary><see cref="MaxGap"/> of a leaf, without looking at slot <paramref name="except"/>.</summary>
    /// <remarks>
    /// Which slots are gaps follows no pattern, so all are looked at without a branch. The vectors overlap, which does no
    /// harm to a maximum; slot 0, which has no pivot before it, is left to the end.
    /// </remarks>
    internal ulong LeafMaxGap(int except)
    {
        Vector256<ulong> max = Vector256.Max(
            Vector256.Max(GapsFrom(1, except), GapsFrom(5, except)),
            Vector256.Max(GapsFrom(9, except), GapsFrom(12, except)));
        Vector128<ulong> half = Vector128.Max(max.GetLower(), max.GetUpper());
        ulong rest = Math.Max(half.ToScalar(), half.GetElement(1));
        return Slot(0) is null && except != 0 ? Math.Max(rest, Pivot(0) - First + 1) : rest;
    }

    /// <summary>
    /// Moves the slots from <paramref name="from"/> on by <paramref name="delta"/> and adjusts <see cref="Count"/>. A
    /// positive move leaves stale copies behind, which the caller overwrites; a negative one clears what it vacates. The few
    /// slots are moved one by one: the calls that move memory cost more.
    /// </summary>
    internal void ShiftTail(int from, int delta)
    {
        if (delta > 0)
        {
            for (int i = Count - 1; i >= from; i--)
                MoveSlot(i, i + delta);
        }
        else
        {
            for (int i = from; i < Count; i++)
                MoveSlot(i, i + delta);
        }

        if (!IsLeaf)
        {
            Span<ulong> gaps = Unsafe.As<MapleArangeNode>(this).Gaps;
            gaps[from..Count].CopyTo(gaps[(from + delta)..]);
        }

        if (delta < 0)
            Truncate(Count + delta, Count);
        Count += delta;
    }

    /// <summary>Copies <paramref name="count"/> slots of a sibling and adopts children; no count is changed.</summary>
    internal void CopySlots(int to, MapleNode source, int from, int count)
    {
        ((Span<ulong>)source.Pivots).Slice(from, count).CopyTo(((Span<ulong>)Pivots)[to..]);
        ((Span<object?>)source.Slots).Slice(from, count).CopyTo(((Span<object?>)Slots)[to..]);
        if (IsLeaf)
            return;
        MapleArangeNode self = Unsafe.As<MapleArangeNode>(this);
        ((Span<ulong>)Unsafe.As<MapleArangeNode>(source).Gaps).Slice(from, count).CopyTo(((Span<ulong>)self.Gaps)[to..]);
        for (int i = to; i < to + count; i++)
            Child(i).Parent = self;
    }

    /// <summary>Marks the slots in [<paramref name="count"/>, <paramref name="end"/>) unused and clears them.</summary>
    internal void Truncate(int count, int end)
    {
        for (int i = count; i < end; i++)
        {
            Pivot(i) = ulong.MaxValue;
            Slot(i) = null;
        }

        if (!IsLeaf)
            ((Span<ulong>)Unsafe.As<MapleArangeNode>(this).Gaps)[count..end].Clear();
    }

    /// <summary>The node's place in the tree, for messages.</summary>
    public override string ToString() =>
        $"{(IsLeaf ? "leaf" : $"node of level {Level}")} 0x{First:x}-{(Count is >= 1 and <= SlotCount ? $"0x{Last:x}" : "?")}";

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void MoveSlot(int from, int to)
    {
        Pivot(to) = Pivot(from);
        Slot(to) = Slot(from);
    }

    /// <summary>Lengths of the four slots from <paramref name="slot"/> on; 0 for those that are no gap, or not wanted.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Vector256<ulong> GapsFrom(int slot, int except)
    {
        ref ulong pivot = ref Pivot(slot);
        Vector256<ulong> length = Vector256.LoadUnsafe(ref pivot) - Vector256.LoadUnsafe(ref Unsafe.Subtract(ref pivot, 1));
        Vector256<ulong> entry = Vector256.LoadUnsafe(ref Unsafe.As<object?, ulong>(ref Slot(slot)));
        Vector256<long> index = Vector256.Create((long)slot) + Vector256<long>.Indices;
        Vector256<long> wanted = Vector256.AndNot(
            Vector256.LessThan(index, Vector256.Create((long)Count)), Vector256.Equals(index, Vector256.Create((long)except)));
        return length & Vector256.IsZero(entry) & wanted.AsUInt64();
    }
}

/// <summary>An internal node, with the largest gap of each child (<c>lib/maple_tree.c: struct maple_arange_64</c>).</summary>
internal sealed class MapleArangeNode : MapleNode
{
    /// <summary>For each child its <see cref="MapleNode.MaxGap"/>; 0 in unused slots.</summary>
    internal MapleGaps Gaps;

    /// <summary>Largest gap of child <paramref name="slot"/>, without a bounds check.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref ulong Gap(int slot) => ref Unsafe.Add(ref Unsafe.As<MapleGaps, ulong>(ref Gaps), slot);

    /// <summary>The largest of the children's gaps.</summary>
    internal ulong ChildMaxGap()
    {
        ulong max = 0;
        for (int i = 0; i < Count; i++)
            max = Math.Max(max, Gap(i));
        return max;
    }

    /// <summary>
    /// Puts <paramref name="child"/> into slot <paramref name="slot"/>, moving the later ones up; there must be room. The
    /// pivot and the gap are the child's own.
    /// </summary>
    internal void InsertChild(int slot, MapleNode child)
    {
        ShiftTail(slot, 1);
        SetChild(slot, child);
        child.Parent = this;
    }

    /// <summary>Writes child, pivot and gap of a slot from the child.</summary>
    internal void SetChild(int slot, MapleNode child)
    {
        Slot(slot) = child;
        Pivot(slot) = child.Last;
        Gap(slot) = child.MaxGap();
    }
}

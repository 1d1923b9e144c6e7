using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <content>Stores that stay inside one leaf, and the upkeep of the gaps.</content>
public sealed partial class MapleTree<T>
{
    /// <summary>
    /// Makes <paramref name="entry"/> the entry of every index in [<paramref name="first"/>, <paramref name="last"/>]
    /// (<c>mas_store_gfp</c>). Whatever lay in the range is overwritten; a range that reaches into it is cut back, and one
    /// that holds it whole becomes two.
    /// </summary>
    /// <param name="first">First index.</param>
    /// <param name="last">Last index, not below <paramref name="first"/>.</param>
    /// <param name="entry">The entry; null erases.</param>
    public void StoreRange(ulong first, ulong last, T? entry)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(first, last);
        MapleNode leaf = LeafOf(first);
        _version++;
        if (entry is null)
            leaf = WidenNull(leaf, ref first, ref last);
        else if (TryStoreInGap(leaf, first, last, entry))
            return;
        if (last > leaf.Last)
            StoreSpanning(leaf, first, last, entry);
        else
            StoreNarrow(leaf, first, last, entry);
    }

    /// <summary>Removes the entry at <paramref name="index"/> with its whole range (<c>mtree_erase</c>).</summary>
    /// <returns>The entry removed, or null if there was none.</returns>
    public T? Erase(ulong index)
    {
        MapleNode leaf = LeafOf(index);
        int slot = leaf.FindSlot(index);
        T? entry = Unsafe.As<T?>(leaf.Slot(slot));
        if (entry is null)
            return null;
        if (slot == 0 || slot == leaf.Count - 1)
            StoreRange(leaf.SlotFirst(slot), leaf.Pivot(slot), null);
        else
            EraseInner(leaf, slot);
        return entry;
    }

    /// <summary>Replaces the entry at <paramref name="index"/>, where there must be one, and leaves its range alone.</summary>
    /// <returns>The entry that was there.</returns>
    public T Replace(ulong index, T entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        MapleNode leaf = LeafOf(index);
        ref object? slot = ref leaf.Slot(leaf.FindSlot(index));
        if (slot is null)
            throw new InvalidOperationException($"No entry to replace at index 0x{index:x}.");
        T old = Unsafe.As<T>(slot);
        slot = entry;
        return old;
    }

    /// <summary>
    /// Stores a range that lies in one gap of <paramref name="leaf"/>, if the leaf has room for what is left of the gap.
    /// This is what mmap does most of the time.
    /// </summary>
    private bool TryStoreInGap(MapleNode leaf, ulong first, ulong last, object entry)
    {
        int slot = leaf.FindSlot(first);
        ulong gapFirst = leaf.SlotFirst(slot);
        ulong gapLast = leaf.Pivot(slot);
        int delta = (first != gapFirst ? 1 : 0) + (last != gapLast ? 1 : 0);
        if (leaf.Slot(slot) is not null || last > gapLast || leaf.Count + delta > MapleNode.SlotCount)
            return false;
        // Before the leaf changes: to load vectors from where single slots have just been stored would stall.
        LowerGap(leaf, slot, gapLast - gapFirst + 1, Math.Max(first - gapFirst, gapLast - last));
        _count++;
        if (delta != 0)
            leaf.ShiftTail(slot + 1, delta);
        if (first != gapFirst)
            leaf.Pivot(slot++) = first - 1;
        leaf.Slot(slot) = entry;
        leaf.Pivot(slot) = last;
        if (last != gapLast)
        {
            leaf.Slot(slot + 1) = null;
            leaf.Pivot(slot + 1) = gapLast;
        }

        return true;
    }

    /// <summary>Erases a slot that is neither the first nor the last of its leaf, together with the gaps beside it.</summary>
    private void EraseInner(MapleNode leaf, int slot)
    {
        _version++;
        _count--;
        int from = leaf.Slot(slot - 1) is null ? slot - 1 : slot;
        int end = leaf.Slot(slot + 1) is null ? slot + 1 : slot;
        ulong last = leaf.Pivot(end);
        ulong gap = last - leaf.SlotFirst(from) + 1;
        leaf.Slot(slot) = null;
        leaf.Pivot(from) = last;
        if (from != end)
            leaf.ShiftTail(end + 1, from - end);
        RaiseGap(leaf, gap);
        if (leaf.Count < MapleNode.MinFill)
            Rebalance(leaf);
    }

    /// <summary>Stores a range that <paramref name="leaf"/> covers, and puts the gaps and the fill right.</summary>
    private void StoreNarrow(MapleNode leaf, ulong first, ulong last, object? entry)
    {
        leaf = StoreInLeaf(leaf, first, last, entry);
        if (entry is null)
            RaiseGap(leaf, last - first + 1);
        else
            UpdateGap(leaf);
        if (leaf.Count < MapleNode.MinFill)
            Rebalance(leaf);
    }

    /// <summary>
    /// Widens a range to be erased over the gaps that touch it, so that the erased range and they become one gap
    /// (<c>mas_wr_extend_null</c>, <c>mas_extend_spanning_null</c>).
    /// </summary>
    /// <returns>The leaf of the new <paramref name="first"/>.</returns>
    private MapleNode WidenNull(MapleNode leaf, ref ulong first, ref ulong last)
    {
        MapleNode end = last <= leaf.Last ? leaf : LeafOf(last);
        int slot = end.FindSlot(last);
        if (last == end.Pivot(slot) && last != ulong.MaxValue && ++slot == end.Count)
        {
            end = NextLeaf(end)!;
            slot = 0;
        }

        if (end.Slot(slot) is null)
            last = end.Pivot(slot);

        slot = leaf.FindSlot(first);
        if (first == leaf.SlotFirst(slot) && first != 0 && --slot < 0)
        {
            MapleNode left = PrevLeaf(leaf)!;
            if (left.Slot(left.Count - 1) is not null)
                return leaf;
            leaf = left;
            slot = left.Count - 1;
        }

        if (leaf.Slot(slot) is null)
            first = leaf.SlotFirst(slot);
        return leaf;
    }

    /// <summary>
    /// Stores a range that <paramref name="leaf"/> covers (<c>mas_wr_node_store</c>); the gaps above are not updated and the
    /// leaf may fall below its minimum.
    /// </summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="first">First index of the range.</param>
    /// <param name="last">Last index of the range.</param>
    /// <param name="entry">The entry, or null; the range of a null is as wide as <see cref="WidenNull"/> makes it.</param>
    /// <returns>The leaf that holds the range, which is a new one if the leaf had to be split.</returns>
    private MapleNode StoreInLeaf(MapleNode leaf, ulong first, ulong last, object? entry)
    {
        int low = leaf.FindSlot(first);
        int high = last <= leaf.Pivot(low) ? low : leaf.FindSlot(last);
        bool keepLeft = first != leaf.SlotFirst(low);
        bool keepRight = last != leaf.Pivot(high);
        int delta = low - high + (keepLeft ? 1 : 0) + (keepRight ? 1 : 0);
        if (leaf.Count + delta > MapleNode.SlotCount)
            leaf = SplitForStore(leaf, ref low, ref high);

        object? left = leaf.Slot(low);
        object? right = leaf.Slot(high);
        ulong end = leaf.Pivot(high);
        int kept = (keepLeft && left is not null ? 1 : 0) + (keepRight && right is not null ? 1 : 0);
        _count += kept + (entry is null ? 0 : 1) - CountEntries(leaf, low, high);
        if (delta != 0)
            leaf.ShiftTail(high + 1, delta);
        if (keepLeft)
            leaf.Pivot(low++) = first - 1;
        leaf.Slot(low) = entry;
        leaf.Pivot(low) = last;
        if (keepRight)
        {
            leaf.Slot(low + 1) = right;
            leaf.Pivot(low + 1) = end;
        }

        return leaf;
    }

    /// <summary>The number of entries in slots low..high.</summary>
    private static int CountEntries(MapleNode leaf, int low, int high)
    {
        int entries = 0;
        for (int i = low; i <= high; i++)
        {
            if (leaf.Slot(i) is not null)
                entries++;
        }

        return entries;
    }

    /// <summary>Splits a full leaf so that both ends of a store fall into the same half, and rebases the slots.</summary>
    private MapleNode SplitForStore(MapleNode leaf, ref int low, ref int high)
    {
        int at = SplitPoint(leaf.Count, low, high);
        MapleNode right = Split(leaf, at);
        if (high < at)
            return leaf;
        low -= at;
        high -= at;
        return right;
    }

    /// <summary>A gap of this length has appeared below <paramref name="node"/> (<c>mas_parent_gap</c>).</summary>
    private static void RaiseGap(MapleNode node, ulong gap)
    {
        for (; node.Parent is { } parent; node = parent)
        {
            ref ulong known = ref parent.Gap(parent.SlotOf(node));
            if (known >= gap)
                return;
            known = gap;
        }
    }

    /// <summary>
    /// The gap in <paramref name="slot"/> of a leaf, of length <paramref name="lost"/>, is about to be cut down to pieces of
    /// at most <paramref name="left"/> (<c>mas_update_gap</c>). Nothing changes if the leaf has a longer one.
    /// </summary>
    private static void LowerGap(MapleNode leaf, int slot, ulong lost, ulong left)
    {
        if (leaf.Parent is not { } parent)
            return;
        ref ulong known = ref parent.Gap(parent.SlotOf(leaf));
        if (known > lost)
            return;
        known = Math.Max(left, leaf.LeafMaxGap(except: slot));
        if (known != lost)
            UpdateGap(parent);
    }

    /// <summary>Carries a changed largest gap upwards until a node's largest gap stays the same.</summary>
    private static void UpdateGap(MapleNode node)
    {
        for (; node.Parent is { } parent; node = parent)
        {
            ulong gap = node.MaxGap();
            ref ulong known = ref parent.Gap(parent.SlotOf(node));
            if (known == gap)
                return;
            known = gap;
        }
    }
}

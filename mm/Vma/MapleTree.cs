using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>
/// A map from ranges of 64-bit indices to entries: a B-tree that also knows the largest gap under every node, so that a
/// free range of a given size is found in one descent (<c>lib/maple_tree.c</c>, with <c>MT_FLAGS_ALLOC_RANGE</c>).
/// </summary>
/// <remarks>
/// <para>
/// Ranges are inclusive at both ends and may reach from 0 to <see cref="ulong.MaxValue"/>. Two stores of the same entry
/// side by side remain two ranges. Two ranges without an entry are never adjacent, not even across two leaves: every gap
/// lies whole in one slot, which the gap search relies on.
/// </para>
/// <para>
/// The tree takes no lock. A caller that changes it excludes all others (mmap lock held for write); a caller that reads it
/// excludes the writers. Nodes that fall out of use are kept for the next store, so a steady pattern of stores and erases
/// allocates nothing.
/// </para>
/// </remarks>
/// <typeparam name="T">The entries. The tree never looks into them.</typeparam>
public sealed partial class MapleTree<T>
    where T : class
{
    private MapleNode _root;
    private int _count;

    // Counts the changes, so that a cursor sees when its place in the tree is no longer good.
    private int _version;

    /// <summary>An empty tree (<c>mt_init</c>).</summary>
    public MapleTree() => _root = NewRootLeaf();

    /// <summary>Number of ranges that hold an entry (<c>mm_struct.map_count</c> in the tree of a process).</summary>
    public int Count => _count;

    /// <summary>True when nothing is stored (<c>mtree_empty</c>).</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>The entry at <paramref name="index"/>, or null (<c>mtree_load</c>).</summary>
    public T? Load(ulong index)
    {
        MapleNode node = _root;
        for (int level = node.Level; level > 0; level--)
            node = node.Child(node.FindSlot(index));
        return Unsafe.As<T?>(node.Slot(node.FindSlot(index)));
    }

    /// <summary>The entry at <paramref name="index"/> and its range (<c>mas_walk</c>).</summary>
    /// <param name="index">Where to look.</param>
    /// <param name="entryFirst">First index of the range; of the gap when nothing is there.</param>
    /// <param name="entryLast">Last index of the range; of the gap when nothing is there.</param>
    /// <returns>The entry, or null.</returns>
    public T? Load(ulong index, out ulong entryFirst, out ulong entryLast)
    {
        MapleNode leaf = LeafOf(index);
        int slot = leaf.FindSlot(index);
        entryFirst = leaf.SlotFirst(slot);
        entryLast = leaf.Pivot(slot);
        return Unsafe.As<T?>(leaf.Slot(slot));
    }

    /// <summary>
    /// The first entry whose range meets [<paramref name="index"/>, <paramref name="max"/>] (<c>mt_find</c>).
    /// </summary>
    /// <param name="index">
    /// Where to start. After a hit it is one past the range that was found, which is 0 when that range ended at
    /// <see cref="ulong.MaxValue"/>; after a miss it is unchanged.
    /// </param>
    /// <param name="max">Last index to look at.</param>
    /// <returns>The entry, or null.</returns>
    public T? Find(ref ulong index, ulong max)
    {
        T? entry = FindFirst(index, max, out _, out ulong last);
        if (entry is not null)
            index = last + 1;
        return entry;
    }

    /// <summary>
    /// <see cref="Find"/> for the second and later turns of a loop: null at once when <paramref name="index"/> is 0, that
    /// is, when the range before ended at the top of the index space (<c>mt_find_after</c>).
    /// </summary>
    /// <param name="index">As in <see cref="Find"/>.</param>
    /// <param name="max">Last index to look at.</param>
    /// <returns>The entry, or null.</returns>
    public T? FindAfter(ref ulong index, ulong max) => index == 0 ? null : Find(ref index, max);

    /// <summary>
    /// The first entry whose range meets [<paramref name="start"/>, <paramref name="last"/>], with its whole range, which
    /// may begin before <paramref name="start"/> (<c>mas_find</c> on a fresh state).
    /// </summary>
    /// <param name="start">First index to look at.</param>
    /// <param name="last">Last index to look at.</param>
    /// <param name="entryFirst">First index of the range found, 0 if none.</param>
    /// <param name="entryLast">Last index of the range found, 0 if none.</param>
    /// <returns>The entry, or null.</returns>
    public T? FindFirst(ulong start, ulong last, out ulong entryFirst, out ulong entryLast)
    {
        if (start > last)
            return Nothing(out entryFirst, out entryLast);
        MapleNode leaf = LeafOf(start);
        int slot = leaf.FindSlot(start);
        if (leaf.Slot(slot) is null && !NextEntry(ref leaf, ref slot, last))
            return Nothing(out entryFirst, out entryLast);
        return Report(leaf, slot, out entryFirst, out entryLast);
    }

    /// <summary>
    /// The next entry strictly after the one that holds <paramref name="index"/>, or after <paramref name="index"/> itself
    /// where nothing is stored (<c>mt_next</c>).
    /// </summary>
    /// <param name="index">Where to start.</param>
    /// <param name="max">The entry must begin at or below it.</param>
    /// <param name="entryFirst">First index of the range found, 0 if none.</param>
    /// <param name="entryLast">Last index of the range found, 0 if none.</param>
    /// <returns>The entry, or null.</returns>
    public T? Next(ulong index, ulong max, out ulong entryFirst, out ulong entryLast)
    {
        MapleNode leaf = LeafOf(index);
        int slot = leaf.FindSlot(index);
        if (!NextEntry(ref leaf, ref slot, max))
            return Nothing(out entryFirst, out entryLast);
        return Report(leaf, slot, out entryFirst, out entryLast);
    }

    /// <summary>
    /// The last entry strictly before the one that holds <paramref name="index"/>, or before <paramref name="index"/>
    /// itself where nothing is stored (<c>mt_prev</c>).
    /// </summary>
    /// <param name="index">Where to start.</param>
    /// <param name="min">The entry must end at or above it.</param>
    /// <param name="entryFirst">First index of the range found, 0 if none.</param>
    /// <param name="entryLast">Last index of the range found, 0 if none.</param>
    /// <returns>The entry, or null.</returns>
    public T? Prev(ulong index, ulong min, out ulong entryFirst, out ulong entryLast)
    {
        MapleNode leaf = LeafOf(index);
        int slot = leaf.FindSlot(index);
        if (!PrevEntry(ref leaf, ref slot, min))
            return Nothing(out entryFirst, out entryLast);
        return Report(leaf, slot, out entryFirst, out entryLast);
    }

    /// <summary>
    /// Walks the entries that meet [<paramref name="min"/>, <paramref name="max"/>] in ascending order, without allocation
    /// (<c>mas_for_each</c>). The tree may be changed between two steps; see <see cref="MapleCursor{T}"/>.
    /// </summary>
    public MapleCursor<T> Iterate(ulong min = 0, ulong max = ulong.MaxValue) => new(this, min, max);

    /// <summary>Number of changes so far, for the cursor.</summary>
    internal int Version => _version;

    /// <summary>The leaf that covers <paramref name="index"/> (<c>mtree_range_walk</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal MapleNode LeafOf(ulong index)
    {
        MapleNode node = _root;
        for (int level = node.Level; level > 0; level--)
            node = node.Child(node.FindSlot(index));
        return node;
    }

    /// <summary>
    /// Steps to the next slot with an entry, which must begin at or below <paramref name="max"/> (<c>mas_next_slot</c>).
    /// As gaps are never adjacent this takes at most two steps.
    /// </summary>
    /// <returns>False at the end; the position is then undefined.</returns>
    internal static bool NextEntry(ref MapleNode leaf, ref int slot, ulong max)
    {
        do
        {
            if (leaf.Pivot(slot) >= max)
                return false;
            if (++slot < leaf.Count)
                continue;
            leaf = NextLeaf(leaf)!;
            slot = 0;
        }
        while (leaf.Slot(slot) is null);

        return true;
    }

    /// <summary>Steps back to a slot with an entry that ends at or above <paramref name="min"/> (<c>mas_prev_slot</c>).</summary>
    /// <returns>False at the beginning; the position is then undefined.</returns>
    internal static bool PrevEntry(ref MapleNode leaf, ref int slot, ulong min)
    {
        do
        {
            if (leaf.SlotFirst(slot) <= min)
                return false;
            if (--slot >= 0)
                continue;
            leaf = PrevLeaf(leaf)!;
            slot = leaf.Count - 1;
        }
        while (leaf.Slot(slot) is null);

        return true;
    }

    /// <summary>The leaf to the right, or null (<c>mas_next_node</c>).</summary>
    private static MapleNode? NextLeaf(MapleNode node)
    {
        for (; node.Parent is { } parent; node = parent)
        {
            int slot = parent.SlotOf(node) + 1;
            if (slot == parent.Count)
                continue;
            for (node = parent.Child(slot); !node.IsLeaf;)
                node = node.Child(0);
            return node;
        }

        return null;
    }

    /// <summary>The leaf to the left, or null (<c>mas_prev_node</c>).</summary>
    private static MapleNode? PrevLeaf(MapleNode node)
    {
        for (; node.Parent is { } parent; node = parent)
        {
            int slot = parent.SlotOf(node);
            if (slot == 0)
                continue;
            for (node = parent.Child(slot - 1); !node.IsLeaf;)
                node = node.Child(node.Count - 1);
            return node;
        }

        return null;
    }

    private static T? Report(MapleNode leaf, int slot, out ulong entryFirst, out ulong entryLast)
    {
        entryFirst = leaf.SlotFirst(slot);
        entryLast = leaf.Pivot(slot);
        return Unsafe.As<T?>(leaf.Slot(slot));
    }

    private static T? Nothing(out ulong entryFirst, out ulong entryLast)
    {
        entryFirst = 0;
        entryLast = 0;
        return null;
    }
}

namespace Emu.Mm;

/// <content>Stores that reach over more than one leaf.</content>
public sealed partial class MapleTree<T>
{
    /// <summary>
    /// Stores a range that begins in <paramref name="leaf"/> and ends in a later one (<c>mas_wr_spanning_store</c>).
    /// </summary>
    /// <remarks>
    /// The leaf is first made to own everything up to <paramref name="last"/>, whole subtrees in between being dropped; the
    /// rest is a store into one leaf. That leaves two paths of nodes that may hold too little, down to
    /// <paramref name="first"/> and to the index after <paramref name="last"/>, and both are put right at the end.
    /// </remarks>
    private void StoreSpanning(MapleNode leaf, ulong first, ulong last, object? entry)
    {
        ExtendOver(leaf, last);
        StoreInLeaf(leaf, first, last, entry);
        RecomputeGaps(LeafOf(first));
        if (last != ulong.MaxValue)
            RecomputeGaps(LeafOf(last + 1));
        Rebalance(LeafOf(first));
        if (last != ulong.MaxValue)
            Rebalance(LeafOf(last + 1));
    }

    /// <summary>Extends the last slot of <paramref name="leaf"/> to <paramref name="last"/>, removing what lay there.</summary>
    private void ExtendOver(MapleNode leaf, ulong last)
    {
        MapleNode node = leaf;
        MapleArangeNode parent = node.Parent!;
        int slot = parent.SlotOf(node);
        while (parent.Last < last)
        {
            DropChildren(parent, slot + 1, parent.Count);
            node.Pivot(node.Count - 1) = last;
            node = parent;
            parent = node.Parent!;
            slot = parent.SlotOf(node);
        }

        int end = parent.FindSlot(last);
        if (parent.Pivot(end) == last)
            end++;
        else
            TrimFront(parent.Child(end), last + 1);
        DropChildren(parent, slot + 1, end);
        node.Pivot(node.Count - 1) = last;
        parent.Pivot(slot) = last;
    }

    /// <summary>Makes a node begin at <paramref name="first"/>, dropping what it held before.</summary>
    private void TrimFront(MapleNode node, ulong first)
    {
        int slot = node.FindSlot(first);
        node.First = first;
        if (node.IsLeaf)
        {
            for (int i = 0; i < slot; i++)
            {
                if (node.Slot(i) is not null)
                    _count--;
            }

            if (slot > 0)
                node.ShiftTail(slot, -slot);
            return;
        }

        DropChildren(node, 0, slot);
        if (node.Child(0).First < first)
            TrimFront(node.Child(0), first);
    }

    /// <summary>Removes the children in slots [<paramref name="from"/>, <paramref name="end"/>) with all below them.</summary>
    private void DropChildren(MapleNode node, int from, int end)
    {
        if (from == end)
            return;
        for (int i = from; i < end; i++)
            DropSubtree(node.Child(i));
        node.ShiftTail(end, from - end);
    }

    /// <summary>Recycles a subtree and takes its entries off the count (<c>mt_destroy_walk</c>).</summary>
    private void DropSubtree(MapleNode node)
    {
        for (int i = 0; i < node.Count; i++)
        {
            if (!node.IsLeaf)
                DropSubtree(node.Child(i));
            else if (node.Slot(i) is not null)
                _count--;
        }

        FreeNode(node);
    }

    /// <summary>Computes the gaps anew on the whole path above a leaf.</summary>
    private static void RecomputeGaps(MapleNode node)
    {
        for (; node.Parent is { } parent; node = parent)
            parent.Gap(parent.SlotOf(node)) = node.MaxGap();
    }
}

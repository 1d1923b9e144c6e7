namespace Emu.Mm;

/// <content>Splitting full nodes and filling up poor ones.</content>
public sealed partial class MapleTree<T>
{
    /// <summary>
    /// Where to split a full node whose slots low..high are about to change (<c>mab_calc_split</c>). A node that grows at
    /// one end, as under stores in ascending or descending order, is split near that end, so that the half left behind is
    /// well filled. The slots low..high, two at most, stay together.
    /// </summary>
    private static int SplitPoint(int count, int low, int high)
    {
        if (low >= count - 2)
            return count - MapleNode.MinFill;
        if (high <= 1)
            return MapleNode.MinFill;
        int middle = count / 2;
        return low < middle && high >= middle ? low : middle;
    }

    /// <summary>
    /// Moves the slots of <paramref name="node"/> from <paramref name="at"/> on into a new right sibling
    /// (<c>mas_split</c>). Full parents are split first. Every invariant of the tree holds again on return.
    /// </summary>
    /// <returns>The new sibling.</returns>
    private MapleNode Split(MapleNode node, int at)
    {
        if (node.Parent is null)
            GrowRoot(node);
        if (node.Parent!.Count == MapleNode.SlotCount)
        {
            int own = node.Parent.SlotOf(node);
            Split(node.Parent, SplitPoint(MapleNode.SlotCount, own, own));
        }

        MapleArangeNode parent = node.Parent;
        int slot = parent.SlotOf(node);
        MapleNode right = AllocNode(node.Level);
        right.First = node.SlotFirst(at);
        right.Count = node.Count - at;
        right.CopySlots(0, node, at, right.Count);
        node.Truncate(at, node.Count);
        node.Count = at;
        parent.SetChild(slot, node);
        parent.InsertChild(slot + 1, right);
        return right;
    }

    /// <summary>Puts a new root above the root, with the old one as its only child (<c>mas_root_expand</c>).</summary>
    private void GrowRoot(MapleNode node)
    {
        MapleNode root = AllocNode(node.Level + 1);
        root.First = node.First;
        root.Slot(0) = node;
        root.Pivot(0) = node.Last;
        root.Count = 1;
        node.Parent = (MapleArangeNode)root;
        _root = root;
    }

    /// <summary>
    /// Brings <paramref name="node"/> and all nodes above it up to the minimum fill, and takes away a root with a single
    /// child (<c>mas_rebalance</c>). Siblings may be poor, too, down to one slot.
    /// </summary>
    private void Rebalance(MapleNode node)
    {
        while (node.Parent is { } parent)
        {
            if (node.Count >= MapleNode.MinFill)
            {
                node = parent;
                continue;
            }

            // An only child has nobody to take from until its parent has been put right.
            if (parent.Count == 1)
                Rebalance(parent);
            if (node.Parent is not null)
                node = FillUp(node.Parent, node.Parent.SlotOf(node));
        }

        ShrinkRoot();
    }

    /// <summary>Merges child <paramref name="slot"/> with a sibling, or shares the slots of both evenly.</summary>
    /// <returns>The node to look at next: the merged one, which may still be poor, or the parent.</returns>
    private MapleNode FillUp(MapleArangeNode parent, int slot)
    {
        int at = slot == 0 ? 0 : slot - 1;
        MapleNode left = parent.Child(at);
        MapleNode right = parent.Child(at + 1);
        int total = left.Count + right.Count;
        if (total > MapleNode.MergeLimit)
        {
            Share(left, right, total / 2);
            parent.SetChild(at, left);
            parent.SetChild(at + 1, right);
            return parent;
        }

        left.CopySlots(left.Count, right, 0, right.Count);
        left.Count = total;
        FreeNode(right);
        parent.ShiftTail(at + 2, -1);
        parent.SetChild(at, left);
        return left;
    }

    /// <summary>Moves slots between two neighbours until the left one has <paramref name="leftCount"/>.</summary>
    private static void Share(MapleNode left, MapleNode right, int leftCount)
    {
        int moved = leftCount - left.Count;
        if (moved > 0)
        {
            left.CopySlots(left.Count, right, 0, moved);
            right.ShiftTail(moved, -moved);
        }
        else
        {
            right.ShiftTail(0, -moved);
            right.CopySlots(0, left, leftCount, -moved);
            left.Truncate(leftCount, left.Count);
        }

        left.Count = leftCount;
        right.First = left.Last + 1;
    }

    private void ShrinkRoot()
    {
        while (!_root.IsLeaf && _root.Count == 1)
        {
            MapleNode child = _root.Child(0);
            child.Parent = null;
            FreeNode(_root);
            _root = child;
        }
    }
}

using static Emu.Mm.Invariant;

namespace Emu.Mm;

/// <content>The red-black tree (<c>lib/rbtree.c</c>), with the greatest ends kept right in every rotation.</content>
public sealed partial class IntervalTree<TOwner>
{
    /// <summary>
    /// Checks the order, the links, the greatest ends and the rules of a red-black tree: no red node has a red child, and
    /// all paths down hold the same number of black nodes.
    /// </summary>
    /// <exception cref="InvalidOperationException">An invariant is broken; the message says which and where.</exception>
    internal void Validate()
    {
        Require(_root is null || _root.Parent is null, $"Interval tree: the root has a parent");
        Require(_root is not { IsRed: true }, $"Interval tree: the root is red");
        int found = 0;
        ulong before = 0;
        ValidateSubtree(_root, ref found, ref before);
        Require(found == Count, $"Interval tree: {found} intervals, but the count is {Count}");
    }

    private static bool IsRed(IntervalNode<TOwner>? node) => node is { IsRed: true };

    /// <summary>
    /// Restores the rules after a red node was linked in (<c>__rb_insert</c>). The one rule that may be broken is that the
    /// red <paramref name="node"/> has a red parent; each turn either moves that two levels up or ends it by rotation.
    /// </summary>
    private void BalanceAfterInsert(IntervalNode<TOwner> node)
    {
        while (node.Parent is { IsRed: true } parent)
        {
            // A red node is never the root, so there is a grandparent.
            IntervalNode<TOwner> grandparent = parent.Parent!;
            bool parentIsLeft = ReferenceEquals(grandparent.Left, parent);
            IntervalNode<TOwner>? uncle = parentIsLeft ? grandparent.Right : grandparent.Left;
            if (uncle is { IsRed: true })
            {
                parent.IsRed = false;
                uncle.IsRed = false;
                grandparent.IsRed = true;
                node = grandparent;
                continue;
            }

            if (ReferenceEquals(parent.Left, node) != parentIsLeft)
            {
                // An inner grandchild becomes the outer one's parent first.
                RotateUp(node);
                parent = node;
            }

            RotateUp(parent);
            parent.IsRed = false;
            grandparent.IsRed = true;
            break;
        }

        _root!.IsRed = false;
    }

    /// <summary>Takes a node out of the tree and restores the rules (<c>rb_erase_augmented</c>).</summary>
    private void Unlink(IntervalNode<TOwner> node)
    {
        IntervalNode<TOwner>? swapped = node.Left is not null && node.Right is not null ? SwapWithNext(node) : null;
        // Now the node has one child at most, and that child is red and childless, for the black count to be right.
        IntervalNode<TOwner>? child = node.Left ?? node.Right;
        IntervalNode<TOwner>? parent = node.Parent;
        ReplaceChild(parent, node, child);
        if (child is not null)
        {
            child.Parent = parent;
            child.IsRed = false;
        }

        // Two walks, since the first may end below the node that was moved up.
        UpdateUpwards(parent);
        UpdateUpwards(swapped);
        if (child is null && !node.IsRed && parent is not null)
            BalanceAfterRemove(parent);
    }

    /// <summary>
    /// Exchanges the places (links and colours, not the contents) of a node with two children and the node after it, which
    /// has no left child. The greatest ends are left to the caller.
    /// </summary>
    /// <returns>The node after it, now in its place.</returns>
    private IntervalNode<TOwner> SwapWithNext(IntervalNode<TOwner> node)
    {
        IntervalNode<TOwner> next = node.Next()!;
        IntervalNode<TOwner> nextParent = next.Parent!;
        IntervalNode<TOwner>? nextRight = next.Right;
        (node.IsRed, next.IsRed) = (next.IsRed, node.IsRed);
        ReplaceChild(node.Parent, node, next);
        next.Parent = node.Parent;
        next.Left = node.Left;
        next.Left!.Parent = next;
        if (ReferenceEquals(nextParent, node))
        {
            next.Right = node;
            node.Parent = next;
        }
        else
        {
            next.Right = node.Right;
            next.Right!.Parent = next;
            nextParent.Left = node;
            node.Parent = nextParent;
        }

        node.Left = null;
        node.Right = nextRight;
        if (nextRight is not null)
            nextRight.Parent = node;
        next.SubtreeLast = node.SubtreeLast;
        return next;
    }

    /// <summary>Computes the greatest ends anew from a node upwards, until one stays the same.</summary>
    private static void UpdateUpwards(IntervalNode<TOwner>? node)
    {
        while (node is not null && node.UpdateSubtreeLast())
            node = node.Parent;
    }

    /// <summary>
    /// Restores the rules after a black leaf was removed below <paramref name="parent"/> (<c>____rb_erase_color</c>): one
    /// child of it, the empty one at first, is one black node short.
    /// </summary>
    private void BalanceAfterRemove(IntervalNode<TOwner>? parent)
    {
        IntervalNode<TOwner>? node = null;
        while (parent is not null && !IsRed(node))
        {
            bool nodeIsLeft = ReferenceEquals(parent.Left, node);
            IntervalNode<TOwner> sibling = (nodeIsLeft ? parent.Right : parent.Left)!;
            if (sibling.IsRed)
            {
                RotateUp(sibling);
                sibling.IsRed = false;
                parent.IsRed = true;
                sibling = (nodeIsLeft ? parent.Right : parent.Left)!;
            }

            if (IsRed(sibling.Left) || IsRed(sibling.Right))
            {
                BorrowFromSibling(parent, sibling, nodeIsLeft);
                return;
            }

            sibling.IsRed = true;
            node = parent;
            parent = node.Parent;
        }

        if (node is not null)
            node.IsRed = false;
    }

    /// <summary>A black sibling with a red child gives a black node to the side that is short of one.</summary>
    private void BorrowFromSibling(IntervalNode<TOwner> parent, IntervalNode<TOwner> sibling, bool nodeIsLeft)
    {
        IntervalNode<TOwner>? outer = nodeIsLeft ? sibling.Right : sibling.Left;
        if (!IsRed(outer))
        {
            outer = sibling;
            sibling = (nodeIsLeft ? sibling.Left : sibling.Right)!;
            RotateUp(sibling);
        }

        RotateUp(sibling);
        sibling.IsRed = parent.IsRed;
        parent.IsRed = false;
        outer!.IsRed = false;
    }

    /// <summary>Rotates a node into the place of its parent, which becomes its child; the order stays.</summary>
    private void RotateUp(IntervalNode<TOwner> node)
    {
        IntervalNode<TOwner> parent = node.Parent!;
        IntervalNode<TOwner>? inner;
        if (ReferenceEquals(parent.Left, node))
        {
            inner = node.Right;
            parent.Left = inner;
            node.Right = parent;
        }
        else
        {
            inner = node.Left;
            parent.Right = inner;
            node.Left = parent;
        }

        if (inner is not null)
            inner.Parent = parent;
        ReplaceChild(parent.Parent, parent, node);
        node.Parent = parent.Parent;
        parent.Parent = node;
        // Together they hold what the parent held, and the parent now holds less.
        node.SubtreeLast = parent.SubtreeLast;
        parent.UpdateSubtreeLast();
    }

    /// <summary>Makes <paramref name="parent"/>, or the root, refer to another child (<c>__rb_change_child</c>).</summary>
    private void ReplaceChild(IntervalNode<TOwner>? parent, IntervalNode<TOwner> old, IntervalNode<TOwner>? child)
    {
        if (parent is null)
            _root = child;
        else if (ReferenceEquals(parent.Left, old))
            parent.Left = child;
        else
            parent.Right = child;
    }

    /// <summary>Checks a subtree.</summary>
    /// <returns>The number of black nodes on every path down.</returns>
    private int ValidateSubtree(IntervalNode<TOwner>? node, ref int found, ref ulong before)
    {
        if (node is null)
            return 0;
        Require(ReferenceEquals(node.Tree, this), $"Interval tree: {node} says it is in another tree");
        Require(node.Start <= node.Last, $"Interval tree: {node} ends before it starts");
        foreach (IntervalNode<TOwner>? child in (ReadOnlySpan<IntervalNode<TOwner>?>)[node.Left, node.Right])
        {
            Require(child is null || ReferenceEquals(child.Parent, node), $"Interval tree: a child of {node} has another parent");
            Require(!(node.IsRed && IsRed(child)), $"Interval tree: {node} and a child of it are red");
        }

        int left = ValidateSubtree(node.Left, ref found, ref before);
        Require(node.Start >= before, $"Interval tree: {node} comes after a start of 0x{before:x}");
        before = node.Start;
        found++;
        int right = ValidateSubtree(node.Right, ref found, ref before);
        Require(left == right, $"Interval tree: {left} black nodes to the left of {node}, {right} to the right");
        Require(!node.UpdateSubtreeLast(), $"Interval tree: the greatest end below {node} was wrong");
        return left + (node.IsRed ? 0 : 1);
    }
}

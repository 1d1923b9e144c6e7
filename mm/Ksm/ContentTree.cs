namespace Emu.Mm;

/// <summary>A place in a tree of pages ordered by what they hold. Linux: <c>struct rb_node</c> in mm/ksm.c.</summary>
internal abstract class ContentNode
{
    internal ContentNode? Parent, Left, Right;
    internal bool IsRed;

    /// <summary>Whether it is in a tree.</summary>
    public bool IsLinked { get; internal set; }
}

/// <summary>A red-black tree whose order the caller knows: it walks down, and links a node where it ended. Linux: <c>struct rb_root</c>.</summary>
/// <remarks>Lock: the kernel lock. What the pages of an unstable tree hold may change: then a search misses, nothing worse.</remarks>
internal sealed class ContentTree
{
    /// <summary>The topmost node, null for none.</summary>
    public ContentNode? Root { get; private set; }

    /// <summary>Links a node below another. Linux: <c>rb_link_node</c>, <c>rb_insert_color</c>.</summary>
    /// <param name="node">In no tree.</param>
    /// <param name="parent">Where the walk ended; null for an empty tree.</param>
    /// <param name="left">On which side, which must be empty.</param>
    public void Insert(ContentNode node, ContentNode? parent, bool left)
    {
        Bug.On(node.IsLinked, "a page is in two trees of KSM");
        node.Parent = parent;
        node.Left = node.Right = null;
        node.IsRed = true;
        node.IsLinked = true;
        if (parent == null)
            Root = node;
        else if (left)
            parent.Left = node;
        else
            parent.Right = node;
        BalanceAfterInsert(node);
    }

    /// <summary>Takes a node out. Linux: <c>rb_erase</c>.</summary>
    public void Remove(ContentNode node)
    {
        if (node.Left != null && node.Right != null)
            SwapWithNext(node);
        ContentNode? child = node.Left ?? node.Right, parent = node.Parent;
        ReplaceChild(parent, node, child);
        if (child != null)
        {
            child.Parent = parent;
            child.IsRed = false;
        }
        else if (!node.IsRed)
        {
            BalanceAfterRemove(parent);
        }
        node.Parent = node.Left = node.Right = null;
        node.IsLinked = false;
    }

    /// <summary>Forgets every node: the pages have changed. Linux: <c>RB_ROOT</c> at the start of a scan.</summary>
    public void Clear()
    {
        Stack<ContentNode> open = new();
        if (Root != null)
            open.Push(Root);
        Root = null;
        while (open.TryPop(out ContentNode? node))
        {
            if (node.Left != null)
                open.Push(node.Left);
            if (node.Right != null)
                open.Push(node.Right);
            node.Parent = node.Left = node.Right = null;
            node.IsLinked = false;
        }
    }

    private static bool IsRed(ContentNode? node) => node is { IsRed: true };

    private void BalanceAfterInsert(ContentNode node)
    {
        while (node.Parent is { IsRed: true } parent)
        {
            ContentNode grandparent = parent.Parent!;
            bool parentIsLeft = grandparent.Left == parent;
            ContentNode? uncle = parentIsLeft ? grandparent.Right : grandparent.Left;
            if (uncle is { IsRed: true })
            {
                parent.IsRed = uncle.IsRed = false;
                grandparent.IsRed = true;
                node = grandparent;
                continue;
            }
            if ((parent.Left == node) != parentIsLeft)
            {
                RotateUp(node);
                parent = node;
            }
            RotateUp(parent);
            parent.IsRed = false;
            grandparent.IsRed = true;
            break;
        }
        Root!.IsRed = false;
    }

    private void BalanceAfterRemove(ContentNode? parent)
    {
        ContentNode? node = null;
        while (parent != null && !IsRed(node))
        {
            bool nodeIsLeft = parent.Left == node;
            ContentNode sibling = (nodeIsLeft ? parent.Right : parent.Left)!;
            if (sibling.IsRed)
            {
                RotateUp(sibling);
                sibling.IsRed = false;
                parent.IsRed = true;
                sibling = (nodeIsLeft ? parent.Right : parent.Left)!;
            }
            if (IsRed(sibling.Left) || IsRed(sibling.Right))
            {
                Borrow(parent, sibling, nodeIsLeft);
                return;
            }
            sibling.IsRed = true;
            node = parent;
            parent = node.Parent;
        }
        if (node != null)
            node.IsRed = false;
    }

    private void Borrow(ContentNode parent, ContentNode sibling, bool nodeIsLeft)
    {
        ContentNode? outer = nodeIsLeft ? sibling.Right : sibling.Left;
        if (!IsRed(outer))
        {
            outer = sibling;
            sibling = (nodeIsLeft ? sibling.Left : sibling.Right)!;
            RotateUp(sibling);
        }
        RotateUp(sibling);
        sibling.IsRed = parent.IsRed;
        parent.IsRed = outer!.IsRed = false;
    }

    // Exchanges the places of a node with two children and the one after it.
    private void SwapWithNext(ContentNode node)
    {
        ContentNode next = node.Right!;
        while (next.Left != null)
            next = next.Left;
        ContentNode nextParent = next.Parent!;
        ContentNode? nextRight = next.Right;
        (node.IsRed, next.IsRed) = (next.IsRed, node.IsRed);
        ReplaceChild(node.Parent, node, next);
        next.Parent = node.Parent;
        next.Left = node.Left;
        next.Left!.Parent = next;
        if (nextParent == node)
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
        if (nextRight != null)
            nextRight.Parent = node;
    }

    private void RotateUp(ContentNode node)
    {
        ContentNode parent = node.Parent!;
        ContentNode? inner;
        if (parent.Left == node)
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
        if (inner != null)
            inner.Parent = parent;
        ReplaceChild(parent.Parent, parent, node);
        node.Parent = parent.Parent;
        parent.Parent = node;
    }

    private void ReplaceChild(ContentNode? parent, ContentNode old, ContentNode? child)
    {
        if (parent == null)
            Root = child;
        else if (parent.Left == old)
            parent.Left = child;
        else
            parent.Right = child;
    }
}

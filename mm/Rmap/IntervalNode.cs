using System.Diagnostics.CodeAnalysis;

namespace Emu.Mm;

/// <summary>
/// The place of <typeparamref name="TOwner"/> in an <see cref="IntervalTree{TOwner}"/> (<c>struct interval_tree_node</c>,
/// the <c>rb</c> of an <c>anon_vma_chain</c>). The owner holds it for good, so that no operation of the tree allocates.
/// </summary>
/// <typeparam name="TOwner">What the interval belongs to.</typeparam>
public sealed class IntervalNode<TOwner>
{
    // The links and the colour of the red-black tree (struct rb_node). A node on its own is black.
    internal IntervalNode<TOwner>? Parent;
    internal IntervalNode<TOwner>? Left;
    internal IntervalNode<TOwner>? Right;
    internal bool IsRed;

    // The greatest Last in the subtree of this node.
    internal ulong SubtreeLast;

    /// <summary>A node of <paramref name="owner"/>, in no tree.</summary>
    public IntervalNode(TOwner owner) => Owner = owner;

    /// <summary>What the interval belongs to.</summary>
    public TOwner Owner { get; }

    /// <summary>First point of the interval. Set by <see cref="IntervalTree{TOwner}.Insert"/>.</summary>
    public ulong Start { get; internal set; }

    /// <summary>Last point of the interval, inclusive. Set by <see cref="IntervalTree{TOwner}.Insert"/>.</summary>
    public ulong Last { get; internal set; }

    /// <summary>The tree that the node is in, or null.</summary>
    public IntervalTree<TOwner>? Tree { get; internal set; }

    /// <summary>True while the node is in a tree (the negation of <c>RB_EMPTY_NODE</c>).</summary>
    [MemberNotNullWhen(true, nameof(Tree))]
    public bool IsLinked => Tree is not null;

    /// <summary>True if the interval and [<paramref name="start"/>, <paramref name="last"/>] have a point in common.</summary>
    public bool Overlaps(ulong start, ulong last) => Start <= last && start <= Last;

    /// <summary>The interval, for messages.</summary>
    public override string ToString() => $"[0x{Start:x}-0x{Last:x}]";

    /// <summary>Computes <see cref="SubtreeLast"/> from the children (<c>compute_max</c>).</summary>
    /// <returns>True if it has changed.</returns>
    internal bool UpdateSubtreeLast()
    {
        ulong last = Last;
        if (Left is not null && Left.SubtreeLast > last)
            last = Left.SubtreeLast;
        if (Right is not null && Right.SubtreeLast > last)
            last = Right.SubtreeLast;
        bool changed = last != SubtreeLast;
        SubtreeLast = last;
        return changed;
    }

    /// <summary>The node after this one in the order of the tree, or null (<c>rb_next</c>).</summary>
    internal IntervalNode<TOwner>? Next()
    {
        IntervalNode<TOwner> node = this;
        if (node.Right is not null)
        {
            for (node = node.Right; node.Left is not null;)
                node = node.Left;
            return node;
        }

        while (node.Parent is { } parent)
        {
            if (ReferenceEquals(parent.Left, node))
                return parent;
            node = parent;
        }

        return null;
    }
}

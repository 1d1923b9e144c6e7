namespace Emu.Mm;

/// <summary>
/// The intervals that overlap a given one, found fast: a red-black tree by start in which every node knows the greatest end
/// below it (<c>include/linux/interval_tree_generic.h</c>). It holds the VMAs that map a file (<c>i_mmap</c>) or share an
/// <c>anon_vma</c>, by page offset.
/// </summary>
/// <remarks>
/// Intervals are inclusive at both ends and may be equal. The order is that of the starts, and for equal starts that of
/// insertion, whatever was removed in between. The tree takes no lock: a writer excludes all others, readers exclude writers
/// (<c>i_mmap_rwsem</c>, <c>anon_vma->rwsem</c>).
/// </remarks>
/// <typeparam name="TOwner">What the intervals belong to.</typeparam>
public sealed partial class IntervalTree<TOwner>
{
    private IntervalNode<TOwner>? _root;

    /// <summary>Number of intervals.</summary>
    public int Count { get; private set; }

    /// <summary>True if there is no interval (<c>RB_EMPTY_ROOT</c>).</summary>
    public bool IsEmpty => _root is null;

    /// <summary>Puts a node into the tree (<c>interval_tree_insert</c>). O(log n).</summary>
    /// <param name="node">The node, which must be in no tree.</param>
    /// <param name="start">First point of its interval.</param>
    /// <param name="last">Last point, not below <paramref name="start"/>.</param>
    public void Insert(IntervalNode<TOwner> node, ulong start, ulong last)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(start, last);
        if (node.IsLinked)
            throw new InvalidOperationException($"Interval {node} is in a tree already.");
        IntervalNode<TOwner>? parent = null;
        IntervalNode<TOwner>? next = _root;
        while (next is not null)
        {
            parent = next;
            if (parent.SubtreeLast < last)
                parent.SubtreeLast = last;
            next = start < parent.Start ? parent.Left : parent.Right;
        }

        node.Start = start;
        node.Last = last;
        node.SubtreeLast = last;
        node.Parent = parent;
        node.IsRed = true;
        node.Tree = this;
        if (parent is null)
            _root = node;
        else if (start < parent.Start)
            parent.Left = node;
        else
            parent.Right = node;
        Count++;
        BalanceAfterInsert(node);
    }

    /// <summary>Takes a node out of this tree (<c>interval_tree_remove</c>). O(log n).</summary>
    /// <param name="node">The node, which must be in this tree.</param>
    public void Remove(IntervalNode<TOwner> node)
    {
        ArgumentNullException.ThrowIfNull(node);
        if (!ReferenceEquals(node.Tree, this))
            throw new InvalidOperationException($"Interval {node} is not in this tree.");
        Unlink(node);
        node.Parent = null;
        node.Left = null;
        node.Right = null;
        node.IsRed = false;
        node.Tree = null;
        Count--;
    }

    /// <summary>
    /// The first interval, in the order of the tree, that overlaps [<paramref name="start"/>, <paramref name="last"/>], or
    /// null (<c>interval_tree_iter_first</c>). O(log n).
    /// </summary>
    public IntervalNode<TOwner>? FirstOverlap(ulong start, ulong last)
    {
        if (_root is null || _root.SubtreeLast < start)
            return null;
        return SearchSubtree(_root, start, last);
    }

    /// <summary>
    /// The next interval after <paramref name="node"/> that overlaps [<paramref name="start"/>, <paramref name="last"/>], or
    /// null (<c>interval_tree_iter_next</c>). O(log n).
    /// </summary>
    /// <param name="node">An interval of the tree that overlaps, as <see cref="FirstOverlap"/> and this function return.</param>
    /// <param name="start">First point.</param>
    /// <param name="last">Last point.</param>
    public IntervalNode<TOwner>? NextOverlap(IntervalNode<TOwner> node, ulong start, ulong last)
    {
        ArgumentNullException.ThrowIfNull(node);
        while (true)
        {
            if (node.Right is { } right && right.SubtreeLast >= start)
                return SearchSubtree(right, start, last);
            IntervalNode<TOwner> child;
            do
            {
                child = node;
                if (child.Parent is not { } parent)
                    return null;
                node = parent;
            }
            while (ReferenceEquals(node.Right, child));

            // The node comes next in order; what follows it begins no earlier.
            if (node.Start > last)
                return null;
            if (node.Last >= start)
                return node;
        }
    }

    /// <summary>
    /// Walks the intervals that overlap [<paramref name="start"/>, <paramref name="last"/>], in order, without allocation
    /// (<c>vma_interval_tree_foreach</c>). The interval reported may be removed before the next step, but no other.
    /// </summary>
    public IntervalOverlaps<TOwner> Overlaps(ulong start = 0, ulong last = ulong.MaxValue) => new(this, start, last);

    /// <summary>
    /// The first overlap in a subtree whose greatest end is not below <paramref name="start"/>
    /// (<c>interval_tree_subtree_search</c>).
    /// </summary>
    private static IntervalNode<TOwner>? SearchSubtree(IntervalNode<TOwner> node, ulong start, ulong last)
    {
        while (true)
        {
            // If the left subtree reaches as far as the start, then either its first such interval overlaps, or it begins
            // after the range, and so do all later ones.
            if (node.Left is { } left && left.SubtreeLast >= start)
            {
                node = left;
                continue;
            }

            if (node.Start > last)
                return null;
            if (node.Last >= start)
                return node;
            if (node.Right is not { } right || right.SubtreeLast < start)
                return null;
            node = right;
        }
    }
}

/// <summary>
/// A walk over the intervals that overlap a given one, for <c>foreach</c>; see <see cref="IntervalTree{TOwner}.Overlaps"/>.
/// </summary>
public struct IntervalOverlaps<TOwner>
{
    private readonly IntervalTree<TOwner> _tree;
    private readonly ulong _start;
    private readonly ulong _last;
    private IntervalNode<TOwner>? _next;

    internal IntervalOverlaps(IntervalTree<TOwner> tree, ulong start, ulong last)
    {
        _tree = tree;
        _start = start;
        _last = last;
        _next = tree.FirstOverlap(start, last);
    }

    /// <summary>The present interval. Not to be read before the first <see cref="MoveNext"/>.</summary>
    public IntervalNode<TOwner> Current { get; private set; } = null!;

    /// <summary>The walk itself, for <c>foreach</c>.</summary>
    public readonly IntervalOverlaps<TOwner> GetEnumerator() => this;

    /// <summary>Goes to the next interval.</summary>
    /// <returns>False when there is none.</returns>
    public bool MoveNext()
    {
        if (_next is not { } node)
            return false;
        Current = node;
        _next = _tree.NextOverlap(node, _start, _last);
        return true;
    }
}

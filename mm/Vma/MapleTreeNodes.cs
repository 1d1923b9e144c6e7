using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <content>The life of nodes: allocation, recycling, emptying and copying the tree.</content>
public sealed partial class MapleTree<T>
{
    // Beyond this many nodes of a kind, which hold some thousands of ranges, the garbage collector gets them.
    private const int MaxFreeNodes = 512;

    private MapleNode? _freeInternal;
    private MapleNode? _freeLeaf;
    private int _freeInternals;
    private int _freeLeaves;

    /// <summary>Removes all entries (<c>mtree_destroy</c>); the tree can be used again.</summary>
    public void Clear()
    {
        _version++;
        DropSubtree(_root);
        _root = NewRootLeaf();
    }

    /// <summary>
    /// Makes this tree a copy of another, node by node, without a search for each entry; what it held is removed
    /// (<c>__mt_dup</c>). The entries themselves are shared: fork walks the copy and puts the child's own in their place
    /// with <see cref="MapleCursor{T}.Replace"/>.
    /// </summary>
    /// <param name="source">The tree to copy, on which the caller holds the lock.</param>
    public void DuplicateFrom(MapleTree<T> source)
    {
        ArgumentNullException.ThrowIfNull(source);
        if (ReferenceEquals(this, source))
            return;
        _version++;
        DropSubtree(_root);
        _root = CloneSubtree(source._root, null);
        _count = source._count;
    }

    private MapleNode CloneSubtree(MapleNode source, MapleArangeNode? parent)
    {
        MapleNode copy = AllocNode(source.Level);
        copy.First = source.First;
        copy.Count = source.Count;
        copy.Parent = parent;
        copy.Pivots = source.Pivots;
        if (source.IsLeaf)
        {
            copy.Slots = source.Slots;
            return copy;
        }

        MapleArangeNode self = Unsafe.As<MapleArangeNode>(copy);
        self.Gaps = Unsafe.As<MapleArangeNode>(source).Gaps;
        for (int i = 0; i < source.Count; i++)
            self.Slot(i) = CloneSubtree(source.Child(i), self);
        return self;
    }

    private MapleNode NewRootLeaf()
    {
        MapleNode leaf = AllocNode(0);
        leaf.First = 0;
        leaf.Count = 1;
        return leaf;
    }

    /// <summary>A node without slots, not yet in the tree; the caller sets its bounds (<c>mt_alloc_one</c>).</summary>
    private MapleNode AllocNode(int level)
    {
        MapleNode? node;
        if (level == 0)
        {
            node = Pop(ref _freeLeaf, ref _freeLeaves) ?? new MapleNode();
        }
        else
        {
            node = Pop(ref _freeInternal, ref _freeInternals) ?? new MapleArangeNode();
            node.Level = level;
        }

        return node;
    }

    /// <summary>
    /// Takes back a node that nothing in the tree refers to any more (<c>ma_free_rcu</c>; there are no readers to wait for).
    /// Its slots are cleared at once, so that it keeps no entry alive.
    /// </summary>
    private void FreeNode(MapleNode node)
    {
        node.Truncate(0, node.Count);
        node.Count = 0;
        node.Parent = null;
        if (node.IsLeaf)
            Push(ref _freeLeaf, ref _freeLeaves, node);
        else
            Push(ref _freeInternal, ref _freeInternals, node);
    }

    // The free nodes are chained through their first slot.
    private static MapleNode? Pop(ref MapleNode? head, ref int count)
    {
        MapleNode? node = head;
        if (node is null)
            return null;
        head = Unsafe.As<MapleNode?>(node.Slot(0));
        node.Slot(0) = null;
        count--;
        return node;
    }

    private static void Push(ref MapleNode? head, ref int count, MapleNode node)
    {
        if (count == MaxFreeNodes)
            return;
        node.Slot(0) = head;
        head = node;
        count++;
    }
}

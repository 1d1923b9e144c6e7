using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>
/// A sparse array of 64-bit entries, indexed by 64-bit numbers: a radix tree of 64-way nodes with three marks an entry
/// (<c>lib/xarray.c</c>). The page cache keeps the frames of a file in one, by page offset.
/// </summary>
/// <remarks>
/// <para>
/// Entry 0 means nothing. Entries with bit 0 set are value entries (<c>xa_mk_value</c>: shadows of evicted pages, swap
/// slots); all others are the caller's, for instance a frame number shifted left. An array with nothing but index 0 has no
/// node.
/// </para>
/// <para>
/// The array takes no lock: a writer excludes all others, readers exclude writers (<c>xa_lock</c>). It keeps a few free
/// nodes, so that a steady pattern of stores and erases allocates nothing.
/// </para>
/// </remarks>
public sealed partial class XArray
{
    private XArrayNode? _root;

    // The entry at index 0, with its marks, while there is no node.
    private ulong _single;
    private int _singleMarks;
    private long _count;

    /// <summary>Number of entries, value entries included.</summary>
    public long Count => _count;

    /// <summary>True if there is no entry (<c>xa_empty</c>).</summary>
    public bool IsEmpty => _count == 0;

    /// <summary>True for a value entry (<c>xa_is_value</c>).</summary>
    public static bool IsValue(ulong entry) => (entry & 1) != 0;

    /// <summary>The value entry that holds <paramref name="value"/>, which must be below 2^63 (<c>xa_mk_value</c>).</summary>
    public static ulong MakeValue(ulong value) => value << 1 | 1;

    /// <summary>What a value entry holds (<c>xa_to_value</c>).</summary>
    public static ulong ToValue(ulong entry) => entry >> 1;

    /// <summary>The entry at <paramref name="index"/>, 0 if there is none (<c>xa_load</c>).</summary>
    public ulong Load(ulong index)
    {
        XArrayNode? node = _root;
        if (node is null)
            return index == 0 ? _single : 0;
        if (node.IsBelow(index))
            return 0;
        while (node.Shift != 0)
        {
            node = Unsafe.As<XArrayBranch>(node).Child(node.SlotOf(index));
            if (node is null)
                return 0;
        }

        return Unsafe.As<XArrayLeaf>(node).Entry(node.SlotOf(index));
    }

    /// <summary>
    /// Stores <paramref name="entry"/> at <paramref name="index"/> (<c>xa_store</c>). Marks stay when an entry replaces
    /// another; 0 erases the entry with its marks.
    /// </summary>
    /// <returns>The entry that was there, 0 if none.</returns>
    public ulong Store(ulong index, ulong entry)
    {
        if (entry == 0)
            return Erase(index);
        if (index == 0 && _root is null)
        {
            ulong single = _single;
            _single = entry;
            _count = 1;
            return single;
        }

        XArrayLeaf leaf = LeafForStore(index);
        int slot = leaf.SlotOf(index);
        ref ulong place = ref leaf.Entry(slot);
        ulong old = place;
        place = entry;
        if (old == 0)
        {
            leaf.SetBit(XArrayNode.Present, slot);
            _count++;
        }

        return old;
    }

    /// <summary>Removes the entry at <paramref name="index"/> and its marks (<c>xa_erase</c>).</summary>
    /// <returns>The entry that was there, 0 if none.</returns>
    public ulong Erase(ulong index)
    {
        if (_root is null)
            return index == 0 ? EraseSingle() : 0;
        if (LeafOf(index) is not { } leaf)
            return 0;
        int slot = leaf.SlotOf(index);
        ulong old = leaf.Entry(slot);
        if (old == 0)
            return 0;
        for (int mark = 0; mark < XArrayNode.MarkCount; mark++)
            ClearBitUpwards(leaf, slot, mark);
        leaf.Entry(slot) = 0;
        leaf.ClearBit(XArrayNode.Present, slot);
        _count--;
        if (leaf.IsEmpty)
            RemoveEmpty(leaf);
        ShrinkRoot();
        return old;
    }

    /// <summary>
    /// Stores <paramref name="entry"/> if <paramref name="old"/> is what is there (<c>xa_cmpxchg</c>). Both may be 0.
    /// </summary>
    /// <returns>The entry that was there: equal to <paramref name="old"/> if the store was made.</returns>
    public ulong CompareExchange(ulong index, ulong old, ulong entry)
    {
        ulong found = Load(index);
        if (found == old)
            Store(index, entry);
        return found;
    }

    /// <summary>Removes all entries (<c>xa_destroy</c>); the array can be used again.</summary>
    public void Clear()
    {
        if (_root is not null)
            FreeSubtree(_root);
        _root = null;
        _single = 0;
        _singleMarks = 0;
        _count = 0;
    }

    private ulong EraseSingle()
    {
        ulong old = _single;
        _single = 0;
        _singleMarks = 0;
        _count = 0;
        return old;
    }

    /// <summary>The leaf that covers <paramref name="index"/>, or null; there must be a root.</summary>
    private XArrayLeaf? LeafOf(ulong index)
    {
        XArrayNode? node = _root!;
        if (node.IsBelow(index))
            return null;
        while (node is not null && node.Shift != 0)
            node = Unsafe.As<XArrayBranch>(node).Child(node.SlotOf(index));
        return Unsafe.As<XArrayLeaf?>(node);
    }

    /// <summary>The leaf that covers <paramref name="index"/>, with all that is missing above it (<c>xas_create</c>).</summary>
    private XArrayLeaf LeafForStore(ulong index)
    {
        if (_root is null)
            MakeRoot(index);
        while (_root!.IsBelow(index))
            GrowRoot();
        XArrayNode node = _root;
        while (node.Shift != 0)
        {
            XArrayBranch branch = Unsafe.As<XArrayBranch>(node);
            int slot = branch.SlotOf(index);
            XArrayNode? child = branch.Child(slot);
            if (child is null)
            {
                child = AllocNode(branch.Shift - XArrayNode.SlotBits);
                branch.Attach(slot, child);
            }

            node = child;
        }

        return Unsafe.As<XArrayLeaf>(node);
    }

    /// <summary>Makes the first node, and moves the entry at index 0 into it.</summary>
    private void MakeRoot(ulong index)
    {
        ulong single = _single;
        int shift = 0;
        // With an entry at index 0 the tree starts as a leaf and grows; without one it starts at the height it needs.
        while (single == 0 && index >> shift >= XArrayNode.SlotCount)
            shift += XArrayNode.SlotBits;
        _root = AllocNode(shift);
        if (single == 0)
            return;
        XArrayLeaf leaf = (XArrayLeaf)_root;
        leaf.Entry(0) = single;
        leaf.SetBit(XArrayNode.Present, 0);
        for (int mark = 0; mark < XArrayNode.MarkCount; mark++)
            leaf.Bitmap(mark) = (ulong)(_singleMarks >> mark & 1);
        _single = 0;
        _singleMarks = 0;
    }

    /// <summary>Puts a new root above the old one (<c>xas_expand</c>).</summary>
    private void GrowRoot()
    {
        XArrayNode old = _root!;
        XArrayBranch root = (XArrayBranch)AllocNode(old.Shift + XArrayNode.SlotBits);
        root.Attach(0, old);
        _root = root;
    }

    /// <summary>Removes a node that is empty, and those above that become empty with it (<c>xas_delete_node</c>).</summary>
    private void RemoveEmpty(XArrayNode node)
    {
        while (node.IsEmpty)
        {
            XArrayBranch? parent = Unsafe.As<XArrayBranch?>(node.Parent);
            int slot = node.Offset;
            FreeNode(node);
            if (parent is null)
            {
                _root = null;
                return;
            }

            parent.Detach(slot);
            node = parent;
        }
    }

    /// <summary>Takes away roots that hold nothing but their first slot (<c>xas_shrink</c>).</summary>
    private void ShrinkRoot()
    {
        while (_root is { } root && root.Bitmap(XArrayNode.Present) == 1)
        {
            if (root is XArrayLeaf leaf)
            {
                _single = leaf.Entry(0);
                for (int mark = 0; mark < XArrayNode.MarkCount; mark++)
                    _singleMarks |= (int)leaf.Bitmap(mark) << mark;
                _root = null;
            }
            else
            {
                _root = Unsafe.As<XArrayBranch>(root).Child(0)!;
                _root.Parent = null;
            }

            root.Reset();
            FreeNode(root);
        }
    }
}

using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <content>The marks, and the life of nodes.</content>
public sealed partial class XArray
{
    // Per kind; beyond it the garbage collector gets the nodes. There are many arrays, one a file.
    private const int MaxFreeNodes = 16;

    private XArrayNode? _freeLeaf;
    private XArrayNode? _freeBranch;
    private int _freeLeaves;
    private int _freeBranches;

    /// <summary>True if any entry has the mark (<c>xa_marked</c>).</summary>
    public bool IsMarked(XaMark mark) => _root is null ? (_singleMarks >> (int)mark & 1) != 0 : _root.Bitmap((int)mark) != 0;

    /// <summary>True if the entry at <paramref name="index"/> has the mark (<c>xa_get_mark</c>).</summary>
    public bool GetMark(ulong index, XaMark mark)
    {
        if (_root is null)
            return index == 0 && (_singleMarks >> (int)mark & 1) != 0;
        return LeafOf(index) is { } leaf && leaf.HasBit((int)mark, leaf.SlotOf(index));
    }

    /// <summary>Sets a mark on the entry at <paramref name="index"/>, if there is one (<c>xa_set_mark</c>).</summary>
    public void SetMark(ulong index, XaMark mark)
    {
        if (_root is null)
        {
            if (index == 0 && _single != 0)
                _singleMarks |= 1 << (int)mark;
            return;
        }

        if (LeafOf(index) is { } leaf && leaf.Entry(leaf.SlotOf(index)) != 0)
            SetBitUpwards(leaf, leaf.SlotOf(index), (int)mark);
    }

    /// <summary>Clears a mark of the entry at <paramref name="index"/> (<c>xa_clear_mark</c>).</summary>
    public void ClearMark(ulong index, XaMark mark)
    {
        if (_root is null)
        {
            if (index == 0)
                _singleMarks &= ~(1 << (int)mark);
            return;
        }

        if (LeafOf(index) is { } leaf)
            ClearBitUpwards(leaf, leaf.SlotOf(index), (int)mark);
    }

    private static void SetBitUpwards(XArrayNode? node, int slot, int mark)
    {
        while (node is not null && !node.HasBit(mark, slot))
        {
            node.SetBit(mark, slot);
            slot = node.Offset;
            node = node.Parent;
        }
    }

    private static void ClearBitUpwards(XArrayNode? node, int slot, int mark)
    {
        while (node is not null && node.HasBit(mark, slot))
        {
            node.ClearBit(mark, slot);
            if (node.Bitmap(mark) != 0)
                return;
            slot = node.Offset;
            node = node.Parent;
        }
    }

    /// <summary>An empty node, not yet in the tree (<c>xas_alloc</c>).</summary>
    private XArrayNode AllocNode(int shift)
    {
        XArrayNode node = shift == 0
            ? Pop(ref _freeLeaf, ref _freeLeaves) ?? new XArrayLeaf()
            : Pop(ref _freeBranch, ref _freeBranches) ?? new XArrayBranch();
        node.Shift = shift;
        node.Offset = 0;
        return node;
    }

    /// <summary>Takes back an empty node (<c>xa_node_free</c>).</summary>
    private void FreeNode(XArrayNode node)
    {
        if (node.Shift == 0)
            Push(ref _freeLeaf, ref _freeLeaves, node);
        else
            Push(ref _freeBranch, ref _freeBranches, node);
    }

    private void FreeSubtree(XArrayNode node)
    {
        if (node.Shift != 0)
        {
            XArrayBranch branch = Unsafe.As<XArrayBranch>(node);
            for (int slot = branch.NextSlot(XArrayNode.Present, 0); slot < XArrayNode.SlotCount;
                slot = branch.NextSlot(XArrayNode.Present, slot + 1))
            {
                FreeSubtree(branch.Child(slot)!);
            }
        }

        node.Reset();
        FreeNode(node);
    }

    private static XArrayNode? Pop(ref XArrayNode? head, ref int count)
    {
        XArrayNode? node = head;
        if (node is null)
            return null;
        head = node.Parent;
        node.Parent = null;
        count--;
        return node;
    }

    private static void Push(ref XArrayNode? head, ref int count, XArrayNode node)
    {
        if (count == MaxFreeNodes)
            return;
        node.Parent = head;
        head = node;
        count++;
    }
}

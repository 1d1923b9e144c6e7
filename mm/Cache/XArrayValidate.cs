using static Emu.Mm.Invariant;

namespace Emu.Mm;

/// <content>The check of the invariants, for tests.</content>
public sealed partial class XArray
{
    /// <summary>Walks the whole tree and checks every invariant of its structure.</summary>
    /// <exception cref="InvalidOperationException">An invariant is broken; the message says which and where.</exception>
    internal void Validate()
    {
        long found = 0;
        if (_root is null)
        {
            found = _single == 0 ? 0 : 1;
            Require(_single != 0 || _singleMarks == 0, $"XArray: marks {_singleMarks} without an entry");
        }
        else
        {
            Require(_single == 0 && _singleMarks == 0, $"XArray: an entry beside the root");
            Require(_root.Parent is null && _root.Offset == 0, $"XArray: the root has a parent");
            Require(_root.Bitmap(XArrayNode.Present) != 1, $"XArray: the root holds only its first slot");
            Require(_root.Shift <= 60, $"XArray: the root has shift {_root.Shift}");
            ValidateNode(_root, 0, ref found);
        }

        Require(found == _count, $"XArray: {found} entries, but the count is {_count}");
        ValidateFreeList(_freeLeaf, _freeLeaves, leaves: true);
        ValidateFreeList(_freeBranch, _freeBranches, leaves: false);
    }

    private static void ValidateNode(XArrayNode node, ulong first, ref long found)
    {
        ulong present = node.Bitmap(XArrayNode.Present);
        Require(present != 0, $"XArray node 0x{first:x}, shift {node.Shift}: empty");
        Require(node is XArrayLeaf == (node.Shift == 0), $"XArray node 0x{first:x}, shift {node.Shift}: of the other kind");
        for (int mark = 0; mark < XArrayNode.MarkCount; mark++)
            Require((node.Bitmap(mark) & ~present) == 0, $"XArray node 0x{first:x}, shift {node.Shift}: mark on nothing");
        for (int slot = 0; slot < XArrayNode.SlotCount; slot++)
        {
            bool used = node.HasBit(XArrayNode.Present, slot);
            if (node is XArrayLeaf leaf)
            {
                Require(used == (leaf.Entry(slot) != 0), $"XArray leaf 0x{first:x}: slot {slot} against its present bit");
                found += used ? 1 : 0;
                continue;
            }

            XArrayNode? child = ((XArrayBranch)node).Child(slot);
            Require(used == child is not null, $"XArray node 0x{first:x}: slot {slot} against its present bit");
            if (child is null)
                continue;
            ValidateChild(node, slot, child, first);
            ValidateNode(child, node.IndexOf(first, slot), ref found);
        }
    }

    private static void ValidateChild(XArrayNode node, int slot, XArrayNode child, ulong first)
    {
        Require(ReferenceEquals(child.Parent, node), $"XArray node 0x{first:x}: child {slot} has another parent");
        Require(child.Offset == slot, $"XArray node 0x{first:x}: child {slot} has offset {child.Offset}");
        int shift = node.Shift - XArrayNode.SlotBits;
        Require(child.Shift == shift, $"XArray node 0x{first:x}: child {slot} has shift {child.Shift}, not {shift}");
        for (int mark = 0; mark < XArrayNode.MarkCount; mark++)
        {
            bool marked = child.Bitmap(mark) != 0;
            Require(node.HasBit(mark, slot) == marked, $"XArray node 0x{first:x}: mark {mark} of child {slot} is {marked} below");
        }
    }

    private static void ValidateFreeList(XArrayNode? head, int count, bool leaves)
    {
        int found = 0;
        for (XArrayNode? node = head; node is not null; node = node.Parent, found++)
        {
            Require(node is XArrayLeaf == leaves, $"XArray: a free node in the wrong list");
            for (int which = 0; which < XArrayNode.BitmapCount; which++)
                Require(node.Bitmap(which) == 0, $"XArray: a free node with bits");
            for (int slot = 0; slot < XArrayNode.SlotCount; slot++)
            {
                bool clear = node is XArrayLeaf leaf ? leaf.Entry(slot) == 0 : ((XArrayBranch)node).Child(slot) is null;
                Require(clear, $"XArray: a free node still holds slot {slot}");
            }
        }

        Require(found == count, $"XArray: {found} free nodes, but the count is {count}");
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>A mark on an entry of an <see cref="XArray"/> (<c>include/linux/xarray.h: xa_mark_t</c>).</summary>
public enum XaMark
{
    /// <summary><c>XA_MARK_0</c>; in the page cache <c>PAGECACHE_TAG_DIRTY</c>.</summary>
    Mark0,

    /// <summary><c>XA_MARK_1</c>; in the page cache <c>PAGECACHE_TAG_WRITEBACK</c>.</summary>
    Mark1,

    /// <summary><c>XA_MARK_2</c>; in the page cache <c>PAGECACHE_TAG_TOWRITE</c>.</summary>
    Mark2,
}

/// <summary>The entries of an <see cref="XArrayLeaf"/>.</summary>
[InlineArray(XArrayNode.SlotCount)]
internal struct XArrayEntries
{
    private ulong _element0;
}

/// <summary>The children of an <see cref="XArrayBranch"/>.</summary>
[InlineArray(XArrayNode.SlotCount)]
internal struct XArrayChildren
{
    private XArrayNode? _element0;
}

/// <summary>One bit a slot, for each mark and for the presence of the slot.</summary>
[InlineArray(XArrayNode.BitmapCount)]
internal struct XArrayBitmaps
{
    private ulong _element0;
}

/// <summary>What the two kinds of node of an <see cref="XArray"/> have in common (<c>struct xa_node</c>).</summary>
internal abstract class XArrayNode
{
    /// <summary>Bits of the index that one level consumes (<c>XA_CHUNK_SHIFT</c>).</summary>
    internal const int SlotBits = 6;

    /// <summary>Slots in a node (<c>XA_CHUNK_SIZE</c>).</summary>
    internal const int SlotCount = 1 << SlotBits;

    /// <summary>Number of marks (<c>XA_MAX_MARKS</c>).</summary>
    internal const int MarkCount = 3;

    /// <summary>The bitmap of the slots in use, which follows those of the marks.</summary>
    internal const int Present = MarkCount;

    /// <summary>Bitmaps in a node.</summary>
    internal const int BitmapCount = MarkCount + 1;

    /// <summary>The node above, null at the root. Chains the free nodes of an array.</summary>
    internal XArrayNode? Parent;

    /// <summary>How far an index is shifted right for its slot in this node; 0 in a leaf.</summary>
    internal int Shift;

    /// <summary>This node's slot in <see cref="Parent"/>.</summary>
    internal int Offset;

    // In a leaf a bit stands for an entry. In a branch a present bit stands for a child, and a mark bit says that something
    // under the child has the mark.
    private XArrayBitmaps _bitmaps;

    /// <summary>True if no slot is in use.</summary>
    internal bool IsEmpty => _bitmaps[Present] == 0;

    /// <summary>Bitmap of a mark, or of <see cref="Present"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref ulong Bitmap(int which) => ref Unsafe.Add(ref Unsafe.As<XArrayBitmaps, ulong>(ref _bitmaps), which);

    /// <summary>True if bitmap <paramref name="which"/> has the bit of <paramref name="slot"/>.</summary>
    internal bool HasBit(int which, int slot) => (Bitmap(which) >> slot & 1) != 0;

    /// <summary>Sets the bit of <paramref name="slot"/> in bitmap <paramref name="which"/>.</summary>
    internal void SetBit(int which, int slot) => Bitmap(which) |= 1UL << slot;

    /// <summary>Clears the bit of <paramref name="slot"/> in bitmap <paramref name="which"/>.</summary>
    internal void ClearBit(int which, int slot) => Bitmap(which) &= ~(1UL << slot);

    /// <summary>The slot of <paramref name="index"/> in this node (<c>get_offset</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int SlotOf(ulong index) => (int)(index >> Shift) & (SlotCount - 1);

    /// <summary>The index where slot <paramref name="slot"/> begins in the node that covers <paramref name="index"/>.</summary>
    internal ulong IndexOf(ulong index, int slot) =>
        // In two steps, as the node at the top would need a shift by more than 63.
        (index >> Shift >> SlotBits << SlotBits << Shift) | ((ulong)slot << Shift);

    /// <summary>True if <paramref name="index"/> lies beyond this node, taken as the root (<c>max_index</c>).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool IsBelow(ulong index) => index >> Shift >= SlotCount;

    /// <summary>The first slot at or after <paramref name="slot"/> with a bit in a bitmap; 64 if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal int NextSlot(int which, int slot)
    {
        if (slot == SlotCount)
            return SlotCount;
        ulong rest = Bitmap(which) >> slot << slot;
        return BitOperations.TrailingZeroCount(rest);
    }

    /// <summary>Empties the node for its next use.</summary>
    internal virtual void Reset() => _bitmaps = default;
}

/// <summary>A node of entries.</summary>
internal sealed class XArrayLeaf : XArrayNode
{
    private XArrayEntries _entries;

    /// <summary>The entry in <paramref name="slot"/>; 0 if there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ref ulong Entry(int slot) => ref Unsafe.Add(ref Unsafe.As<XArrayEntries, ulong>(ref _entries), slot);

    /// <inheritdoc/>
    internal override void Reset()
    {
        base.Reset();
        _entries = default;
    }
}

/// <summary>A node of nodes.</summary>
internal sealed class XArrayBranch : XArrayNode
{
    private XArrayChildren _children;

    /// <summary>The node in <paramref name="slot"/>, or null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal XArrayNode? Child(int slot) => Unsafe.Add(ref Unsafe.As<XArrayChildren, XArrayNode?>(ref _children), slot);

    /// <summary>Puts <paramref name="child"/> into a free slot; what is marked under it is marked here, too.</summary>
    internal void Attach(int slot, XArrayNode child)
    {
        _children[slot] = child;
        child.Parent = this;
        child.Offset = slot;
        SetBit(Present, slot);
        for (int mark = 0; mark < MarkCount; mark++)
        {
            if (child.Bitmap(mark) != 0)
                SetBit(mark, slot);
        }
    }

    /// <summary>Takes the node out of <paramref name="slot"/>; nothing under it may be marked any more.</summary>
    internal void Detach(int slot)
    {
        _children[slot] = null;
        ClearBit(Present, slot);
    }

    /// <inheritdoc/>
    internal override void Reset()
    {
        base.Reset();
        _children = default;
    }
}

using System.Runtime.CompilerServices;
using static Emu.Mm.Invariant;

namespace Emu.Mm;

/// <content>The check of the invariants, for tests.</content>
public sealed partial class MapleTree<T>
{
    /// <summary>
    /// Walks the whole tree and checks every invariant of its structure (<c>mt_validate</c>).
    /// </summary>
    /// <exception cref="InvalidOperationException">An invariant is broken; the message says which and where.</exception>
    internal void Validate()
    {
        Require(_root.Parent is null, $"Maple tree {_root}: the root has a parent");
        Require(_root.First == 0 && _root.Last == ulong.MaxValue, $"Maple tree {_root}: the root does not cover all indices");
        Require(_root.IsLeaf || _root.Count > 1, $"Maple tree {_root}: the root is internal with a single child");
        bool gapBefore = false;
        int found = ValidateNode(_root, ref gapBefore);
        Require(found == _count, $"Maple tree {_root}: {found} entries, but the count is {_count}");
        ValidateFreeList(_freeLeaf, _freeLeaves, leaves: true);
        ValidateFreeList(_freeInternal, _freeInternals, leaves: false);
    }

    private static int ValidateNode(MapleNode node, ref bool gapBefore)
    {
        Require(node.Count is >= 1 and <= MapleNode.SlotCount, $"Maple tree {node}: the slot count is {node.Count}");
        Require(node.Parent is null || node.Count >= MapleNode.MinFill, $"Maple tree {node}: only {node.Count} slots");
        Require(node.IsLeaf == (node is not MapleArangeNode), $"Maple tree {node}: its level does not suit its kind");
        ValidateUnused(node);
        int entries = 0;
        for (int i = 0; i < node.Count; i++)
        {
            bool ascending = i == 0 ? node.Pivots[0] >= node.First : node.Pivots[i] > node.Pivots[i - 1];
            Require(ascending, $"Maple tree {node}: pivot {i} (0x{node.Pivots[i]:x}) is below the first index of its slot");
            if (!node.IsLeaf)
            {
                ValidateChild((MapleArangeNode)node, i);
                entries += ValidateNode(node.Child(i), ref gapBefore);
                continue;
            }

            bool gap = node.Slots[i] is null;
            Require(!(gap && gapBefore), $"Maple tree {node}: slot {i} and the slot before it are both without an entry");
            Require(gap || node.Slots[i] is T, $"Maple tree {node}: slot {i} holds no {typeof(T).Name}");
            gapBefore = gap;
            entries += gap ? 0 : 1;
        }

        return entries;
    }

    private static void ValidateChild(MapleArangeNode node, int slot)
    {
        Require(node.Slots[slot] is MapleNode, $"Maple tree {node}: slot {slot} holds no node");
        MapleNode child = node.Child(slot);
        Require(ReferenceEquals(child.Parent, node), $"Maple tree {node}: child {slot} has another parent");
        Require(child.Level == node.Level - 1, $"Maple tree {node}: child {slot} has level {child.Level}");
        Require(child.First == node.SlotFirst(slot), $"Maple tree {node}: child {slot} begins at 0x{child.First:x}");
        Require(child.Last == node.Pivots[slot], $"Maple tree {node}: child {slot} ends at 0x{child.Last:x}");
        ulong gap = child.MaxGap();
        Require(gap == node.Gaps[slot], $"Maple tree {node}: child {slot} has gap 0x{gap:x}, not 0x{node.Gaps[slot]:x}");
    }

    private static void ValidateUnused(MapleNode node)
    {
        for (int i = node.Count; i < MapleNode.SlotCount; i++)
        {
            Require(node.Pivots[i] == ulong.MaxValue, $"Maple tree {node}: unused pivot {i} is set");
            Require(node.Slots[i] is null, $"Maple tree {node}: unused slot {i} is set");
            Require(node.IsLeaf || Unsafe.As<MapleArangeNode>(node).Gaps[i] == 0, $"Maple tree {node}: unused gap {i} is set");
        }
    }

    private static void ValidateFreeList(MapleNode? head, int count, bool leaves)
    {
        int found = 0;
        for (MapleNode? node = head; node is not null; node = (MapleNode?)node.Slots[0], found++)
        {
            Require(node.IsLeaf == leaves, $"Maple tree {node}: a free node in the wrong list");
            Require(node.Count == 0 && node.Parent is null, $"Maple tree {node}: a free node is still in use");
            Require(found < count, $"Maple tree {node}: more than {count} free nodes");
        }

        Require(found == count, $"Maple tree: {found} free nodes, but the count is {count}");
    }
}

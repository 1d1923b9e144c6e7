namespace Emu.Mm;

/// <content>The search for free ranges.</content>
public sealed partial class MapleTree<T>
{
    /// <summary>
    /// Finds the lowest free range of <paramref name="size"/> indices inside [<paramref name="min"/>,
    /// <paramref name="max"/>] (<c>mas_empty_area</c>).
    /// </summary>
    /// <param name="min">First index that the range may use.</param>
    /// <param name="max">Last index that the range may use.</param>
    /// <param name="size">Length of the range; no range has length 0.</param>
    /// <param name="first">First index of the range, 0 if there is none.</param>
    /// <returns>False if no gap is large enough.</returns>
    public bool EmptyArea(ulong min, ulong max, ulong size, out ulong first)
    {
        first = 0;
        return FitsBetween(min, max, size) && LowestGap(_root, min, max, size, out first);
    }

    /// <summary>
    /// Finds the highest free range of <paramref name="size"/> indices inside [<paramref name="min"/>,
    /// <paramref name="max"/>] (<c>mas_empty_area_rev</c>).
    /// </summary>
    /// <param name="min">First index that the range may use.</param>
    /// <param name="max">Last index that the range may use.</param>
    /// <param name="size">Length of the range; no range has length 0.</param>
    /// <param name="first">First index of the range, 0 if there is none.</param>
    /// <returns>False if no gap is large enough.</returns>
    public bool EmptyAreaRev(ulong min, ulong max, ulong size, out ulong first)
    {
        first = 0;
        return FitsBetween(min, max, size) && HighestGap(_root, min, max, size, out first);
    }

    private static bool FitsBetween(ulong min, ulong max, ulong size) => min <= max && size != 0 && max - min >= size - 1;

    /// <summary>
    /// The lowest fitting gap under a node. A child whose recorded gap is large enough fails only if
    /// <paramref name="min"/> or <paramref name="max"/> cuts it, so at most two children a level are entered in vain.
    /// </summary>
    private static bool LowestGap(MapleNode node, ulong min, ulong max, ulong size, out ulong first)
    {
        for (int slot = node.FindSlot(Math.Max(min, node.First)); slot < node.Count; slot++)
        {
            ulong low = Math.Max(min, node.SlotFirst(slot));
            if (low > max)
                break;
            if (node.IsLeaf)
            {
                if (node.Slot(slot) is null && FitsBetween(low, Math.Min(max, node.Pivot(slot)), size))
                {
                    first = low;
                    return true;
                }
            }
            else if (GapOf(node, slot) >= size && LowestGap(node.Child(slot), min, max, size, out first))
            {
                return true;
            }
        }

        first = 0;
        return false;
    }

    /// <summary>The highest fitting gap under a node; the mirror image of <see cref="LowestGap"/>.</summary>
    private static bool HighestGap(MapleNode node, ulong min, ulong max, ulong size, out ulong first)
    {
        for (int slot = node.FindSlot(Math.Min(max, node.Last)); slot >= 0; slot--)
        {
            ulong high = Math.Min(max, node.Pivot(slot));
            if (high < min)
                break;
            if (node.IsLeaf)
            {
                if (node.Slot(slot) is null && FitsBetween(Math.Max(min, node.SlotFirst(slot)), high, size))
                {
                    first = high - size + 1;
                    return true;
                }
            }
            else if (GapOf(node, slot) >= size && HighestGap(node.Child(slot), min, max, size, out first))
            {
                return true;
            }
        }

        first = 0;
        return false;
    }

    private static ulong GapOf(MapleNode node, int slot) =>
        System.Runtime.CompilerServices.Unsafe.As<MapleArangeNode>(node).Gap(slot);
}

using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <content>The search for entries, marks and holes.</content>
public sealed partial class XArray
{
    /// <summary>
    /// Finds the first entry at or after <paramref name="index"/> (<c>xa_find</c>). To go on, the caller adds 1 to
    /// <paramref name="index"/>, unless it is <paramref name="max"/>.
    /// </summary>
    /// <param name="index">Where to start; on success the index of the entry, otherwise unchanged.</param>
    /// <param name="max">Last index to look at.</param>
    /// <param name="entry">The entry, 0 if there is none.</param>
    /// <returns>True if there is an entry.</returns>
    public bool FindNext(ref ulong index, ulong max, out ulong entry) =>
        Search(XArrayNode.Present, ref index, max, out entry);

    /// <summary>Finds the first entry with a mark at or after <paramref name="index"/> (<c>xa_find</c> with a filter).</summary>
    /// <param name="index">Where to start; on success the index of the entry, otherwise unchanged.</param>
    /// <param name="max">Last index to look at.</param>
    /// <param name="mark">The mark.</param>
    /// <param name="entry">The entry, 0 if there is none.</param>
    /// <returns>True if there is an entry.</returns>
    public bool FindNextMarked(ref ulong index, ulong max, XaMark mark, out ulong entry) =>
        Search((int)mark, ref index, max, out entry);

    /// <summary>
    /// Finds the first index at or after <paramref name="index"/> that holds no page: no entry, or a value entry
    /// (<c>mm/filemap.c: page_cache_next_miss</c>).
    /// </summary>
    /// <param name="index">Where to start.</param>
    /// <param name="maxScan">How many indices to look at; those beyond <see cref="ulong.MaxValue"/> do not count.</param>
    /// <param name="hole">The index found; if there is none, the index after the last one looked at, which may wrap to 0.</param>
    /// <returns>True if there is a hole among the indices looked at.</returns>
    public bool FindNextHole(ulong index, ulong maxScan, out ulong hole)
    {
        hole = index;
        while (maxScan != 0)
        {
            XArrayLeaf? leaf = _root is null ? null : LeafOf(hole);
            if (leaf is null && !IsSinglePage(hole))
                return true;
            do
            {
                if (leaf is not null && IsHole(leaf.Entry(leaf.SlotOf(hole))))
                    return true;
                hole++;
                maxScan--;
                if (hole == 0)
                    return false;
            }
            while (maxScan != 0 && leaf is not null && leaf.SlotOf(hole) != 0);
        }

        return false;
    }

    /// <summary>
    /// Finds the last index at or before <paramref name="index"/> that holds no page: no entry, or a value entry
    /// (<c>mm/filemap.c: page_cache_prev_miss</c>).
    /// </summary>
    /// <param name="index">Where to start.</param>
    /// <param name="maxScan">How many indices to look at; those below 0 do not count.</param>
    /// <param name="hole">
    /// The index found; if there is none, the index before the last one looked at, which may wrap to
    /// <see cref="ulong.MaxValue"/>.
    /// </param>
    /// <returns>True if there is a hole among the indices looked at.</returns>
    public bool FindPreviousHole(ulong index, ulong maxScan, out ulong hole)
    {
        hole = index;
        while (maxScan != 0)
        {
            XArrayLeaf? leaf = _root is null ? null : LeafOf(hole);
            if (leaf is null && !IsSinglePage(hole))
                return true;
            do
            {
                if (leaf is not null && IsHole(leaf.Entry(leaf.SlotOf(hole))))
                    return true;
                hole--;
                maxScan--;
                if (hole == ulong.MaxValue)
                    return false;
            }
            while (maxScan != 0 && leaf is not null && leaf.SlotOf(hole) != XArrayNode.SlotCount - 1);
        }

        return false;
    }

    /// <summary>
    /// Walks the entries in [<paramref name="first"/>, <paramref name="last"/>] in ascending order, without allocation
    /// (<c>xa_for_each_range</c>). The array may be changed between two steps.
    /// </summary>
    public XArrayCursor Iterate(ulong first = 0, ulong last = ulong.MaxValue) =>
        new(this, first, last, XArrayNode.Present);

    /// <summary>
    /// Walks the entries with a mark in [<paramref name="first"/>, <paramref name="last"/>] in ascending order, without
    /// allocation (<c>xa_for_each_marked</c>). The array may be changed between two steps.
    /// </summary>
    public XArrayCursor IterateMarked(XaMark mark, ulong first = 0, ulong last = ulong.MaxValue) =>
        new(this, first, last, (int)mark);

    /// <summary>
    /// The first entry at or after <paramref name="index"/> whose bit is set in bitmap <paramref name="which"/>
    /// (<c>xas_find</c>, <c>xas_find_marked</c>).
    /// </summary>
    internal bool Search(int which, ref ulong index, ulong max, out ulong entry)
    {
        entry = 0;
        XArrayNode? node = _root;
        if (node is null)
            return index == 0 && SearchSingle(which, out entry);
        ulong at = index;
        if (at > max || node.IsBelow(at))
            return false;
        int slot = node.SlotOf(at);
        while (true)
        {
            slot = node.NextSlot(which, slot);
            if (slot == XArrayNode.SlotCount)
            {
                slot = node.Offset + 1;
                node = node.Parent;
                if (node is null)
                    return false;
                continue;
            }

            // Inside the slot of the start the search goes on from the start; any later slot is searched from its beginning.
            at = Math.Max(at, node.IndexOf(at, slot));
            if (at > max)
                return false;
            if (node.Shift == 0)
                break;
            node = Unsafe.As<XArrayBranch>(node).Child(slot)!;
            slot = node.SlotOf(at);
        }

        entry = Unsafe.As<XArrayLeaf>(node).Entry(slot);
        index = at;
        return true;
    }

    private bool SearchSingle(int which, out ulong entry)
    {
        bool found = which == XArrayNode.Present ? _single != 0 : (_singleMarks >> which & 1) != 0;
        entry = found ? _single : 0;
        return found;
    }

    private bool IsSinglePage(ulong index) => index == 0 && _root is null && !IsHole(_single);

    private static bool IsHole(ulong entry) => entry == 0 || IsValue(entry);
}

/// <summary>A walk over entries of an <see cref="XArray"/>, for <c>foreach</c>; see <see cref="XArray.Iterate"/>.</summary>
public ref struct XArrayCursor
{
    private readonly XArray _array;
    private readonly ulong _last;
    private readonly int _which;
    private ulong _next;
    private bool _ended;

    internal XArrayCursor(XArray array, ulong first, ulong last, int which)
    {
        _array = array;
        _last = last;
        _which = which;
        _next = first;
    }

    /// <summary>Index of the present entry.</summary>
    public ulong Index { get; private set; }

    /// <summary>The present entry.</summary>
    public ulong Entry { get; private set; }

    /// <summary>Index and entry.</summary>
    public readonly (ulong Index, ulong Entry) Current => (Index, Entry);

    /// <summary>The cursor itself, for <c>foreach</c>.</summary>
    public readonly XArrayCursor GetEnumerator() => this;

    /// <summary>Goes to the next entry (<c>xas_find</c>).</summary>
    /// <returns>False when there is none up to the end of the walk.</returns>
    public bool MoveNext()
    {
        if (_ended || !_array.Search(_which, ref _next, _last, out ulong entry))
        {
            _ended = true;
            return false;
        }

        Index = _next;
        Entry = entry;
        _ended = ++_next == 0;
        return true;
    }
}

using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>A range of a <see cref="MapleTree{T}"/> with its entry.</summary>
/// <param name="First">First index.</param>
/// <param name="Last">Last index, inclusive.</param>
/// <param name="Entry">What is stored there.</param>
public readonly record struct MapleRange<T>(ulong First, ulong Last, T Entry)
    where T : class;

/// <summary>
/// A walk over the entries of a <see cref="MapleTree{T}"/> in ascending order, without allocation
/// (<c>struct ma_state</c> under <c>mas_for_each</c>). Use it in <c>foreach</c>, or call <see cref="MoveNext"/>.
/// </summary>
/// <remarks>
/// The tree may be changed between two steps, by the holder of its lock: the walk then goes on with the first entry that
/// meets what lies after the last range reported.
/// </remarks>
public ref struct MapleCursor<T>
    where T : class
{
    private readonly MapleTree<T> _tree;
    private readonly ulong _max;
    private MapleNode? _leaf;
    private int _slot;
    private int _version;
    private ulong _next;
    private bool _ended;

    internal MapleCursor(MapleTree<T> tree, ulong min, ulong max)
    {
        _tree = tree;
        _max = max;
        _next = min;
        _ended = min > max;
    }

    /// <summary>First index of the present range.</summary>
    public ulong First { get; private set; }

    /// <summary>Last index of the present range.</summary>
    public ulong Last { get; private set; }

    /// <summary>
    /// The entry of the present range. Neither it nor the bounds change when the tree does. Not to be read before the first
    /// <see cref="MoveNext"/>.
    /// </summary>
    public T Entry { get; private set; } = null!;

    /// <summary>The present range.</summary>
    public readonly MapleRange<T> Current => new(First, Last, Entry);

    /// <summary>The cursor itself, for <c>foreach</c>.</summary>
    public readonly MapleCursor<T> GetEnumerator() => this;

    /// <summary>Goes to the next entry (<c>mas_find</c>).</summary>
    /// <returns>False when there is none up to the end of the walk.</returns>
    public bool MoveNext()
    {
        if (_ended || !Step())
        {
            _ended = true;
            return false;
        }

        MapleNode leaf = _leaf!;
        First = leaf.SlotFirst(_slot);
        Last = leaf.Pivot(_slot);
        Entry = Unsafe.As<T>(leaf.Slot(_slot)!);
        _next = Last + 1;
        _ended = Last >= _max;
        return true;
    }

    /// <summary>
    /// Replaces the entry of the present range and leaves the range alone; other walks are not disturbed. The tree must
    /// not have been changed since the step to here.
    /// </summary>
    /// <param name="entry">The new entry.</param>
    public void Replace(T entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        if (_leaf is null || _version != _tree.Version)
            throw new InvalidOperationException("The cursor is not at an entry, or the tree has changed under it.");
        _leaf.Slot(_slot) = entry;
        Entry = entry;
    }

    private bool Step()
    {
        if (_leaf is not null && _version == _tree.Version)
            return MapleTree<T>.NextEntry(ref _leaf, ref _slot, _max);
        _version = _tree.Version;
        _leaf = _tree.LeafOf(_next);
        _slot = _leaf.FindSlot(_next);
        return _leaf.Slot(_slot) is not null || MapleTree<T>.NextEntry(ref _leaf, ref _slot, _max);
    }
}

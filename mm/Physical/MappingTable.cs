namespace Emu.Mm;

/// <summary>
/// What <see cref="Page.Mapping"/> holds: an index into <see cref="MappingTable"/> with the kind in the two low bits, as the
/// kernel keeps it in the low bits of the pointer (PAGE_MAPPING_ANON, PAGE_MAPPING_KSM).
/// </summary>
/// <param name="Value">The packed word; 0 is no mapping.</param>
public readonly record struct MappingHandle(int Value)
{
    private const int AnonymousBit = 1, KsmBits = 3, KindMask = 3;

    /// <summary>No mapping.</summary>
    public static MappingHandle None => default;

    /// <summary>Whether there is none.</summary>
    public bool IsNone => Value == 0;

    /// <summary>Whether it names an <see cref="AnonVma"/> or a KSM node. Linux: <c>PageAnon</c>.</summary>
    public bool IsAnonymous => (Value & AnonymousBit) != 0;

    /// <summary>Whether it names a KSM node. Linux: <c>PageKsm</c>.</summary>
    public bool IsKsm => (Value & KindMask) == KsmBits;

    /// <summary>Row of the table.</summary>
    internal int Index => Value >> 2;

    internal static MappingHandle ForFile(int index) => new(index << 2);

    internal static MappingHandle ForAnonymous(int index) => new((index << 2) | AnonymousBit);

    internal static MappingHandle ForKsm(int index) => new((index << 2) | KsmBits);
}

/// <summary>
/// Turns the handles that page descriptors hold into objects: the descriptors are unmanaged memory and cannot hold
/// references. An owner registers itself once and gives the handle back when no page names it any more.
/// </summary>
/// <remarks>Lock: the kernel lock.</remarks>
public sealed class MappingTable
{
    private object?[] _rows = new object?[64];
    private readonly Stack<int> _free = new();
    private int _used = 1; // row 0 is no mapping

    /// <summary>Objects registered now.</summary>
    public int Count => _used - 1 - _free.Count;

    /// <summary>Registers an <see cref="AnonVma"/>.</summary>
    public MappingHandle Add(AnonVma owner) => MappingHandle.ForAnonymous(AddRow(owner));

    /// <summary>Registers a <see cref="PageCache"/>.</summary>
    public MappingHandle Add(PageCache owner) => MappingHandle.ForFile(AddRow(owner));

    /// <summary>Registers a merged page.</summary>
    internal MappingHandle Add(KsmStableNode owner) => MappingHandle.ForKsm(AddRow(owner));

    /// <summary>The merged page that a handle names. Linux: <c>folio_stable_node</c>.</summary>
    internal KsmStableNode KsmNode(MappingHandle handle) => (KsmStableNode)_rows[handle.Index]!;

    /// <summary>Gives a handle back. No page may name it any more.</summary>
    public void Remove(MappingHandle handle)
    {
        Bug.On(handle.IsNone || _rows[handle.Index] is null, "mapping handle freed twice");
        _rows[handle.Index] = null;
        _free.Push(handle.Index);
    }

    /// <summary>The anonymous mapping that a handle names. Linux: <c>folio_anon_vma</c>.</summary>
    public AnonVma AnonVma(MappingHandle handle) => (AnonVma)_rows[handle.Index]!;

    /// <summary>Whether a handle names an anonymous mapping that still lives.</summary>
    internal bool IsAnonVma(MappingHandle handle) => _rows[handle.Index] is AnonVma;

    /// <summary>The page cache that a handle names. Linux: <c>folio_mapping</c>.</summary>
    public PageCache PageCache(MappingHandle handle) => (PageCache)_rows[handle.Index]!;

    /// <summary>The page caches registered now.</summary>
    internal IEnumerable<PageCache> PageCaches => _rows.OfType<PageCache>();

    private int AddRow(object owner)
    {
        if (!_free.TryPop(out int index))
        {
            index = _used++;
            if (index == _rows.Length)
                Array.Resize(ref _rows, index * 2);
        }
        _rows[index] = owner;
        return index;
    }
}

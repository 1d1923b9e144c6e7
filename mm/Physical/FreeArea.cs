namespace Emu.Mm;

/// <summary>The free blocks of one order in a zone, a list a migrate type. Linux: <c>struct free_area</c>.</summary>
/// <remarks>Lock: <c>zone->lock</c>.</remarks>
public sealed unsafe class FreeArea
{
    private readonly PageList[] _lists = new PageList[MmConstants.MigrateTypes];

    /// <summary>Free blocks of all types. Linux: <c>nr_free</c>.</summary>
    public long FreeBlocks { get; private set; }

    /// <summary>Free blocks of one type.</summary>
    public long Count(MigrateType type) => _lists[(int)type].Count;

    /// <summary>First block of a type, 0 for none. Linux: <c>get_page_from_free_area</c>.</summary>
    public uint First(MigrateType type) => _lists[(int)type].First;

    /// <summary>Last block of a type, 0 for none.</summary>
    public uint Last(MigrateType type) => _lists[(int)type].Last;

    /// <summary>The list of a type.</summary>
    internal PageList List(MigrateType type) => _lists[(int)type];

    /// <summary>Whether a type has no block. Linux: <c>free_area_empty</c>.</summary>
    public bool IsEmpty(MigrateType type) => _lists[(int)type].IsEmpty;

    /// <summary>Puts a block on a list. Linux: <c>__add_to_free_list</c>.</summary>
    public void Add(Page* pages, uint pfn, MigrateType type, bool toTail)
    {
        if (toTail)
            _lists[(int)type].AddLast(pages, pfn);
        else
            _lists[(int)type].AddFirst(pages, pfn);
        FreeBlocks++;
    }

    /// <summary>Takes a block off. Linux: <c>__del_page_from_free_list</c>.</summary>
    public void Remove(Page* pages, uint pfn, MigrateType type)
    {
        _lists[(int)type].Remove(pages, pfn);
        FreeBlocks--;
    }

    /// <summary>Moves a block to the tail of another type's list. Linux: <c>move_to_free_list</c>.</summary>
    public void Move(Page* pages, uint pfn, MigrateType from, MigrateType to)
    {
        _lists[(int)from].Remove(pages, pfn);
        _lists[(int)to].AddLast(pages, pfn);
    }
}

namespace Emu.Mm;

/// <summary>
/// Goes through the entries of a range: each PTE of the tables that exist, empty ones too, and each PMD that maps a huge page. What has no
/// table is passed over. Linux: <c>walk_page_range</c> (mm/pagewalk.c).
/// </summary>
/// <remarks>The entry just reported may be changed; tables must stay. Lock: mmap lock, and that of the table for a change.</remarks>
internal unsafe ref struct PageWalk
{
    private readonly PageTable _tables;
    private readonly ulong _end;
    private bool _inTable;

    /// <summary>A walk over [start, end).</summary>
    public PageWalk(PageTable tables, ulong start, ulong end)
    {
        _tables = tables;
        _end = end;
        Next = start;
    }

    /// <summary>First address that the entry maps, or that the walk began at within a huge page.</summary>
    public ulong Address { get; private set; }

    /// <summary>Where the walk goes on.</summary>
    public ulong Next { get; private set; }

    /// <summary>The entry.</summary>
    public Pte* Entry { get; private set; }

    /// <summary>Whether it is a PMD that maps a huge page.</summary>
    public bool IsHuge { get; private set; }

    /// <summary>Whether the whole of a huge page lies in the range.</summary>
    public readonly bool CoversHuge => Next - Address == MmConstants.PmdSize;

    /// <summary>Goes to the next entry.</summary>
    public bool MoveNext()
    {
        if (Next >= _end)
            return false;
        if (!_inTable || (Next & ~MmConstants.PmdMask) == 0)
            return Descend(Next);
        Address = Next;
        Entry++;
        Next += MmConstants.PageSize;
        return true;
    }

    /// <summary>Reports the same address again: its huge page or folio was split.</summary>
    public void Again()
    {
        Next = Address;
        _inTable = false;
    }

    private bool Descend(ulong at)
    {
        _inTable = IsHuge = false;
        for (; at < _end;)
        {
            Entry = _tables.Walk(at, out int level);
            Address = at;
            ulong next = (at & ~(PageTable.SpanOf(level) - 1)) + PageTable.SpanOf(level);
            Next = Math.Min(next, _end);
            _inTable = level == 0;
            IsHuge = level == PageTable.PmdLevel && Entry->IsLarge;
            if (_inTable || IsHuge)
                return true;
            at = next;
        }
        Next = _end;
        return false;
    }
}

namespace Emu.Mm;

/// <summary>
/// Collects what an unmapping sets free until no TLB can reach it any more. Linux: <c>struct mmu_gather</c> (mm/mmu_gather.c).
/// </summary>
/// <remarks>One is in use at a time an address space, under its mmap lock; it is reused, so that unmapping allocates nothing.</remarks>
public sealed class MmuGather
{
    private const int BatchPages = 512;

    private readonly MemoryDescriptor _mm;
    private readonly MemoryManager _manager;
    private readonly uint[] _pages = new uint[BatchPages];
    private uint[] _tables = new uint[16];
    private int _pageCount, _tableCount;
    private ulong _start = ulong.MaxValue, _end;
    private bool _executable, _fullMm;

    internal MmuGather(MemoryDescriptor mm)
    {
        _mm = mm;
        _manager = mm.Manager;
    }

    /// <summary>Starts collecting. Linux: <c>tlb_gather_mmu</c>, <c>tlb_gather_mmu_fullmm</c>.</summary>
    /// <param name="fullMm">Whether the address space goes away: nothing needs to be flushed range by range.</param>
    public void Begin(bool fullMm = false)
    {
        _fullMm = fullMm;
        ResetRange();
    }

    /// <summary>An entry of [start, end) was cleared or lost a permission. Linux: <c>tlb_flush_pte_range</c>.</summary>
    public void AddRange(ulong start, ulong end, bool executable)
    {
        _start = Math.Min(_start, start);
        _end = Math.Max(_end, end);
        _executable |= executable;
    }

    /// <summary>The reference that an entry held is to be dropped after the flush. Linux: <c>tlb_remove_page</c>.</summary>
    public void AddPage(uint pfn)
    {
        if (_pageCount == BatchPages)
            Flush();
        _pages[_pageCount++] = pfn;
    }

    /// <summary>A table is to be freed after the flush. Linux: <c>tlb_remove_table</c>.</summary>
    public void AddTable(uint pfn)
    {
        if (_tableCount == _tables.Length)
            Array.Resize(ref _tables, _tableCount * 2);
        _tables[_tableCount++] = pfn;
    }

    /// <summary>Flushes and frees what was collected so far. Linux: <c>tlb_flush_mmu</c>.</summary>
    public void Flush()
    {
        if (_end > _start && !_fullMm)
            _manager.Tlb.FlushRange(_mm, _start, _end, _executable);
        ResetRange();
        for (int i = 0; i < _pageCount; i++)
            PutPage(_pages[i]);
        _pageCount = 0;
        for (int i = 0; i < _tableCount; i++)
            _mm.PageTable.FreeTable(_tables[i]);
        _tableCount = 0;
    }

    /// <summary>Flushes, frees and ends. Linux: <c>tlb_finish_mmu</c>.</summary>
    public void Finish() => Flush();

    // A page whose only use left is its slot in the swap cache gives that up. Linux: free_pages_and_swap_cache
    private void PutPage(uint pfn)
    {
        if (_manager.Page(pfn).Has(PageFlags.SwapCache) && !_manager.Rmap.IsMapped(pfn))
            _manager.Swap.TryFree(pfn);
        _manager.PutPage(pfn);
    }

    private void ResetRange()
    {
        _start = ulong.MaxValue;
        _end = 0;
        _executable = false;
    }
}

namespace Emu.Mm;

/// <summary>How one go of khugepaged ended.</summary>
/// <param name="Pages">Pages looked at.</param>
/// <param name="AllocationFailed">No huge page was to be had: wait for <see cref="ThpSettings.AllocSleepMilliseconds"/>.</param>
public readonly record struct KhugepagedPass(int Pages, bool AllocationFailed);

/// <summary>Goes through the address spaces that may have huge pages and puts small pages into huge ones. Linux: mm/khugepaged.c.</summary>
/// <remarks>A thread of the kernel calls <see cref="Scan"/> and sleeps in between. Lock: the kernel lock.</remarks>
public sealed class Khugepaged
{
    private readonly MemoryManager _manager;
    private readonly List<MemoryDescriptor> _slots = [];
    private MemoryDescriptor? _mm;
    private ulong _address;

    internal Khugepaged(MemoryManager manager) => _manager = manager;

    /// <summary>Whether huge pages are used at all. Linux: <c>hugepage_pmd_enabled</c>.</summary>
    public bool IsEnabled => _manager.Thp.Enabled != ThpMode.Never;

    /// <summary>Whether there is anything to look at. Linux: <c>khugepaged_has_work</c>.</summary>
    public bool HasWork => _slots.Count != 0 && IsEnabled;

    /// <summary>Who calls <see cref="Scan"/>; null where nobody does.</summary>
    public IBackgroundThread? Thread { get; set; }

    /// <summary>Takes in the address space of an area that may have huge pages. Linux: <c>khugepaged_enter_vma</c>.</summary>
    internal void Enter(VmArea area)
    {
        if (!area.Mm.IsKnownToKhugepaged && IsEnabled && _manager.IsCollapsible(area, forced: false))
            Enter(area.Mm);
    }

    /// <summary>A child has what its parent has. Linux: <c>khugepaged_fork</c>.</summary>
    internal void Fork(MemoryDescriptor child, MemoryDescriptor parent)
    {
        if (parent.IsKnownToKhugepaged)
            Enter(child);
    }

    private void Enter(MemoryDescriptor mm)
    {
        mm.IsKnownToKhugepaged = true;
        _slots.Add(mm);
        if (_slots.Count == 1)
            Thread?.Wake();
    }

    /// <summary>Looks at as many pages as one go takes, from where the last one stopped. Linux: <c>khugepaged_do_scan</c>.</summary>
    public KhugepagedPass Scan()
    {
        int pages = 0, rounds = 0;
        while (pages < _manager.Thp.PagesToScan && rounds < 2)
        {
            if (_mm == null && !Begin())
                break;
            bool failed = ScanMm(ref pages);
            if (failed)
                return new KhugepagedPass(pages, AllocationFailed: true);
            if (_mm == null)
                rounds++;
        }
        return new KhugepagedPass(pages, AllocationFailed: false);
    }

    /// <summary>An address space goes away. Linux: <c>khugepaged_exit</c>.</summary>
    internal void Forget(MemoryDescriptor mm)
    {
        if (!mm.IsKnownToKhugepaged)
            return;
        if (_mm == mm)
            Advance();
        _slots.Remove(mm);
    }

    private bool Begin()
    {
        _mm = _slots.Count == 0 ? null : _slots[0];
        _address = 0;
        return _mm != null;
    }

    // On to the next address space; after the last one round is over.
    private void Advance()
    {
        int next = _slots.IndexOf(_mm!) + 1;
        _address = 0;
        _mm = next < _slots.Count ? _slots[next] : null;
        if (_mm == null)
            _manager.Thp.FullScans++;
    }

    // Linux: khugepaged_scan_mm_slot
    private bool ScanMm(ref int pages)
    {
        while (_mm!.FindArea(_address) is { } area)
        {
            ulong first = Math.Max((area.Start + MmConstants.PmdSize - 1) & MmConstants.PmdMask, _address), end = area.End & MmConstants.PmdMask;
            if (!_manager.IsCollapsible(area, forced: false) || first >= end)
            {
                pages++;
                _address = area.End;
                continue;
            }
            for (_address = first; _address < end;)
            {
                ScanResult result = _manager.Collapser.Collapse(area, _address, forced: false);
                if (result == ScanResult.Succeed)
                    _manager.Thp.PagesCollapsed++;
                _address += MmConstants.PmdSize;
                pages += MmConstants.HugePagePages;
                if (result == ScanResult.AllocHugePageFail)
                    return true;
                if (pages >= _manager.Thp.PagesToScan)
                    return false;
            }
            _address = Math.Max(_address, area.End);
        }
        pages++;
        Advance();
        return false;
    }
}

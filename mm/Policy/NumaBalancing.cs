namespace Emu.Mm;

/// <summary>Finds out which node uses which page, and moves pages there. Linux: kernel/sched/fair.c (<c>task_numa_work</c>), <c>change_prot_numa</c>.</summary>
/// <remarks>
/// A scan makes pages inaccessible for the processor, a part of an address space at a time; the fault at the next use tells who uses
/// them. Lock: mmap lock for reading.
/// </remarks>
public sealed unsafe class NumaBalancing
{
    private readonly MemoryManager _manager;

    internal NumaBalancing(MemoryManager manager) => _manager = manager;

    /// <summary>Whether it is on. Linux: kernel.numa_balancing.</summary>
    public bool Enabled { get; set; }

    /// <summary>Megabytes that one scan goes through. Linux: sysctl_numa_balancing_scan_size.</summary>
    public int ScanMegabytes { get; set; } = 256;

    /// <summary>Nanoseconds between two scans of an address space, and before the first. Linux: sysctl_numa_balancing_scan_period_min, scan_delay.</summary>
    public const ulong ScanPeriod = 1_000_000_000;

    /// <summary>A tick of the clock while a task runs: it may be time for a scan. Linux: <c>task_tick_numa</c>.</summary>
    /// <param name="mm">Of the task.</param>
    /// <param name="now">Monotonic time in nanoseconds.</param>
    public void Tick(MemoryDescriptor mm, ulong now)
    {
        if (!Enabled || now < mm.NumaNextScan)
            return;
        if (mm.NumaNextScan != 0)
            Scan(mm);
        mm.NumaNextScan = now + ScanPeriod;
    }

    /// <summary>Marks the next part of an address space. To be called for the task that runs, about once a second of its time. Linux: <c>task_numa_work</c>.</summary>
    /// <returns>Entries that were marked.</returns>
    public long Scan(MemoryDescriptor mm)
    {
        if (!Enabled || _manager.Nodes.Count == 1)
            return 0;
        long marked = 0;
        ulong left = (ulong)ScanMegabytes << 20;
        VmArea? area = mm.FindArea(mm.NumaScanOffset);
        if (area == null)
        {
            mm.NumaScanSequence++; // once around
            mm.NumaScanOffset = 0;
            area = mm.FindArea(0);
        }
        while (area != null && left != 0)
        {
            ulong start = Math.Max(area.Start, mm.NumaScanOffset), end = Math.Min(area.End, start + left);
            if (IsScanned(area))
            {
                marked += Mark(area, start, end);
                left -= end - start;
            }
            else
            {
                end = area.End;
            }
            mm.NumaScanOffset = end;
            area = mm.FindArea(end);
        }
        return marked;
    }

    // Linux: the conditions of task_numa_work
    private static bool IsScanned(VmArea area)
    {
        if (!MisplacedPages.IsMigratable(area) || area.HasAny(VmFlags.HugeTlb | VmFlags.MixedMap) || !area.HasAny(VmFlags.AccessMask))
            return false;
        if (area.Policy is { Mode: PolicyMode.Bind } policy && (policy.Flags & PolicyFlags.NumaBalancing) == 0)
            return false;
        // Libraries: read-only pages that many share.
        return area.File == null || (area.Flags & (VmFlags.Read | VmFlags.Write)) != VmFlags.Read;
    }

    // Linux: change_prot_numa
    private long Mark(VmArea area, ulong start, ulong end)
    {
        long marked = 0;
        for (ulong at = start; at < end;)
        {
            Pte* entry = area.Mm.PageTable.Walk(at, out int level);
            ulong span = PageTable.SpanOf(level), next = (at & ~(span - 1)) + span;
            bool leaf = level == 0 || entry->IsLarge;
            if (leaf && entry->IsPresent && !entry->IsProtNone && !entry->IsSpecial && (level == 0 || (at == (at & ~(span - 1)) && next <= end)) &&
                ShouldMark(area, _manager.Memory.FolioOf(entry->Pfn)))
            {
                *entry = new Pte((entry->Value & ~(Pte.PresentBit | Pte.WriteBit)) | Pte.ProtNoneBit);
                marked++;
                _manager.Events[(int)(level == 0 ? VmEvent.NumaPteUpdates : VmEvent.NumaHugePteUpdates)]++;
            }
            at = next;
        }
        if (marked != 0)
            _manager.Tlb.FlushRange(area.Mm, start, end, area.HasAny(VmFlags.Exec));
        return marked;
    }

    // Linux: prot_numa_skip
    private bool ShouldMark(VmArea area, uint folio)
    {
        ref Page page = ref _manager.Page(folio);
        if (page.Mapping.IsKsm || (area.IsCowMapping && _manager.Rmap.MapCountOf(folio) > 1 && !page.Has(PageFlags.Head)))
            return false;
        return page.IsAnonymous || !page.Has(PageFlags.Dirty); // what would have to be written first is not moved
    }
}

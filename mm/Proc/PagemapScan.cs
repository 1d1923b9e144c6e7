using System.Runtime.InteropServices;

namespace Emu.Mm;

/// <summary>What PAGEMAP_SCAN tells of a page. Linux: <c>PAGE_IS_*</c>.</summary>
[Flags]
public enum PageCategories : ulong
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Writes are tracked asynchronously by userfaultfd.</summary>
    WpAllowed = 1,

    /// <summary>Not write-protected by userfaultfd.</summary>
    Written = 2,

    /// <summary>Of a file.</summary>
    File = 4,

    /// <summary>In memory.</summary>
    Present = 8,

    /// <summary>In swap, or a note about the address.</summary>
    Swapped = 16,

    /// <summary>The page of zeros.</summary>
    PfnZero = 32,

    /// <summary>Part of a huge page.</summary>
    Huge = 64,

    /// <summary>Written since the bits were cleared.</summary>
    SoftDirty = 128,

    /// <summary>A guard.</summary>
    Guard = 256,

    /// <summary>All there are.</summary>
    All = 511,
}

/// <summary>A range of pages of the same kind. Linux: <c>struct page_region</c>.</summary>
/// <param name="Start">First address.</param>
/// <param name="End">One past the last.</param>
/// <param name="Categories">What was asked for of what the pages are.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct PageRegion(ulong Start, ulong End, PageCategories Categories);

/// <summary>One PAGEMAP_SCAN: finds the pages that are as asked. Linux: <c>do_pagemap_scan</c> (fs/proc/task_mmu.c).</summary>
/// <remarks>
/// Userfaultfd's asynchronous mode, which is what write-protecting in a scan is for, does not exist here, so no area allows it. Lock: mmap
/// lock for reading.
/// </remarks>
public sealed unsafe class PagemapScan
{
    private readonly List<PageRegion> _regions = [];
    private ulong _found;

    /// <summary>First address, page-aligned.</summary>
    public required ulong Start { get; init; }

    /// <summary>One past the last.</summary>
    public required ulong End { get; init; }

    /// <summary>Regions to be told at most; 0 for none, then pages are only walked over.</summary>
    public required ulong MaxRegions { get; init; }

    /// <summary>Pages to be told at most.</summary>
    public required ulong MaxPages { get; init; }

    /// <summary>Categories whose absence is meant.</summary>
    public PageCategories Inverted { get; init; }

    /// <summary>Categories that all must hold.</summary>
    public PageCategories Mask { get; init; }

    /// <summary>Categories of which one must hold, if there are any.</summary>
    public PageCategories AnyOf { get; init; }

    /// <summary>Categories that are told.</summary>
    public PageCategories Returned { get; init; }

    /// <summary>Whether areas whose writes are not tracked asynchronously are an error, and whether they are passed over.</summary>
    public (bool Refuse, bool Skip) Untracked { get; init; }

    /// <summary>What was found.</summary>
    public IReadOnlyList<PageRegion> Regions => _regions;

    /// <summary>Where the walk ended.</summary>
    public ulong WalkEnd { get; private set; }

    /// <summary>Walks over the range.</summary>
    /// <returns>0 or -EPERM.</returns>
    public int Run(MemoryDescriptor mm)
    {
        WalkEnd = End;
        foreach ((_, _, VmArea area) in mm.Areas.Iterate(Start, End == 0 ? 0 : End - 1))
        {
            if (Untracked.Refuse)
                return -Errno.EPERM;
            PageCategories kind = area.HasAny(VmFlags.SoftDirty) ? PageCategories.SoftDirty : PageCategories.None;
            if (Untracked.Skip || area.HasAny(VmFlags.PfnMap) || (Mask & PageCategories.WpAllowed & ~Inverted) != 0)
                continue;
            if (!Walk(area, kind, Math.Max(Start, area.Start), Math.Min(End, area.End)))
                break;
        }
        return 0;
    }

    // Whether to go on.
    private bool Walk(VmArea area, PageCategories kind, ulong start, ulong end)
    {
        ulong hole = start;
        PageWalk walk = new(area.Mm.PageTable, start, end);
        while (walk.MoveNext())
        {
            if (!Add(kind, hole, walk.Address) || !Add(kind | CategoriesOf(area.Mm.Manager, *walk.Entry, walk.IsHuge), walk.Address, walk.Next))
                return false;
            hole = walk.Next;
        }
        return Add(kind, hole, end);
    }

    // Linux: pagemap_page_category, pagemap_thp_category
    private static PageCategories CategoriesOf(MemoryManager manager, Pte entry, bool huge)
    {
        if (entry.IsNone)
            return PageCategories.Written; // it is not protected, as Linux sees it
        PageCategories found = huge ? PageCategories.Huge : PageCategories.None;
        if (!entry.IsPresent)
            return found | PageCategories.Swapped | CategoriesOfSwap(manager, entry);
        found |= PageCategories.Present;
        if ((entry.Value & Pte.UffdWpBit) == 0)
            found |= PageCategories.Written;
        if (entry.IsSpecial)
            found |= PageCategories.PfnZero;
        else if (!manager.Page(manager.Memory.FolioOf(entry.Pfn)).IsAnonymous)
            found |= PageCategories.File;
        return (entry.Value & Pte.SoftDirtyBit) != 0 ? found | PageCategories.SoftDirty : found;
    }

    private static PageCategories CategoriesOfSwap(MemoryManager manager, Pte pte)
    {
        SwapEntry entry = SwapEntry.FromPte(pte);
        PteMarker marker = entry.IsMarker ? entry.MarkerFlags : PteMarker.None;
        PageCategories found = (pte.Value & SwapEntry.UffdWpBit) != 0 || (marker & PteMarker.UffdWp) != 0 ? PageCategories.None : PageCategories.Written;
        if ((marker & PteMarker.Guard) != 0)
            found |= PageCategories.Guard;
        else if (entry.IsMigration && !manager.Page(manager.Memory.FolioOf(entry.Frame)).IsAnonymous)
            found |= PageCategories.File;
        return (pte.Value & SwapEntry.SoftDirtyBit) != 0 ? found | PageCategories.SoftDirty : found;
    }

    // Linux: pagemap_scan_is_interesting_page
    private bool IsWanted(PageCategories categories)
    {
        categories ^= Inverted;
        return (categories & Mask) == Mask && (AnyOf == PageCategories.None || (categories & AnyOf) != 0);
    }

    // Linux: pagemap_scan_output, pagemap_scan_push_range
    private bool Add(PageCategories categories, ulong start, ulong end)
    {
        if (start >= end || !IsWanted(categories) || MaxRegions == 0)
            return true;
        categories &= Returned;
        ulong pages = Math.Min((end - start) >> MmConstants.PageShift, MaxPages - _found);
        ulong stop = start + (pages << MmConstants.PageShift);
        bool joins = _regions.Count != 0 && _regions[^1].End == start && _regions[^1].Categories == categories;
        if (pages == 0 || (!joins && (ulong)_regions.Count == MaxRegions))
        {
            WalkEnd = start;
            return false;
        }
        if (joins)
            _regions[^1] = _regions[^1] with { End = stop };
        else
            _regions.Add(new PageRegion(start, stop, categories));
        _found += pages;
        if (stop == end)
            return true;
        WalkEnd = stop;
        return false;
    }
}

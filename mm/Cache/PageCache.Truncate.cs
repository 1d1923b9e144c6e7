namespace Emu.Mm;

/// <content>Shrinking, punching and invalidating.</content>
public sealed partial class PageCache
{
    /// <summary>Makes the file shorter or longer; what lies beyond the end is unmapped and gone. Linux: <c>truncate_setsize</c>.</summary>
    /// <param name="size">New size in bytes.</param>
    public void Truncate(ulong size)
    {
        ulong old = Size;
        if (size >= old)
        {
            Extend(size);
            return;
        }
        Size = size;
        ulong firstGone = SizeInPages;
        // Private copies beyond the end go too: an access there is a SIGBUS from now on.
        UnmapMappings(firstGone, ulong.MaxValue, evenCows: true);
        TruncatePages(firstGone, ulong.MaxValue);
        ZeroTail(size);
    }

    /// <summary>Makes the file longer. What mappings have left behind its old end is zero from now on. Linux: <c>pagecache_isize_extended</c>.</summary>
    public void Extend(ulong size)
    {
        if (size <= Size)
            return;
        if (Kind == PageCacheKind.File)
            ZeroTail(Size);
        Size = size;
    }

    /// <summary>Makes [offset, offset + length) read as zeros; whole pages are dropped. Linux: <c>truncate_pagecache_range</c>.</summary>
    public void PunchHole(ulong offset, ulong length)
    {
        ulong end = offset + length;
        ulong first = (offset + MmConstants.PageSize - 1) >> MmConstants.PageShift, last = end >> MmConstants.PageShift;
        if (first < last)
        {
            UnmapMappings(first, last - 1, evenCows: false);
            TruncatePages(first, last - 1);
        }
        if (first > last)
        {
            ZeroWithinPage(offset, end);
            return;
        }
        ZeroWithinPage(offset, first << MmConstants.PageShift);
        ZeroWithinPage(last << MmConstants.PageShift, end);
    }

    /// <summary>Drops what is clean, because the store may hold something newer. Linux: <c>invalidate_inode_pages2_range</c>.</summary>
    public void Invalidate()
    {
        UnmapMappings(0, ulong.MaxValue, evenCows: false);
        ulong index = 0;
        while (FindNext(ref index, ulong.MaxValue, out uint pfn))
        {
            if (!_manager.Page(pfn).Has(PageFlags.Dirty))
                Remove(pfn);
            if (index++ == ulong.MaxValue)
                break;
        }
    }

    /// <summary>Drops the pages of a range that are clean and that nobody uses. Linux: <c>invalidate_mapping_pages</c>.</summary>
    public void DropClean(ulong first, ulong last)
    {
        if (Kind == PageCacheKind.Shmem)
            return;
        ulong index = first;
        while (FindNext(ref index, last, out uint pfn))
        {
            ref Page page = ref _manager.Page(pfn);
            if (!page.Has(PageFlags.Dirty) && page.MapCount == 0 && page.RefCount == 1)
                Remove(pfn);
            if (index++ == last)
                break;
        }
    }

    /// <summary>Removes the PTEs of every mapping of a range of pages. Linux: <c>unmap_mapping_pages</c>.</summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page.</param>
    /// <param name="evenCows">Whether private copies go too.</param>
    public void UnmapMappings(ulong first, ulong last, bool evenCows)
    {
        foreach (IntervalNode<VmArea> node in Mappings.Overlaps(first, last))
        {
            VmArea area = node.Owner;
            ulong from = Math.Max(first, area.PageOffset);
            ulong to = Math.Min(last, area.PageOffset + area.Pages - 1);
            ulong start = area.Start + ((from - area.PageOffset) << MmConstants.PageShift);
            ulong length = (to - from + 1) << MmConstants.PageShift;
            area.Mm.ZapRange(area, start, start + length, evenCows ? ZapFlags.None : ZapFlags.KeepCows);
        }
    }

    /// <summary>Removes pages that are mapped nowhere. Linux: <c>truncate_inode_pages_range</c>.</summary>
    private void TruncatePages(ulong first, ulong last)
    {
        ulong index = first;
        while (FindNext(ref index, last, out uint pfn))
        {
            Remove(pfn);
            if (index++ == last)
                break;
        }
        DropValues(first, last);
    }

    private void ZeroTail(ulong size) => ZeroWithinPage(size, MmConstants.PageAlign(size));

    private void ZeroWithinPage(ulong from, ulong to)
    {
        if (from >= to)
            return;
        uint pfn = Find(from >> MmConstants.PageShift);
        if (pfn == 0)
            return;
        int offset = (int)(from & ~MmConstants.PageMask), length = (int)(to - from);
        _manager.Memory.FrameSpan(pfn).Slice(offset, length).Clear();
        _manager.KernelWrote(pfn, (uint)offset, (uint)length);
    }
}

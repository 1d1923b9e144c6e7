namespace Emu.Mm;

/// <content>Bringing dirty pages to the store.</content>
public sealed partial class PageCache
{
    /// <summary>Writes the dirty pages of a range to the store and waits for it. Linux: <c>filemap_write_and_wait_range</c>.</summary>
    /// <param name="first">First page.</param>
    /// <param name="last">Last page.</param>
    /// <returns>0 or the first negative errno; what failed stays dirty.</returns>
    public int WriteBack(ulong first = 0, ulong last = ulong.MaxValue)
    {
        if (Store == null)
            return 0;
        CleanMappings(first, last);
        int result = 0;
        ulong index = first;
        while (_pages.FindNextMarked(ref index, last, XaMark.Mark0, out ulong entry))
        {
            int error = WritePage((uint)(entry >> 1), index);
            if (result == 0)
                result = error;
            if (index++ == last)
                break;
        }
        return result;
    }

    /// <summary>Whether a page is dirty. Linux: <c>mapping_tagged(PAGECACHE_TAG_DIRTY)</c>.</summary>
    public bool HasDirtyPages
    {
        get
        {
            ulong index = 0;
            return _pages.FindNextMarked(ref index, ulong.MaxValue, XaMark.Mark0, out _);
        }
    }

    /// <summary>When the flusher first saw a dirty page, in nanoseconds; 0 for never. Linux: <c>dirtied_when</c>.</summary>
    internal ulong DirtySince { get; set; }

    /// <summary>Marks a page that a PTE says was written. Linux: <c>folio_mark_dirty</c> from <c>zap_present_folio_ptes</c>.</summary>
    internal void DirtyFromPte(uint pfn) => SetDirty(pfn);

    private int WritePage(uint pfn, ulong index)
    {
        ulong offset = index << MmConstants.PageShift;
        if (offset >= Size)
        {
            ClearDirty(pfn);
            return 0;
        }
        int length = (int)Math.Min(MmConstants.PageSize, Size - offset);
        int written = Store!.Write(offset, _manager.Memory.FrameSpan(pfn)[..length]);
        if (written < 0)
            return written;
        if (written < length)
            return -Errno.EIO;
        _manager.Events[(int)VmEvent.PageOut] += 4;
        ClearDirty(pfn);
        return 0;
    }

    // Collects D from the PTEs and write-protects them, so that the next write is noticed. Linux: folio_mkclean
    private void CleanMappings(ulong first, ulong last)
    {
        foreach (IntervalNode<VmArea> node in Mappings.Overlaps(first, last))
        {
            VmArea area = node.Owner;
            if (!area.HasAny(VmFlags.Shared))
                continue;
            ulong from = Math.Max(first, area.PageOffset), to = Math.Min(last, area.PageOffset + area.Pages - 1);
            area.Mm.CleanRange(area, area.Start + ((from - area.PageOffset) << MmConstants.PageShift),
                area.Start + ((to - area.PageOffset + 1) << MmConstants.PageShift));
        }
    }
}

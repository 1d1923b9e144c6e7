using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Advice about pages of files. Linux: mm/fadvise.c, mm/readahead.c.</summary>
internal static class FileAdvice
{
    private const ulong MostPages = 512; // Linux: the device's io_pages

    /// <summary>Brings pages in, as many as are worth one request to a device. Linux: <c>force_page_cache_ra</c>.</summary>
    public static int WillNeed(PageCache mapping, ulong offset, ulong end)
    {
        ulong index = offset >> MmConstants.PageShift;
        ulong last = Math.Min((end - 1) >> MmConstants.PageShift, mapping.SizeInPages - 1);
        if (mapping.SizeInPages != 0 && index <= last)
            _ = mapping.ReadPages(index, Math.Min(MostPages, last - index + 1)); // it is advice: whoever reads the page will hear of the error
        return 0;
    }

    /// <summary>Lets pages go that are clean and mapped nowhere. Linux: <c>invalidate_mapping_pages</c>.</summary>
    public static int DontNeed(PageCache mapping, ulong offset, ulong end)
    {
        ulong first = (offset + MmConstants.PageSize - 1) >> MmConstants.PageShift;
        ulong beyond = end >= mapping.Size ? mapping.SizeInPages : end >> MmConstants.PageShift;
        if (first >= beyond)
            return 0;
        _ = mapping.WriteBack(first, beyond - 1); // a page that could not be written stays
        mapping.DropClean(first, beyond - 1);
        return 0;
    }
}

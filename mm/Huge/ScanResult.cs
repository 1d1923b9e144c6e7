namespace Emu.Mm;

/// <summary>What came of an attempt to put a range into a huge page. Linux: <c>enum scan_result</c> (mm/khugepaged.c).</summary>
public enum ScanResult
{
    /// <summary>It failed for no particular reason.</summary>
    Fail,

    /// <summary>The range is a huge page now.</summary>
    Succeed,

    /// <summary>Nothing is mapped in the range.</summary>
    PmdNull,

    /// <summary>A huge page is there already.</summary>
    PmdMapped,

    /// <summary>More empty entries than allowed.</summary>
    ExceedNonePte,

    /// <summary>More pages in swap than allowed.</summary>
    ExceedSwapPte,

    /// <summary>More shared pages than allowed.</summary>
    ExceedSharedPte,

    /// <summary>A page went away meanwhile.</summary>
    PteNonPresent,

    /// <summary>A page is write-protected for userfaultfd.</summary>
    PteUffdWp,

    /// <summary>Hardly any page was used of late.</summary>
    LackReferencedPage,

    /// <summary>Something without a descriptor is mapped.</summary>
    PageNull,

    /// <summary>Somebody else holds a page.</summary>
    PageCount,

    /// <summary>A page is on no LRU list.</summary>
    PageLru,

    /// <summary>A page that is not anonymous.</summary>
    PageAnon,

    /// <summary>There is no huge page to be had.</summary>
    AllocHugePageFail,
}

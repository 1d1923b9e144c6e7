namespace Emu.Mm;

/// <summary>The rules of transparent huge pages, and the huge zero page. Linux: mm/huge_memory.c.</summary>
public static class HugePages
{
    /// <summary>Whether an area may have huge pages at all. Linux: <c>__thp_vma_allowable_orders</c>.</summary>
    internal static bool IsThpAllowed(this MemoryManager manager, VmArea area)
    {
        if (manager.Thp.Enabled == ThpMode.Never || area.HasAny(VmFlags.NoHugePage | VmFlags.Special | VmFlags.HugeTlb | VmFlags.UffdMask))
            return false;
        bool advised = (area.Flags & VmFlags.HugePage) != 0, always = manager.Thp.Enabled == ThpMode.Always && !area.Mm.ThpAdvisedOnly;
        return !area.Mm.ThpDisabled && (always || advised);
    }

    /// <summary>Whether small pages of an area may be put into huge ones. Linux: <c>thp_vma_allowable_order</c> for a collapse.</summary>
    /// <param name="manager">The memory.</param>
    /// <param name="area">The area.</param>
    /// <param name="forced">Asked for with MADV_COLLAPSE: the machine's settings do not count.</param>
    internal static bool IsCollapsible(this MemoryManager manager, VmArea area, bool forced)
    {
        if (area.HasAny(VmFlags.NoHugePage | VmFlags.Special | VmFlags.HugeTlb) || area.Mm.ThpDisabled || !area.IsAnonymous || area.AnonVma == null)
            return false;
        ulong last = (area.End - MmConstants.PmdSize) & MmConstants.PmdMask;
        return area.Length >= MmConstants.PmdSize && last >= area.Start && (forced || manager.IsThpAllowed(area));
    }

    /// <summary>What smaps says of an area: whether it could have huge pages, if it is touched. Linux: <c>TVA_SMAPS</c>.</summary>
    internal static bool IsThpEligible(this MemoryManager manager, VmArea area)
    {
        ulong first = (area.Start + MmConstants.PmdSize - 1) & MmConstants.PmdMask;
        return area.IsAnonymous && first + MmConstants.PmdSize <= area.End && manager.IsThpAllowed(area);
    }

    /// <summary>The shared huge page of zeros, made on first use. Linux: <c>mm_get_huge_zero_folio</c>.</summary>
    /// <returns>0 if there is no memory for it.</returns>
    internal static uint HugeZeroPage(this MemoryManager manager)
    {
        if (manager.HugeZeroPfn != 0)
            return manager.HugeZeroPfn;
        uint head = manager.Allocator.Allocate((GfpFlags.TransHuge | GfpFlags.Zero) & ~GfpFlags.Movable, MmConstants.HugePageOrder);
        manager.Events[(int)(head == 0 ? VmEvent.ThpZeroPageAllocFailed : VmEvent.ThpZeroPageAlloc)]++;
        if (head != 0)
            manager.Page(head).Type = PageType.Kernel;
        return manager.HugeZeroPfn = head;
    }

    /// <summary>A page of a folio was unmapped: what is left of a huge page is to be split one day. Linux: the end of <c>__folio_remove_rmap</c>.</summary>
    internal static void NotePartUnmapped(this MemoryManager manager, uint folio)
    {
        ref Page page = ref manager.Page(folio);
        if (page.Has(PageFlags.Head) && page.LargeMapCount != 0 && page.EntireMapCount == 0)
            manager.Splitter.Defer(folio);
    }
}

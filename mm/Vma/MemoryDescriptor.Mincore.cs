namespace Emu.Mm;

/// <content>Which pages are in memory. Linux: mm/mincore.c.</content>
public sealed unsafe partial class MemoryDescriptor
{
    /// <summary>Tells for a run of pages whether each is in memory. Linux: <c>do_mincore</c>.</summary>
    /// <param name="address">First page, page-aligned.</param>
    /// <param name="resident">A byte a page: 1 if it is in memory, else 0.</param>
    /// <returns>Pages told of, up to the end of one area; -ENOMEM if nothing is mapped at the address.</returns>
    public int Mincore(ulong address, Span<byte> resident)
    {
        VmArea? area = Lookup(address);
        if (area == null)
            return -Errno.ENOMEM;
        resident = resident[..(int)Math.Min((ulong)resident.Length, (area.End - address) >> MmConstants.PageShift)];
        if (!MayInspect(area))
        {
            // What others have cached is not the caller's to learn.
            resident.Fill(1);
            return resident.Length;
        }
        for (int page = 0; page < resident.Length; page++)
            resident[page] = IsResident(area, address + ((ulong)page << MmConstants.PageShift)) ? (byte)1 : (byte)0;
        return resident.Length;
    }

    // Linux: can_do_mincore
    private static bool MayInspect(VmArea area) => area.IsAnonymous || area.File is { IsOwnedOrWritable: true };

    // Linux: mincore_pte_range, mincore_page
    private bool IsResident(VmArea area, ulong address)
    {
        Pte* entry = PageTable.Walk(address, out int level);
        Pte pte = level == 0 || entry->IsLarge ? *entry : default;
        if (pte.IsPresent)
            return true;
        if (pte.IsNone || IsMarker(pte))
            return area.File?.Mapping is { } cache && cache.IsInMemory(area.PageIndexOf(address));
        SwapEntry slot = SwapEntry.FromPte(pte);
        return !slot.IsSlot || Manager.Swap.Cached(slot) != 0;
    }
}

namespace Emu.Mm;

/// <summary>/proc/PID/pagemap: a word for each page of an address space. Linux: fs/proc/task_mmu.c; Documentation/admin-guide/mm/pagemap.rst.</summary>
public static unsafe class Pagemap
{
    private const ulong SoftDirty = 1UL << 55, Exclusive = 1UL << 56, UffdWp = 1UL << 57, Guard = 1UL << 58, File = 1UL << 61, Swapped = 1UL << 62,
        Present = 1UL << 63;

    // Linux: MAX_SWAPFILES_SHIFT
    private const int SwapTypeBits = 5;

    /// <summary>Fills in the words of consecutive pages.</summary>
    /// <param name="mm">The address space.</param>
    /// <param name="page">Number of the first page: its address by 4096.</param>
    /// <param name="frames">Whether frame numbers are told (CAP_SYS_ADMIN); else they are zero.</param>
    /// <param name="words">Takes the words.</param>
    public static void Read(MemoryDescriptor mm, ulong page, bool frames, Span<ulong> words)
    {
        VmArea? area = null;
        for (int i = 0; i < words.Length; i++)
        {
            ulong address = (page + (ulong)i) << MmConstants.PageShift;
            if (area == null || address >= area.End)
                area = mm.FindArea(address);
            words[i] = area != null && address >= area.Start ? WordOf(area, address, frames) : 0;
        }
    }

    private static ulong WordOf(VmArea area, ulong address, bool frames)
    {
        ulong word = area.HasAny(VmFlags.SoftDirty) ? SoftDirty : 0;
        Pte* entry = area.Mm.PageTable.Walk(address, out int level);
        if (level != 0 && !entry->IsLarge)
            return word;
        uint part = (uint)((address & (PageTable.SpanOf(level) - 1)) >> MmConstants.PageShift);
        if (entry->IsPresent)
            return word | WordOfPresent(area.Mm.Manager, *entry, part, frames);
        return entry->IsNone ? word : word | WordOfSwap(area.Mm.Manager, *entry, frames);
    }

    // Linux: the first half of pte_to_pagemap_entry
    private static ulong WordOfPresent(MemoryManager manager, Pte entry, uint part, bool frames)
    {
        uint pfn = entry.Pfn + part;
        ulong word = Present | (frames ? pfn : 0);
        if ((entry.Value & Pte.SoftDirtyBit) != 0)
            word |= SoftDirty;
        if ((entry.Value & Pte.UffdWpBit) != 0)
            word |= UffdWp;
        if (entry.IsSpecial)
            return word;
        if (!manager.Page(manager.Memory.FolioOf(pfn)).IsAnonymous)
            word |= File;
        return manager.Rmap.MapCountOfFrame(pfn) == 1 ? word | Exclusive : word;
    }

    private static ulong WordOfSwap(MemoryManager manager, Pte pte, bool frames)
    {
        SwapEntry entry = SwapEntry.FromPte(pte);
        ulong offset = entry.IsMigration ? entry.Frame : entry.Offset;
        ulong word = Swapped | (frames ? (uint)entry.Type | (offset << SwapTypeBits) : 0);
        if ((pte.Value & SwapEntry.SoftDirtyBit) != 0)
            word |= SoftDirty;
        if ((pte.Value & SwapEntry.UffdWpBit) != 0 || (entry.IsMarker && (entry.MarkerFlags & PteMarker.UffdWp) != 0))
            word |= UffdWp;
        if (entry.IsMarker && (entry.MarkerFlags & PteMarker.Guard) != 0)
            word |= Guard;
        return entry.IsMigration && !manager.Page(manager.Memory.FolioOf(entry.Frame)).IsAnonymous ? word | File : word;
    }
}

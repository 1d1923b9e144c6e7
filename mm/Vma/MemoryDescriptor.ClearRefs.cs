namespace Emu.Mm;

/// <summary>What /proc/PID/clear_refs clears. Linux: <c>enum clear_refs_types</c>.</summary>
public enum ClearRefs
{
    /// <summary>The accessed bits of all pages.</summary>
    All = 1,

    /// <summary>Those of anonymous areas.</summary>
    Anonymous,

    /// <summary>Those of areas with a file.</summary>
    Mapped,

    /// <summary>The soft-dirty bits.</summary>
    SoftDirty,

    /// <summary>The high-water mark of resident pages.</summary>
    HighWaterRss,
}

/// <content>Clearing what tells of past accesses. Linux: <c>clear_refs_write</c> (fs/proc/task_mmu.c).</content>
public sealed unsafe partial class MemoryDescriptor
{
    /// <summary>Clears it.</summary>
    public void Clear(ClearRefs what)
    {
        if (what == ClearRefs.HighWaterRss)
        {
            HighWaterRss = ResidentPages;
            return;
        }
        foreach ((_, _, VmArea area) in Areas.Iterate())
        {
            if (what == ClearRefs.SoftDirty)
                ClearSoftDirty(area);
            else if (what == ClearRefs.All || (what == ClearRefs.Mapped) == (area.File != null))
                ClearReferenced(area);
        }
        HasAlikeNeighbours |= what == ClearRefs.SoftDirty;
        Manager.Tlb.FlushMm(this);
    }

    private void ClearReferenced(VmArea area)
    {
        PageWalk walk = new(PageTable, area.Start, area.End);
        while (walk.MoveNext())
        {
            Pte entry = *walk.Entry;
            if (!entry.IsPresent || entry.IsSpecial)
                continue;
            *walk.Entry = entry.Without(Pte.AccessedBit);
            Manager.Page(Manager.Memory.FolioOf(entry.Pfn)).Clear(PageFlags.Referenced);
        }
    }

    // From now on the first write to each page is a fault, which sets the bit. Linux: clear_soft_dirty
    private void ClearSoftDirty(VmArea area)
    {
        if (area.HasAny(VmFlags.SoftDirty))
            area.SetFlags(area.Flags & ~VmFlags.SoftDirty);
        PageWalk walk = new(PageTable, area.Start, area.End);
        while (walk.MoveNext())
        {
            Pte entry = *walk.Entry;
            if (entry.IsPresent)
                *walk.Entry = entry.Without(Pte.WriteBit | Pte.SoftDirtyBit);
            else if (entry.IsSwap)
                *walk.Entry = entry.Without(SwapEntry.SoftDirtyBit);
        }
    }
}

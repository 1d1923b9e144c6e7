namespace Emu.Mm;

/// <content>Guards: addresses at which any access is SIGSEGV, noted in the page tables. Linux: <c>madvise_guard_install</c>.</content>
public sealed unsafe partial class MemoryDescriptor
{
    private int InstallGuard(ref Advised advised)
    {
        VmArea area = advised.Area;
        if (area.HasAny(VmFlags.Special | VmFlags.HugeTlb | VmFlags.Locked))
            return -Errno.EINVAL;
        // Set for the whole area, which is not split: fork and merges ask for it.
        area.SetFlags(area.Flags | VmFlags.MaybeGuard);
        if (area.IsAnonymous)
            AnonVmaLinks.Prepare(area);
        bool emptied = false;
        for (ulong at = advised.Start; at < advised.End;)
        {
            Pte* entry = GuardEntry(at, out bool occupied);
            if (occupied && !emptied)
            {
                // What is there goes; guards stay.
                ZapRange(area, advised.Start, advised.End, ZapFlags.None);
                emptied = true;
                at = advised.Start;
                continue;
            }
            Bug.On(occupied, "a page is mapped where everything was removed");
            if (entry == null)
                return -Errno.ENOMEM;
            *entry = SwapEntry.MakeMarker(PteMarker.Guard);
            at += MmConstants.PageSize;
        }
        return 0;
    }

    private Pte* GuardEntry(ulong address, out bool occupied)
    {
        Pte* pmd = PageTable.FindOrCreate(address, PageTable.PmdLevel);
        occupied = pmd != null && pmd->IsLarge;
        if (pmd == null || occupied)
            return null;
        Pte* entry = PageTable.PteOf(pmd, address);
        occupied = entry != null && !entry->IsNone && !IsMarker(*entry);
        return entry;
    }

    // Linux: madvise_guard_remove
    private int RemoveGuard(ref Advised advised)
    {
        if (advised.Area.HasAny(VmFlags.Special | VmFlags.HugeTlb))
            return -Errno.EINVAL;
        PageWalk walk = new(PageTable, advised.Start, advised.End);
        while (walk.MoveNext())
        {
            if (IsGuard(*walk.Entry))
                *walk.Entry = default;
        }
        return 0;
    }

    // Linux: is_guard_pte_marker
    private static bool IsGuard(Pte pte) => IsMarker(pte) && (SwapEntry.FromPte(pte).MarkerFlags & PteMarker.Guard) != 0;

    private static bool IsMarker(Pte pte) => pte.IsSwap && SwapEntry.FromPte(pte).IsMarker;
}

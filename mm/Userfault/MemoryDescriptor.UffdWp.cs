namespace Emu.Mm;

/// <content>The entries of a range that userfaultfd write-protects. Linux: <c>uffd_wp_range</c>, the uffd half of <c>change_pte_range</c>.</content>
public sealed unsafe partial class MemoryDescriptor
{
    /// <summary>Puts the protection on every entry of a range, or takes it away.</summary>
    /// <param name="area">The area; registered for it, unless the protection is taken away.</param>
    /// <param name="start">First address, within the area.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="enable">Whether to protect.</param>
    /// <returns>0 or -ENOMEM.</returns>
    internal int ChangeUffdWp(VmArea area, ulong start, ulong end, bool enable)
    {
        bool markers = enable && UsesMarkers(area);
        if (markers && !TryMakeTables(start, end))
            return -Errno.ENOMEM;
        Gather.Begin();
        PageWalk walk = new(PageTable, start, end);
        while (walk.MoveNext())
        {
            if (walk.IsHuge && !walk.CoversHuge)
            {
                SplitPmd(area, walk.Address & MmConstants.PmdMask);
                walk.Again();
                continue;
            }
            Pte old = *walk.Entry, now = WithUffdWp(area, old, enable, markers, walk.IsHuge);
            if (now == old)
                continue;
            *walk.Entry = now;
            Gather.AddRange(walk.Address, walk.Next, area.HasAny(VmFlags.Exec));
        }
        Gather.Finish();
        return 0;
    }

    // What is not there can be protected where its contents may come from elsewhere, or where it was asked for.
    // Linux: userfaultfd_wp_use_markers
    private static bool UsesMarkers(VmArea area) =>
        !area.IsAnonymous || (area.Userfault!.Features & UserfaultFeatures.WpUnpopulated) != 0;

    private bool TryMakeTables(ulong start, ulong end)
    {
        for (ulong at = start; at < end; at = (at & MmConstants.PmdMask) + MmConstants.PmdSize)
        {
            Pte* pmd = PageTable.FindOrCreate(at, PageTable.PmdLevel);
            if (pmd == null || (!pmd->IsLarge && PageTable.PteOf(pmd, at) == null))
                return false;
        }
        return true;
    }

    private Pte WithUffdWp(VmArea area, Pte pte, bool enable, bool markers, bool huge)
    {
        if (pte.IsPresent)
            return WithUffdWpPresent(area, pte, enable, huge);
        if (pte.IsNone)
            return markers ? SwapEntry.MakeMarker(PteMarker.UffdWp) : pte;
        SwapEntry entry = SwapEntry.FromPte(pte);
        if (!entry.IsMarker)
            return enable ? pte.With(SwapEntry.UffdWpBit) : pte.Without(SwapEntry.UffdWpBit);
        return !enable && entry.MarkerFlags == PteMarker.UffdWp ? default : pte;
    }

    private Pte WithUffdWpPresent(VmArea area, Pte pte, bool enable, bool huge)
    {
        Pte now = pte.Modify(area.PageProtection);
        if (huge)
            now = now.With(Pte.LargeBit);
        if (enable)
            return now.UffdWp;
        now = now.Without(Pte.UffdWpBit);
        return TryWritable(area) && !now.IsWritable && CanWriteWithoutFault(area, now) ? now.Writable : now;
    }
}

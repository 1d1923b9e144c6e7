namespace Emu.Mm;

/// <content>Giving a waiting access a page that is taken from elsewhere. Linux: mm/userfaultfd.c (<c>move_pages</c>).</content>
public sealed unsafe partial class UserfaultContext
{
    private const VmFlags Immovable = VmFlags.PfnMap | VmFlags.Io | VmFlags.HugeTlb | VmFlags.MixedMap;

    /// <summary>Moves the pages of one range of private anonymous memory to another that misses them. Linux: <c>userfaultfd_move</c>.</summary>
    /// <param name="destination">Registered; nothing is mapped there.</param>
    /// <param name="source">Where the pages are, which this process alone must own.</param>
    /// <param name="length">Bytes, a multiple of a page.</param>
    /// <param name="allowHoles">Whether missing pages of the source are passed over (UFFDIO_MOVE_MODE_ALLOW_SRC_HOLES).</param>
    /// <param name="mode">Whether who waits is woken.</param>
    /// <returns>Bytes moved, or a negative errno: EINVAL, ENOENT, EEXIST, EBUSY (shared pages), EAGAIN, ENOMEM, ESRCH.</returns>
    public long Move(ulong destination, ulong source, ulong length, bool allowHoles, UserfaultMode mode)
    {
        int stable = CheckStable(destination, length);
        if (stable != 0)
            return stable;
        if ((mode & ~UserfaultMode.DontWake) != 0 || CheckRange(source, length) != 0)
            return -Errno.EINVAL;
        if (Mm.IsGone)
            return -Errno.ESRCH;
        ulong moved = 0;
        int error = 0;
        while (moved < length && error == 0)
        {
            error = MovePage(destination + moved, source + moved, length - moved, allowHoles);
            if (error == 0)
                moved += MmConstants.PageSize;
        }
        if (moved == 0)
            return error;
        if ((mode & UserfaultMode.DontWake) == 0)
            Wake(destination, moved);
        return (long)moved;
    }

    private int MovePage(ulong destination, ulong source, ulong left, bool allowHoles)
    {
        int error = CheckMove(destination, source, left, out VmArea? to, out VmArea? from);
        if (error != 0)
            return error;
        AnonVmaLinks.Prepare(to!);
        Mm.SplitPmd(from!, source & MmConstants.PmdMask);
        error = EmptyEntry(to!, destination, overMarker: false, out Pte* target);
        if (error != 0)
            return error;
        // The tables of the target may have taken memory, and reclaim the page: it is looked up only now.
        Pte* entry = Mm.PageTable.Find(source, 0);
        if (entry == null || entry->IsNone)
            return allowHoles ? 0 : -Errno.ENOENT;
        return entry->IsPresent ? MovePresent(from!, to!, entry, target, source, destination) : MoveSlot(to!, entry, target, destination);
    }

    // Linux: validate_move_areas and the checks before it
    private int CheckMove(ulong destination, ulong source, ulong left, out VmArea? to, out VmArea? from)
    {
        to = Mm.Lookup(destination);
        from = Mm.Lookup(source);
        if (to == null || from == null)
            return -Errno.ENOENT;
        if (MmapChanging != 0)
            return -Errno.EAGAIN;
        bool fits = source + left <= from.End && destination + left <= to.End && to.Userfault == this;
        bool alike = ((from.Flags ^ to.Flags) & (VmFlags.AccessMask | VmFlags.PkeyMask | VmFlags.Locked)) == 0;
        bool movable = from.IsAnonymous && to.IsAnonymous && from.HasAny(VmFlags.Write) && !from.HasAny(Immovable) && !to.HasAny(Immovable);
        return fits && alike && movable ? 0 : -Errno.EINVAL;
    }

    // Linux: move_present_pte, move_zeropage_pte
    private int MovePresent(VmArea from, VmArea to, Pte* entry, Pte* target, ulong source, ulong destination)
    {
        MemoryManager manager = Mm.Manager;
        Pte pte = *entry;
        if (pte.IsSpecial)
        {
            *entry = default;
            manager.Ksm.NoteZeroUnmapped(Mm, pte);
            *target = Pte.Make(pte.Pfn, (to.PageProtection & ~Pte.WriteBit) | Pte.SpecialBit);
            Flush(from, source);
            return 0;
        }
        uint pfn = pte.Pfn, folio = manager.Memory.FolioOf(pfn);
        if (!manager.Page(pfn).Has(PageFlags.AnonExclusive))
            return -Errno.EBUSY;
        if (folio != pfn || manager.Page(folio).Has(PageFlags.Head))
        {
            manager.GetPage(folio);
            bool split = manager.Splitter.Split(folio, extraReferences: 1);
            manager.PutPage(folio);
            if (!split)
                return -Errno.EBUSY;
        }
        *entry = default;
        Flush(from, source);
        Adopt(to, pfn, destination);
        *target = Pte.Make(pfn, to.PageProtection).Dirty.Writable;
        return 0;
    }

    // Linux: move_swap_pte
    private int MoveSlot(VmArea to, Pte* entry, Pte* target, ulong destination)
    {
        SwapEntry slot = SwapEntry.FromPte(*entry);
        if (!slot.IsSlot)
            return slot.IsMigration ? -Errno.EAGAIN : -Errno.EFAULT;
        if ((entry->Value & SwapEntry.ExclusiveBit) == 0)
            return -Errno.EBUSY;
        uint cached = Mm.Manager.Swap.Cached(slot);
        if (cached != 0)
            Adopt(to, cached, destination);
        *target = entry->With(SwapEntry.SoftDirtyBit).Without(SwapEntry.UffdWpBit);
        *entry = default;
        return 0;
    }

    // The page is found through its new area from now on. Linux: folio_move_anon_rmap
    private void Adopt(VmArea area, uint pfn, ulong address)
    {
        ref Page page = ref Mm.Manager.Page(pfn);
        page.Mapping = area.AnonVma!.Handle;
        page.Index = area.PageIndexOf(address);
    }

    private void Flush(VmArea area, ulong address) =>
        Mm.Manager.Tlb.FlushRange(Mm, address, address + MmConstants.PageSize, area.HasAny(VmFlags.Exec));
}

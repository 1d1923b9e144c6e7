namespace Emu.Mm;

/// <content>Moving a mapping with its pages. Linux: mm/mremap.c (<c>move_vma</c>, <c>move_page_tables</c>).</content>
public sealed unsafe partial class MemoryDescriptor
{
    // Linux: move_vma
    private long Move(VmArea area, ulong address, ulong oldLength, ulong newLength, ulong newAddress, RemapFlags flags,
        out (ulong Start, ulong Length) populate)
    {
        populate = default;
        if (MapCount >= Manager.Sysctl.MaxMapCount - 3)
            return -Errno.ENOMEM;
        int error = CheckMaySplit(area, address, oldLength);
        if (error != 0)
            return error;
        // Merged pages would turn up at the new place, where ksmd does not know them.
        error = area.HasAny(VmFlags.Mergeable) && area.AnonVma != null ? Manager.Ksm.Unmerge(area, address, address + oldLength) : 0;
        if (error != 0)
            return error;
        bool keep = (flags & RemapFlags.DontUnmap) != 0, accounted = (area.Flags & VmFlags.Account) != 0;
        long newPages = (long)(newLength >> MmConstants.PageShift), oldPages = (long)(oldLength >> MmConstants.PageShift);
        // Only what is added is asked for; what the old place was promised goes over to the new one when it is unmapped.
        if (accounted && Manager.ReserveMemory(keep ? newPages : Math.Max(newPages - oldPages, 0), Limits) != 0)
            return -Errno.ENOMEM;
        if (accounted && !keep)
            Manager.CommittedPages += Math.Min(oldPages, newPages);
        VmFlags oldFlags = area.Flags;
        ulong oldEnd = address + oldLength;
        VmArea target = CopyArea(area, address, newAddress, newLength);
        Account(oldFlags, newPages);
        if ((oldFlags & VmFlags.Locked) != 0)
            LockedVm += (ulong)newPages;
        if (!MovePageTables(Lookup(address)!, address, newAddress, oldLength))
        {
            // Memory for tables is short: what was moved goes back, where its tables are still there.
            _ = MovePageTables(target, newAddress, address, oldLength);
            _ = UnmapRange(newAddress, newLength); // gives the promise back
            return -Errno.ENOMEM;
        }
        if (target.Userfault is { } context)
            context.Prepare(UserfaultEvent.Remap, address, newAddress, oldLength);
        if ((oldFlags & VmFlags.Locked) != 0 && newLength > oldLength)
            populate = (newAddress + oldLength, newLength - oldLength);
        if (keep)
            FinishKeeping(address, oldEnd);
        else if (oldLength != 0)
            _ = UnmapRange(address, oldLength); // splits were checked above; the limit of areas has room for them
        return (long)newAddress;
    }

    // The new place is served by nobody. Linux: need_clear_uffd_wp in move_ptes
    private static Pte WithoutUffdWp(Pte pte)
    {
        if (pte.IsPresent)
            return pte.Without(Pte.UffdWpBit);
        SwapEntry entry = SwapEntry.FromPte(pte);
        if (!entry.IsMarker)
            return pte.Without(SwapEntry.UffdWpBit);
        return entry.MarkerFlags == PteMarker.UffdWp ? default : pte;
    }

    private static int CheckMaySplit(VmArea area, ulong address, ulong length)
    {
        if (area.Operations is not { } operations)
            return 0;
        int error = area.Start != address ? operations.MaySplit(area, address) : 0;
        return error == 0 && area.End != address + length ? operations.MaySplit(area, address + length) : error;
    }

    // The old range stays as if it had never been touched. The whole area loses its lock, is neither split nor merged, and what it had
    // locked goes on being counted: so does Linux. Linux: dontunmap_complete
    private void FinishKeeping(ulong start, ulong end)
    {
        VmArea old = Lookup(start)!;
        HasAlikeNeighbours = true;
        if ((old.Flags & VmFlags.Locked) != 0)
            LockedByKeptMoves += old.Pages;
        old.SetFlags(old.Flags & ~VmFlags.LockedMask);
        if (start == old.Start && end == old.End)
            AnonVmaLinks.Unlink(old);
    }

    // Linux: copy_vma
    private VmArea CopyArea(VmArea area, ulong address, ulong newAddress, ulong newLength)
    {
        // Anonymous memory that was never touched takes the offset of its new place, so that it can merge there.
        ulong pageOffset = area.IsAnonymous && area.AnonVma == null ? newAddress >> MmConstants.PageShift : area.PageIndexOf(address);
        UserfaultContext? userfault = KeepsRegistration(area) ? area.Userfault : null;
        VmFlags flags = userfault != null ? area.Flags : area.Flags & ~VmFlags.UffdMask;
        if (VmaMerge.ForCopy(area, newAddress, newAddress + newLength, flags, pageOffset, userfault).TryMergeNew() is { } merged)
            return merged;
        VmArea copy = AllocateArea();
        copy.Start = newAddress;
        copy.End = newAddress + newLength;
        copy.PageOffset = pageOffset;
        copy.File = area.File;
        copy.Operations = area.Operations;
        copy.PrivateData = area.PrivateData;
        copy.AnonVma = area.AnonVma;
        copy.AnonName = area.AnonName;
        copy.Policy = area.Policy;
        copy.Userfault = userfault;
        copy.SetFlags(flags);
        AnonVmaLinks.Clone(copy, area);
        copy.File?.Get();
        copy.Operations?.Open(copy);
        Link(copy);
        return copy;
    }

    // Linux: move_page_tables
    private bool MovePageTables(VmArea from, ulong source, ulong destination, ulong length)
    {
        ulong end = source + length;
        bool done = true, unprotect = from.Userfault != null && !KeepsRegistration(from);
        for (ulong at = source; at < end && done;)
        {
            ulong target = destination + (at - source);
            ulong step = Math.Min(end - at, MmConstants.PmdSize - Math.Max(at & ~MmConstants.PmdMask, target & ~MmConstants.PmdMask));
            Pte* pmd = PageTable.Find(at, PageTable.PmdLevel);
            if (pmd != null && !pmd->IsNone)
                done = (step == MmConstants.PmdSize && !unprotect && MoveTable(pmd, target)) || MovePart(from, at, target, step, unprotect);
            at += step;
        }
        Manager.Tlb.FlushRange(this, source, end, (from.Flags & VmFlags.Exec) != 0);
        return done;
    }

    // A whole table, or a huge page, changes its place at once. Linux: move_normal_pmd, move_huge_pmd
    private bool MoveTable(Pte* pmd, ulong destination)
    {
        Pte* target = PageTable.FindOrCreate(destination, PageTable.PmdLevel);
        if (target == null || !target->IsNone)
            return false;
        *target = *pmd;
        *pmd = default;
        return true;
    }

    private bool MovePart(VmArea from, ulong source, ulong destination, ulong length, bool unprotect)
    {
        SplitPmd(from, source & MmConstants.PmdMask);
        return MoveEntries(source, destination, length, unprotect);
    }

    // Linux: move_ptes
    private bool MoveEntries(ulong source, ulong destination, ulong length, bool unprotect)
    {
        for (ulong offset = 0; offset < length; offset += MmConstants.PageSize)
        {
            Pte* from = PageTable.Find(source + offset, 0);
            if (from == null || from->IsNone)
                continue;
            Pte* to = PageTable.FindOrCreate(destination + offset);
            if (to == null)
                return false;
            Pte moved = from->IsPresent ? from->With(Pte.SoftDirtyBit) : *from;
            *to = unprotect ? WithoutUffdWp(moved) : moved;
            *from = default;
        }
        return true;
    }
}

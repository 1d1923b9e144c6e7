namespace Emu.Mm;

/// <content>mprotect. Linux: mm/mprotect.c.</content>
public sealed unsafe partial class MemoryDescriptor
{
    /// <summary>Changes the protection of [start, start + length). Linux: <c>do_mprotect_pkey</c>.</summary>
    /// <param name="start">Page-aligned.</param>
    /// <param name="length">Bytes; rounded up.</param>
    /// <param name="protection">New protection.</param>
    /// <param name="key">Protection key, or -1 to leave it.</param>
    /// <param name="executeOnly">The key that memory gets which can only be executed, 0 for none.</param>
    /// <param name="context">Whose faults those of locked memory are that becomes writable.</param>
    /// <returns>0, or EINVAL, ENOMEM (a hole, a limit), EACCES, EPERM (sealed), negated. What was done before the error stands.</returns>
    public int Protect(ulong start, ulong length, MemoryProtection protection, int key = -1, int executeOnly = 0, in FaultContext context = default)
    {
        MemoryProtection grows = protection & (MemoryProtection.GrowsDown | MemoryProtection.GrowsUp);
        protection &= ~(MemoryProtection.GrowsDown | MemoryProtection.GrowsUp);
        if (grows == (MemoryProtection.GrowsDown | MemoryProtection.GrowsUp))
            return -Errno.EINVAL;
        if ((start & ~MmConstants.PageMask) != 0)
            return -Errno.EINVAL;
        if (length == 0)
            return 0;
        ulong end = start + MmConstants.PageAlign(length);
        if (end <= start)
            return -Errno.ENOMEM;
        const MemoryProtection Known = MemoryProtection.Read | MemoryProtection.Write | MemoryProtection.Exec | MemoryProtection.Sem;
        if ((protection & ~Known) != 0)
            return -Errno.EINVAL;
        if (key != -1 && !IsKeyAllocated(key))
            return -Errno.EINVAL;

        VmArea? area = FindArea(start);
        if (area == null)
            return -Errno.ENOMEM;
        if (grows == MemoryProtection.GrowsDown)
        {
            if (area.Start >= end)
                return -Errno.ENOMEM;
            start = area.Start;
            if ((area.Flags & VmFlags.GrowsDown) == 0)
                return -Errno.EINVAL;
        }
        else if (area.Start > start)
        {
            return -Errno.ENOMEM;
        }
        else if (grows == MemoryProtection.GrowsUp)
        {
            return -Errno.EINVAL;
        }
        return ProtectAreas(start, end, protection, (key, executeOnly), context);
    }

    private int ProtectAreas(ulong start, ulong end, MemoryProtection protection, (int Wanted, int ExecuteOnly) key, in FaultContext context)
    {
        Gather.Begin();
        int error = 0;
        for (ulong at = start; at < end && error == 0;)
        {
            VmArea? area = Lookup(at);
            if (area == null)
            {
                error = -Errno.ENOMEM;
                break;
            }
            ulong next = Math.Min(area.End, end);
            VmFlags flags = (area.Flags & ~VmFlags.AccessMask) | (VmFlags)((uint)protection & 7);
            flags = (flags & ~VmFlags.PkeyMask) | (VmFlags)((ulong)KeyAfterProtect(area, protection, key.Wanted, key.ExecuteOnly) << 32);
            // The MAY bits stand four above the bits they permit.
            error = ((flags & ~(VmFlags)((ulong)flags >> 4)) & VmFlags.AccessMask) != 0 ? -Errno.EACCES : ProtectPart(area, at, next, flags, context);
            at = next;
        }
        Gather.Finish();
        return error;
    }

    // Linux: mprotect_fixup
    private int ProtectPart(VmArea area, ulong start, ulong end, VmFlags flags, in FaultContext context)
    {
        if ((area.Flags & VmFlags.Sealed) != 0)
            return -Errno.EPERM;
        VmFlags old = area.Flags;
        if (flags == old)
            return 0;
        ulong pages = (end - start) >> MmConstants.PageShift, charged = 0;
        if ((flags & VmFlags.Write) != 0)
        {
            if (!MayExpand(flags, pages) && MayExpand(old, pages))
                return -Errno.ENOMEM;
            if ((old & (VmFlags.Account | VmFlags.Write | VmFlags.HugeTlb | VmFlags.Shared | VmFlags.NoReserve)) == 0)
            {
                charged = pages;
                if (Manager.ReserveMemory((long)charged, Limits) != 0)
                    return -Errno.ENOMEM;
                flags |= VmFlags.Account;
            }
        }
        else if ((old & VmFlags.Account) != 0 && area.IsAnonymous && area.AnonVma == null)
        {
            // Memory that was never written needs no promise while it cannot be written.
            flags &= ~VmFlags.Account;
        }
        int error = ModifyFlags(area, start, end, flags, out VmArea modified);
        if (error != 0)
        {
            Manager.UnreserveMemory((long)charged);
            return error;
        }
        if ((old & VmFlags.Account) != 0 && (flags & VmFlags.Account) == 0)
            Manager.UnreserveMemory((long)pages);
        ChangeProtection(modified, start, end, executable: ((old | flags) & VmFlags.Exec) != 0);
        // Locked private memory that becomes writable gets its copies now, not by a fault later.
        if ((old & (VmFlags.Write | VmFlags.Shared | VmFlags.Locked)) == VmFlags.Locked && (flags & VmFlags.Write) != 0)
            _ = PopulateArea(modified, start, end, context);
        Account(old, -(long)pages);
        Account(flags, (long)pages);
        return 0;
    }

    /// <summary>Gives a part of an area other flags: merged with neighbours or split off. Linux: <c>vma_modify_flags</c>.</summary>
    internal int ModifyFlags(VmArea area, ulong start, ulong end, VmFlags flags, out VmArea modified) =>
        ModifyArea(area, start, end, flags, area.AnonName, out modified);

    /// <summary>Gives a part of an area other flags or another name. Linux: <c>vma_modify_flags</c>, <c>vma_modify_name</c>.</summary>
    internal int ModifyArea(VmArea area, ulong start, ulong end, VmFlags flags, string? anonName, out VmArea modified)
    {
        modified = area;
        if (VmaMerge.ForModified(area, start, end, flags, anonName).TryMergeModified() is { } merged)
        {
            modified = merged;
            return 0;
        }
        int error = SplitOut(area, start, end, out modified);
        if (error != 0)
            return error;
        modified.SetFlags(flags);
        modified.AnonName = anonName;
        return 0;
    }

    /// <summary>Splits an area so that one covers exactly [start, end). Linux: <c>vma_modify</c>.</summary>
    internal int SplitOut(VmArea area, ulong start, ulong end, out VmArea part)
    {
        part = area;
        int error = 0;
        if (start > area.Start)
            error = Split(area, start, newBelow: true, out _);
        if (error == 0 && end < area.End)
            error = Split(area, end, newBelow: false, out _);
        return error;
    }

    // Shared writable memory that nobody tracks, and private pages that are ours alone, need no fault to be written again.
    // Linux: vma_wants_manual_pte_write_upgrade
    private static bool TryWritable(VmArea area) => (area.Flags & VmFlags.Write) != 0 &&
        ((area.Flags & VmFlags.Shared) == 0 || (area.PageProtection & Pte.WriteBit) == 0);

    // Linux: change_pte_range
    private void ChangeProtection(VmArea area, ulong start, ulong end, bool executable)
    {
        bool changed = false, tryWritable = TryWritable(area);
        for (ulong at = start; at < end;)
        {
            ulong next = Math.Min((at & MmConstants.PmdMask) + MmConstants.PmdSize, end);
            Pte* entry = PageTable.Walk(at, out int level);
            if (level == PageTable.PmdLevel && entry->IsLarge)
            {
                changed |= ChangeHuge(area, entry, at, next, tryWritable);
                entry = PageTable.Walk(at, out level);
            }
            if (level == 0)
                changed |= ChangeTable(area, entry, at, next, tryWritable);
            else if (level > PageTable.PmdLevel)
                next = Math.Min((at & ~(PageTable.SpanOf(level) - 1)) + PageTable.SpanOf(level), end);
            at = next;
        }
        if (changed)
            Gather.AddRange(start, end, executable);
    }

    // Linux: change_huge_pmd
    private bool ChangeHuge(VmArea area, Pte* pmd, ulong start, ulong end, bool tryWritable)
    {
        if (end - start != MmConstants.PmdSize)
        {
            SplitPmd(area, start & MmConstants.PmdMask);
            return false;
        }
        Pte old = *pmd, now = old.Modify(area.PageProtection).With(Pte.LargeBit);
        if (tryWritable && !now.IsWritable && CanWriteWithoutFault(area, now))
            now = now.Writable;
        *pmd = now;
        return now != old;
    }

    private bool ChangeTable(VmArea area, Pte* entry, ulong at, ulong end, bool tryWritable)
    {
        bool changed = false;
        for (; at < end; at += MmConstants.PageSize, entry++)
        {
            if (!entry->IsPresent)
                continue;
            Pte old = *entry;
            Pte now = old.Modify(area.PageProtection);
            if (tryWritable && !now.IsWritable && CanWriteWithoutFault(area, now))
                now = now.Writable;
            if (now == old)
                continue;
            *entry = now;
            changed = true;
        }
        return changed;
    }

    // Linux: can_change_pte_writable
    private bool CanWriteWithoutFault(VmArea area, Pte pte)
    {
        bool tracksSoftDirty = !area.HasAny(VmFlags.SoftDirty) && (pte.Value & Pte.SoftDirtyBit) == 0;
        if (pte.IsProtNone || pte.IsSpecial || tracksSoftDirty || (pte.Value & Pte.UffdWpBit) != 0)
            return false;
        if ((area.Flags & VmFlags.Shared) != 0)
            return pte.IsDirty;
        return Manager.Page(pte.Pfn).Has(PageFlags.AnonExclusive) && Manager.Page(Manager.Memory.FolioOf(pte.Pfn)).IsAnonymous;
    }
}

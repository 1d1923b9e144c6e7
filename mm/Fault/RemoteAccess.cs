namespace Emu.Mm;

/// <summary>Access to another's memory beyond what its protection allows, for debuggers and /proc/PID/mem. Linux: <c>access_remote_vm</c> (mm/memory.c).</summary>
/// <remarks>Pages come into memory as for an access of the owner. Lock: mmap lock for reading, taken page by page.</remarks>
/// <param name="mm">The address space.</param>
/// <param name="force">Whether memory can be read that may be made readable, and private memory written that may be made writable. Linux: <c>FOLL_FORCE</c>.</param>
public sealed unsafe class RemoteAccess(MemoryDescriptor mm, bool force)
{
    /// <summary>Reads as far as it goes.</summary>
    /// <returns>Bytes read, from the start.</returns>
    public int Read(ulong address, Span<byte> destination, in FaultContext context)
    {
        int done = 0;
        while (done < destination.Length)
        {
            int part = PartOf(address + (ulong)done, destination.Length - done);
            byte* host = Pin(address + (ulong)done, write: false, context);
            if (host == null)
                break;
            new ReadOnlySpan<byte>(host, part).CopyTo(destination[done..]);
            done += part;
        }
        return done;
    }

    /// <summary>Writes as far as it goes.</summary>
    /// <returns>Bytes written, from the start.</returns>
    public int Write(ulong address, ReadOnlySpan<byte> source, in FaultContext context)
    {
        int done = 0;
        while (done < source.Length)
        {
            int part = PartOf(address + (ulong)done, source.Length - done);
            byte* host = Pin(address + (ulong)done, write: true, context);
            if (host == null)
                break;
            source.Slice(done, part).CopyTo(new Span<byte>(host, part));
            ulong physical = (ulong)(host - mm.Manager.Memory.Ram);
            uint pfn = (uint)(physical >> MmConstants.PageShift);
            MarkDirty(pfn);
            mm.Manager.KernelWrote(pfn, (uint)(physical & ~MmConstants.PageMask), (uint)part);
            done += part;
        }
        return done;
    }

    private static int PartOf(ulong address, int length) => (int)Math.Min(MmConstants.PageSize - (address & ~MmConstants.PageMask), (ulong)length);

    // The host address of a page's byte, valid until the next fault; null if it cannot be had. Linux: get_user_pages_remote
    private byte* Pin(ulong address, bool write, in FaultContext context)
    {
        if (address >= MmConstants.TaskSize || mm.FindOrExpand(address, out _) is not { } area || !IsAllowed(area, write))
            return null;
        while (true)
        {
            Pte* entry = mm.PageTable.Walk(address, out int level);
            if ((level == 0 || entry->IsLarge) && entry->IsPresent && (!write || MayWrite(area, *entry)))
            {
                if (entry->IsSpecial && write)
                    return null;
                Interlocked.Or(ref *(ulong*)entry, Pte.AccessedBit);
                return mm.Manager.Memory.Frame(entry->Pfn) + (address & (PageTable.SpanOf(level) - 1));
            }
            FaultOutcome outcome = mm.Manager.Faults.Populate(area, address & MmConstants.PageMask, write, context);
            bool again = outcome.Status == FaultStatus.Resolved || (outcome.Status == FaultStatus.Retry && mm.Manager.WaitForFault(outcome));
            if (!again || mm.Lookup(address) != area)
                return null;
        }
    }

    // Linux: check_vma_flags
    private bool IsAllowed(VmArea area, bool write)
    {
        if (area.HasAny(VmFlags.Io | VmFlags.PfnMap) || area.File?.Mapping is { Kind: PageCacheKind.Memory })
            return false;
        if (write && !area.HasAny(VmFlags.Write))
            return force && area.IsCowMapping && !area.HasAny(VmFlags.HugeTlb);
        return write || area.HasAny(VmFlags.Read) || (force && area.HasAny(VmFlags.MayRead));
    }

    // Linux: can_follow_write_pte
    private bool MayWrite(VmArea area, Pte entry)
    {
        if (entry.IsWritable)
            return true;
        if (!force || area.HasAny(VmFlags.Write) || entry.IsSpecial || (entry.Value & Pte.UffdWpBit) != 0)
            return false;
        return mm.Manager.Page(entry.Pfn).Has(PageFlags.AnonExclusive) && mm.Manager.Page(mm.Manager.Memory.FolioOf(entry.Pfn)).IsAnonymous;
    }

    // Linux: set_page_dirty_lock
    private void MarkDirty(uint pfn)
    {
        uint folio = mm.Manager.Memory.FolioOf(pfn);
        ref Page page = ref mm.Manager.Page(folio);
        if (page.IsAnonymous || page.Mapping.IsNone)
            page.Set(PageFlags.Dirty);
        else
            mm.Manager.Mappings.PageCache(page.Mapping).SetDirty(folio);
    }
}

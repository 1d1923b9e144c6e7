namespace Emu.Mm;

/// <summary>Reads memory as a program would see it, without a fault and without a trace: for those who watch. Linux: <c>access_remote_vm</c>.</summary>
/// <remarks>No accessed bit is set, no page comes into memory, no event is sent. Lock: mmap lock for reading.</remarks>
public static unsafe class MemoryPeek
{
    /// <summary>Copies memory of an address space as far as it can be read.</summary>
    /// <returns>Bytes copied, from the start.</returns>
    public static int Read(MemoryDescriptor mm, ulong address, Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            ulong at = address + (ulong)done;
            int left = (int)(MmConstants.PageSize - (at & ~MmConstants.PageMask));
            Span<byte> part = destination.Slice(done, Math.Min(left, destination.Length - done));
            if (at >= MmConstants.TaskSize || !TryReadPart(mm, at, part))
                break;
            done += part.Length;
        }
        return done;
    }

    // A part lies within one page.
    private static bool TryReadPart(MemoryDescriptor mm, ulong address, Span<byte> part)
    {
        Pte* entry = mm.PageTable.Walk(address, out int level);
        if ((level == 0 || entry->IsLarge) && (entry->Value & Pte.PresentBit) != 0)
        {
            ulong offset = address & (PageTable.SpanOf(level) - 1);
            new ReadOnlySpan<byte>(mm.Manager.Memory.Frame(entry->Pfn) + offset, part.Length).CopyTo(part);
            return true;
        }
        if (!entry->IsNone || mm.Lookup(address) is not { } area || !area.HasAny(VmFlags.AccessMask))
            return false;
        if (!area.IsAnonymous)
            return area.File?.Mapping is { } cache && TryReadObject(mm.Manager, cache, area.PageIndexOf(address), address, part);
        part.Clear();
        return true;
    }

    // What the object behind the area holds: a page in its cache, or what would be read from its store.
    private static bool TryReadObject(MemoryManager manager, PageCache cache, ulong index, ulong address, Span<byte> part)
    {
        if (index >= cache.SizeInPages)
            return false;
        ulong inPage = address & ~MmConstants.PageMask;
        uint pfn = cache.Find(index);
        part.Clear();
        if (pfn != 0)
            new ReadOnlySpan<byte>(manager.Memory.Frame(pfn) + inPage, part.Length).CopyTo(part);
        return pfn != 0 || cache.Store == null || TryReadStore(cache.Store, index, (int)inPage, part);
    }

    private static bool TryReadStore(IBackingStore store, ulong index, int inPage, Span<byte> part)
    {
        Span<byte> page = stackalloc byte[(int)MmConstants.PageSize];
        int read = store.Read(index << MmConstants.PageShift, page);
        if (read < 0)
            return false;
        page[read..].Clear();
        page.Slice(inPage, part.Length).CopyTo(part);
        return true;
    }
}

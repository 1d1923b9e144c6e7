using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Transfers between page caches and whoever reads and writes. Linux: mm/filemap.c, mm/shmem.c.</summary>
internal static class FileMap
{
    private const ulong OffsetMask = MmConstants.PageSize - 1;

    /// <summary>Reads. Linux: <c>filemap_read</c>, <c>shmem_file_read_iter</c>.</summary>
    /// <param name="memory">The machine's memory.</param>
    /// <param name="cache">The file's pages; its size is where reading ends.</param>
    /// <param name="readahead">Of the open file.</param>
    /// <param name="position">Where; moved on.</param>
    /// <param name="to">Where the data goes.</param>
    /// <returns>Bytes, 0 at the end, or a negative errno.</returns>
    public static long Read(MemoryManager memory, PageCache cache, ReadaheadState readahead, ref ulong position, ref IovIter to)
    {
        long done = 0;
        while (to.Count != 0 && position < cache.Size)
        {
            if (memory.Current.IsDying)
                return done != 0 ? done : -Errno.EINTR;
            int offset = (int)(position & OffsetMask);
            int part = (int)Math.Min(Math.Min(MmConstants.PageSize - (ulong)offset, cache.Size - position), (ulong)to.Count);
            int error = FindPage(memory, cache, readahead, position, to.Count, out uint pfn);
            if (error != 0)
                return done != 0 ? done : error;
            int copied = pfn == 0 ? (int)to.Zero(part) : CopyOut(memory, pfn, offset, part, ref to);
            position += (ulong)copied;
            done += copied;
            if (copied < part)
                return done != 0 ? done : -Errno.EFAULT;
        }
        if (done != 0)
            readahead.PreviousIndex = (position - 1) >> MmConstants.PageShift;
        return done;
    }

    /// <summary>Writes to pages that have no store behind them. Linux: <c>generic_perform_write</c> over <c>shmem_write_begin</c>.</summary>
    /// <param name="memory">The machine's memory.</param>
    /// <param name="cache">The file's pages; its size grows with them.</param>
    /// <param name="position">Where; moved on.</param>
    /// <param name="from">The data.</param>
    /// <returns>Bytes or a negative errno.</returns>
    public static long Write(MemoryManager memory, PageCache cache, ref ulong position, ref IovIter from)
    {
        long done = 0;
        while (from.Count != 0)
        {
            // Who is to die must not go on to fill memory that it was killed for.
            if (memory.Current.IsDying)
                return done != 0 ? done : -Errno.EINTR;
            int offset = (int)(position & OffsetMask);
            int part = (int)Math.Min((long)(MmConstants.PageSize - (ulong)offset), from.Count);
            int error = cache.GetOrCreate(position >> MmConstants.PageShift, out uint pfn);
            if (error != 0)
                return done != 0 ? done : error;
            memory.GetPage(pfn);
            int copied = from.CopyFrom(memory.Memory.FrameSpan(pfn).Slice(offset, part));
            memory.KernelWrote(pfn, (uint)offset, (uint)copied);
            if (copied != 0)
                cache.SetDirty(pfn);
            memory.PutPage(pfn);
            position += (ulong)copied;
            done += copied;
            cache.Size = Math.Max(cache.Size, position);
            if (copied < part)
                return done != 0 ? done : -Errno.EFAULT;
        }
        return done;
    }

    /// <summary>Puts what was written to the store into the pages that are in memory.</summary>
    public static void Update(MemoryManager memory, PageCache cache, ulong position, ReadOnlySpan<byte> data)
    {
        while (!data.IsEmpty)
        {
            int offset = (int)(position & OffsetMask);
            int part = Math.Min((int)MmConstants.PageSize - offset, data.Length);
            uint pfn = cache.Find(position >> MmConstants.PageShift);
            if (pfn != 0)
            {
                data[..part].CopyTo(memory.Memory.FrameSpan(pfn)[offset..]);
                memory.KernelWrote(pfn, (uint)offset, (uint)part);
            }
            position += (ulong)part;
            data = data[part..];
        }
    }

    // Linux: filemap_get_pages
    private static int FindPage(MemoryManager memory, PageCache cache, ReadaheadState readahead, ulong position, long wanted, out uint pfn)
    {
        ulong index = position >> MmConstants.PageShift;
        pfn = cache.Find(index);
        if (pfn != 0)
        {
            NoteUse(memory, cache, readahead, index, pfn);
            return 0;
        }
        if (cache.Kind == PageCacheKind.Shmem)
            return cache.IsSwapped(index) ? cache.GetOrCreate(index, out pfn) : 0; // a hole reads as zeros and takes no page
        ulong last = Math.Min(position + (ulong)wanted, cache.Size) - 1;
        int error = Readahead.Sync(cache, readahead, index, (last >> MmConstants.PageShift) - index + 1);
        pfn = cache.Find(index);
        return pfn != 0 ? 0 : error != 0 ? error : -Errno.EIO;
    }

    private static void NoteUse(MemoryManager memory, PageCache cache, ReadaheadState readahead, ulong index, uint pfn)
    {
        ref Page page = ref memory.Page(pfn);
        if (!page.Has(PageFlags.Readahead))
            return;
        page.Clear(PageFlags.Readahead);
        Readahead.Async(cache, readahead, index);
    }

    private static int CopyOut(MemoryManager memory, uint pfn, int offset, int length, ref IovIter to)
    {
        memory.GetPage(pfn);
        int copied = to.CopyTo(memory.Memory.FrameSpan(pfn).Slice(offset, length));
        memory.PutPage(pfn);
        return copied;
    }
}

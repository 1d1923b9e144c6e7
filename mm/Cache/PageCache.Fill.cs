namespace Emu.Mm;

/// <content>Bringing pages into the cache.</content>
public sealed partial class PageCache
{
    /// <summary>The most pages that one read of the store brings in.</summary>
    internal const int MaxReadPages = 64;

    [ThreadStatic] private static byte[]? _readBuffer;

    /// <summary>Brings [index, index + count) into memory, as far as it is missing. Linux: <c>page_cache_ra_unbounded</c>.</summary>
    /// <param name="index">First page.</param>
    /// <param name="count">Pages wanted; cut at the end of the file.</param>
    /// <param name="marker">The page that is to start the next readahead when it is used, or <see cref="ulong.MaxValue"/>.</param>
    /// <param name="gfp">How the pages may be got.</param>
    /// <returns>0, or the negative errno that the read of the first missing page gave.</returns>
    public int ReadPages(ulong index, ulong count, ulong marker = ulong.MaxValue, GfpFlags gfp = GfpFlags.HighUserMovable)
    {
        ulong end = Math.Min(index + count, SizeInPages);
        int result = 0;
        while (index < end)
        {
            if (Find(index) != 0)
            {
                index++;
                continue;
            }
            ulong run = 1;
            while (run < MaxReadPages && index + run < end && Find(index + run) == 0)
                run++;
            result = ReadRun(index, (int)run, marker, gfp);
            if (result < 0)
                return result;
            index += run;
        }
        return result;
    }

    /// <summary>
    /// The page at an offset for a user that will fill or overwrite it, made if it is missing. Linux: <c>shmem_get_folio</c>,
    /// <c>__filemap_get_folio(FGP_CREAT)</c> with the read that a partial write needs.
    /// </summary>
    /// <param name="index">Offset in pages.</param>
    /// <param name="pfn">The page, without a reference of its own.</param>
    /// <returns>0 or a negative errno: ENOMEM, ENOSPC (quota), EIO.</returns>
    public int GetOrCreate(ulong index, out uint pfn)
    {
        pfn = Find(index);
        if (pfn != 0)
            return 0;
        if (IsSwapped(index))
            return SwapIn(index, out pfn);
        if (Kind != PageCacheKind.File)
            return CreateZeroed(index, out pfn);
        if (index < SizeInPages)
        {
            int result = ReadPages(index, 1);
            pfn = Find(index);
            return pfn != 0 ? 0 : result < 0 ? result : -Errno.EIO;
        }
        return CreateZeroed(index, out pfn);
    }

    /// <summary>Puts a page of shmem in that was filled by somebody else (userfaultfd). Its reference passes to the cache. Linux: <c>shmem_mfill_atomic_pte</c>.</summary>
    /// <returns>0, or EFAULT (beyond the end), EEXIST, ENOMEM (quota), negated.</returns>
    internal int TryAddFilled(uint pfn, ulong index)
    {
        if (index >= SizeInPages)
            return -Errno.EFAULT;
        if (Find(index) != 0 || IsSwapped(index))
            return -Errno.EEXIST;
        if (Quota is { } quota && !quota.TryReserve(1))
            return -Errno.ENOMEM;
        Add(pfn, index);
        return 0;
    }

    // Linux: shmem_alloc_and_add_folio
    private int CreateZeroed(ulong index, out uint pfn)
    {
        pfn = 0;
        if (Quota is { } quota && !quota.TryReserve(1))
            return -Errno.ENOSPC;
        pfn = _manager.AllocateCache(this, index, GfpFlags.HighUserMovable | GfpFlags.Zero);
        if (pfn == 0)
        {
            Quota?.Release(1);
            return -Errno.ENOMEM;
        }
        _manager.Page(pfn).Set(PageFlags.UpToDate);
        Add(pfn, index);
        return 0;
    }

    private int ReadRun(ulong index, int pages, ulong marker, GfpFlags gfp)
    {
        byte[] buffer = _readBuffer ??= new byte[MaxReadPages << MmConstants.PageShift];
        Span<byte> data = buffer.AsSpan(0, pages << MmConstants.PageShift);
        int got = Store!.Read(index << MmConstants.PageShift, data);
        if (got < 0)
            return got;
        data[got..].Clear();
        _manager.Events[(int)VmEvent.PageIn] += pages * 4;
        for (int i = 0; i < pages; i++)
        {
            uint pfn = _manager.AllocateCache(this, index + (ulong)i, gfp);
            if (pfn == 0)
                return -Errno.ENOMEM;
            data.Slice(i << MmConstants.PageShift, (int)MmConstants.PageSize).CopyTo(_manager.Memory.FrameSpan(pfn));
            _manager.Page(pfn).Set(PageFlags.UpToDate | (index + (ulong)i == marker ? PageFlags.Readahead : PageFlags.None));
            Workingset.Refault(_manager, pfn, _pages.Load(index + (ulong)i));
            Add(pfn, index + (ulong)i);
        }
        return 0;
    }
}

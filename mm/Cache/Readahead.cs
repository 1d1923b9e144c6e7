namespace Emu.Mm;

/// <summary>The window that is read ahead of one open file. Linux: <c>struct file_ra_state</c>.</summary>
public sealed class ReadaheadState
{
    /// <summary>First page of the current window. Linux: <c>start</c>.</summary>
    public ulong Start { get; set; }

    /// <summary>Pages in the window. Linux: <c>size</c>.</summary>
    public ulong Size { get; set; }

    /// <summary>Pages at the end of the window whose use starts the next one. Linux: <c>async_size</c>.</summary>
    public ulong AsyncSize { get; set; }

    /// <summary>Misses of faults that readahead did not foresee. Linux: <c>mmap_miss</c>.</summary>
    public uint MmapMiss { get; set; }

    /// <summary>Where the last read ended, in pages. Linux: <c>prev_pos</c>.</summary>
    public ulong PreviousIndex { get; set; } = ulong.MaxValue;
}

/// <summary>Decides how much of a file to read before it is asked for. Linux: mm/readahead.c.</summary>
public static class Readahead
{
    private const uint MmapLotsamiss = 100;

    // What is read ahead is not worth a hard reclaim. Linux: readahead_gfp_mask
    private const GfpFlags Gfp = GfpFlags.HighUserMovable | GfpFlags.NoRetry | GfpFlags.NoWarn;

    /// <summary>A read found a page missing. Linux: <c>page_cache_sync_ra</c>.</summary>
    /// <param name="cache">The file's pages.</param>
    /// <param name="state">Of the open file.</param>
    /// <param name="index">The missing page.</param>
    /// <param name="wanted">Pages that the caller wants.</param>
    /// <returns>0 or a negative errno for the page asked for.</returns>
    public static int Sync(PageCache cache, ReadaheadState state, ulong index, ulong wanted)
    {
        ulong max = MaximumOf(cache);
        bool sequential = index == 0 || index == state.PreviousIndex + 1 || index == state.PreviousIndex;
        if (!sequential && wanted <= max)
            return cache.ReadPages(index, wanted);
        state.Start = index;
        state.Size = InitialSize(wanted, max);
        state.AsyncSize = state.Size > wanted ? state.Size - wanted : state.Size;
        int result = Submit(cache, state);
        return result != 0 || cache.Find(index) != 0 ? result : cache.ReadPages(index, 1);
    }

    /// <summary>A read reached the page that marks the end of the window. Linux: <c>page_cache_async_ra</c>.</summary>
    public static void Async(PageCache cache, ReadaheadState state, ulong index)
    {
        ulong max = MaximumOf(cache);
        ulong expected = state.Start + state.Size - state.AsyncSize;
        if (index == expected)
            state.Start += state.Size;
        else
            state.Start = index + 1;
        state.Size = NextSize(state.Size, max);
        state.AsyncSize = state.Size;
        _ = Submit(cache, state); // a page that cannot be read ahead is read, and its error found, when it is wanted
    }

    /// <summary>A fault found a page missing: read around it. Linux: <c>do_sync_mmap_readahead</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public static int AroundFault(PageCache cache, ReadaheadState state, VmArea area, ulong index)
    {
        if ((area.Flags & VmFlags.RandRead) != 0)
            return cache.ReadPages(index, 1);
        if ((area.Flags & VmFlags.SeqRead) != 0)
            return Sync(cache, state, index, 1);
        if (state.MmapMiss < MmapLotsamiss * 10)
            state.MmapMiss++;
        if (state.MmapMiss > MmapLotsamiss)
            return cache.ReadPages(index, 1);
        ulong window = MaximumOf(cache);
        state.Start = index > window / 2 ? index - (window / 2) : 0;
        state.Size = window;
        state.AsyncSize = window / 4;
        int result = Submit(cache, state);
        return result < 0 ? cache.ReadPages(index, 1) : result;
    }

    private static int Submit(PageCache cache, ReadaheadState state)
    {
        ulong marker = state.AsyncSize != 0 && state.AsyncSize < state.Size
            ? state.Start + state.Size - state.AsyncSize
            : state.AsyncSize == state.Size ? state.Start : ulong.MaxValue;
        int result = cache.ReadPages(state.Start, state.Size, marker, Gfp);
        return result == -Errno.ENOMEM ? 0 : result; // who needs the page asks for it again, and harder
    }

    private static ulong MaximumOf(PageCache cache) => Math.Max(cache.ReadaheadPages, 1);

    // Linux: get_init_ra_size
    private static ulong InitialSize(ulong wanted, ulong max)
    {
        ulong size = System.Numerics.BitOperations.RoundUpToPowerOf2(wanted);
        if (size <= max / 32)
            size *= 4;
        else if (size <= max / 4)
            size *= 2;
        return Math.Min(size, max);
    }

    // Linux: get_next_ra_size
    private static ulong NextSize(ulong current, ulong max) => Math.Min(current < max / 16 ? 4 * current : 2 * current, max);
}

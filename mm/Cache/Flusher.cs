namespace Emu.Mm;

/// <summary>Writes dirty pages of files to their stores in the background. Linux: fs/fs-writeback.c, mm/page-writeback.c.</summary>
/// <remarks>
/// A file is written once it has been dirty for dirty_expire_centisecs; all are if there are more dirty pages than
/// dirty_background_ratio allows. Whoever dirties pages beyond that goes on only after they were written, which is what
/// <c>balance_dirty_pages</c> comes to here, where writing takes no time. Lock: the kernel lock.
/// </remarks>
public sealed class Flusher
{
    // Pages that are dirtied between two looks at the limit. Linux: ratelimit_pages
    private const int PagesBetweenLooks = 32;

    private const ulong NanosecondsPerCentisecond = 10_000_000;

    private readonly MemoryManager _manager;
    private int _left = PagesBetweenLooks;

    internal Flusher(MemoryManager manager) => _manager = manager;

    /// <summary>Has <see cref="Run"/> called soon; null where nobody does. Linux: <c>wb_start_background_writeback</c>.</summary>
    public Action? Wake { get; set; }

    /// <summary>Writes what is due. Linux: <c>wb_do_writeback</c>.</summary>
    /// <param name="now">Nanoseconds of a clock that does not go back.</param>
    /// <remarks>What cannot be written stays dirty, and is tried again the next time.</remarks>
    public void Run(ulong now)
    {
        bool all = IsOverBackground;
        if (!all && _manager.Sysctl.DirtyWritebackCentisecs == 0)
            return;
        ulong age = (ulong)_manager.Sysctl.DirtyExpireCentisecs * NanosecondsPerCentisecond;
        foreach (PageCache cache in _manager.Mappings.PageCaches.Where(static cache => cache.Kind == PageCacheKind.File).ToList())
        {
            if (!cache.HasDirtyPages)
                cache.DirtySince = 0;
            else if (cache.DirtySince == 0 && !all)
                cache.DirtySince = Math.Max(now, 1);
            else if (all || now - cache.DirtySince >= age)
                cache.DirtySince = cache.WriteBack() == 0 ? 0 : Math.Max(now, 1);
        }
    }

    /// <summary>A page of a file has become dirty. Linux: <c>balance_dirty_pages_ratelimited</c>.</summary>
    internal void NoteDirtied()
    {
        if (--_left > 0)
            return;
        _left = PagesBetweenLooks;
        if (Wake != null && IsOverBackground)
            Wake();
    }

    private bool IsOverBackground => _manager.Stat(NodeStat.FileDirty) >
        VmStatText.DirtyLimit(_manager, _manager.Sysctl.DirtyBackgroundBytes, _manager.Sysctl.DirtyBackgroundRatio);
}

namespace Emu.Mm;

/// <summary>What compaction remembers of a zone between its runs. Linux: the <c>compact_*</c> fields of <c>struct zone</c>.</summary>
internal sealed class CompactState
{
    private const int MaxDeferShift = 6;

    private int _considered, _deferShift, _orderFailed;

    /// <summary>Where the scanner for movable pages goes on, 0 for the start. Linux: <c>compact_cached_migrate_pfn</c>.</summary>
    public uint MigratePfn { get; set; }

    /// <summary>Where the scanner for free frames goes on, 0 for the end. Linux: <c>compact_cached_free_pfn</c>.</summary>
    public uint FreePfn { get; set; }

    /// <summary>Whether the notes about blocks not worth a look are to be dropped. Linux: <c>compact_blockskip_flush</c>.</summary>
    public bool FlushSkip { get; set; }

    /// <summary>Whether it failed so often for this order that the next tries are left out. Linux: <c>compaction_deferred</c>.</summary>
    public bool IsDeferred(int order)
    {
        if (order < _orderFailed || _deferShift == 0)
            return false;
        if (++_considered < 1 << _deferShift)
            return true;
        _considered = 1 << _deferShift;
        return false;
    }

    /// <summary>It failed: twice as many tries as last time are left out. Linux: <c>defer_compaction</c>.</summary>
    public void Defer(int order)
    {
        _considered = 0;
        _deferShift = Math.Min(_deferShift + 1, MaxDeferShift);
        if (order < _orderFailed || _orderFailed == 0)
            _orderFailed = order;
    }

    /// <summary>It succeeded. Linux: <c>compaction_defer_reset</c>.</summary>
    /// <param name="order">The order.</param>
    /// <param name="allocated">Whether the block was allocated too.</param>
    public void NoteResult(int order, bool allocated)
    {
        if (allocated)
            _considered = _deferShift = 0;
        if (order >= _orderFailed)
            _orderFailed = order + 1;
    }

    /// <summary>Whether the longest pause has just ended: everything is looked at anew. Linux: <c>compaction_restarting</c>.</summary>
    public bool IsRestarting(int order) => order >= _orderFailed && _deferShift == MaxDeferShift && _considered >= 1 << _deferShift;
}

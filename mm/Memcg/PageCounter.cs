namespace Emu.Mm;

/// <summary>Counts pages against a limit, for a group and all groups above it. Linux: <c>struct page_counter</c> (mm/page_counter.c).</summary>
/// <remarks>Lock: the kernel lock.</remarks>
public sealed class PageCounter
{
    /// <summary>No limit, in pages. Linux: <c>PAGE_COUNTER_MAX</c>.</summary>
    public const long NoLimit = (long)(long.MaxValue / (long)MmConstants.PageSize);

    private readonly List<PeakWatch> _watches = [];
    private long _minUsage, _lowUsage, _childrenMinUsage, _childrenLowUsage, _localPeak;

    internal PageCounter(MemoryCgroup owner, PageCounter? parent)
    {
        Owner = owner;
        Parent = parent;
    }

    /// <summary>The group that it counts for.</summary>
    public MemoryCgroup Owner { get; }

    /// <summary>The counter that every charge goes to as well; null for the root's.</summary>
    public PageCounter? Parent { get; }

    /// <summary>Pages charged to the group and everything below it.</summary>
    public long Usage { get; private set; }

    /// <summary>Most pages ever charged. Linux: <c>watermark</c>.</summary>
    public long Peak { get; private set; }

    /// <summary>Charges that the limit refused. Linux: <c>failcnt</c>.</summary>
    public long Failures { get; private set; }

    /// <summary>Pages that cannot be exceeded. Linux: <c>max</c>.</summary>
    public long Max { get; internal set; } = NoLimit;

    /// <summary>Pages above which the group is slowed down. Linux: <c>high</c>.</summary>
    public long High { get; internal set; } = NoLimit;

    /// <summary>Pages that reclaim never takes. Linux: <c>min</c>.</summary>
    public long Min { get; private set; }

    /// <summary>Pages that reclaim takes only if there is nothing else. Linux: <c>low</c>.</summary>
    public long Low { get; private set; }

    /// <summary>What of <see cref="Min"/> the groups above let stand. Linux: <c>emin</c>.</summary>
    public long EffectiveMin { get; private set; }

    /// <summary>What of <see cref="Low"/> the groups above let stand. Linux: <c>elow</c>.</summary>
    public long EffectiveLow { get; private set; }

    /// <summary>Pages that may still be charged before a limit is met, here or above. Linux: <c>mem_cgroup_margin</c>.</summary>
    public long Margin
    {
        get
        {
            long margin = long.MaxValue;
            for (PageCounter? at = this; at != null; at = at.Parent)
                margin = Math.Min(margin, Math.Max(at.Max - at.Usage, 0));
            return margin;
        }
    }

    /// <summary>Charges pages here and above, unless a limit stands against it. Linux: <c>page_counter_try_charge</c>.</summary>
    /// <param name="pages">How many.</param>
    /// <param name="refusing">The counter whose limit was met.</param>
    /// <returns>Whether they were charged; all of them or none.</returns>
    internal bool TryCharge(long pages, out PageCounter refusing)
    {
        refusing = this;
        for (PageCounter? at = this; at != null; at = at.Parent)
        {
            if (at.Usage + pages <= at.Max)
                continue;
            at.Failures++;
            refusing = at;
            return false;
        }
        Charge(pages);
        return true;
    }

    /// <summary>Charges pages, limit or not. Linux: <c>page_counter_charge</c>.</summary>
    internal void Charge(long pages)
    {
        for (PageCounter? at = this; at != null; at = at.Parent)
        {
            at.Usage += pages;
            at.PropagateProtection();
            at.Peak = Math.Max(at.Peak, at.Usage);
            at._localPeak = Math.Max(at._localPeak, at.Usage);
        }
    }

    /// <summary>Takes a charge back. Linux: <c>page_counter_uncharge</c>.</summary>
    internal void Uncharge(long pages)
    {
        for (PageCounter? at = this; at != null; at = at.Parent)
        {
            at.Usage -= pages;
            Bug.On(at.Usage < 0, "a memory cgroup gave back more pages than it was charged");
            at.PropagateProtection();
        }
    }

    /// <summary>Sets what reclaim never takes. Linux: <c>page_counter_set_min</c>.</summary>
    internal void SetMin(long pages)
    {
        Min = pages;
        PropagateUpward();
    }

    /// <summary>Sets what reclaim takes last. Linux: <c>page_counter_set_low</c>.</summary>
    internal void SetLow(long pages)
    {
        Low = pages;
        PropagateUpward();
    }

    /// <summary>Finds what of the protection stands when the tree below <paramref name="root"/> is reclaimed. Linux: <c>page_counter_calculate_protection</c>.</summary>
    /// <param name="root">Counter of the group that is reclaimed as a whole.</param>
    /// <param name="recursive">Whether what a parent is promised and no child claims goes to the children. Linux: the mount option memory_recursiveprot.</param>
    /// <remarks>The groups between were calculated before: the walk goes from the top down.</remarks>
    internal void CalculateProtection(PageCounter root, bool recursive)
    {
        if (this == root || Usage == 0 || Parent is not { } parent)
            return;
        if (parent == root)
        {
            EffectiveMin = Min;
            EffectiveLow = Low;
            return;
        }
        EffectiveMin = Effective(Min, parent.EffectiveMin, parent._childrenMinUsage, recursive);
        EffectiveLow = Effective(Low, parent.EffectiveLow, parent._childrenLowUsage, recursive);
    }

    internal void Add(PeakWatch watch)
    {
        foreach (PeakWatch peer in _watches)
            peer.Value = Math.Max(peer.Value, _localPeak);
        _localPeak = Usage;
        if (!_watches.Contains(watch))
            _watches.Add(watch);
        watch.Value = Usage;
    }

    internal void Remove(PeakWatch watch) => _watches.Remove(watch);

    internal long PeakSince(PeakWatch watch) => _watches.Contains(watch) ? Math.Max(watch.Value, _localPeak) : Peak;

    // Linux: effective_protection
    private long Effective(long setting, long parentEffective, long siblings, bool recursive)
    {
        long claimed = Math.Min(Usage, setting);
        if (siblings > parentEffective)
            return (long)((Int128)claimed * parentEffective / siblings);
        long parentUsage = Parent!.Usage;
        if (!recursive || parentEffective <= siblings || parentUsage <= siblings || Usage <= claimed)
            return claimed;
        long unclaimed = parentEffective - siblings;
        return claimed + (long)((Int128)unclaimed * (Usage - claimed) / (parentUsage - siblings));
    }

    private void PropagateUpward()
    {
        for (PageCounter? at = this; at != null; at = at.Parent)
            at.PropagateProtection();
    }

    // Tells the parent how much of the usage is protected. Linux: propagate_protected_usage
    private void PropagateProtection()
    {
        if (Parent == null)
            return;
        long min = Math.Min(Usage, Min), low = Math.Min(Usage, Low);
        Parent._childrenMinUsage += min - _minUsage;
        Parent._childrenLowUsage += low - _lowUsage;
        _minUsage = min;
        _lowUsage = low;
    }
}

/// <summary>What one open file of memory.peak shows: the peak since it was written to, or the peak of all time.</summary>
/// <remarks>Linux: <c>struct cgroup_of_peak</c>. Whoever opens the file makes one and disposes of it when it is closed.</remarks>
public sealed class PeakWatch(PageCounter counter) : IDisposable
{
    internal long Value { get; set; }

    /// <summary>Most pages charged since <see cref="Reset"/>, or ever.</summary>
    public long Peak => counter.PeakSince(this);

    /// <summary>Starts anew, for this file alone. Linux: <c>peak_write</c>.</summary>
    public void Reset() => counter.Add(this);

    /// <inheritdoc/>
    public void Dispose() => counter.Remove(this);
}

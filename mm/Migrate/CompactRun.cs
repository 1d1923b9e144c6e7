namespace Emu.Mm;

/// <summary>One run of the two scanners over a zone. Linux: <c>struct compact_control</c>, <c>compact_zone</c>.</summary>
internal sealed unsafe class CompactRun
{
    // Linux: COMPACT_CLUSTER_MAX
    private const int ClusterMax = 32;

    private readonly MemoryManager _manager;
    private readonly PhysicalMemory _memory;
    private readonly Zone _zone;
    private readonly int _order;
    private readonly MigrateType _type;
    private readonly List<uint> _pages = [];
    private readonly Stack<uint> _targets = new();
    private uint _migratePfn, _freePfn, _lastMigrated;

    /// <summary>A run for an order, -1 for the whole zone.</summary>
    public CompactRun(MemoryManager manager, Zone zone, int order, MigrateType type)
    {
        _manager = manager;
        _memory = manager.Memory;
        _zone = zone;
        _order = order;
        _type = type;
    }

    /// <summary>Whether only blocks that are sure to be worth it are looked at.</summary>
    public bool IsAsync { get; init; }

    /// <summary>Whether the scanners start at the ends of the zone, not where the last run stopped.</summary>
    public bool WholeZone { get; set; }

    /// <summary>Whether blocks are looked at that were found to be not worth it.</summary>
    public bool IgnoresSkip { get; init; }

    /// <summary>Whether an allocation waits for it.</summary>
    public bool IsDirect { get; init; }

    /// <summary>Whether it is kcompactd that runs.</summary>
    public bool IsDaemon { get; init; }

    private uint ZoneEnd => _zone.StartPfn + (uint)_zone.SpannedPages;

    private bool HaveMet => _freePfn >> MmConstants.PageBlockOrder <= _migratePfn >> MmConstants.PageBlockOrder;

    /// <summary>Compacts until a block of the order is free or the scanners meet. Linux: <c>compact_zone</c>.</summary>
    public CompactResult Run()
    {
        CompactState state = _zone.Compact;
        if (state.FlushSkip || state.IsRestarting(_order))
            ResetSkip(state);
        Start(state);
        CompactResult? result;
        while ((result = Finished(state)) == null)
        {
            uint start = _migratePfn;
            IsolateMigratePages();
            if (_pages.Count == 0)
            {
                DrainAfterBlock();
                continue;
            }
            _lastMigrated = Math.Max(_zone.StartPfn, BlockOf(_migratePfn - 1));
            int error = _manager.Migration.Migrate(_pages, TakeTarget, MigrateReason.Compaction, out _);
            if (error == -Errno.ENOMEM && !HaveMet)
                _freePfn = _migratePfn; // no frame is left to move to
            else if (error != 0 && IsAsync && _order >= 0)
                _migratePfn = Math.Max(_migratePfn, BlockOf(start) + MmConstants.PageBlockPages); // a block with a page that stays gives no large block
            DrainAfterBlock();
        }
        GiveBackTargets();
        return result.Value;
    }

    private void Start(CompactState state)
    {
        uint top = BlockOf(ZoneEnd - 1);
        _migratePfn = WholeZone || !IsWithin(state.MigratePfn) ? _zone.StartPfn : state.MigratePfn;
        _freePfn = WholeZone || !IsWithin(state.FreePfn) ? top : state.FreePfn;
        WholeZone |= _migratePfn == _zone.StartPfn;
    }

    private bool IsWithin(uint pfn) => pfn != 0 && pfn >= _zone.StartPfn && pfn < ZoneEnd;

    // Linux: __compact_finished
    private CompactResult? Finished(CompactState state)
    {
        if (HaveMet)
        {
            state.MigratePfn = state.FreePfn = 0;
            if (IsDirect)
                state.FlushSkip = true;
            return WholeZone ? CompactResult.Complete : CompactResult.PartialSkipped;
        }
        state.MigratePfn = _migratePfn;
        state.FreePfn = _freePfn;
        if (_order < 0 || _migratePfn % MmConstants.PageBlockPages != 0)
            return null; // a page block is finished once it was begun
        for (int order = _order; order < MmConstants.PageOrders; order++)
        {
            if (_zone.Buddy.CanServe(order, _type))
                return CompactResult.Success;
        }
        return null;
    }

    // Linux: isolate_migratepages
    private void IsolateMigratePages()
    {
        while (_pages.Count == 0 && !HaveMet)
        {
            uint block = BlockOf(_migratePfn), end = Math.Min(block + MmConstants.PageBlockPages, ZoneEnd);
            if (!IsSource(block))
            {
                _migratePfn = end;
                continue;
            }
            bool whole = _migratePfn == block;
            int scanned = ScanBlock(end);
            _manager.Events[(int)VmEvent.CompactMigrateScanned] += scanned;
            if (IsDaemon)
                _manager.Events[(int)VmEvent.CompactDaemonMigrateScanned] += scanned;
            if (_pages.Count == 0 && whole)
                _memory.SetSkip(block, true);
        }
    }

    // Whether a page block may hold pages worth moving. Linux: suitable_migration_source
    private bool IsSource(uint block)
    {
        if (_memory.ZoneOrNull(block) != _zone || !_memory.IsOnline(block) || (!IgnoresSkip && _memory.IsSkipped(block)))
            return false;
        if (IsWholeBlockFree(block))
            return false;
        MigrateType type = _memory.PageBlockType(block);
        if (!IsAsync || !IsDirect)
            return type != MigrateType.Isolate;
        return _type == MigrateType.Movable ? type is MigrateType.Movable or MigrateType.Cma : type == _type;
    }

    private bool IsWholeBlockFree(uint block)
    {
        ref Page page = ref _memory.Page(block);
        return page.Type == PageType.Buddy && page.Order >= MmConstants.PageBlockOrder;
    }

    // Linux: isolate_migratepages_block
    private int ScanBlock(uint end)
    {
        int scanned = 0;
        uint pfn = _migratePfn;
        while (pfn < end && _pages.Count < ClusterMax)
        {
            scanned++;
            uint step = Isolator.StepOf(_memory, pfn);
            if (step == 1 && Isolator.TryIsolate(_manager, pfn))
            {
                _pages.Add(pfn);
                _manager.Events[(int)VmEvent.CompactIsolated]++;
            }
            pfn += step;
        }
        _migratePfn = Math.Min(pfn, end);
        return scanned;
    }

    // A frame for a page that moves: the topmost that was found. Linux: compaction_alloc
    private uint TakeTarget(uint source)
    {
        if (_memory.Page(source).Has(PageFlags.Head))
            return 0;
        if (_targets.Count == 0)
            IsolateFreePages();
        return _targets.TryPop(out uint pfn) ? _manager.Allocator.PrepareIsolated(pfn) : 0;
    }

    // Linux: isolate_freepages
    private void IsolateFreePages()
    {
        uint lowest = BlockOf(_migratePfn) + MmConstants.PageBlockPages; // never the block that is being emptied
        for (; _freePfn >= lowest && _targets.Count < ClusterMax; _freePfn -= MmConstants.PageBlockPages)
        {
            if (!IsTarget(_freePfn))
                continue;
            int scanned = TakeFreeOfBlock(_freePfn);
            _manager.Events[(int)VmEvent.CompactFreeScanned] += scanned;
            if (IsDaemon)
                _manager.Events[(int)VmEvent.CompactDaemonFreeScanned] += scanned;
            if (_targets.Count != 0)
                return; // the rest of the block is for the next time
            _memory.SetSkip(_freePfn, true);
        }
    }

    // Linux: suitable_migration_target
    private bool IsTarget(uint block)
    {
        if (_memory.ZoneOrNull(block) != _zone || !_memory.IsOnline(block) || (!IgnoresSkip && _memory.IsSkipped(block)))
            return false;
        if (IsWholeBlockFree(block) && _order >= 0)
            return false; // it is what is wanted
        return _memory.PageBlockType(block) is MigrateType.Movable or MigrateType.Cma;
    }

    // Linux: isolate_freepages_block
    private int TakeFreeOfBlock(uint block)
    {
        int scanned = 0;
        uint end = Math.Min(block + MmConstants.PageBlockPages, ZoneEnd);
        for (uint pfn = block; pfn < end && _targets.Count < ClusterMax; scanned++)
        {
            ref Page page = ref _memory.Page(pfn);
            if (page.Type != PageType.Buddy)
            {
                pfn++;
                continue;
            }
            int order = page.Order;
            if (!_zone.WatermarkOk(0, _zone.Watermarks[(int)Watermark.Min] + (1L << order), ZoneType.Dma, AllocFlags.Cma))
                break;
            _zone.Buddy.TakeBlock(pfn, order);
            for (uint at = pfn; at < pfn + (1u << order); at++)
                _targets.Push(at);
            pfn += 1u << order;
        }
        return scanned;
    }

    // What pages left goes to the stocks first: it comes back before anyone looks for the block. Linux: check_drain of compact_zone
    private void DrainAfterBlock()
    {
        if (_order <= 0 || _lastMigrated == 0 || _lastMigrated >= (_migratePfn & ~((1u << _order) - 1)))
            return;
        _zone.Drain();
        _lastMigrated = 0;
    }

    private void GiveBackTargets()
    {
        uint highest = 0;
        while (_targets.TryPop(out uint pfn))
        {
            highest = Math.Max(highest, pfn);
            _zone.Buddy.Free(pfn, 0, _memory.PageBlockType(pfn));
        }
        if (highest != 0 && _zone.Compact.FreePfn != 0)
            _zone.Compact.FreePfn = Math.Max(_zone.Compact.FreePfn, BlockOf(highest));
        if (_order > 0 || _order < 0)
            _zone.Drain();
    }

    // Linux: __reset_isolation_suitable
    private void ResetSkip(CompactState state)
    {
        state.FlushSkip = false;
        state.MigratePfn = state.FreePfn = 0;
        for (uint block = _zone.StartPfn; block < ZoneEnd; block += MmConstants.PageBlockPages)
        {
            if (_memory.ZoneOrNull(block) == _zone)
                _memory.SetSkip(block, false);
        }
    }

    private static uint BlockOf(uint pfn) => pfn & ~(MmConstants.PageBlockPages - 1);
}

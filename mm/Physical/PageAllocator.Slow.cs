using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <content>What happens when no zone has its low watermark. Linux: <c>__alloc_pages_slowpath</c>.</content>
public sealed unsafe partial class PageAllocator
{
    // Linux: MAX_RECLAIM_RETRIES, MAX_COMPACT_RETRIES
    private const int MaxReclaimRetries = 16, MaxCompactRetries = 16;

    // What an allocation has been through so far.
    private ref struct Effort
    {
        public AllocFlags Flags;
        public int NoProgress, CompactRetries;
        public CompactPriority Priority;
        public CompactResult Compacted;
        public bool IsOomPending;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint AllocateSlow(in AllocationContext context)
    {
        GfpFlags gfp = context.Gfp;
        Effort effort = new() { Flags = SlowFlags(context), Priority = CompactPriority.SyncLight };
        WakeKswapd(context);
        uint pfn = FromFreelist(context, effort.Flags);
        bool mayReclaim = (gfp & GfpFlags.DirectReclaim) != 0, costly = context.Order > MmConstants.CostlyOrder;
        // A large block is more likely to be a question of order than of memory.
        if (pfn == 0 && mayReclaim && Manager != null && (costly || (context.Order > 0 && context.MigrateType != MigrateType.Movable)) &&
            (gfp & GfpFlags.MemAlloc) == 0)
        {
            pfn = Compact(context, ref effort, CompactPriority.Async);
            if (pfn == 0 && costly && (gfp & GfpFlags.NoRetry) != 0 && effort.Compacted is CompactResult.Skipped or CompactResult.Deferred)
                return 0;
        }
        while (pfn == 0)
        {
            AllocFlags reserve = ReserveFlags(gfp);
            if (reserve != 0)
                effort.Flags = reserve | context.CmaFlag;
            pfn = FromFreelist(reserve == 0 ? context : new AllocationContext(this, gfp, context.Order, -1, default), effort.Flags);
            if (pfn != 0 || !mayReclaim || Manager is not { Vmscan.IsReclaiming: false })
                break;
            if (!TryHarder(context, ref effort, out pfn))
                break;
        }
        return pfn;
    }

    // One round of reclaim, compaction and, at the end, the OOM killer. Returns whether another makes sense.
    private bool TryHarder(in AllocationContext context, ref Effort effort, out uint pfn)
    {
        GfpFlags gfp = context.Gfp;
        pfn = Reclaim(context, effort.Flags, out long reclaimed);
        if (pfn == 0)
            pfn = Compact(context, ref effort, effort.Priority);
        if (pfn != 0)
            return false;
        bool costly = context.Order > MmConstants.CostlyOrder;
        if ((gfp & GfpFlags.NoRetry) != 0 || (costly && (gfp & GfpFlags.RetryMayFail) == 0))
            return (gfp & GfpFlags.NoFail) != 0;
        if (ShouldReclaimAgain(context, ref effort, reclaimed > 0) || (reclaimed > 0 && ShouldCompactAgain(context, ref effort)))
            return true;
        if ((effort.Flags & AllocFlags.NoFragment) != 0)
        {
            effort.Flags &= ~AllocFlags.NoFragment;
            return true;
        }
        pfn = OutOfMemory(context, ref effort, out bool progress);
        if (pfn != 0)
            return false;
        if (Manager!.Current.Mm is { IsOomVictim: true } && (effort.Flags & AllocFlags.Oom) != 0)
            return false;
        if (progress)
            effort.NoProgress = 0;
        return (progress && !effort.IsOomPending) || (gfp & GfpFlags.NoFail) != 0;
    }

    // Linux: __alloc_pages_direct_reclaim
    private uint Reclaim(in AllocationContext context, AllocFlags flags, out long reclaimed)
    {
        reclaimed = Manager!.Vmscan.TryToFreePages(context);
        if (reclaimed == 0)
            return 0;
        uint pfn = FromFreelist(context, flags);
        if (pfn != 0)
            return pfn;
        // What was freed may stand in stocks or in the reserve.
        UnreserveHighAtomic(context, force: false);
        DrainAll();
        return FromFreelist(context, flags);
    }

    // Linux: __alloc_pages_direct_compact
    private uint Compact(in AllocationContext context, ref Effort effort, CompactPriority priority)
    {
        if (context.Order == 0)
            return 0;
        effort.Compacted = Manager!.Compaction.TryToCompact(context, effort.Flags, priority);
        if (effort.Compacted == CompactResult.Skipped)
            return 0;
        _events[(int)VmEvent.CompactStall]++;
        uint pfn = FromFreelist(context, effort.Flags);
        _events[(int)(pfn != 0 ? VmEvent.CompactSuccess : VmEvent.CompactFail)]++;
        if (pfn != 0)
            Manager.Compaction.NoteSuccess(_memory.ZoneOf(pfn), context.Order);
        return pfn;
    }

    // Whether the allocation could be met if all that can be reclaimed were. Linux: should_reclaim_retry
    private bool ShouldReclaimAgain(in AllocationContext context, ref Effort effort, bool progress)
    {
        if (progress && context.Order <= MmConstants.CostlyOrder)
            effort.NoProgress = 0;
        else
            effort.NoProgress++;
        if (effort.NoProgress == 1)
            DrainAll(); // Linux: a worker that runs once a second (vmstat_update) gives the stocks back
        if (effort.NoProgress <= MaxReclaimRetries)
        {
            foreach (Zone zone in context.Zonelist)
            {
                if (context.Allows(zone) && zone.WatermarkOk(context.Order, zone.WatermarkOf(Watermark.Min), context.HighestZone, effort.Flags,
                    ReclaimablePages(zone)))
                {
                    return true;
                }
            }
        }
        return UnreserveHighAtomic(context, force: true);
    }

    // Linux: zone_reclaimable_pages
    private long ReclaimablePages(Zone zone)
    {
        long pages = zone.Stats[(int)ZoneStat.ZoneInactiveFile] + zone.Stats[(int)ZoneStat.ZoneActiveFile];
        if (Manager!.Swap.FreePages > 0)
            pages += zone.Stats[(int)ZoneStat.ZoneInactiveAnon] + zone.Stats[(int)ZoneStat.ZoneActiveAnon];
        return pages;
    }

    // Linux: should_compact_retry
    private bool ShouldCompactAgain(in AllocationContext context, ref Effort effort)
    {
        if (context.Order == 0)
            return false;
        if (effort.Compacted == CompactResult.Skipped)
            return Manager!.Compaction.IsZonelistSuitable(context);
        int most = context.Order > MmConstants.CostlyOrder ? MaxCompactRetries / 4 : MaxCompactRetries;
        if (effort.Compacted == CompactResult.Success && ++effort.CompactRetries <= most)
            return true;
        if (effort.Priority <= (context.Order > MmConstants.CostlyOrder ? CompactPriority.SyncLight : CompactPriority.SyncFull))
            return false;
        effort.Priority--;
        effort.CompactRetries = 0;
        return true;
    }

    // Linux: __alloc_pages_may_oom
    private uint OutOfMemory(in AllocationContext context, ref Effort effort, out bool progress)
    {
        progress = false;
        uint pfn = FromFreelist(context, AllocFlags.WatermarkHigh | context.CmaFlag);
        if (pfn != 0)
            return pfn;
        if (context.Order > MmConstants.CostlyOrder || (context.Gfp & (GfpFlags.RetryMayFail | GfpFlags.ThisNode)) != 0 ||
            context.HighestZone < ZoneType.Normal)
        {
            return 0;
        }
        bool wasPending = Manager!.Oom.IsPending(null);
        progress = Manager.Oom.OutOfMemory(new OomControl(context.Gfp, context.Order) { Nodes = context.Nodes });
        if (progress && !wasPending)
            DrainAll(); // the victim's memory went to the stocks first
        effort.IsOomPending = wasPending && Manager.Oom.IsPending(null);
        if (progress && (context.Gfp & GfpFlags.NoFail) != 0)
            pfn = FromFreelist(context, AllocFlags.NoWatermarks | context.CmaFlag);
        return pfn;
    }

    private void WakeKswapd(in AllocationContext context)
    {
        if ((context.Gfp & GfpFlags.KswapdReclaim) != 0)
            Manager?.Vmscan.WakeKswapd(context);
    }

    // Linux: gfp_to_alloc_flags
    private AllocFlags SlowFlags(in AllocationContext context)
    {
        AllocFlags flags = AllocFlags.WatermarkMin | context.CmaFlag;
        if ((context.Gfp & GfpFlags.High) != 0)
            flags |= AllocFlags.MinReserve;
        if ((context.Gfp & GfpFlags.DirectReclaim) == 0 && (context.Gfp & GfpFlags.NoMemAlloc) == 0)
        {
            flags |= AllocFlags.NonBlock;
            if (context.Order > 0 && (flags & AllocFlags.MinReserve) != 0)
                flags |= AllocFlags.HighAtomic;
        }
        if (Manager is { Sysctl.DefragMode: true })
            flags |= AllocFlags.NoFragment;
        return flags;
    }

    // Who frees memory may use all of it; a victim of the OOM killer half of the reserve. Linux: __gfp_pfmemalloc_flags
    private AllocFlags ReserveFlags(GfpFlags gfp)
    {
        if ((gfp & GfpFlags.NoMemAlloc) != 0 || Manager == null)
            return 0;
        if ((gfp & GfpFlags.MemAlloc) != 0 || Manager.Vmscan.IsReclaiming || Manager.Current.IsMemAlloc)
            return AllocFlags.NoWatermarks;
        return Manager.Current.Mm is { IsOomVictim: true } ? AllocFlags.Oom : 0;
    }
}

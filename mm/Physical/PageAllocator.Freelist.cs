namespace Emu.Mm;

/// <content>The way through the zonelist. Linux: <c>get_page_from_freelist</c>, <c>rmqueue</c>.</content>
public sealed unsafe partial class PageAllocator
{
    private uint FromFreelist(in AllocationContext context, AllocFlags flags)
    {
        Zone? preferred = null;
        while (true)
        {
            foreach (Zone zone in context.Zonelist)
            {
                if (!context.Allows(zone))
                    continue;
                preferred ??= zone;
                // Memory of another node is worse than mixed page blocks.
                if ((flags & AllocFlags.NoFragment) != 0 && zone.Node != preferred.Node)
                    break;
                if ((flags & AllocFlags.NoWatermarks) == 0 && !HasRoom(context, zone, flags))
                    continue;
                uint pfn = FromZone(context, zone, flags);
                if (pfn == 0)
                    continue;
                CountNuma(preferred, zone);
                if ((flags & AllocFlags.HighAtomic) != 0)
                    ReserveHighAtomic(pfn, context.Order, zone);
                return pfn;
            }
            if ((flags & AllocFlags.NoFragment) == 0)
                return 0;
            flags &= ~AllocFlags.NoFragment;
        }
    }

    // Whether a zone has its mark, if need be after reclaiming on its own node: zone_reclaim_mode.
    private bool HasRoom(in AllocationContext context, Zone zone, AllocFlags flags)
    {
        long mark = zone.WatermarkOf((Watermark)(flags & AllocFlags.WatermarkMask));
        if (zone.WatermarkOk(context.Order, mark, context.HighestZone, flags))
            return true;
        return Manager is { Sysctl.ZoneReclaimMode: not 0 } manager && (context.Gfp & GfpFlags.DirectReclaim) != 0 &&
            zone.Node.DistanceTo(Nodes[LocalNode]) <= Node.ReclaimDistance && manager.Vmscan.ReclaimNode(zone.Node, context.Gfp, context.Order) &&
            zone.WatermarkOk(context.Order, mark, context.HighestZone, flags);
    }

    // Linux: rmqueue
    private uint FromZone(in AllocationContext context, Zone zone, AllocFlags flags)
    {
        int order = context.Order;
        uint pfn;
        do
        {
            pfn = PerCpuPages.Allows(order) && (flags & AllocFlags.HighAtomic) == 0
                ? zone.PerCpu[Smp.ProcessorId].Allocate(order, context.MigrateType, flags)
                : FromBuddy(context, zone, flags);
        }
        while (pfn == 0 && zone.GrowDeferred());
        if (pfn == 0 && (flags & (AllocFlags.Oom | AllocFlags.NonBlock)) != 0)
            pfn = zone.Buddy.TakeSmallest(order, MigrateType.HighAtomic);
        if (pfn == 0)
            return 0;
        zone.AllocationCount++;
        _events[(int)VmEvent.AllocDma + (int)zone.Type] += 1L << order;
        if (zone.Buddy.MixedBlocks)
            NoteMixed(zone);
        return pfn;
    }

    // Linux: rmqueue_buddy
    private static uint FromBuddy(in AllocationContext context, Zone zone, AllocFlags flags)
    {
        uint pfn = (flags & AllocFlags.HighAtomic) != 0 ? zone.Buddy.TakeSmallest(context.Order, MigrateType.HighAtomic) : 0;
        return pfn != 0 ? pfn : zone.Buddy.Allocate(context.Order, context.MigrateType, flags);
    }

    // With a lower zone on the same node, mixing mobility groups can be put off by going there first. Linux: alloc_flags_nofragment
    private AllocFlags NoFragment(in AllocationContext context)
    {
        if (Manager is { Sysctl.DefragMode: true })
            return AllocFlags.NoFragment;
        Zone? preferred = context.Zonelist.Length > 1 ? context.Preferred : null;
        return preferred is { Type: ZoneType.Normal } && preferred.Node.Zones[(int)ZoneType.Dma32].IsPopulated ? AllocFlags.NoFragment : 0;
    }

    // Linux: zone_statistics
    private void CountNuma(Zone preferred, Zone zone)
    {
        if (zone.Node == preferred.Node)
        {
            zone.NumaStats[(int)NumaStat.NumaHit]++;
        }
        else
        {
            zone.NumaStats[(int)NumaStat.NumaMiss]++;
            preferred.NumaStats[(int)NumaStat.NumaForeign]++;
        }
        zone.NumaStats[(int)(zone.Node.Id == LocalNode ? NumaStat.NumaLocal : NumaStat.NumaOther)]++;
    }

    // A page block changed its mobility for want of another: for a while more is kept free, so that blocks stay whole.
    // Linux: boost_watermark
    private void NoteMixed(Zone zone)
    {
        zone.Buddy.MixedBlocks = false;
        if (Manager is not { Vmscan.Kswapd: not null } manager || MmConstants.PageBlockPages * 4 > zone.ManagedPages)
            return;
        long most = zone.Watermarks[(int)Watermark.High] * manager.Sysctl.WatermarkBoostFactor / 10000;
        if (most == 0)
            return;
        zone.WatermarkBoost = Math.Min(zone.WatermarkBoost + MmConstants.PageBlockPages, Math.Max(MmConstants.PageBlockPages, most));
        manager.Vmscan.Kswapd.Wake(zone.Node, 0);
    }

    // An atomic allocation of high order keeps its page block for others like it, up to 1% of the zone. Linux: reserve_highatomic_pageblock
    private void ReserveHighAtomic(uint pfn, int order, Zone zone)
    {
        long most = (long)((zone.ManagedPages / 100) + MmConstants.PageBlockPages - 1) & ~(long)(MmConstants.PageBlockPages - 1);
        if (zone.ManagedPages / 100 < MmConstants.PageBlockPages || zone.ReservedHighAtomic >= most ||
            _memory.PageBlockType(pfn) >= MigrateType.HighAtomic)
        {
            return;
        }
        for (uint block = pfn & ~(MmConstants.PageBlockPages - 1); block < pfn + (1u << order); block += MmConstants.PageBlockPages)
        {
            zone.Buddy.MovePageBlock(block, MigrateType.HighAtomic);
            zone.ReservedHighAtomic += MmConstants.PageBlockPages;
        }
    }

    // Gives a block of the reserve back to ordinary allocations. Linux: unreserve_highatomic_pageblock
    private static bool UnreserveHighAtomic(in AllocationContext context, bool force)
    {
        foreach (Zone zone in context.Zonelist)
        {
            if (!context.Allows(zone) || (!force && zone.ReservedHighAtomic <= MmConstants.PageBlockPages))
                continue;
            foreach (FreeArea area in zone.Buddy.Areas)
            {
                uint pfn = area.First(MigrateType.HighAtomic);
                if (pfn == 0)
                    continue;
                zone.ReservedHighAtomic -= Math.Min(MmConstants.PageBlockPages, zone.ReservedHighAtomic);
                zone.Buddy.MovePageBlock(pfn, context.MigrateType);
                return true;
            }
        }
        return false;
    }
}

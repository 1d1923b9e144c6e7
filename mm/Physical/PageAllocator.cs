using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Emu.Mm;

/// <summary>Hands out frames: zonelists, watermarks, per-CPU stocks and the slow path. Linux: mm/page_alloc.c.</summary>
/// <remarks>Lock: the kernel lock; the per-CPU stock used is that of <see cref="Smp.ProcessorId"/>.</remarks>
public sealed unsafe class PageAllocator
{
    // Linux: MAX_RECLAIM_RETRIES
    private const int MaxReclaimRetries = 16;

    private readonly PhysicalMemory _memory;
    private readonly long[] _events;
    private readonly Page* _pages;

    internal PageAllocator(PhysicalMemory memory, IReadOnlyList<Node> nodes, long[] events)
    {
        _memory = memory;
        _pages = memory.Pages;
        _events = events;
        Nodes = nodes;
    }

    /// <summary>The nodes of the machine.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>Reclaims for allocations that find no memory; set once mm is up.</summary>
    internal Vmscan? Vmscan { get; set; }

    /// <summary>Asked before each allocation that a test may want to fail; null where nothing is injected.</summary>
    public IAllocationFault? FaultInjection { get; set; }

    /// <summary>Allocates a block of 2^<paramref name="order"/> frames. Linux: <c>__alloc_pages</c>.</summary>
    /// <param name="gfp">How and what for.</param>
    /// <param name="order">0 to <see cref="MmConstants.MaxPageOrder"/>.</param>
    /// <param name="node">Node to prefer.</param>
    /// <returns>First frame, with a reference count of 1; 0 if memory is short.</returns>
    public uint Allocate(GfpFlags gfp, int order, int node = 0)
    {
        if (FaultInjection is { } injection && (gfp & GfpFlags.NoFail) == 0 && injection.ShouldFail(gfp, order))
            return 0;
        uint pfn = FromFreelist(gfp, order, node, AllocFlags.WatermarkLow | AllocFlags.Cma);
        if (pfn == 0)
            pfn = AllocateSlow(gfp, order, node);
        if (pfn != 0)
            Prepare(pfn, order, gfp);
        return pfn;
    }

    /// <summary>Frees a block whose last reference is gone. Linux: <c>__free_pages</c>.</summary>
    /// <param name="pfn">First frame of the block as it was allocated.</param>
    /// <param name="order">Its order.</param>
    public void Free(uint pfn, int order)
    {
        Unprepare(pfn, order);
        Zone zone = _memory.ZoneOf(pfn);
        _events[(int)VmEvent.Free] += 1L << order;
        MigrateType type = _memory.PageBlockType(pfn);
        if (PerCpuPages.Allows(order) && type < (MigrateType)MmConstants.PcpMigrateTypes)
            zone.PerCpu[Smp.ProcessorId].Free(pfn, order, type);
        else
            zone.Buddy.Free(pfn, order, type);
    }

    /// <summary>Adds a user of a page. Linux: <c>folio_get</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Get(uint pfn) => _pages[pfn].RefCount++;

    /// <summary>Drops a user of an order-0 page or of the head of a compound page; the last one frees it. Linux: <c>folio_put</c>.</summary>
    /// <returns>Whether the page was freed.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool Put(uint pfn)
    {
        Bug.On(_pages[pfn].RefCount <= 0, "reference count underflow");
        if (--_pages[pfn].RefCount != 0)
            return false;
        Free(pfn, _pages[pfn].Has(PageFlags.Head) ? _pages[pfn].Order : 0);
        return true;
    }

    /// <summary>Gives all per-CPU stocks back to their zones. Linux: <c>drain_all_pages</c>.</summary>
    public void DrainAll()
    {
        foreach (Node node in Nodes)
        {
            foreach (Zone zone in node.ThisNodeZones)
            {
                foreach (PerCpuPages stock in zone.PerCpu)
                    stock.Drain();
            }
        }
    }

    // Linux: get_page_from_freelist
    private uint FromFreelist(GfpFlags gfp, int order, int node, AllocFlags flags)
    {
        ZoneType highest = Gfp.Zone(gfp);
        MigrateType type = Gfp.MigrateType(gfp);
        foreach (Zone zone in ZonelistOf(gfp, node))
        {
            if (zone.Type > highest)
                continue;
            if ((flags & AllocFlags.NoWatermarks) == 0)
            {
                long mark = zone.Watermarks[(int)(flags & AllocFlags.WatermarkMask)];
                if (!zone.WatermarkOk(order, mark, highest, flags))
                    continue;
            }
            uint pfn = FromZone(zone, order, type, flags);
            if (pfn != 0)
                return pfn;
        }
        return 0;
    }

    // Linux: rmqueue
    private uint FromZone(Zone zone, int order, MigrateType type, AllocFlags flags)
    {
        uint pfn;
        do
        {
            pfn = PerCpuPages.Allows(order)
                ? zone.PerCpu[Smp.ProcessorId].Allocate(order, type)
                : zone.Buddy.Allocate(order, type, (flags & AllocFlags.Cma) != 0);
        }
        while (pfn == 0 && zone.GrowDeferred());
        if (pfn != 0)
        {
            zone.AllocationCount++;
            _events[(int)VmEvent.AllocDma + (int)zone.Type] += 1L << order;
        }
        return pfn;
    }

    // Linux: __alloc_pages_slowpath
    [MethodImpl(MethodImplOptions.NoInlining)]
    private uint AllocateSlow(GfpFlags gfp, int order, int node)
    {
        AllocFlags flags = AllocFlags.WatermarkMin | AllocFlags.Cma;
        if ((gfp & GfpFlags.High) != 0)
            flags |= AllocFlags.MinReserve;
        if ((gfp & GfpFlags.DirectReclaim) == 0)
            flags |= AllocFlags.NonBlock;
        if ((gfp & (GfpFlags.MemAlloc | GfpFlags.NoMemAlloc)) == GfpFlags.MemAlloc)
            flags |= AllocFlags.NoWatermarks;
        Zone[] zonelist = ZonelistOf(gfp, node);
        if ((gfp & GfpFlags.KswapdReclaim) != 0)
            Vmscan?.WakeKswapd(zonelist, order);
        uint pfn = FromFreelist(gfp, order, node, flags);
        if (pfn != 0 || (gfp & GfpFlags.DirectReclaim) == 0)
            return pfn;
        _events[(int)VmEvent.AllocStallDma + (int)Gfp.Zone(gfp)]++;
        for (int attempt = 0; attempt < MaxReclaimRetries; attempt++)
        {
            long reclaimed = Vmscan?.TryToFreePages(zonelist, order, gfp) ?? 0;
            if (attempt == 0)
                DrainAll();
            pfn = FromFreelist(gfp, order, node, flags);
            if (pfn != 0 || reclaimed == 0 || (gfp & GfpFlags.NoRetry) != 0 || (order > MmConstants.CostlyOrder && attempt > 0))
                break;
        }
        return pfn;
    }

    private Zone[] ZonelistOf(GfpFlags gfp, int node) =>
        (gfp & GfpFlags.ThisNode) != 0 ? Nodes[node].ThisNodeZones : Nodes[node].FallbackZones;

    // Linux: prep_new_page
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Prepare(uint pfn, int order, GfpFlags gfp)
    {
        Page* page = _pages + pfn;
        page->RefCount = 1;
        if (order == 0)
        {
            if ((gfp & GfpFlags.Zero) != 0 && page->Has(PageFlags.Touched))
                NativeMemory.Clear(_memory.Frame(pfn), (nuint)MmConstants.PageSize);
            page->Flags |= PageFlags.Touched;
            return;
        }
        PrepareBlock(pfn, order, gfp);
    }

    private void PrepareBlock(uint pfn, int order, GfpFlags gfp)
    {
        for (uint at = pfn; at < pfn + (1u << order); at++)
        {
            if ((gfp & GfpFlags.Zero) != 0 && _pages[at].Has(PageFlags.Touched))
                NativeMemory.Clear(_memory.Frame(at), (nuint)MmConstants.PageSize);
            _pages[at].Flags |= PageFlags.Touched;
        }
        if ((gfp & GfpFlags.Comp) == 0)
            return;
        _pages[pfn].Set(PageFlags.Head);
        _pages[pfn].Order = (byte)order;
        for (uint tail = pfn + 1; tail < pfn + (1u << order); tail++)
            _pages[tail].Head = pfn;
    }

    // Linux: free_pages_prepare
    private void Unprepare(uint pfn, int order)
    {
        for (uint at = pfn; at < pfn + (1u << order); at++)
        {
            Page* page = _pages + at;
            Bug.On(page->RefCount != 0 || page->MapCount != 0 || page->EntireMapCount != 0 || page->LargeMapCount != 0 ||
                page->HasAny(PageFlags.CheckAtFree), "a page that is in use was freed");
            page->Flags &= PageFlags.KeepAtFree;
            page->Mapping = MappingHandle.None;
            page->Head = 0;
            page->Order = 0;
            page->Type = PageType.None;
        }
    }
}

/// <summary>Decides which allocations fail, for tests. Linux: fail_page_alloc.</summary>
public interface IAllocationFault
{
    /// <summary>Whether this allocation is to fail.</summary>
    bool ShouldFail(GfpFlags gfp, int order);
}

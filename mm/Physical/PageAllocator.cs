using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Emu.Mm;

/// <summary>Hands out frames: zonelists, watermarks, per-CPU stocks and the slow path. Linux: mm/page_alloc.c.</summary>
/// <remarks>Lock: the kernel lock; the per-CPU stock used is that of <see cref="Smp.ProcessorId"/>.</remarks>
public sealed unsafe partial class PageAllocator
{
    private readonly PhysicalMemory _memory;
    private readonly long[] _events;
    private readonly Page* _pages;
    private readonly int _cpus;

    internal PageAllocator(PhysicalMemory memory, IReadOnlyList<Node> nodes, long[] events, int cpus)
    {
        _memory = memory;
        _pages = memory.Pages;
        _events = events;
        _cpus = cpus;
        Nodes = nodes;
    }

    /// <summary>The nodes of the machine.</summary>
    public IReadOnlyList<Node> Nodes { get; }

    /// <summary>What reclaims, compacts, charges and kills for it; set once mm is up.</summary>
    internal MemoryManager? Manager { get; set; }

    /// <summary>Asked before each allocation that a test may want to fail; null where nothing is injected.</summary>
    public IAllocationFault? FaultInjection { get; set; }

    /// <summary>The node of the CPU that the calling thread holds. Linux: <c>numa_node_id</c>.</summary>
    public int LocalNode => NodeOfCpu(Smp.ProcessorId);

    /// <summary>The node that a CPU belongs to. Linux: <c>cpu_to_node</c>.</summary>
    public int NodeOfCpu(int cpu) => cpu * Nodes.Count / _cpus;

    /// <summary>Allocates a block of 2^<paramref name="order"/> frames. Linux: <c>__alloc_pages</c>.</summary>
    /// <param name="gfp">How and what for.</param>
    /// <param name="order">0 to <see cref="MmConstants.MaxPageOrder"/>.</param>
    /// <param name="node">Node to prefer, -1 for the local one.</param>
    /// <param name="nodes">Nodes that may serve; empty for all.</param>
    /// <returns>First frame, with a reference count of 1; 0 if memory is short.</returns>
    public uint Allocate(GfpFlags gfp, int order, int node = -1, NodeMask nodes = default)
    {
        if (FaultInjection is { } injection && (gfp & GfpFlags.NoFail) == 0 && injection.ShouldFail(gfp, order))
            return 0;
        AllocationContext context = new(this, gfp, order, node, nodes);
        uint pfn = FromFreelist(context, AllocFlags.WatermarkLow | context.CmaFlag | NoFragment(context));
        if (pfn == 0)
            pfn = AllocateSlow(context);
        if (pfn == 0)
            return 0;
        Prepare(pfn, order, gfp);
        return (gfp & GfpFlags.Account) == 0 ? pfn : ChargeKernel(pfn, order, gfp);
    }

    /// <summary>Allocates single frames into the free places of a list. Linux: <c>alloc_pages_bulk</c>.</summary>
    /// <param name="gfp">How and what for.</param>
    /// <param name="node">Node to prefer, -1 for the local one.</param>
    /// <param name="nodes">Nodes that may serve; empty for all.</param>
    /// <param name="pages">Takes the frames where it holds 0.</param>
    /// <returns>Places from the start that are filled.</returns>
    public int AllocateBulk(GfpFlags gfp, int node, NodeMask nodes, Span<uint> pages)
    {
        int filled = 0;
        while (filled < pages.Length && pages[filled] != 0)
            filled++;
        AllocationContext context = new(this, gfp, 0, node, nodes);
        Zone? zone = FaultInjection == null && (gfp & GfpFlags.Account) == 0 ? BulkZone(context, pages.Length - filled) : null;
        for (; filled < pages.Length; filled++)
        {
            if (pages[filled] != 0)
                continue;
            uint pfn = zone == null ? 0 : FromZone(context, zone, AllocFlags.WatermarkLow | context.CmaFlag);
            if (pfn != 0)
                Prepare(pfn, 0, gfp);
            else
                pfn = Allocate(gfp, 0, node, nodes); // the quick way is exhausted: one after the other
            if (pfn == 0)
                break;
            pages[filled] = pfn;
        }
        return filled;
    }

    /// <summary>Frees a block whose last reference is gone. Linux: <c>__free_pages</c>.</summary>
    /// <param name="pfn">First frame of the block as it was allocated.</param>
    /// <param name="order">Its order.</param>
    public void Free(uint pfn, int order)
    {
        if (_pages[pfn].MemoryCgroup != 0)
            Manager!.Memcg.UnchargeKernel(pfn, order);
        Unprepare(pfn, order);
        Zone zone = _memory.ZoneOf(pfn);
        _events[(int)VmEvent.Free] += 1L << order;
        MigrateType type = _memory.PageBlockType(pfn);
        if (PerCpuPages.Allows(order) && type < (MigrateType)MmConstants.PcpMigrateTypes)
            zone.PerCpu[Smp.ProcessorId].Free(pfn, order, type);
        else
            zone.Buddy.Free(pfn, order, type);
    }

    /// <summary>Makes a frame that was taken off the free lists by hand a page with one reference. Linux: <c>post_alloc_hook</c>.</summary>
    internal uint PrepareIsolated(uint pfn)
    {
        Prepare(pfn, 0, GfpFlags.HighUserMovable);
        return pfn;
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
                zone.Drain();
        }
    }

    private uint ChargeKernel(uint pfn, int order, GfpFlags gfp)
    {
        if (Manager == null || Manager.Memcg.ChargeKernel(pfn, order, gfp))
            return pfn;
        _pages[pfn].RefCount = 0;
        Free(pfn, order);
        return 0;
    }

    // The first zone that the whole list can come from without going below its mark.
    private static Zone? BulkZone(in AllocationContext context, int pages)
    {
        foreach (Zone zone in context.Zonelist)
        {
            if (context.Allows(zone) && zone.WatermarkOk(0, zone.WatermarkOf(Watermark.Low) + pages, context.HighestZone, context.CmaFlag))
                return zone;
        }
        return null;
    }

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
                page->MemoryCgroup != 0 || page->HasAny(PageFlags.CheckAtFree), "a page that is in use was freed");
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

namespace Emu.Mm;

/// <content>Frames for user memory and files: with the policy of who asks, and charged to its group.</content>
public sealed unsafe partial class MemoryManager
{
    /// <summary>A page for an anonymous mapping, charged to the group of its process. Linux: <c>vma_alloc_folio</c> with <c>mem_cgroup_charge</c>.</summary>
    /// <param name="area">The area it is for.</param>
    /// <param name="address">Address in it.</param>
    /// <param name="gfp">How.</param>
    /// <param name="order">0, or the order of a huge page.</param>
    /// <returns>First frame, or 0 if memory is short, the machine's or the group's.</returns>
    internal uint AllocateAnon(VmArea area, ulong address, GfpFlags gfp, int order = 0)
    {
        uint pfn = ForArea(area, address, gfp | GfpFlags.Comp, order);
        return Charged(pfn, area.Mm.MemoryCgroup, order == 0 ? GfpFlags.Kernel : gfp);
    }

    /// <summary>A page for a page cache, charged to the group of the running task. Linux: <c>filemap_alloc_folio</c>, <c>shmem_alloc_folio</c>.</summary>
    internal uint AllocateCache(PageCache cache, ulong index, GfpFlags gfp)
    {
        uint pfn = ForCache(cache, index, gfp | GfpFlags.Comp);
        return Charged(pfn, Memcg.OfCurrent, gfp);
    }

    /// <summary>A page for what is in a slot of swap, charged to whom the slot is. Linux: <c>alloc_swap_folio</c>, <c>swap_cache_alloc_folio</c>.</summary>
    /// <param name="entry">The slot.</param>
    /// <param name="area">The area that it is read for; null if it is read ahead for nobody.</param>
    /// <param name="address">Address in the area.</param>
    /// <param name="gfp">How.</param>
    internal uint AllocateSwapped(SwapEntry entry, VmArea? area, ulong address, GfpFlags gfp)
    {
        uint pfn = area == null ? Allocator.Allocate(gfp | GfpFlags.Comp, 0) : ForArea(area, address, gfp | GfpFlags.Comp, 0);
        return Charged(pfn, Memcg.OfSlot(Swap.Area(entry), entry.Offset, area?.Mm.MemoryCgroup ?? Memcg.OfCurrent), gfp);
    }

    /// <summary>A page for what shmem has in a slot of swap. Linux: <c>shmem_swap_alloc_folio</c>.</summary>
    internal uint AllocateShmemSwapped(SwapEntry entry, PageCache cache, ulong index)
    {
        uint pfn = ForCache(cache, index, GfpFlags.HighUserMovable | GfpFlags.Comp);
        return Charged(pfn, Memcg.OfSlot(Swap.Area(entry), entry.Offset, Memcg.OfCurrent), GfpFlags.HighUserMovable);
    }

    /// <summary>A frame on one node for a folio that moves there. Linux: <c>alloc_migration_target</c> with __GFP_THISNODE.</summary>
    internal uint AllocateOn(uint source, int node)
    {
        bool huge = Page(source).Has(PageFlags.Head);
        GfpFlags gfp = (huge ? GfpFlags.TransHuge : GfpFlags.HighUserMovable) | GfpFlags.ThisNode | GfpFlags.NoRetry | GfpFlags.NoWarn;
        return Allocator.Allocate(gfp, huge ? Page(source).Order : 0, node);
    }

    /// <summary>A frame as a policy says for a folio that moves. Linux: <c>alloc_migration_target_by_mpol</c>.</summary>
    internal uint AllocateTarget(uint source, MemPolicy? policy)
    {
        ref Page page = ref Page(source);
        bool huge = page.Has(PageFlags.Head);
        int order = huge ? page.Order : 0;
        return NodeChoice.Allocate(huge ? GfpFlags.TransHuge : GfpFlags.HighUserMovable | GfpFlags.RetryMayFail, order, policy, page.Index >> order);
    }

    private uint ForArea(VmArea area, ulong address, GfpFlags gfp, int order)
    {
        if (Nodes.Count == 1)
            return Allocator.Allocate(gfp, order);
        MemPolicy? policy = NodeChoice.PolicyOf(area, address, order, out ulong index);
        return NodeChoice.Allocate(gfp, order, policy, index);
    }

    // Pages of a file have no place in a policy; those of shmem do. Linux: folio_alloc, shmem_get_pgoff_policy
    private uint ForCache(PageCache cache, ulong index, GfpFlags gfp)
    {
        if (Nodes.Count == 1)
            return Allocator.Allocate(gfp, 0);
        MemPolicy? policy = cache.Kind == PageCacheKind.Shmem ? cache.SharedPolicy?.Lookup(index) ?? Current.Policy : Current.Policy;
        return NodeChoice.Allocate(gfp, 0, policy, cache.Kind == PageCacheKind.Shmem ? index : NodeChoice.NoIndex);
    }

    private uint Charged(uint pfn, MemoryCgroup group, GfpFlags gfp)
    {
        if (pfn == 0 || Memcg.Charge(pfn, group, gfp))
            return pfn;
        PutPage(pfn);
        return 0;
    }
}

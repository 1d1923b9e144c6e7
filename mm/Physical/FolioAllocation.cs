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
        uint pfn = Allocator.Allocate(gfp | GfpFlags.Comp, order);
        return Charged(pfn, area.Mm.MemoryCgroup, order == 0 ? GfpFlags.Kernel : gfp);
    }

    /// <summary>A page for a page cache, charged to the group of the running task. Linux: <c>filemap_alloc_folio</c>, <c>shmem_alloc_folio</c>.</summary>
    internal uint AllocateCache(PageCache cache, ulong index, GfpFlags gfp)
    {
        uint pfn = Allocator.Allocate(gfp | GfpFlags.Comp, 0);
        return Charged(pfn, Memcg.OfCurrent, gfp);
    }

    /// <summary>A page for what is in a slot of swap, charged to whom the slot is. Linux: <c>alloc_swap_folio</c>, <c>swap_cache_alloc_folio</c>.</summary>
    /// <param name="entry">The slot.</param>
    /// <param name="area">The area that it is read for; null if it is read ahead for nobody.</param>
    /// <param name="address">Address in the area.</param>
    /// <param name="gfp">How.</param>
    internal uint AllocateSwapped(SwapEntry entry, VmArea? area, ulong address, GfpFlags gfp)
    {
        uint pfn = Allocator.Allocate(gfp | GfpFlags.Comp, 0);
        return Charged(pfn, Memcg.OfSlot(Swap.Area(entry), entry.Offset, area?.Mm.MemoryCgroup ?? Memcg.OfCurrent), gfp);
    }

    /// <summary>A page for what shmem has in a slot of swap. Linux: <c>shmem_swap_alloc_folio</c>.</summary>
    internal uint AllocateShmemSwapped(SwapEntry entry, PageCache cache, ulong index)
    {
        uint pfn = Allocator.Allocate(GfpFlags.HighUserMovable | GfpFlags.Comp, 0);
        return Charged(pfn, Memcg.OfSlot(Swap.Area(entry), entry.Offset, Memcg.OfCurrent), GfpFlags.HighUserMovable);
    }

    private uint Charged(uint pfn, MemoryCgroup group, GfpFlags gfp)
    {
        if (pfn == 0 || Memcg.Charge(pfn, group, gfp))
            return pfn;
        PutPage(pfn);
        return 0;
    }
}

namespace Emu.Mm;

/// <summary>Allocates a given range of frames by moving everything out of it. Linux: mm/page_alloc.c (<c>alloc_contig_range</c>).</summary>
/// <remarks>Lock: the kernel lock.</remarks>
internal sealed class ContiguousRange(MemoryManager manager)
{
    private const int Tries = 5;

    private readonly PhysicalMemory _memory = manager.Memory;

    /// <summary>Allocates [start, end): each frame a page of its own with one reference.</summary>
    /// <param name="start">First frame.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="type">What the page blocks are afterwards.</param>
    /// <returns>0; -EBUSY if a page could not be moved; -ENOMEM if there is nowhere to move one.</returns>
    public int Allocate(uint start, uint end, MigrateType type)
    {
        const uint Mask = MmConstants.PageBlockPages - 1;
        uint outerStart = start & ~Mask, outerEnd = (end + Mask) & ~Mask;
        for (uint pfn = outerStart; pfn < outerEnd; pfn += MmConstants.PageBlockPages)
            _memory.ZoneOrNull(pfn)?.GrowUntil(pfn);
        int error = manager.Isolation.Start(outerStart, outerEnd);
        if (error != 0)
            return error;
        error = -Errno.EBUSY;
        for (int attempt = 0; attempt < Tries && error == -Errno.EBUSY; attempt++)
        {
            int left = manager.Isolation.Empty(start, end, MigrateReason.ContigRange);
            manager.Allocator.DrainAll();
            if (left == -Errno.ENOMEM)
                error = left;
            else if (manager.Isolation.IsFree(start, end))
                error = 0;
        }
        if (error == 0)
            Take(start, end);
        manager.Isolation.Undo(outerStart, outerEnd, type);
        return error;
    }

    /// <summary>Frees what <see cref="Allocate"/> gave. Linux: <c>free_contig_range</c>.</summary>
    public void Free(uint start, uint end)
    {
        for (uint pfn = start; pfn < end; pfn++)
            manager.PutPage(pfn);
    }

    // Takes the free blocks that the range lies in, and gives back what they have beyond it.
    private void Take(uint start, uint end)
    {
        for (uint pfn = start; pfn < end;)
        {
            BuddyAllocator buddy = _memory.ZoneOf(pfn).Buddy;
            uint head = buddy.FreeBlockOf(pfn);
            int order = _memory.Page(head).Order;
            uint next = head + (1u << order);
            buddy.TakeBlock(head, order);
            for (uint at = head; at < next; at++)
            {
                if (at < start || at >= end)
                    buddy.Free(at, 0, MigrateType.Isolate);
                else
                    manager.Allocator.PrepareIsolated(at);
            }
            pfn = next;
        }
    }
}

namespace Emu.Mm;

/// <summary>Takes page blocks from the allocator for the time being: what is freed in them is not handed out. Linux: mm/page_isolation.c.</summary>
/// <remarks>Lock: <c>zone->lock</c>.</remarks>
internal sealed class PageIsolation(MemoryManager manager)
{
    private const uint Block = MmConstants.PageBlockPages;

    private readonly PhysicalMemory _memory = manager.Memory;

    /// <summary>Isolates the page blocks of a range. Linux: <c>start_isolate_page_range</c>.</summary>
    /// <param name="start">First frame, of a page block.</param>
    /// <param name="end">One past the last, of a page block.</param>
    /// <returns>0; -EBUSY if a frame of the range cannot be moved, or a block is isolated already.</returns>
    public int Start(uint start, uint end)
    {
        for (uint block = start; block < end; block += Block)
        {
            if (CanIsolate(block))
            {
                _memory.ZoneOf(block).Buddy.MovePageBlock(block, MigrateType.Isolate);
                continue;
            }
            Undo(start, block, MigrateType.Movable);
            return -Errno.EBUSY;
        }
        return 0;
    }

    /// <summary>Gives isolated page blocks back. Linux: <c>undo_isolate_page_range</c>.</summary>
    public void Undo(uint start, uint end, MigrateType type)
    {
        for (uint block = start; block < end; block += Block)
        {
            if (_memory.PageBlockType(block) == MigrateType.Isolate)
                _memory.ZoneOf(block).Buddy.MovePageBlock(block, type);
        }
    }

    /// <summary>Whether every frame of a range is free in its zone's lists. Linux: <c>test_pages_isolated</c>.</summary>
    public bool IsFree(uint start, uint end)
    {
        for (uint pfn = start; pfn < end;)
        {
            uint head = _memory.ZoneOf(pfn).Buddy.FreeBlockOf(pfn);
            if (head == 0)
                return false;
            pfn = head + (1u << _memory.Page(head).Order);
        }
        return true;
    }

    /// <summary>Moves what can be moved out of a range. Linux: <c>__alloc_contig_migrate_range</c>, <c>do_migrate_range</c>.</summary>
    /// <returns>Folios that are still there, or -ENOMEM.</returns>
    public int Empty(uint start, uint end, MigrateReason reason)
    {
        int left = 0;
        List<uint> folios = [];
        for (uint pfn = start; pfn < end;)
        {
            uint head = _memory.FolioOf(pfn), step = Isolator.StepOf(_memory, head) - (pfn - head);
            if (_memory.Page(head).Has(PageFlags.Lru) && Isolator.TryIsolate(manager, head))
                folios.Add(head);
            pfn += step;
        }
        if (folios.Count != 0)
            left = manager.Migration.Migrate(folios, Target, reason, out _);
        return left;
    }

    // Linux: alloc_migration_target
    private uint Target(uint source)
    {
        bool huge = _memory.Page(source).Has(PageFlags.Head);
        return manager.Allocator.Allocate(huge ? GfpFlags.TransHuge : GfpFlags.HighUserMovable | GfpFlags.RetryMayFail,
            huge ? _memory.Page(source).Order : 0, manager.NodeOf(source).Id);
    }

    // Linux: set_migratetype_isolate, has_unmovable_pages
    private bool CanIsolate(uint block)
    {
        if (_memory.ZoneOrNull(block) == null || !_memory.IsOnline(block) || _memory.PageBlockType(block) == MigrateType.Isolate)
            return false;
        for (uint pfn = block; pfn < block + Block; pfn++)
        {
            if (Isolator.IsUnmovable(manager, pfn))
                return false;
        }
        return true;
    }
}

namespace Emu.Mm;

/// <summary>What reclaim and write-back do to all mappings of a page. Linux: mm/rmap.c (<c>try_to_unmap</c>, <c>folio_referenced</c>).</summary>
/// <remarks>Lock: the folio's; taken by whoever took it from the LRU.</remarks>
internal static unsafe class PageUnmapper
{
    /// <summary>Counts and clears the accessed bits of a folio's mappings. Linux: <c>folio_referenced</c>.</summary>
    /// <param name="manager">The memory.</param>
    /// <param name="folio">The folio.</param>
    /// <param name="flags">The flags of the areas that referenced it.</param>
    /// <returns>Mappings that were used; -1 if an area keeps it in memory (VM_LOCKED).</returns>
    public static int Referenced(MemoryManager manager, uint folio, out VmFlags flags)
    {
        flags = VmFlags.None;
        if (!manager.Rmap.IsMapped(folio))
            return 0;
        int referenced = 0;
        RmapWalk walk = new(manager, folio);
        while (walk.MoveNext())
        {
            if ((walk.Area.Flags & VmFlags.Locked) != 0)
                return -1;
            if (!TestAndClearYoung(manager, ref walk) || walk.Area.HasAny(VmFlags.SeqRead | VmFlags.RandRead))
                continue;
            referenced++;
            flags |= walk.Area.Flags & ~VmFlags.Locked;
        }
        return referenced;
    }

    /// <summary>Replaces every mapping of a small page by what brings it back: its swap entry, or nothing. Linux: <c>try_to_unmap</c>.</summary>
    /// <returns>Whether none is left.</returns>
    public static bool TryToUnmap(MemoryManager manager, uint pfn)
    {
        RmapWalk walk = new(manager, pfn);
        while (walk.MoveNext())
        {
            if ((walk.Area.Flags & VmFlags.Locked) != 0)
                return false;
            if (!UnmapOne(manager, ref walk))
                break;
        }
        return !manager.Rmap.IsMapped(pfn);
    }

    // Linux: try_to_unmap_one
    private static bool UnmapOne(MemoryManager manager, ref RmapWalk walk)
    {
        ref Page page = ref manager.Page(walk.Pfn);
        MemoryDescriptor mm = walk.Area.Mm;
        mm.UpdateHighWaterRss();
        Pte old = ClearAndFlush(manager, ref walk);
        if (!page.IsAnonymous)
        {
            if (old.IsDirty)
                manager.Mappings.PageCache(page.Mapping).SetDirty(walk.Pfn);
            mm.Rss[(int)MemoryDescriptor.RssKindOf(page)]--;
            if ((old.Value & Pte.UffdWpBit) != 0)
                *walk.Entry = SwapEntry.MakeMarker(PteMarker.UffdWp);
        }
        else if (!page.Has(PageFlags.SwapBacked))
        {
            if (!DropLazilyFreed(manager, ref walk, old))
                return false;
        }
        else
        {
            PutSwapEntry(manager, ref walk, old);
        }
        manager.Rmap.Remove(walk.Pfn);
        manager.PutPage(walk.Pfn);
        return true;
    }

    // A page of MADV_FREE goes for good if nobody wrote to it since; else it is an ordinary page again.
    private static bool DropLazilyFreed(MemoryManager manager, ref RmapWalk walk, Pte old)
    {
        ref Page page = ref manager.Page(walk.Pfn);
        if (old.IsDirty || page.Has(PageFlags.Dirty))
        {
            *walk.Entry = old;
            page.Set(PageFlags.SwapBacked);
            return false;
        }
        walk.Area.Mm.Rss[(int)RssKind.Anon]--;
        return true;
    }

    private static void PutSwapEntry(MemoryManager manager, ref RmapWalk walk, Pte old)
    {
        ref Page page = ref manager.Page(walk.Pfn);
        SwapEntry entry = SwapEntry.FromValue(page.Private);
        manager.Swap.Duplicate(entry);
        ulong bits = 0;
        if (page.Has(PageFlags.AnonExclusive))
            bits |= SwapEntry.ExclusiveBit;
        if ((old.Value & Pte.SoftDirtyBit) != 0)
            bits |= SwapEntry.SoftDirtyBit;
        if ((old.Value & Pte.UffdWpBit) != 0)
            bits |= SwapEntry.UffdWpBit;
        page.Clear(PageFlags.AnonExclusive);
        if (old.IsDirty)
            page.Set(PageFlags.Dirty);
        walk.Area.Mm.Rss[(int)RssKind.Anon]--;
        walk.Area.Mm.Rss[(int)RssKind.Swap]++;
        *walk.Entry = entry.ToPte(bits);
    }

    /// <summary>Takes the entry that a walk stands at out of its table and the TLBs. Linux: <c>ptep_clear_flush</c>.</summary>
    internal static Pte ClearAndFlush(MemoryManager manager, ref RmapWalk walk)
    {
        Pte old = new(Interlocked.Exchange(ref *(ulong*)walk.Entry, 0));
        Flush(manager, ref walk);
        return old;
    }

    private static bool TestAndClearYoung(MemoryManager manager, ref RmapWalk walk)
    {
        if (!walk.Entry->IsAccessed)
            return false;
        Interlocked.And(ref *(ulong*)walk.Entry, ~Pte.AccessedBit);
        Flush(manager, ref walk);
        return true;
    }

    private static void Flush(MemoryManager manager, ref RmapWalk walk)
    {
        ulong length = walk.IsPmd ? MmConstants.PmdSize : MmConstants.PageSize, start = walk.Address & ~(length - 1);
        manager.Tlb.FlushRange(walk.Area.Mm, start, start + length, (walk.Area.Flags & VmFlags.Exec) != 0);
    }
}

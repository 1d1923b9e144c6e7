namespace Emu.Mm;

/// <summary>Moves of pages between the LRU lists that others than reclaim ask for. Linux: mm/swap.c.</summary>
internal static class LruMoves
{
    /// <summary>The contents of an anonymous folio may be dropped if nobody writes to it again (MADV_FREE). Linux: <c>folio_mark_lazyfree</c>.</summary>
    public static void MarkLazyFree(MemoryManager manager, uint folio)
    {
        ref Page page = ref manager.Page(folio);
        if (!page.IsAnonymous || !page.Has(PageFlags.SwapBacked | PageFlags.Lru) || page.HasAny(PageFlags.SwapCache | PageFlags.Unevictable))
            return;
        LruVec lru = manager.LruOf(folio);
        lru.Remove(folio);
        page.Clear(PageFlags.Active | PageFlags.Referenced | PageFlags.SwapBacked);
        lru.Add(folio);
        manager.Events[(int)VmEvent.LazyFree] += manager.Memory.PagesOf(folio);
    }

    /// <summary>A folio is not used soon: it goes to the inactive list (MADV_COLD). Linux: <c>folio_deactivate</c>.</summary>
    public static void Deactivate(MemoryManager manager, uint folio)
    {
        ref Page page = ref manager.Page(folio);
        if (!page.Has(PageFlags.Lru | PageFlags.Active) || page.Has(PageFlags.Unevictable))
            return;
        LruVec lru = manager.LruOf(folio);
        lru.Remove(folio);
        page.Clear(PageFlags.Active | PageFlags.Referenced);
        lru.Add(folio);
        manager.Events[(int)VmEvent.Deactivate] += manager.Memory.PagesOf(folio);
    }
}

namespace Emu.Mm;

/// <summary>Keeps pages of locked areas off the lists that reclaim looks at. Linux: mm/mlock.c (<c>mlock_folio</c>).</summary>
/// <remarks>Where Linux counts the locked areas of a page, this looks for another one through rmap when one goes. Lock: as for rmap.</remarks>
internal static class Mlock
{
    /// <summary>An area with VM_LOCKED maps a page. Linux: <c>mlock_folio</c>.</summary>
    public static void Add(MemoryManager manager, uint folio)
    {
        ref Page page = ref manager.Page(folio);
        if (page.Has(PageFlags.Mlocked))
            return;
        page.Set(PageFlags.Mlocked);
        int pages = manager.Memory.PagesOf(folio);
        manager.Memory.ZoneOf(folio).Stats[(int)ZoneStat.Mlock] += pages;
        manager.Events[(int)VmEvent.UnevictablePgsMlocked] += pages;
        SetUnevictable(manager, folio, unevictable: true);
    }

    /// <summary>An area with VM_LOCKED does not map a page any more, or is not locked any more. Linux: <c>munlock_folio</c>.</summary>
    public static void Remove(MemoryManager manager, uint folio)
    {
        ref Page page = ref manager.Page(folio);
        if (!page.Has(PageFlags.Mlocked) || IsLockedElsewhere(manager, folio))
            return;
        Clear(manager, folio);
        manager.Events[(int)VmEvent.UnevictablePgsMunlocked] += manager.Memory.PagesOf(folio);
        if (!BelongsInMemory(manager, page))
            SetUnevictable(manager, folio, unevictable: false);
    }

    /// <summary>The page is freed. Linux: <c>__folio_clear_mlocked</c> in <c>__page_cache_release</c>.</summary>
    public static void Clear(MemoryManager manager, uint folio)
    {
        manager.Page(folio).Clear(PageFlags.Mlocked);
        manager.Memory.ZoneOf(folio).Stats[(int)ZoneStat.Mlock] -= manager.Memory.PagesOf(folio);
    }

    /// <summary>A page need not stay in memory for its file's sake any more. Linux: <c>check_move_unevictable_folios</c>.</summary>
    public static void Rescue(MemoryManager manager, uint folio)
    {
        ref Page page = ref manager.Page(folio);
        if (!page.Has(PageFlags.Unevictable) || page.Has(PageFlags.Mlocked))
            return;
        SetUnevictable(manager, folio, unevictable: false);
        manager.Events[(int)VmEvent.UnevictablePgsRescued] += manager.Memory.PagesOf(folio);
    }

    /// <summary>Whether a page that reclaim has met must stay in memory: it is taken off the list then. Linux: <c>folio_evictable</c>.</summary>
    public static bool Cull(MemoryManager manager, uint folio)
    {
        ref Page page = ref manager.Page(folio);
        if (!BelongsInMemory(manager, page))
            return false;
        SetUnevictable(manager, folio, unevictable: true);
        manager.Events[(int)VmEvent.UnevictablePgsCulled] += manager.Memory.PagesOf(folio);
        return true;
    }

    private static void SetUnevictable(MemoryManager manager, uint folio, bool unevictable)
    {
        ref Page page = ref manager.Page(folio);
        bool listed = page.Has(PageFlags.Lru);
        if (listed)
            manager.LruOf(folio).Remove(folio);
        if (unevictable)
        {
            page.Set(PageFlags.Unevictable);
            page.Clear(PageFlags.Active);
        }
        else
        {
            page.Clear(PageFlags.Unevictable);
        }
        if (listed)
            manager.LruOf(folio).Add(folio);
    }

    // Linux: mapping_unevictable
    private static bool BelongsInMemory(MemoryManager manager, in Page page) =>
        !page.IsAnonymous && !page.Mapping.IsNone && manager.Mappings.PageCache(page.Mapping).IsUnevictable;

    private static bool IsLockedElsewhere(MemoryManager manager, uint folio)
    {
        if (!manager.Rmap.IsMapped(folio))
            return false;
        RmapWalk walk = new(manager, folio);
        while (walk.MoveNext())
        {
            if ((walk.Area.Flags & VmFlags.Locked) != 0)
                return true;
        }
        return false;
    }
}

namespace Emu.Mm;

/// <content>Reclaim of chosen pages. Linux: <c>reclaim_pages</c>.</content>
public sealed partial class Vmscan
{
    /// <summary>Reclaims a folio now, used or not, if it can be. Linux: <c>reclaim_folio_list</c> for one.</summary>
    /// <returns>Whether it is free.</returns>
    internal bool ReclaimFolio(uint folio)
    {
        ref Page page = ref _memory.Page(folio);
        if (!page.Has(PageFlags.Lru) || page.Has(PageFlags.Unevictable))
            return false;
        ScanControl control = ScanControl.For(Reclaimer.Direct, 1, 0, ZoneType.Movable);
        control.IgnoreReferences = true;
        LruVec lru = _manager.LruOf(folio);
        bool file = !page.Has(PageFlags.SwapBacked), nested = _reclaiming;
        lru.Isolate(folio);
        _manager.GetPage(folio);
        _reclaiming = true;
        Verdict verdict = ShrinkFolio(folio, ref control);
        _reclaiming = nested;
        if (verdict == Verdict.Reclaim)
            CountSteal(Reclaimer.Direct, file, 1);
        else
            PutBack(lru, folio, verdict == Verdict.Activate);
        _manager.PutPage(folio);
        return verdict == Verdict.Reclaim;
    }
}

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
        bool file = !page.Has(PageFlags.SwapBacked), nested = IsReclaiming;
        lru.Remove(folio);
        _manager.GetPage(folio);
        IsReclaiming = true;
        Verdict verdict = ShrinkFolio(folio, ref control);
        IsReclaiming = nested;
        if (verdict == Verdict.Reclaim)
        {
            Count(lru, VmEvent.StealDirect, 1, control);
            _manager.Events[(int)(file ? VmEvent.StealFile : VmEvent.StealAnon)]++;
        }
        else
        {
            PutBack(lru, folio, verdict == Verdict.Activate);
        }
        _manager.PutPage(folio);
        return verdict == Verdict.Reclaim;
    }
}

namespace Emu.Mm;

/// <content>Putting one page in the place of another. Linux: <c>cmp_and_merge_page</c>, <c>try_to_merge_one_page</c>.</content>
public sealed unsafe partial class Ksm
{
    // Linux: cmp_and_merge_page
    private void CompareAndMerge(KsmRmapItem item, uint pfn)
    {
        MappingHandle mapping = _manager.Page(_manager.Memory.FolioOf(pfn)).Mapping;
        if (mapping.IsKsm)
        {
            // Merged before; or a fork came by it, and is to be known too.
            KsmStableNode node = _manager.Mappings.KsmNode(mapping);
            if (item.Stable == node)
                return;
            RemoveFromTree(item);
            AppendFork(item, node);
            return;
        }
        RemoveFromTree(item);
        ulong checksum = ChecksumOf(Contents(pfn));
        if (item.Checksum != checksum)
        {
            // It changes: not worth a search.
            item.Checksum = checksum;
            return;
        }
        if (Settings.UseZeroPages && checksum == _zeroChecksum && TryMergeOne(item, pfn, _manager.ZeroPfn, node: null))
            return;
        if (SearchStable(pfn) is { } stable)
        {
            if (TryMergeOne(item, pfn, stable.Pfn, stable))
                Adopt(item, stable);
            return;
        }
        if (SearchUnstable(item, pfn, out uint other) is not { } twin)
            return;
        MergeTwo(item, pfn, twin, other);
        _manager.PutPage(_manager.Memory.FolioOf(other));
    }

    // Linux: try_to_merge_two_pages
    private void MergeTwo(KsmRmapItem item, uint pfn, KsmRmapItem twin, uint other)
    {
        if (!TryMakeKsm(item, pfn, out KsmStableNode? node))
            return;
        Adopt(item, node!);
        RemoveFromTree(twin);
        if (TryMergeOne(twin, other, pfn, node))
            Adopt(twin, node!);
        else
            _ = Break(item); // alone it saves nothing
    }

    // The page is the merged one from now on: write-protected, and found through its node. Linux: try_to_merge_one_page without a kpage
    private bool TryMakeKsm(KsmRmapItem item, uint pfn, out KsmStableNode? node)
    {
        node = null;
        if (MergeableAt(item) is not { } area || !TrySplit(pfn) || !TryProtect(area, item.Address, pfn, out _))
            return false;
        ref Page page = ref _manager.Page(pfn);
        node = InsertStable(pfn);
        page.Mapping = node.Handle;
        page.Index = 0;
        page.Set(PageFlags.Dirty | PageFlags.Referenced); // reclaim must write it, not drop it
        item.AnonVma = area.AnonVma;
        return true;
    }

    // Puts a merged page, or the zero page, in the place of a page. Linux: try_to_merge_one_page
    private bool TryMergeOne(KsmRmapItem item, uint pfn, uint target, KsmStableNode? node)
    {
        if (MergeableAt(item) is not { } area)
            return false;
        if (node != null)
            _manager.GetPage(target);
        bool merged = TrySplit(pfn) && TryProtect(area, item.Address, pfn, out Pte* entry) &&
            Contents(pfn).SequenceEqual(Contents(target)) && Replace(area, item.Address, entry, pfn, target, isZero: node == null);
        if (node != null)
            _manager.PutPage(target);
        return merged;
    }

    // Linux: split_huge_page in try_to_merge_one_page; the scan holds a reference
    private bool TrySplit(uint pfn)
    {
        uint folio = _manager.Memory.FolioOf(pfn);
        if (!_manager.Page(folio).Has(PageFlags.Head))
            return true;
        if (!_manager.Splitter.Split(folio, extraReferences: 1))
            return false;
        if (folio != pfn)
        {
            // The reference stayed with the first page; the scan holds the one it looks at.
            _manager.GetPage(pfn);
            _manager.PutPage(folio);
        }
        return true;
    }

    // Only what nobody else holds can be exchanged. Linux: write_protect_page
    private bool TryProtect(VmArea area, ulong address, uint pfn, out Pte* entry)
    {
        ref Page page = ref _manager.Page(pfn);
        entry = area.Mm.PageTable.Find(address, 0);
        if (entry == null || !entry->IsPresent || entry->IsSpecial || entry->Pfn != pfn || !page.IsAnonymous)
            return false;
        int expected = page.MapCount + 1 + (page.Has(PageFlags.SwapCache) ? 1 : 0);
        if (page.RefCount != expected || (entry->Value & Pte.UffdWpBit) != 0)
            return false;
        bool dirty = entry->IsDirty;
        Interlocked.And(ref *(ulong*)entry, ~(Pte.WriteBit | Pte.DirtyBit));
        _manager.Tlb.FlushRange(area.Mm, address, address + MmConstants.PageSize, area.HasAny(VmFlags.Exec));
        if (dirty)
            page.Set(PageFlags.Dirty | PageFlags.SwapBacked);
        page.Clear(PageFlags.AnonExclusive);
        return true;
    }

    // Linux: replace_page
    private bool Replace(VmArea area, ulong address, Pte* entry, uint pfn, uint target, bool isZero)
    {
        MemoryDescriptor mm = area.Mm;
        Pte kept = entry->Without(~(Pte.SoftDirtyBit | Pte.AccessedBit));
        Pte now = Pte.Make(target, area.PageProtection & ~Pte.WriteBit).With(kept.Value);
        if (isZero)
        {
            now = now.With(Pte.SpecialBit | Pte.DirtyBit); // dirty tells it from a zero page that a read brought
            mm.Rss[(int)RssKind.Anon]--;
            mm.KsmZeroPages++;
            Settings.ZeroPages++;
        }
        else
        {
            _manager.GetPage(target);
            _manager.Rmap.DuplicateAnon(target);
        }
        *entry = now;
        _manager.Tlb.FlushRange(mm, address, address + MmConstants.PageSize, area.HasAny(VmFlags.Exec));
        _manager.Faults.DropOld(area, pfn);
        if (!isZero && area.HasAny(VmFlags.Locked))
            Mlock.Add(_manager, target);
        return true;
    }

    private void Adopt(KsmRmapItem item, KsmStableNode node)
    {
        RemoveFromTree(item);
        item.AnonVma = item.Mm.Lookup(item.Address)!.AnonVma;
        Append(node, item);
    }

    // A fork may go over the limit: the page is mapped there already.
    private void AppendFork(KsmRmapItem item, KsmStableNode node)
    {
        if (MergeableAt(item) != null)
            Adopt(item, node);
    }

    // Linux: find_mergeable_vma
    private static VmArea? MergeableAt(KsmRmapItem item) =>
        !item.Mm.IsGone && item.Mm.Lookup(item.Address) is { AnonVma: not null } area && area.HasAny(VmFlags.Mergeable) ? area : null;

    // The page that an address maps now, 0 if it is none that could be merged. Linux: get_mergeable_page
    private uint PageAt(KsmRmapItem item)
    {
        if (MergeableAt(item) == null)
            return 0;
        Pte* entry = item.Mm.PageTable.Walk(item.Address, out int level);
        bool huge = level == PageTable.PmdLevel && entry->IsLarge;
        return (level == 0 || huge) && IsCandidate(entry, huge, item.Address, out uint pfn) ? pfn : 0;
    }
}

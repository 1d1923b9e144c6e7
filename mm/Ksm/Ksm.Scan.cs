namespace Emu.Mm;

/// <content>The pass over mergeable memory. Linux: <c>ksm_do_scan</c>, <c>scan_get_next_rmap_item</c>.</content>
public sealed unsafe partial class Ksm
{
    // Linux: DEFAULT_PAGES_TO_SCAN's neighbours: from which age on pages are passed over
    private const int FirstSkippedAge = 3, MaxAge = byte.MaxValue;

    /// <summary>One go of ksmd: looks at as many pages as one go takes. Linux: <c>ksm_do_scan</c>.</summary>
    /// <returns>Pages looked at.</returns>
    public int Scan()
    {
        int scanned = 0;
        while (scanned < Settings.PagesToScan && NextItem(out KsmRmapItem? item, out uint pfn))
        {
            scanned++;
            Settings.PagesScanned++;
            CompareAndMerge(item!, pfn);
            _manager.PutPage(_manager.Memory.FolioOf(pfn));
        }
        return scanned;
    }

    // The next page to look at, with a reference. Ends when all memory was looked at once.
    private bool NextItem(out KsmRmapItem? item, out uint pfn)
    {
        if (_slot == null && !BeginPass())
        {
            item = null;
            pfn = 0;
            return false;
        }
        while (_slot != null)
        {
            if (NextInSlot(_slot.Value, out item, out pfn))
                return true;
            EndSlot();
        }
        EndPass();
        item = null;
        pfn = 0;
        return false;
    }

    private bool BeginPass()
    {
        if (_slots.First is not { } first)
            return false;
        RemoveStaleNodes();
        foreach (ContentTree tree in _unstable)
            tree.Clear();
        BeginSlot(first);
        return true;
    }

    private void EndPass()
    {
        Settings.FullScans++;
        _scan++;
    }

    private void BeginSlot(LinkedListNode<KsmMmSlot>? slot)
    {
        _slot = slot;
        _item = slot?.Value.Items.First;
        _address = 0;
    }

    // Whatever lies behind what was found is not mapped any more. Linux: remove_trailing_rmap_items
    private void EndSlot()
    {
        LinkedListNode<KsmMmSlot> slot = _slot!;
        while (_item is { } rest)
        {
            _item = rest.Next;
            Free(slot.Value, rest);
        }
        BeginSlot(slot.Next);
    }

    private bool NextInSlot(KsmMmSlot slot, out KsmRmapItem? item, out uint pfn)
    {
        MemoryDescriptor mm = slot.Mm;
        while (mm.FindArea(_address) is { } area)
        {
            if (!area.HasAny(VmFlags.Mergeable) || area.AnonVma == null)
            {
                _address = area.End;
                continue;
            }
            PageWalk walk = new(mm.PageTable, Math.Max(_address, area.Start), area.End);
            while (walk.MoveNext())
            {
                // A huge page is looked at in its parts, which the walk reports as one.
                for (ulong at = Math.Max(walk.Address, _address); at < walk.Next; at += MmConstants.PageSize)
                {
                    _address = at + MmConstants.PageSize;
                    if (IsCandidate(walk.Entry, walk.IsHuge, at, out pfn) && TakeItem(slot, at, pfn, out item))
                        return true;
                }
            }
            _address = area.End;
        }
        item = null;
        pfn = 0;
        return false;
    }

    private bool IsCandidate(Pte* entry, bool huge, ulong address, out uint pfn)
    {
        Pte pte = *entry;
        pfn = pte.Pfn;
        if (!pte.IsPresent || pte.IsSpecial)
            return false;
        if (huge)
            pfn += (uint)((address & ~MmConstants.PmdMask) >> MmConstants.PageShift);
        return _manager.Page(_manager.Memory.FolioOf(pfn)).IsAnonymous;
    }

    private bool TakeItem(KsmMmSlot slot, ulong address, uint pfn, out KsmRmapItem? item)
    {
        item = ItemAt(slot, address);
        if (ShouldSkip(pfn, item))
            return false;
        _manager.GetPage(_manager.Memory.FolioOf(pfn));
        return true;
    }

    // The book-keeping of an address, made if there is none; what lay between is not mapped any more. Linux: get_next_rmap_item
    private KsmRmapItem ItemAt(KsmMmSlot slot, ulong address)
    {
        while (_item is { } at && at.Value.Address <= address)
        {
            _item = at.Next;
            if (at.Value.Address == address)
                return at.Value;
            Free(slot, at);
        }
        KsmRmapItem item = new(slot.Mm, address);
        if (_item != null)
            slot.Items.AddBefore(_item, item);
        else
            slot.Items.AddLast(item);
        slot.Mm.KsmRmapItems++;
        Settings.RmapItems++;
        return item;
    }

    private void Free(KsmMmSlot slot, LinkedListNode<KsmRmapItem> node)
    {
        RemoveFromTree(node.Value);
        slot.Items.Remove(node);
        slot.Mm.KsmRmapItems--;
        Settings.RmapItems--;
    }

    // Linux: should_skip_rmap_item, skip_age
    private bool ShouldSkip(uint pfn, KsmRmapItem item)
    {
        if (!Settings.SmartScan || _manager.Page(_manager.Memory.FolioOf(pfn)).Mapping.IsKsm)
            return false;
        int age = item.Age;
        if (age != MaxAge)
            item.Age++;
        if (age < FirstSkippedAge)
            return false;
        if (item.RemainingSkips == 0)
        {
            item.RemainingSkips = age switch
            {
                <= 3 => 1,
                <= 5 => 2,
                <= 8 => 4,
                _ => 8,
            };
            return false;
        }
        item.RemainingSkips--;
        Settings.PagesSkipped++;
        RemoveFromTree(item);
        return true;
    }
}

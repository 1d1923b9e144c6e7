namespace Emu.Mm;

/// <content>Undoing. Linux: <c>break_ksm</c>, <c>unmerge_ksm_pages</c>.</content>
public sealed unsafe partial class Ksm
{
    /// <summary>Gives an area its own copies of merged pages. Linux: <c>unmerge_ksm_pages</c>.</summary>
    /// <returns>0 or -ENOMEM.</returns>
    internal int Unmerge(VmArea area, ulong start, ulong end)
    {
        PageWalk walk = new(area.Mm.PageTable, start, end);
        while (walk.MoveNext())
        {
            if (walk.IsHuge || !IsMerged(*walk.Entry))
                continue;
            int error = Break(area, walk.Address);
            if (error != 0)
                return error;
        }
        return 0;
    }

    /// <summary>Whether an entry maps a merged page or a zero page in place of one.</summary>
    internal bool IsMerged(Pte pte) => pte.IsPresent && (IsKsmZero(pte) || (!pte.IsSpecial && _manager.Page(pte.Pfn).Mapping.IsKsm));

    /// <summary>Whether an entry maps the zero page in place of a page of zeros. Linux: <c>is_ksm_zero_pte</c>.</summary>
    internal bool IsKsmZero(Pte pte) => pte.IsSpecial && pte.IsDirty && pte.Pfn == _manager.ZeroPfn;

    /// <summary>Such an entry goes. Linux: <c>ksm_might_unmap_zero_page</c>.</summary>
    internal void NoteZeroUnmapped(MemoryDescriptor mm, Pte pte)
    {
        if (!IsKsmZero(pte))
            return;
        mm.KsmZeroPages--;
        Settings.ZeroPages--;
    }

    /// <summary>The page that a slot of swap held serves another address than the one it is known for: it gets its own copy. Linux: <c>ksm_might_need_to_copy</c>.</summary>
    internal bool NeedsCopy(uint pfn, VmArea area, ulong address)
    {
        ref Page page = ref _manager.Page(pfn);
        if (page.Mapping.IsNone)
            return false;
        if (page.Mapping.IsKsm)
            return Settings.Run == KsmRun.Unmerge;
        if (_manager.Rmap.IsMapped(pfn))
            return page.Index != area.PageIndexOf(address) || _manager.Mappings.AnonVma(page.Mapping).Root != area.AnonVma!.Root;
        // Nobody maps it: it is known for the address that does first.
        page.Mapping = MappingHandle.None;
        return false;
    }

    // Linux: break_cow
    private int Break(KsmRmapItem item)
    {
        VmArea? area = MergeableAt(item);
        int error = area == null ? 0 : Break(area, item.Address);
        RemoveFromTree(item);
        return error;
    }

    // Linux: break_ksm
    private int Break(VmArea area, ulong address)
    {
        while (area.Mm.PageTable.Find(address, 0) is var entry && entry != null && IsMerged(*entry))
        {
            VmFault fault = new(area, address, FaultFlags.Unshare | FaultFlags.Remote);
            VmFaultResult result = _manager.Faults.HandleMmFault(ref fault);
            if ((result & VmFaultResult.Oom) != 0)
                return -Errno.ENOMEM;
            if ((result & VmFaultResult.Error) != 0)
                return 0; // nothing can be had there any more
        }
        return 0;
    }

    // Linux: unmerge_and_remove_all_rmap_items
    private int UnmergeEverything()
    {
        _slot = null;
        _item = null;
        foreach (KsmMmSlot slot in _slots)
        {
            foreach ((_, _, VmArea area) in slot.Mm.Areas.Iterate())
            {
                int error = area.HasAny(VmFlags.Mergeable) && area.AnonVma != null ? Unmerge(area, area.Start, area.End) : 0;
                if (error != 0)
                    return error;
            }
            while (slot.Items.First is { } item)
                Free(slot, item);
        }
        foreach (ContentTree tree in _unstable)
            tree.Clear();
        RemoveStaleNodes();
        return 0;
    }
}

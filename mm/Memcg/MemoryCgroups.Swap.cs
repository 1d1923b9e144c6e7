namespace Emu.Mm;

/// <content>Swap slots of groups. Linux: mm/memcontrol.c (<c>__mem_cgroup_try_charge_swap</c>), mm/swap_cgroup.c.</content>
public sealed partial class MemoryCgroups
{
    /// <summary>Charges a slot to the group of the page that goes there. Linux: <c>mem_cgroup_try_charge_swap</c>.</summary>
    /// <returns>Whether memory.swap.max allows it.</returns>
    internal bool TryChargeSwap(uint pfn, SwapArea area, ulong slot)
    {
        ref Page page = ref _manager.Page(pfn);
        if (page.MemoryCgroup == 0)
            return true;
        MemoryCgroup group = GroupOf(page);
        while (!group.IsOnline)
            group = group.Parent!; // a page of a group that is gone counts for the first above that is not
        if (group.IsRoot)
            return true;
        if (!group.Swap.TryCharge(1, out PageCounter refusing))
        {
            refusing.Owner.Note(MemcgEvent.SwapMax);
            group.Note(MemcgEvent.SwapFail);
            return false;
        }
        group.LocalSwap++;
        area.SetCgroup(slot, group.Id);
        return true;
    }

    /// <summary>A page found no free slot at all.</summary>
    internal void NoteSwapFail(uint pfn)
    {
        if (_manager.Page(pfn).MemoryCgroup != 0)
            GroupOf(_manager.Page(pfn)).Note(MemcgEvent.SwapFail);
    }

    /// <summary>A slot is free again. Linux: <c>mem_cgroup_uncharge_swap</c>.</summary>
    internal void UnchargeSwap(int id)
    {
        MemoryCgroup group = _groups[id]!;
        group.LocalSwap--;
        group.Swap.Uncharge(1);
        ReleaseIfUnused(group);
    }

    /// <summary>Whom a page is charged to that comes back from a slot. Linux: <c>mem_cgroup_swapin_charge_folio</c>.</summary>
    /// <param name="area">The area.</param>
    /// <param name="slot">The slot.</param>
    /// <param name="faulting">The group of whoever wants it: it pays where the slot's own is gone.</param>
    internal MemoryCgroup OfSlot(SwapArea area, ulong slot, MemoryCgroup faulting)
    {
        int id = area.CgroupOf(slot);
        return id != 0 && _groups[id] is { IsOnline: true } group ? group : faulting;
    }

    /// <summary>Free slots that a group may use. Linux: <c>mem_cgroup_get_nr_swap_pages</c>.</summary>
    internal long SwapPagesFor(MemoryCgroup group)
    {
        long pages = (long)_manager.Swap.FreePages;
        for (MemoryCgroup? at = group; at is { IsRoot: false }; at = at.Parent)
            pages = Math.Min(pages, Math.Max(at.Swap.Max - at.Swap.Usage, 0));
        return pages;
    }

    /// <summary>Whether a page's slot should be given up early. Linux: <c>mem_cgroup_swap_full</c>.</summary>
    internal bool IsSwapFull(uint pfn)
    {
        if (_manager.Swap.IsFull)
            return true;
        ref Page page = ref _manager.Page(pfn);
        if (page.MemoryCgroup == 0)
            return false;
        for (MemoryCgroup? at = GroupOf(page); at is { IsRoot: false }; at = at.Parent)
        {
            long usage = at.Swap.Usage;
            if (usage * 2 >= at.Swap.High || usage * 2 >= at.Swap.Max)
                return true;
        }
        return false;
    }
}

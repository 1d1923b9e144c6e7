using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <content>Charging pages. Linux: <c>try_charge_memcg</c>, <c>__mem_cgroup_charge</c>, <c>uncharge_folio</c>.</content>
public sealed partial class MemoryCgroups
{
    private const int MaxReclaimRetries = 16;

    /// <summary>Charges a fresh folio to a group. Linux: <c>mem_cgroup_charge</c>.</summary>
    /// <param name="folio">In no cache, on no list and mapped nowhere.</param>
    /// <param name="group">Whom to charge.</param>
    /// <param name="gfp">What may be done to make room.</param>
    /// <returns>Whether it is charged; if not, the caller drops it.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool Charge(uint folio, MemoryCgroup group, GfpFlags gfp) => group.IsRoot || ChargeGroup(folio, group, gfp);

    /// <summary>Charges pages of the kernel's own to the running task's group. Linux: <c>__memcg_kmem_charge_page</c>.</summary>
    internal bool ChargeKernel(uint pfn, int order, GfpFlags gfp)
    {
        MemoryCgroup group = OfCurrent;
        if (group.IsRoot)
            return true;
        if (TryCharge(group, gfp, 1L << order) != 0)
            return false;
        _manager.Page(pfn).MemoryCgroup = group.Id;
        group.LocalPages += 1L << order;
        group.KernelPages += 1L << order;
        return true;
    }

    /// <summary>Takes the charge of a folio back, which nothing uses any more. Linux: <c>mem_cgroup_uncharge</c>.</summary>
    internal void Uncharge(uint folio)
    {
        MemoryCgroup group = Detach(folio, _manager.Memory.PagesOf(folio));
        ReleaseIfUnused(group);
    }

    /// <summary>Takes the charge of pages of the kernel back. Linux: <c>__memcg_kmem_uncharge_page</c>.</summary>
    internal void UnchargeKernel(uint pfn, int order)
    {
        MemoryCgroup group = Detach(pfn, 1L << order);
        group.KernelPages -= 1L << order;
        ReleaseIfUnused(group);
    }

    /// <summary>Charges the page that takes another's place to the same group. The old one keeps its charge until it is freed. Linux: <c>mem_cgroup_migrate</c>.</summary>
    internal void Migrate(uint from, uint to)
    {
        ref Page old = ref _manager.Page(from);
        if (old.MemoryCgroup == 0)
            return;
        MemoryCgroup group = GroupOf(old);
        long pages = _manager.Memory.PagesOf(to);
        group.Memory.Charge(pages);
        Attach(to, group, pages);
    }

    /// <summary>Makes room in a group, or refuses. Linux: <c>try_charge_memcg</c>.</summary>
    /// <returns>0 or -ENOMEM.</returns>
    internal int TryCharge(MemoryCgroup group, GfpFlags gfp, long pages)
    {
        if (!group.Memory.TryCharge(pages, out PageCounter refusing) && !MakeRoom(group, gfp, pages, refusing))
            return -Errno.ENOMEM;
        NoteHigh(group, pages);
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool ChargeGroup(uint folio, MemoryCgroup group, GfpFlags gfp)
    {
        long pages = _manager.Memory.PagesOf(folio);
        if (TryCharge(group, gfp, pages) != 0)
            return false;
        Attach(folio, group, pages);
        return true;
    }

    // Linux: commit_charge
    private void Attach(uint folio, MemoryCgroup group, long pages)
    {
        _manager.Page(folio).MemoryCgroup = group.Id;
        group.LocalPages += pages;
    }

    private MemoryCgroup Detach(uint folio, long pages)
    {
        ref Page page = ref _manager.Page(folio);
        MemoryCgroup group = GroupOf(page);
        page.MemoryCgroup = 0;
        group.LocalPages -= pages;
        group.Memory.Uncharge(pages);
        return group;
    }

    // The way of a charge that met a limit: reclaim, then the OOM killer, then an error, or over the limit where it must not fail.
    private bool MakeRoom(MemoryCgroup group, GfpFlags gfp, long pages, PageCounter refusing)
    {
        bool mustCharge = _manager.Current.IsMemAlloc || _manager.Vmscan.IsReclaiming, passedOom = false;
        int retries = MaxReclaimRetries;
        while (!mustCharge)
        {
            if (!ReclaimFor(refusing.Owner, gfp, pages, ref retries, ref passedOom))
            {
                mustCharge = (gfp & (GfpFlags.NoFail | GfpFlags.High)) != 0;
                if (!mustCharge)
                    return false;
                break;
            }
            if (group.Memory.TryCharge(pages, out refusing))
                return true;
        }
        group.Memory.Charge(pages);
        return true;
    }

    // One round of making room in the group whose limit was met. Returns whether another try makes sense.
    private bool ReclaimFor(MemoryCgroup over, GfpFlags gfp, long pages, ref int retries, ref bool passedOom)
    {
        if ((gfp & GfpFlags.DirectReclaim) == 0)
            return false;
        over.Note(MemcgEvent.Max);
        long reclaimed = _manager.Vmscan.TryToFreeMemcgPages(over, pages, gfp, mayWrite: true);
        if (over.Memory.Margin >= pages)
            return true;
        if ((gfp & GfpFlags.NoRetry) != 0)
            return false;
        // A little was found for a small charge: it may not have been enough for all who are after it.
        if (reclaimed != 0 && pages <= 1 << MmConstants.CostlyOrder)
            return true;
        if (retries-- > 0)
            return true;
        if ((gfp & GfpFlags.RetryMayFail) != 0 || (passedOom && IsCurrentDying))
            return false;
        if (!OutOfMemory(over, gfp, pages))
            return false;
        passedOom = true;
        retries = MaxReclaimRetries;
        return true;
    }

    // Linux: mem_cgroup_oom
    private bool OutOfMemory(MemoryCgroup over, GfpFlags gfp, long pages)
    {
        int order = System.Numerics.BitOperations.Log2((ulong)pages);
        if (order > MmConstants.CostlyOrder)
            return false;
        over.Note(MemcgEvent.Oom);
        // A victim that was chosen before and is still there has to run first: whoever charges fails until then.
        if (_manager.Oom.IsPending(over))
            return over.Memory.Margin >= pages;
        return over.Memory.Margin >= pages || IsCurrentDying || _manager.Oom.OutOfMemory(new OomControl(gfp, order) { Group = over });
    }

    private bool IsCurrentDying => _manager.Current.IsDying || _manager.Current.Mm is { IsOomVictim: true };

    // Whoever charges above memory.high is slowed down before it goes back to user mode. Linux: the end of try_charge_memcg
    private void NoteHigh(MemoryCgroup group, long pages)
    {
        for (MemoryCgroup? at = group; at != null; at = at.Parent)
        {
            if (at.Memory.Usage <= at.Memory.High && at.Swap.Usage <= at.Swap.High)
                continue;
            _manager.Current.PagesOverHigh += pages;
            return;
        }
    }
}

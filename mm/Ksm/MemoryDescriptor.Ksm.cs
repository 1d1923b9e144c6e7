namespace Emu.Mm;

/// <content>What an address space has to do with KSM. Linux: mm/ksm.c.</content>
public sealed partial class MemoryDescriptor
{
    // Linux: ksm_compatible
    private const VmFlags Unmergeable = VmFlags.Shared | VmFlags.MayShare | VmFlags.Special | VmFlags.HugeTlb | VmFlags.Droppable;

    /// <summary>Whether all memory that can be merged is (PR_SET_MEMORY_MERGE). Linux: <c>MMF_VM_MERGE_ANY</c>.</summary>
    public bool MergesAnyMemory { get; private set; }

    /// <summary>Addresses that share a merged page. Linux: <c>ksm_merging_pages</c>.</summary>
    public long KsmMergingPages { get; internal set; }

    /// <summary>Addresses that ksmd knows. Linux: <c>ksm_rmap_items</c>.</summary>
    public long KsmRmapItems { get; internal set; }

    /// <summary>Addresses that map the zero page in place of a page of zeros. Linux: <c>ksm_zero_pages</c>.</summary>
    public long KsmZeroPages { get; internal set; }

    /// <summary>Lets all of its memory be merged, now and in future; or takes that back. Linux: <c>ksm_enable_merge_any</c>, <c>ksm_disable_merge_any</c>.</summary>
    /// <returns>0 or -ENOMEM.</returns>
    public int SetMergesAnyMemory(bool merges)
    {
        if (merges == MergesAnyMemory)
            return 0;
        foreach ((_, _, VmArea area) in Areas.Iterate())
        {
            int error = merges ? AllowMerging(area) : ForbidMerging(area);
            if (error != 0)
                return error;
        }
        MergesAnyMemory = merges;
        HasAlikeNeighbours = true; // as in Linux, areas that have become alike are not joined
        if (merges)
            Manager.Ksm.Enter(this);
        return 0;
    }

    // What a new area gets. Linux: ksm_vma_flags
    private VmFlags MergeableFlag(VmFlags flags) => MergesAnyMemory && (flags & Unmergeable) == 0 ? VmFlags.Mergeable : VmFlags.None;

    private static int AllowMerging(VmArea area)
    {
        if (!area.HasAny(Unmergeable))
            area.SetFlags(area.Flags | VmFlags.Mergeable);
        return 0;
    }

    private int ForbidMerging(VmArea area)
    {
        if (!area.HasAny(VmFlags.Mergeable))
            return 0;
        int error = area.AnonVma != null ? Manager.Ksm.Unmerge(area, area.Start, area.End) : 0;
        if (error == 0)
            area.SetFlags(area.Flags & ~VmFlags.Mergeable);
        return error;
    }

    // Linux: ksm_madvise
    private int AdviseMerging(ref Advised advised, ref VmFlags flags)
    {
        VmArea area = advised.Area;
        if (advised.Advice == Advice.Mergeable)
        {
            if (area.HasAny(VmFlags.Mergeable | Unmergeable))
                return 0; // what cannot be merged takes the advice all the same
            Manager.Ksm.Enter(this);
            flags |= VmFlags.Mergeable;
            return 0;
        }
        if (!area.HasAny(VmFlags.Mergeable))
            return 0;
        int error = area.AnonVma != null ? Manager.Ksm.Unmerge(area, advised.Start, advised.End) : 0;
        if (error == 0)
            flags &= ~VmFlags.Mergeable;
        return error;
    }
}

namespace Emu.Mm;

/// <summary>Flags of mbind and move_pages. Linux: <c>MPOL_MF_*</c>.</summary>
[Flags]
public enum BindFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>It is an error if a page is where the policy does not want it.</summary>
    Strict = 1,

    /// <summary>Pages of this process alone are moved.</summary>
    Move = 2,

    /// <summary>All pages are moved.</summary>
    MoveAll = 4,

    /// <summary>All of them.</summary>
    Valid = Strict | Move | MoveAll,
}

/// <content>Policies of areas. Linux: mm/mempolicy.c (<c>do_mbind</c>, <c>mbind_range</c>).</content>
public sealed partial class MemoryDescriptor
{
    /// <summary>Sets the policy of a range. Linux: <c>do_mbind</c>.</summary>
    /// <param name="start">First address.</param>
    /// <param name="length">Bytes; rounded up.</param>
    /// <param name="policy">The policy; null for the default.</param>
    /// <param name="asked">The nodes that were asked for: pages elsewhere are moved, or are an error.</param>
    /// <param name="flags">What to do about pages that are there.</param>
    /// <returns>0, or EINVAL, EFAULT (a hole), EIO (a page is or stays elsewhere), ENOMEM, negated.</returns>
    public int Bind(ulong start, ulong length, MemPolicy? policy, NodeMask asked, BindFlags flags)
    {
        if ((start & ~MmConstants.PageMask) != 0)
            return -Errno.EINVAL;
        ulong end = start + MmConstants.PageAlign(length);
        if (end < start)
            return -Errno.EINVAL;
        if (end == start)
            return 0;
        if (policy == null)
            flags &= ~BindFlags.Strict;
        int error = CheckHoles(start, end, mayHaveHoles: policy == null);
        if (error != 0)
            return error;
        MisplacedPages pages = new(Manager, flags, node => !asked.Contains(node));
        error = pages.Collect(this, start, end);
        if (error == 0)
            error = SetPolicy(start, end, policy);
        if (error != 0)
        {
            pages.PutBack();
            return error;
        }
        int failed = pages.Failed + pages.Migrate(source => Manager.AllocateTarget(source, policy), MigrateReason.Mbind);
        return failed != 0 && (flags & BindFlags.Strict) != 0 ? -Errno.EIO : 0;
    }

    /// <summary>Sets the node that BIND and PREFERRED_MANY begin with. Linux: <c>SYSCALL_DEFINE4(set_mempolicy_home_node)</c>.</summary>
    /// <returns>0, or EINVAL, ENOENT (no area with a policy), EOPNOTSUPP (a policy of another mode), ENOMEM, negated.</returns>
    public int SetHomeNode(ulong start, ulong length, ulong node, ulong flags)
    {
        if ((start & ~MmConstants.PageMask) != 0 || flags != 0 || node >= (ulong)Manager.Nodes.Count)
            return -Errno.EINVAL;
        ulong end = start + MmConstants.PageAlign(length);
        if (end < start)
            return -Errno.EINVAL;
        int result = end == start ? 0 : -Errno.ENOENT;
        for (ulong at = start, next; at < end; at = next)
        {
            if (FindArea(at) is not { } area || area.Start >= end)
                break;
            next = Math.Min(area.End, end);
            if (area.Policy is { } old)
            {
                if (old.Mode is not (PolicyMode.Bind or PolicyMode.PreferredMany))
                    return -Errno.EOPNOTSUPP;
                result = SetPolicyOf(area, Math.Max(area.Start, start), next, old.WithHome((int)node));
                if (result != 0)
                    return result;
            }
        }
        return result;
    }

    /// <summary>The policy that was set for an address, null for none. Linux: <c>__get_vma_policy</c>.</summary>
    public MemPolicy? PolicyAt(VmArea area, ulong address) => NodeChoice.OwnPolicy(area, address, out _);

    // Linux: queue_pages_test_walk, the part about holes
    private int CheckHoles(ulong start, ulong end, bool mayHaveHoles)
    {
        VmArea? area = FindArea(start);
        if (area == null || area.Start >= end)
            return -Errno.EFAULT;
        if (mayHaveHoles)
            return 0;
        for (ulong at = start; at < end; at = area.End)
        {
            area = Lookup(at);
            if (area == null)
                return -Errno.EFAULT;
        }
        return 0;
    }

    private int SetPolicy(ulong start, ulong end, MemPolicy? policy)
    {
        for (ulong at = start, next; at < end; at = next)
        {
            if (FindArea(at) is not { } area || area.Start >= end)
                break;
            next = Math.Min(area.End, end);
            int error = SetPolicyOf(area, Math.Max(area.Start, start), next, policy);
            if (error != 0)
                return error;
        }
        return 0;
    }

    // Linux: mbind_range, vma_replace_policy
    private int SetPolicyOf(VmArea area, ulong start, ulong end, MemPolicy? policy)
    {
        VmArea part = area;
        if (!MemPolicy.AreEqual(area.Policy, policy))
        {
            VmArea? merged = VmaMerge.ForPolicy(area, start, end, policy).TryMergeModified();
            int error = merged == null ? SplitOut(area, start, end, out part) : 0;
            if (error != 0)
                return error;
            part = merged ?? part;
            part.Policy = policy;
        }
        if (part.File?.Mapping is { Kind: PageCacheKind.Shmem } cache && part.Operations is ShmemOperations)
        {
            cache.SharedPolicy ??= policy == null ? null : new SharedPolicy();
            cache.SharedPolicy?.Set(part.PageIndexOf(start), part.PageIndexOf(start) + ((end - start) >> MmConstants.PageShift), policy);
        }
        return 0;
    }
}

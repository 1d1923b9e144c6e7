namespace Emu.Mm;

/// <summary>From a policy to the node of one page. Linux: <c>policy_nodemask</c>, <c>alloc_pages_mpol</c> (mm/mempolicy.c).</summary>
internal sealed class NodeChoice(MemoryManager manager)
{
    /// <summary>An allocation that belongs to no place in an object. Linux: <c>NO_INTERLEAVE_INDEX</c>.</summary>
    public const ulong NoIndex = ulong.MaxValue;

    /// <summary>Weights of the nodes. Linux: /sys/kernel/mm/mempolicy/weighted_interleave.</summary>
    public byte[] Weights { get; } = Ones();

    /// <summary>Whether the weights are the machine's, not the user's.</summary>
    public bool AutoWeights { get; set; } = true;

    /// <summary>The policy of an address: the object's, the area's or the task's. Linux: <c>get_vma_policy</c>.</summary>
    /// <param name="area">The area.</param>
    /// <param name="address">Address in it.</param>
    /// <param name="order">Order of the page.</param>
    /// <param name="index">Counts the pages of the object, for interleaving.</param>
    public MemPolicy? PolicyOf(VmArea area, ulong address, int order, out ulong index)
    {
        MemPolicy? policy = OwnPolicy(area, address, out index) ?? manager.Current.Policy;
        if (policy is { Mode: PolicyMode.Interleave or PolicyMode.WeightedInterleave })
            index += (area.PageOffset >> order) + ((address - area.Start) >> (MmConstants.PageShift + order));
        return policy;
    }

    /// <summary>The policy that was set for an address, null for none. Linux: <c>__get_vma_policy</c>.</summary>
    public static MemPolicy? OwnPolicy(VmArea area, ulong address, out ulong index)
    {
        index = 0;
        if (area.File?.Mapping is not { Kind: PageCacheKind.Shmem } cache || area.Operations is not ShmemOperations)
            return area.Policy;
        index = area.File.InodeNumber;
        return cache.SharedPolicy?.Lookup(area.PageIndexOf(address));
    }

    /// <summary>Allocates as a policy says. Linux: <c>alloc_pages_mpol</c>.</summary>
    /// <param name="gfp">How.</param>
    /// <param name="order">Order.</param>
    /// <param name="policy">The policy; null for the local node.</param>
    /// <param name="index">Place in the object, or <see cref="NoIndex"/>.</param>
    public uint Allocate(GfpFlags gfp, int order, MemPolicy? policy, ulong index)
    {
        PageAllocator allocator = manager.Allocator;
        if (policy == null)
            return allocator.Allocate(gfp, order);
        int node = Choose(policy, gfp, index, out NodeMask nodes);
        if (policy.Mode == PolicyMode.PreferredMany)
        {
            uint preferred = allocator.Allocate((gfp | GfpFlags.NoWarn) & ~(GfpFlags.DirectReclaim | GfpFlags.NoFail), order, node, nodes);
            return preferred != 0 ? preferred : allocator.Allocate(gfp, order, node);
        }
        bool interleaves = policy.Mode is PolicyMode.Interleave or PolicyMode.WeightedInterleave;
        if (order == MmConstants.HugePageOrder && index != NoIndex && !interleaves && (nodes.IsEmpty || nodes.Contains(node)))
        {
            // A huge page near by is worth more than one far away is; small ones near by are better than that.
            uint huge = allocator.Allocate(gfp | GfpFlags.ThisNode | GfpFlags.NoRetry, order, node);
            if (huge != 0 || (gfp & GfpFlags.DirectReclaim) == 0)
                return huge;
        }
        uint pfn = allocator.Allocate(gfp, order, node, nodes);
        if (pfn != 0 && interleaves && manager.NodeOf(pfn).Id == node)
            manager.Memory.ZoneOf(pfn).NumaStats[(int)NumaStat.NumaInterleave]++;
        return pfn;
    }

    // Linux: policy_nodemask
    private int Choose(MemPolicy policy, GfpFlags gfp, ulong index, out NodeMask nodes)
    {
        nodes = default;
        int local = manager.Allocator.LocalNode;
        switch (policy.Mode)
        {
            case PolicyMode.Preferred:
                return policy.Nodes.Lowest;
            case PolicyMode.PreferredMany:
                nodes = policy.Nodes;
                return policy.HomeNode >= 0 ? policy.HomeNode : local;
            case PolicyMode.Bind:
                if (AppliesTo(policy, Gfp.Zone(gfp)))
                    nodes = policy.Nodes;
                return policy.HomeNode >= 0 ? policy.HomeNode : local;
            case PolicyMode.Interleave:
                return index == NoIndex ? NextInterleaved(policy) : NthOf(policy.Nodes, index);
            case PolicyMode.WeightedInterleave:
                return index == NoIndex ? NextWeighted(policy) : WeightedNth(policy.Nodes, index);
            default:
                return local;
        }
    }

    // Nodes with movable memory alone do not bind allocations that cannot be served from there. Linux: apply_policy_zone
    private bool AppliesTo(MemPolicy policy, ZoneType zone) =>
        zone >= ZoneType.Movable || manager.Nodes.Any(node => policy.Nodes.Contains(node.Id) && node.Zones[..(int)ZoneType.Movable].Any(static part => part.IsPopulated));

    // Linux: interleave_nodes
    private int NextInterleaved(MemPolicy policy)
    {
        TaskMemory task = manager.Current;
        return task.LastInterleaved = policy.Nodes.NextAfter(task.LastInterleaved);
    }

    // Linux: weighted_interleave_nodes
    private int NextWeighted(MemPolicy policy)
    {
        TaskMemory task = manager.Current;
        int node = task.LastInterleaved;
        if (task.WeightLeft == 0 || !policy.Nodes.Contains(node))
        {
            node = policy.Nodes.NextAfter(node);
            task.LastInterleaved = node;
            task.WeightLeft = Weights[node];
        }
        task.WeightLeft--;
        return node;
    }

    // Linux: interleave_nid
    private static int NthOf(NodeMask nodes, ulong index)
    {
        int node = nodes.Lowest;
        for (ulong left = index % (ulong)nodes.Count; left > 0; left--)
            node = nodes.NextAfter(node);
        return node;
    }

    // Linux: weighted_interleave_nid
    private int WeightedNth(NodeMask nodes, ulong index)
    {
        ulong total = 0;
        for (int node = 0; node < Weights.Length; node++)
            total += nodes.Contains(node) ? Weights[node] : 0u;
        ulong target = index % total;
        int at = nodes.Lowest;
        while (target >= Weights[at])
        {
            target -= Weights[at];
            at = nodes.NextAfter(at);
        }
        return at;
    }

    private static byte[] Ones()
    {
        byte[] weights = new byte[MemoryLayout.MaximumNodes];
        weights.AsSpan().Fill(1);
        return weights;
    }
}

namespace Emu.Mm;

/// <summary>How a policy chooses nodes. Linux: <c>MPOL_*</c> (include/uapi/linux/mempolicy.h).</summary>
public enum PolicyMode
{
    /// <summary>No policy of its own.</summary>
    Default,

    /// <summary>One node first, then the others.</summary>
    Preferred,

    /// <summary>Only these nodes.</summary>
    Bind,

    /// <summary>One after the other.</summary>
    Interleave,

    /// <summary>The node of the CPU first.</summary>
    Local,

    /// <summary>These nodes first, then the others.</summary>
    PreferredMany,

    /// <summary>One after the other, each as often as its weight says.</summary>
    WeightedInterleave,

    /// <summary>How many there are.</summary>
    Count,
}

/// <summary>Flags of a mode. Linux: <c>MPOL_MODE_FLAGS</c>.</summary>
[Flags]
public enum PolicyFlags
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>NUMA balancing within the nodes.</summary>
    NumaBalancing = 1 << 13,

    /// <summary>The nodes count from the first that is allowed.</summary>
    RelativeNodes = 1 << 14,

    /// <summary>The nodes stay, whatever is allowed.</summary>
    StaticNodes = 1 << 15,

    /// <summary>All of them.</summary>
    Mask = NumaBalancing | RelativeNodes | StaticNodes,
}

/// <summary>Where memory comes from: the policy of a task, an area or a part of shmem. Linux: <c>struct mempolicy</c> (mm/mempolicy.c).</summary>
/// <remarks>It never changes; whoever wants another replaces it.</remarks>
public sealed class MemPolicy : IEquatable<MemPolicy>
{
    /// <summary>Nodes that a mask of user space can name. Linux: <c>MAX_NUMNODES</c>, from CONFIG_NODES_SHIFT.</summary>
    public const int MaxNodes = 1024;

    private MemPolicy(PolicyMode mode, PolicyFlags flags)
    {
        Mode = mode;
        Flags = flags;
    }

    /// <summary>The mode; never <see cref="PolicyMode.Default"/>.</summary>
    public PolicyMode Mode { get; }

    /// <summary>Flags of the mode.</summary>
    public PolicyFlags Flags { get; }

    /// <summary>The nodes that are meant. Linux: <c>nodes</c>.</summary>
    public NodeMask Nodes { get; private init; }

    /// <summary>The nodes as they were asked for, the first 64 of them. Linux: <c>w.user_nodemask</c>.</summary>
    public NodeMask UserNodes { get; private init; }

    /// <summary>The node to begin with in BIND and PREFERRED_MANY; -1 for the local one. Linux: <c>home_node</c>.</summary>
    public int HomeNode { get; private init; } = -1;

    /// <summary>What get_mempolicy tells as the nodes. Linux: the end of <c>do_get_mempolicy</c>.</summary>
    public NodeMask ReportedNodes => (Flags & (PolicyFlags.StaticNodes | PolicyFlags.RelativeNodes)) != 0 ? UserNodes : Nodes;

    /// <summary>Makes a policy. Linux: <c>mpol_new</c>, <c>mpol_set_nodemask</c>.</summary>
    /// <param name="mode">The mode.</param>
    /// <param name="flags">Its flags.</param>
    /// <param name="asked">The nodes, as many words as <see cref="MaxNodes"/> has.</param>
    /// <param name="allowed">Nodes with memory that the task may use.</param>
    /// <param name="policy">The policy; null for the default.</param>
    /// <returns>0 or -EINVAL.</returns>
    public static int TryCreate(PolicyMode mode, PolicyFlags flags, ReadOnlySpan<ulong> asked, NodeMask allowed, out MemPolicy? policy)
    {
        policy = null;
        bool empty = !asked.ContainsAnyExcept(0UL), placed = (flags & (PolicyFlags.StaticNodes | PolicyFlags.RelativeNodes)) != 0;
        if (mode == PolicyMode.Default)
            return empty ? 0 : -Errno.EINVAL;
        if (mode == PolicyMode.Preferred && empty)
        {
            if (placed)
                return -Errno.EINVAL;
            mode = PolicyMode.Local;
        }
        else if (mode == PolicyMode.Local ? !empty || placed : empty)
        {
            return -Errno.EINVAL;
        }
        if (mode == PolicyMode.Local)
        {
            policy = new MemPolicy(mode, flags);
            return 0;
        }
        NodeMask user = new(asked[0]);
        NodeMask nodes = (flags & PolicyFlags.RelativeNodes) != 0 ? Relative(asked, allowed) : user & allowed;
        if (nodes.IsEmpty)
            return -Errno.EINVAL;
        policy = new MemPolicy(mode, flags) { Nodes = mode == PolicyMode.Preferred ? NodeMask.Of(nodes.Lowest) : nodes, UserNodes = user };
        return 0;
    }

    /// <summary>The same with another home node.</summary>
    public MemPolicy WithHome(int node) => new(Mode, Flags) { Nodes = Nodes, UserNodes = UserNodes, HomeNode = node };

    /// <summary>Takes mode and flags apart. Linux: <c>sanitize_mpol_flags</c>.</summary>
    /// <returns>0 or -EINVAL.</returns>
    public static int TryParseMode(int value, out PolicyMode mode, out PolicyFlags flags)
    {
        flags = (PolicyFlags)value & PolicyFlags.Mask;
        mode = (PolicyMode)(value & ~(int)PolicyFlags.Mask);
        const PolicyFlags Both = PolicyFlags.StaticNodes | PolicyFlags.RelativeNodes;
        if ((uint)mode >= (uint)PolicyMode.Count || (flags & Both) == Both)
            return -Errno.EINVAL;
        return (flags & PolicyFlags.NumaBalancing) != 0 && mode is not (PolicyMode.Bind or PolicyMode.PreferredMany) ? -Errno.EINVAL : 0;
    }

    /// <summary>Whether two choose alike. Linux: <c>mpol_equal</c>.</summary>
    public static bool AreEqual(MemPolicy? left, MemPolicy? right) => left == null ? right == null : left.Equals(right);

    /// <inheritdoc/>
    public bool Equals(MemPolicy? other) => other != null && Mode == other.Mode && Flags == other.Flags && HomeNode == other.HomeNode &&
        Nodes == other.Nodes && ReportedNodes == other.ReportedNodes;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MemPolicy);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Mode, Flags, Nodes, HomeNode);

    /// <summary>As /proc/PID/numa_maps shows it. Linux: <c>mpol_to_str</c>.</summary>
    public override string ToString()
    {
        string name = Mode switch
        {
            PolicyMode.Preferred => "prefer",
            PolicyMode.Bind => "bind",
            PolicyMode.Interleave => "interleave",
            PolicyMode.Local => "local",
            PolicyMode.PreferredMany => "prefer (many)",
            _ => "weighted interleave",
        };
        if ((Flags & PolicyFlags.StaticNodes) != 0)
            name += "=static";
        else if ((Flags & PolicyFlags.RelativeNodes) != 0)
            name += "=relative";
        if ((Flags & PolicyFlags.NumaBalancing) != 0)
            name += name.Contains('=', StringComparison.Ordinal) ? "|balancing" : "=balancing";
        return Nodes.IsEmpty ? name : $"{name}:{Nodes}";
    }

    // The nth of the nodes asked for means the nth of those allowed, round. Linux: mpol_relative_nodemask
    private static NodeMask Relative(ReadOnlySpan<ulong> asked, NodeMask allowed)
    {
        int[] nodes = [.. Enumerable.Range(0, NodeMask.Capacity).Where(allowed.Contains)];
        NodeMask result = default;
        for (int i = 0; i < asked.Length * 64 && nodes.Length != 0; i++)
        {
            if ((asked[i / 64] >> (i % 64) & 1) != 0)
                result |= NodeMask.Of(nodes[i % nodes.Length]);
        }
        return result;
    }
}

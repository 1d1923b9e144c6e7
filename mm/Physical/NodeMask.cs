namespace Emu.Mm;

/// <summary>A set of nodes. Linux: <c>nodemask_t</c>.</summary>
/// <param name="Bits">Bit n stands for node n.</param>
public readonly record struct NodeMask(ulong Bits)
{
    /// <summary>Nodes that a mask can name. Linux: <c>MAX_NUMNODES</c>.</summary>
    public const int Capacity = 64;

    /// <summary>No node.</summary>
    public static NodeMask None => default;

    /// <summary>One node.</summary>
    public static NodeMask Of(int node) => new(1UL << node);

    /// <summary>Nodes 0 to <paramref name="count"/> - 1.</summary>
    public static NodeMask First(int count) => new(count == Capacity ? ulong.MaxValue : (1UL << count) - 1);

    /// <summary>Whether it is empty.</summary>
    public bool IsEmpty => Bits == 0;

    /// <summary>Nodes in it. Linux: <c>nodes_weight</c>.</summary>
    public int Count => System.Numerics.BitOperations.PopCount(Bits);

    /// <summary>Lowest node; -1 if empty. Linux: <c>first_node</c>.</summary>
    public int Lowest => Bits == 0 ? -1 : System.Numerics.BitOperations.TrailingZeroCount(Bits);

    /// <summary>Whether a node is in it. Linux: <c>node_isset</c>.</summary>
    public bool Contains(int node) => (uint)node < Capacity && (Bits >> node & 1) != 0;

    /// <summary>Whether all of it is in another. Linux: <c>nodes_subset</c>.</summary>
    public bool IsSubsetOf(NodeMask other) => (Bits & ~other.Bits) == 0;

    /// <summary>The next node above one, round to the lowest. -1 if empty. Linux: <c>next_node_in</c>.</summary>
    public int NextAfter(int node)
    {
        ulong above = node >= Capacity - 1 ? 0 : Bits & (ulong.MaxValue << (node + 1));
        return above != 0 ? System.Numerics.BitOperations.TrailingZeroCount(above) : Lowest;
    }

    /// <summary>What is in both.</summary>
    public static NodeMask operator &(NodeMask left, NodeMask right) => new(left.Bits & right.Bits);

    /// <summary>What is in either.</summary>
    public static NodeMask operator |(NodeMask left, NodeMask right) => new(left.Bits | right.Bits);

    /// <summary>As the kernel prints a list: "0-1,3". Linux: <c>%*pbl</c>.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        for (int node = 0; node < Capacity; node++)
        {
            if (!Contains(node))
                continue;
            int first = node;
            while (Contains(node + 1))
                node++;
            parts.Add(first == node ? $"{first}" : $"{first}-{node}");
        }
        return string.Join(',', parts);
    }
}

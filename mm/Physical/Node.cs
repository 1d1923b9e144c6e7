namespace Emu.Mm;

/// <summary>A memory node: zones and the order in which others are asked. Linux: <c>pg_data_t</c> (pglist_data).</summary>
public sealed class Node
{
    /// <summary>The greatest distance at which a node is reclaimed before others are asked. Linux: <c>RECLAIM_DISTANCE</c>.</summary>
    internal const int ReclaimDistance = 30;

    private const int LocalDistance = 10, RemoteDistance = 20;

    internal Node(int id, PhysicalMemory memory, int cpus)
    {
        Id = id;
        Lru = new LruVec(memory, this);
        for (int type = 0; type < Zones.Length; type++)
            Zones[type] = new Zone(this, (ZoneType)type, memory, cpus);
    }

    /// <summary>Number of the node. Linux: <c>node_id</c>.</summary>
    public int Id { get; }

    /// <summary>Zones by <see cref="ZoneType"/>; some may be empty. Linux: <c>node_zones</c>.</summary>
    public Zone[] Zones { get; } = new Zone[MmConstants.ZoneTypes];

    /// <summary>All populated zones of all nodes, nearest node first, high zones before low. Linux: <c>ZONELIST_FALLBACK</c>.</summary>
    public Zone[] FallbackZones { get; private set; } = [];

    /// <summary>The populated zones of this node. Linux: <c>ZONELIST_NOFALLBACK</c>.</summary>
    public Zone[] ThisNodeZones { get; private set; } = [];

    /// <summary>The node's LRU lists. Linux: <c>__lruvec</c>.</summary>
    public LruVec Lru { get; }

    /// <summary>Pages of the node by kind. Linux: <c>vm_stat</c> of the node.</summary>
    public long[] Stats { get; } = new long[(int)NodeStat.Count];

    /// <summary>Frames that exist on the node. Linux: <c>node_present_pages</c>.</summary>
    public ulong PresentPages => Sum(static zone => zone.PresentPages);

    /// <summary>Frames that the allocator has.</summary>
    public ulong ManagedPages => Sum(static zone => zone.ManagedPages);

    /// <summary>Runs of kswapd in a row that found nothing: after too many it waits until somebody else does. Linux: <c>kswapd_failures</c>.</summary>
    internal int KswapdFailures { get; set; }

    /// <summary>Distance between nodes as the firmware would tell it. Linux: <c>node_distance</c>.</summary>
    public int DistanceTo(Node other) => other == this ? LocalDistance : RemoteDistance;

    /// <summary>Puts the zonelists together. Linux: <c>build_zonelists</c>.</summary>
    internal void BuildZonelists(IReadOnlyList<Node> nodes)
    {
        List<Zone> fallback = [];
        AddPopulated(this, fallback);
        ThisNodeZones = [.. fallback];
        // Equal distances: the next higher node number first, so that load spreads.
        for (int step = 1; step < nodes.Count; step++)
            AddPopulated(nodes[(Id + step) % nodes.Count], fallback);
        FallbackZones = [.. fallback];
    }

    // The highest zone first.
    private static void AddPopulated(Node node, List<Zone> zones)
    {
        for (int type = node.Zones.Length - 1; type >= 0; type--)
        {
            if (node.Zones[type].IsPopulated)
                zones.Add(node.Zones[type]);
        }
    }

    private ulong Sum(Func<Zone, ulong> part)
    {
        ulong sum = 0;
        foreach (Zone zone in Zones)
            sum += part(zone);
        return sum;
    }
}

namespace Emu.Mm;

/// <summary>What one allocation wants and where it may come from. Linux: <c>struct alloc_context</c>.</summary>
internal readonly struct AllocationContext
{
    /// <summary>The context of a request.</summary>
    /// <param name="allocator">Whose nodes.</param>
    /// <param name="gfp">How and what for.</param>
    /// <param name="order">Order.</param>
    /// <param name="node">Node to prefer, -1 for the local one.</param>
    /// <param name="nodes">Nodes that may serve; empty for all.</param>
    public AllocationContext(PageAllocator allocator, GfpFlags gfp, int order, int node, NodeMask nodes)
    {
        Gfp = gfp;
        Order = order;
        Nodes = nodes;
        HighestZone = Mm.Gfp.Zone(gfp);
        MigrateType = Mm.Gfp.MigrateType(gfp);
        Node preferred = allocator.Nodes[node < 0 ? allocator.LocalNode : node];
        Zonelist = (gfp & GfpFlags.ThisNode) != 0 ? preferred.ThisNodeZones : preferred.FallbackZones;
    }

    /// <summary>How and what for.</summary>
    public GfpFlags Gfp { get; }

    /// <summary>Order.</summary>
    public int Order { get; }

    /// <summary>Nodes that may serve; empty for all. Linux: <c>nodemask</c>.</summary>
    public NodeMask Nodes { get; }

    /// <summary>Highest zone that may serve. Linux: <c>highest_zoneidx</c>.</summary>
    public ZoneType HighestZone { get; }

    /// <summary>Mobility.</summary>
    public MigrateType MigrateType { get; }

    /// <summary>Whether CMA blocks may serve: only pages that can be moved away again. Linux: <c>gfp_to_alloc_flags_cma</c>.</summary>
    public AllocFlags CmaFlag => MigrateType == MigrateType.Movable ? AllocFlags.Cma : 0;

    /// <summary>Zones in the order in which they are asked.</summary>
    public Zone[] Zonelist { get; }

    /// <summary>Whether a zone may serve.</summary>
    public bool Allows(Zone zone) => zone.Type <= HighestZone && (Nodes.IsEmpty || Nodes.Contains(zone.Node.Id));

    /// <summary>The zone that is asked first, or null. Linux: <c>preferred_zoneref</c>.</summary>
    public Zone? Preferred
    {
        get
        {
            foreach (Zone zone in Zonelist)
            {
                if (Allows(zone))
                    return zone;
            }
            return null;
        }
    }
}

namespace Emu.Mm;

/// <summary>An address that KSM looks at. Linux: <c>struct ksm_rmap_item</c>.</summary>
internal sealed class KsmRmapItem(MemoryDescriptor mm, ulong address) : ContentNode
{
    /// <summary>The address space. Linux: <c>mm</c>.</summary>
    public MemoryDescriptor Mm { get; } = mm;

    /// <summary>The page. Linux: <c>address</c> without its flags.</summary>
    public ulong Address { get; } = address;

    /// <summary>What the page held when it was last looked at. Linux: <c>oldchecksum</c>.</summary>
    public ulong Checksum { get; set; }

    /// <summary>The merged page that is mapped here, or null. Linux: <c>head</c> with <c>STABLE_FLAG</c>.</summary>
    public KsmStableNode? Stable { get; set; }

    /// <summary>Where mappings of the merged page are found: this area's and those of its forks. Linux: <c>anon_vma</c>.</summary>
    public AnonVma? AnonVma { get; set; }

    /// <summary>The scan in which it was put into an unstable tree; 0 if it is in none. Linux: <c>SEQNR_MASK</c> of <c>address</c>.</summary>
    public long UnstableScan { get; set; }

    /// <summary>That tree. Linux: <c>nid</c>.</summary>
    public int Tree { get; set; }

    /// <summary>Scans that found nothing to merge it with. Linux: <c>age</c>.</summary>
    public int Age { get; set; }

    /// <summary>Scans that pass it over. Linux: <c>remaining_skips</c>.</summary>
    public int RemainingSkips { get; set; }
}

/// <summary>A merged page. Linux: <c>struct ksm_stable_node</c>.</summary>
internal sealed class KsmStableNode(uint pfn)
{
    /// <summary>Its frame. Linux: <c>kpfn</c>. When the page is gone, the frame names another mapping or none.</summary>
    public uint Pfn { get; } = pfn;

    /// <summary>How <see cref="Page.Mapping"/> names it.</summary>
    public MappingHandle Handle { get; set; }

    /// <summary>Pages of the same contents, of which it is one.</summary>
    public KsmChain? Chain { get; set; }

    /// <summary>Addresses that map it. Linux: <c>hlist</c>.</summary>
    public List<KsmRmapItem> Items { get; } = [];
}

/// <summary>
/// Merged pages of the same contents, one place in the stable tree: more than one if the first has as many users as a page may have.
/// Linux: a stable node, or a chain of them (<c>STABLE_NODE_CHAIN</c>).
/// </summary>
internal sealed class KsmChain(int tree) : ContentNode
{
    /// <summary>The stable tree that it is in. Linux: <c>nid</c>.</summary>
    public int Tree { get; } = tree;

    /// <summary>The pages. Linux: <c>hlist_dup</c>.</summary>
    public List<KsmStableNode> Pages { get; } = [];

    /// <summary>Whether it had more than one page: it counts as a chain until it is empty.</summary>
    public bool IsChain { get; set; }
}

/// <summary>An address space that has mergeable memory. Linux: <c>struct ksm_mm_slot</c>.</summary>
internal sealed class KsmMmSlot(MemoryDescriptor mm)
{
    /// <summary>The address space.</summary>
    public MemoryDescriptor Mm { get; } = mm;

    /// <summary>Its addresses, ascending. Linux: <c>rmap_list</c>.</summary>
    public LinkedList<KsmRmapItem> Items { get; } = new();
}

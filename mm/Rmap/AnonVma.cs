namespace Emu.Mm;

/// <summary>
/// Where the VMAs are found that may map a set of anonymous pages: the areas of one process that were split from each other, and
/// below it those of its forks. Linux: <c>struct anon_vma</c> (include/linux/rmap.h).
/// </summary>
/// <remarks>
/// A page names the object by <see cref="Handle"/>. A page that is mapped nowhere may outlive it: whoever follows the handle checks
/// that the page is mapped first, as <c>folio_get_anon_vma</c> does. Lock: the root's, taken inside the mmap lock.
/// </remarks>
public sealed class AnonVma
{
    private readonly MappingTable _table;

    internal AnonVma(MappingTable table, AnonVma? parent = null)
    {
        _table = table;
        Handle = table.Add(this);
        Parent = parent ?? this;
        Root = parent?.Root ?? this;
        Parent.Children++;
    }

    /// <summary>The oldest ancestor. Linux: <c>root</c>.</summary>
    public AnonVma Root { get; }

    /// <summary>The one it was forked from; a root is its own parent. Linux: <c>parent</c>.</summary>
    public AnonVma Parent { get; }

    /// <summary>How <see cref="Page.Mapping"/> names it.</summary>
    public MappingHandle Handle { get; }

    /// <summary>Objects whose parent it is, itself included for a root. Linux: <c>num_children</c>.</summary>
    public int Children { get; internal set; }

    /// <summary>VMAs whose <see cref="VmArea.AnonVma"/> it is. Linux: <c>num_active_vmas</c>.</summary>
    public int ActiveVmas { get; internal set; }

    /// <summary>The VMAs that may hold its pages, by page offset. Linux: <c>rb_root</c>.</summary>
    public IntervalTree<AnonVmaChain> Tree { get; } = new();

    /// <summary>The last VMA left the tree: no page can be mapped through it any more. Linux: <c>unlink_anon_vmas</c>.</summary>
    internal void Release()
    {
        Bug.On(!Tree.IsEmpty, "an anon_vma in use was released");
        Parent.Children--;
        _table.Remove(Handle);
    }
}

/// <summary>One link between a VMA and an <see cref="AnonVma"/>. Linux: <c>struct anon_vma_chain</c>.</summary>
public sealed class AnonVmaChain
{
    internal AnonVmaChain(VmArea area, AnonVma anonVma)
    {
        Area = area;
        AnonVma = anonVma;
        Node = new IntervalNode<AnonVmaChain>(this);
    }

    /// <summary>The area. Linux: <c>vma</c>.</summary>
    public VmArea Area { get; }

    /// <summary>The object. Linux: <c>anon_vma</c>.</summary>
    public AnonVma AnonVma { get; }

    /// <summary>Place in the object's tree. Linux: <c>rb</c>.</summary>
    public IntervalNode<AnonVmaChain> Node { get; }

    /// <summary>Next link of the same area. Linux: <c>same_vma</c>.</summary>
    public AnonVmaChain? NextOfArea { get; internal set; }
}

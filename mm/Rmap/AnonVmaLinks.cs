namespace Emu.Mm;

/// <summary>Links VMAs to the objects that find their anonymous pages. Linux: mm/rmap.c.</summary>
/// <remarks>Lock: mmap lock for writing, but for <see cref="Prepare"/>, which a fault calls with it held for reading.</remarks>
public static class AnonVmaLinks
{
    /// <summary>Gives an area an <see cref="AnonVma"/> before its first anonymous page. Linux: <c>__anon_vma_prepare</c>.</summary>
    public static void Prepare(VmArea area)
    {
        if (area.AnonVma != null)
            return;
        AnonVma anonVma = FindMergeable(area) ?? new AnonVma(area.Mm.Manager.Mappings);
        area.AnonVma = anonVma;
        Link(area, anonVma, atTail: false);
        anonVma.ActiveVmas++;
    }

    /// <summary>Links <paramref name="to"/> to everything that <paramref name="from"/> is linked to. Linux: <c>anon_vma_clone</c>.</summary>
    /// <remarks>
    /// A fork may reuse an object that lost its own VMA and has one child at most, so that a chain of forks does not grow the
    /// chain of links without end.
    /// </remarks>
    public static void Clone(VmArea to, VmArea from)
    {
        for (AnonVmaChain? link = from.AnonVmaChain; link != null; link = link.NextOfArea)
        {
            AnonVma anonVma = link.AnonVma;
            Link(to, anonVma, atTail: true);
            if (to.AnonVma == null && from.AnonVma != null && anonVma.Children < 2 && anonVma.ActiveVmas == 0)
                to.AnonVma = anonVma;
        }
        if (to.AnonVma != null)
            to.AnonVma.ActiveVmas++;
    }

    /// <summary>Links the copy of an area in a child: to all of the parent's objects and to one of its own. Linux: <c>anon_vma_fork</c>.</summary>
    public static void Fork(VmArea child, VmArea parent)
    {
        if (parent.AnonVma == null)
            return;
        child.AnonVma = null;
        Clone(child, parent);
        if (child.AnonVma != null)
            return;
        AnonVma own = new(child.Mm.Manager.Mappings, parent.AnonVma);
        own.ActiveVmas++;
        child.AnonVma = own;
        Link(child, own, atTail: false);
    }

    /// <summary>Takes over the links of an area that is merged into another. Linux: <c>dup_anon_vma</c>.</summary>
    public static void Duplicate(VmArea to, VmArea from)
    {
        if (from.AnonVma == null || to.AnonVma != null)
            return;
        to.AnonVma = from.AnonVma;
        Clone(to, from);
    }

    /// <summary>Removes every link of an area that goes away. Linux: <c>unlink_anon_vmas</c>.</summary>
    public static void Unlink(VmArea area)
    {
        for (AnonVmaChain? link = area.AnonVmaChain; link != null; link = link.NextOfArea)
        {
            link.AnonVma.Tree.Remove(link.Node);
            if (link.AnonVma == area.AnonVma)
                area.AnonVma.ActiveVmas--;
            if (link.AnonVma.Tree.IsEmpty)
                link.AnonVma.Release();
        }
        area.AnonVmaChain = null;
        area.AnonVma = null;
    }

    /// <summary>Takes an area out of the trees before its range or offset changes. Linux: <c>anon_vma_interval_tree_pre_update_vma</c>.</summary>
    public static void PreUpdate(VmArea area)
    {
        for (AnonVmaChain? link = area.AnonVmaChain; link != null; link = link.NextOfArea)
            link.AnonVma.Tree.Remove(link.Node);
    }

    /// <summary>Puts it back. Linux: <c>anon_vma_interval_tree_post_update_vma</c>.</summary>
    public static void PostUpdate(VmArea area)
    {
        for (AnonVmaChain? link = area.AnonVmaChain; link != null; link = link.NextOfArea)
            Insert(link);
    }

    private static void Link(VmArea area, AnonVma anonVma, bool atTail)
    {
        AnonVmaChain link = new(area, anonVma);
        if (!atTail || area.AnonVmaChain == null)
        {
            link.NextOfArea = area.AnonVmaChain;
            area.AnonVmaChain = link;
        }
        else
        {
            AnonVmaChain last = area.AnonVmaChain;
            while (last.NextOfArea != null)
                last = last.NextOfArea;
            last.NextOfArea = link;
        }
        Insert(link);
    }

    private static void Insert(AnonVmaChain link) =>
        link.AnonVma.Tree.Insert(link.Node, link.Area.PageOffset, link.Area.PageOffset + link.Area.Pages - 1);

    // Neighbours that mprotect may join again later should share the object from the start. Linux: find_mergeable_anon_vma
    private static AnonVma? FindMergeable(VmArea area)
    {
        MemoryDescriptor mm = area.Mm;
        return Reusable(area, mm.AreaAfter(area), below: area) ?? Reusable(area, mm.AreaBefore(area), below: null);
    }

    // Linux: reusable_anon_vma, anon_vma_compatible
    private static AnonVma? Reusable(VmArea area, VmArea? neighbour, VmArea? below)
    {
        if (neighbour?.AnonVma == null)
            return null;
        VmArea low = below ?? neighbour, high = below == null ? area : neighbour;
        const VmFlags MayDiffer = VmFlags.AccessMask | VmFlags.IgnoreMerge;
        bool compatible = low.End == high.Start && low.File == high.File && MemPolicy.AreEqual(low.Policy, high.Policy) &&
            ((low.Flags ^ high.Flags) & ~MayDiffer) == 0 && high.PageOffset == low.PageOffset + low.Pages;
        return compatible && neighbour.AnonVmaChain is { NextOfArea: null } ? neighbour.AnonVma : null;
    }
}

namespace Emu.Mm;

/// <content>Moving pages between nodes. Linux: mm/mempolicy.c (<c>do_migrate_pages</c>), mm/migrate.c (<c>do_pages_move</c>).</content>
public sealed unsafe partial class MemoryDescriptor
{
    /// <summary>Moves all pages on some nodes to others, each node to its counterpart. Linux: <c>do_migrate_pages</c>.</summary>
    /// <param name="from">The nodes to be left.</param>
    /// <param name="to">The nodes to go to; not empty.</param>
    /// <param name="moveAll">Whether pages that others use too are moved.</param>
    /// <returns>Pages that did not move.</returns>
    public int MigrateNodes(NodeMask from, NodeMask to, bool moveAll)
    {
        int failed = 0;
        NodeMask left = from;
        while (!left.IsEmpty)
        {
            if (!NextPair(from, to, left, out int source, out int destination))
                break;
            left = new NodeMask(left.Bits & ~(1UL << source));
            MisplacedPages pages = new(Manager, moveAll ? BindFlags.MoveAll : BindFlags.Move, node => node == source);
            _ = pages.Collect(this, 0, MmConstants.TaskSize); // it fails for STRICT alone
            failed += pages.Failed + pages.Migrate(page => Manager.AllocateOn(page, destination), MigrateReason.Syscall);
        }
        return failed;
    }

    /// <summary>The node of the page at an address: move_pages without nodes. Linux: <c>do_pages_stat_array</c>.</summary>
    /// <returns>The node, or -EFAULT (no area, the zero page), -ENOENT (no page).</returns>
    public int NodeOfPage(ulong address)
    {
        if (address >= MmConstants.TaskSize || Lookup(address) == null)
            return -Errno.EFAULT;
        Pte* entry = PageTable.Walk(address, out int level);
        if (!entry->IsPresent || (level != 0 && !entry->IsLarge))
            return -Errno.ENOENT;
        return entry->IsSpecial ? -Errno.EFAULT : Manager.NodeOf(entry->Pfn).Id;
    }

    /// <summary>Moves the page at an address to a node. Linux: <c>add_folio_for_migration</c> and what follows.</summary>
    /// <returns>The node, or -EFAULT (no area, the zero page), -ENOENT (no page), -EACCES (others use it), -EBUSY (it is held), -ENOMEM.</returns>
    public int MovePage(ulong address, int node, bool moveAll)
    {
        int now = NodeOfPage(address);
        if (now < 0 || now == node)
            return now;
        if (!MisplacedPages.IsMigratable(Lookup(address)!))
            return -Errno.EFAULT;
        uint folio = Manager.Memory.FolioOf(PageTable.Walk(address, out _)->Pfn);
        if (!moveAll && Manager.Rmap.MapCountOf(folio) > 1 && !Manager.Page(folio).Has(PageFlags.Head))
            return -Errno.EACCES;
        if (!Manager.Migration.Isolate(folio))
            return -Errno.EBUSY;
        List<uint> folios = [folio];
        int left = Manager.Migration.Migrate(folios, page => Manager.AllocateOn(page, node), MigrateReason.Syscall, out _);
        return left == 0 ? node : left < 0 ? left : -Errno.EBUSY;
    }

    // Which node is emptied next, and whereto: one whose counterpart is not to be emptied itself comes first.
    private static bool NextPair(NodeMask from, NodeMask to, NodeMask left, out int source, out int destination)
    {
        source = destination = -1;
        for (int node = 0; node < NodeMask.Capacity; node++)
        {
            // With more or fewer nodes than before, pages on one of the new nodes stay.
            if (!left.Contains(node) || (from.Count != to.Count && to.Contains(node)))
                continue;
            int counterpart = Counterpart(from, to, node);
            if (counterpart == node)
                continue;
            source = node;
            destination = counterpart;
            if (!left.Contains(destination))
                break;
        }
        return source >= 0;
    }

    // Linux: node_remap
    private static int Counterpart(NodeMask from, NodeMask to, int node)
    {
        int position = new NodeMask(from.Bits & ((1UL << node) - 1)).Count % to.Count;
        int at = to.Lowest;
        while (position-- > 0)
            at = to.NextAfter(at);
        return at;
    }
}

namespace Emu.Mm;

/// <content>Pages that NUMA balancing made inaccessible, to see who uses them. Linux: mm/memory.c (<c>do_numa_page</c>), mm/huge_memory.c (<c>do_huge_pmd_numa_page</c>).</content>
public sealed unsafe partial class FaultHandler
{
    // Whether an entry without access is a hint, and not what the area says. Linux: pte_protnone && vma_is_accessible
    private static bool IsNumaHint(VmArea area, Pte entry) => entry.IsProtNone && area.HasAny(VmFlags.AccessMask);

    private VmFaultResult NumaPage(ref VmFault fault, Pte* entry)
    {
        VmArea area = fault.Area;
        fault.Class = FaultClass.NumaHint;
        Pte old = *entry;
        bool large = old.IsLarge && entry == fault.Pmd;
        uint folio = _memory.FolioOf(old.Pfn);
        *entry = Restore(area, old, large);
        CountHint(area.Mm, folio);
        int wanted = WantedNode(area, fault.Address, folio);
        if (wanted >= 0)
            MigrateMisplaced(area, folio, wanted);
        return VmFaultResult.None;
    }

    // The entry as it was before the scan. Linux: numa_rebuild_single_mapping
    private Pte Restore(VmArea area, Pte old, bool large)
    {
        Pte now = old.Modify(area.PageProtection).Young;
        if (large)
            now = now.With(Pte.LargeBit);
        bool mayWrite = (area.Flags & VmFlags.Write) != 0 && !now.IsWritable && (now.Value & Pte.UffdWpBit) == 0;
        bool own = (area.Flags & VmFlags.Shared) != 0 ? now.IsDirty && (area.PageProtection & Pte.WriteBit) != 0
            : _memory.Page(old.Pfn).Has(PageFlags.AnonExclusive) && _memory.Page(_memory.FolioOf(old.Pfn)).IsAnonymous;
        return mayWrite && own ? now.Writable : now;
    }

    private void CountHint(MemoryDescriptor mm, uint folio)
    {
        _manager.Events[(int)VmEvent.NumaHintFaults]++;
        if (_manager.NodeOf(folio).Id == _manager.Allocator.LocalNode)
            _manager.Events[(int)VmEvent.NumaHintFaultsLocal]++;
        if (!mm.MemoryCgroup.IsRoot)
            mm.MemoryCgroup.VmEvents[(int)VmEvent.NumaHintFaults]++;
    }

    // The node that a page should be on; -1 if it is. Linux: mpol_misplaced
    private int WantedNode(VmArea area, ulong address, uint folio)
    {
        MemPolicy? policy = _manager.NodeChoice.PolicyOf(area, address, 0, out ulong index);
        int now = _manager.NodeOf(folio).Id, local = _manager.Allocator.LocalNode, wanted = local;
        if (policy != null)
        {
            switch (policy.Mode)
            {
                case PolicyMode.Preferred:
                    wanted = policy.Nodes.Lowest;
                    break;
                case PolicyMode.Bind or PolicyMode.PreferredMany:
                    if ((policy.Flags & PolicyFlags.NumaBalancing) == 0)
                        return -1;
                    wanted = policy.Nodes.Contains(local) ? local : now;
                    break;
                case PolicyMode.Interleave or PolicyMode.WeightedInterleave:
                    return -1; // spread is what was asked for
            }
        }
        // A page that two processes use would go to and fro.
        bool shared = _manager.Rmap.MapCountOf(folio) > 1 && !_memory.Page(folio).Has(PageFlags.Head);
        return wanted == now || shared ? -1 : wanted;
    }

    // Linux: migrate_misplaced_folio
    private void MigrateMisplaced(VmArea area, uint folio, int node)
    {
        int pages = _memory.PagesOf(folio);
        Node target = _manager.Nodes[node];
        bool hasRoom = target.ThisNodeZones.Any(zone => zone.WatermarkOk(0, zone.WatermarkOf(Watermark.High) + pages, ZoneType.Movable, AllocFlags.Cma));
        if (!hasRoom || !_manager.Migration.Isolate(folio))
            return;
        List<uint> folios = [folio];
        _ = _manager.Migration.Migrate(folios, page => _manager.AllocateOn(page, node), MigrateReason.NumaMisplaced, out int moved);
        _manager.Events[(int)VmEvent.NumaPagesMigrated] += moved;
        if (moved != 0 && !area.Mm.MemoryCgroup.IsRoot)
            area.Mm.MemoryCgroup.VmEvents[(int)VmEvent.NumaPagesMigrated] += moved;
    }
}

using System.Text;

namespace Emu.Mm;

/// <summary>The state of memory in the log. Linux: mm/show_mem.c (<c>__show_mem</c>).</summary>
internal sealed class ShowMem(MemoryManager manager)
{
    /// <summary>Writes "Mem-Info:" and what follows.</summary>
    public void Write()
    {
        manager.Print("Mem-Info:");
        WriteTotals();
        foreach (Node node in manager.Nodes)
            WriteNode(node);
        foreach (Node node in manager.Nodes)
        {
            foreach (Zone zone in node.Zones)
            {
                if (zone.IsPopulated)
                    WriteZone(zone);
            }
        }
        foreach (Node node in manager.Nodes)
        {
            foreach (Zone zone in node.Zones)
            {
                if (zone.IsPopulated)
                    WriteOrders(zone);
            }
        }
        foreach (Node node in manager.Nodes)
            manager.Print($"Node {node.Id} hugepages_total=0 hugepages_free=0 hugepages_surp=0 hugepages_size=2048kB");
        manager.Print($"{manager.Stat(NodeStat.FilePages)} total pagecache pages");
        manager.Print($"{manager.Swap.CachedPages} pages in swap cache");
        manager.Print($"Free swap  = {manager.Swap.FreePages << 2}kB");
        manager.Print($"Total swap = {manager.Swap.TotalPages << 2}kB");
        ulong present = manager.Nodes.Aggregate(0UL, static (sum, node) => sum + node.PresentPages);
        manager.Print($"{present} pages RAM");
        manager.Print("0 pages HighMem/MovableOnly");
        manager.Print($"{present - manager.TotalRamPages} pages reserved");
        manager.Print($"{manager.Nodes.Sum(static node => node.Zones.Sum(static zone => zone.CmaPages))} pages cma reserved");
        manager.Print("0 pages hwpoisoned");
    }

    private void WriteTotals()
    {
        long stocked = manager.Nodes.Sum(static node => node.Zones.Sum(Stocked));
        manager.Print($"active_anon:{S(NodeStat.ActiveAnon)} inactive_anon:{S(NodeStat.InactiveAnon)} isolated_anon:{S(NodeStat.IsolatedAnon)}\n" +
            $" active_file:{S(NodeStat.ActiveFile)} inactive_file:{S(NodeStat.InactiveFile)} isolated_file:{S(NodeStat.IsolatedFile)}\n" +
            $" unevictable:{S(NodeStat.Unevictable)} dirty:{S(NodeStat.FileDirty)} writeback:{S(NodeStat.Writeback)}\n" +
            $" slab_reclaimable:{S(NodeStat.SlabReclaimable)} slab_unreclaimable:{S(NodeStat.SlabUnreclaimable)}\n" +
            $" mapped:{S(NodeStat.FileMapped)} shmem:{S(NodeStat.Shmem)} pagetables:{S(NodeStat.PageTable)}\n" +
            $" sec_pagetables:{S(NodeStat.SecPageTablePages)} bounce:0\n kernel_misc_reclaimable:{S(NodeStat.KernelMiscReclaimable)}\n" +
            $" free:{manager.FreePages - stocked} free_pcp:{stocked} free_cma:{manager.Nodes.Sum(static node => node.Zones.Sum(static zone => zone.Buddy.FreeCmaPages))}");
    }

    // Linux: show_free_areas, the first half
    private void WriteNode(Node node)
    {
        long Kb(NodeStat stat) => node.Stats[(int)stat] << 2;
        manager.Print($"Node {node.Id} active_anon:{Kb(NodeStat.ActiveAnon)}kB inactive_anon:{Kb(NodeStat.InactiveAnon)}kB active_file:{Kb(NodeStat.ActiveFile)}kB " +
            $"inactive_file:{Kb(NodeStat.InactiveFile)}kB unevictable:{Kb(NodeStat.Unevictable)}kB isolated(anon):{Kb(NodeStat.IsolatedAnon)}kB " +
            $"isolated(file):{Kb(NodeStat.IsolatedFile)}kB mapped:{Kb(NodeStat.FileMapped)}kB dirty:{Kb(NodeStat.FileDirty)}kB writeback:{Kb(NodeStat.Writeback)}kB " +
            $"shmem:{Kb(NodeStat.Shmem)}kB shmem_thp:{Kb(NodeStat.ShmemHugepages) << 9}kB shmem_pmdmapped:{Kb(NodeStat.ShmemPmdmapped) << 9}kB " +
            $"anon_thp:{Kb(NodeStat.AnonHuge) << 9}kB kernel_stack:{node.Stats[(int)NodeStat.KernelStack]}kB pagetables:{Kb(NodeStat.PageTable)}kB " +
            $"sec_pagetables:{Kb(NodeStat.SecPageTablePages)}kB all_unreclaimable? no Balloon:{Kb(NodeStat.BalloonPages)}kB");
    }

    // Linux: show_free_areas, the second half
    private void WriteZone(Zone zone)
    {
        long Kb(ZoneStat stat) => zone.Stats[(int)stat] << 2;
        manager.Print($"Node {zone.Node.Id} {zone.Name} free:{zone.FreePages << 2}kB boost:{zone.WatermarkBoost << 2}kB min:{zone.WatermarkOf(Watermark.Min) << 2}kB " +
            $"low:{zone.WatermarkOf(Watermark.Low) << 2}kB high:{zone.WatermarkOf(Watermark.High) << 2}kB reserved_highatomic:{zone.ReservedHighAtomic << 2}KB " +
            $"free_highatomic:{zone.Buddy.FreeHighAtomicPages << 2}KB active_anon:{Kb(ZoneStat.ZoneActiveAnon)}kB inactive_anon:{Kb(ZoneStat.ZoneInactiveAnon)}kB " +
            $"active_file:{Kb(ZoneStat.ZoneActiveFile)}kB inactive_file:{Kb(ZoneStat.ZoneInactiveFile)}kB unevictable:{Kb(ZoneStat.ZoneUnevictable)}kB " +
            $"writepending:{Kb(ZoneStat.ZoneWritePending)}kB zspages:0kB present:{zone.PresentPages << 2}kB managed:{zone.ManagedPages << 2}kB mlocked:{Kb(ZoneStat.Mlock)}kB " +
            $"bounce:0kB free_pcp:{Stocked(zone) << 2}kB local_pcp:{zone.PerCpu[Smp.ProcessorId].Count << 2}kB free_cma:{zone.Buddy.FreeCmaPages << 2}kB");
        manager.Print($"lowmem_reserve[]: {string.Join(' ', zone.LowmemReserve)}");
    }

    private void WriteOrders(Zone zone)
    {
        StringBuilder line = new($"Node {zone.Node.Id} {zone.Name}: ");
        long total = 0;
        for (int order = 0; order < MmConstants.PageOrders; order++)
        {
            FreeArea area = zone.Buddy.Areas[order];
            total += area.FreeBlocks << order;
            line.Append($"{area.FreeBlocks}*{4 << order}kB ");
            if (area.FreeBlocks != 0)
                line.Append($"({Letters(area)}) ");
        }
        manager.Print(line.Append($"= {total << 2}kB").ToString());
    }

    // Linux: show_migration_types
    private static string Letters(FreeArea area)
    {
        const string Types = "UMEHCI";
        return string.Concat(Types.Where((_, type) => !area.IsEmpty((MigrateType)type)));
    }

    private static long Stocked(Zone zone) => zone.PerCpu.Sum(static stock => (long)stock.Count);

    private long S(NodeStat stat) => manager.Stat(stat);
}

namespace Emu.Mm;

/// <summary>Frames, free lists, per-CPU stocks, LRU lists.</summary>
internal sealed unsafe class FrameInvariants(MemoryManager manager, Invariants.Findings findings)
{
    private readonly PhysicalMemory _memory = manager.Memory;
    private readonly FrameSet _free = new(manager.Memory.MaxPfn);
    private readonly FrameSet _lru = new(manager.Memory.MaxPfn);

    public void Check(MappingRecount mappings)
    {
        foreach (Node node in manager.Nodes)
        {
            foreach (Zone zone in node.Zones)
                CheckZone(zone);
            foreach (MemoryCgroup group in manager.Memcg.All)
                CheckLru(group.LruOf(node.Id), group);
            CheckLruSizes(node);
        }
        foreach (MemoryRange range in manager.Nodes.SelectMany(static node => node.Zones).SelectMany(static zone => zone.RangesInUse()))
        {
            for (uint pfn = range.StartPfn; pfn < range.EndPfn; pfn++)
                CheckFrame(pfn, mappings);
        }
    }

    private void CheckZone(Zone zone)
    {
        long listed = 0;
        for (int order = 0; order < MmConstants.PageOrders; order++)
        {
            long blocks = 0;
            for (MigrateType type = 0; type <= MigrateType.Isolate; type++)
                blocks += CheckFreeList(zone, order, type);
            findings.Require(blocks == zone.Buddy.Areas[order].FreeBlocks, $"{zone.Name} order {order}: {blocks} blocks, nr_free {zone.Buddy.Areas[order].FreeBlocks}");
            listed += blocks << order;
        }
        long isolated = CountFree(zone, MigrateType.Isolate);
        findings.Require(listed - isolated == zone.Buddy.FreePages, $"{zone.Name}: {listed} - {isolated} frames on the lists, {zone.Buddy.FreePages} counted");
        findings.Require(CountFree(zone, MigrateType.Cma) == zone.Buddy.FreeCmaPages, $"{zone.Name}: {zone.Buddy.FreeCmaPages} free pages of CMA counted");
        findings.Require(CountFree(zone, MigrateType.HighAtomic) == zone.Buddy.FreeHighAtomicPages, $"{zone.Name}: {zone.Buddy.FreeHighAtomicPages} free pages of the atomic reserve counted");
        foreach (PerCpuPages stock in zone.PerCpu)
            CheckStock(zone, stock);
    }

    private static long CountFree(Zone zone, MigrateType type)
    {
        long pages = 0;
        for (int order = 0; order < MmConstants.PageOrders; order++)
            pages += zone.Buddy.Areas[order].Count(type) << order;
        return pages;
    }

    private long CheckFreeList(Zone zone, int order, MigrateType type)
    {
        PageList list = zone.Buddy.Areas[order].List(type);
        long blocks = 0;
        for (uint pfn = list.First; pfn != 0; pfn = _memory.Page(pfn).Next)
        {
            ref Page page = ref _memory.Page(pfn);
            blocks++;
            findings.Require(page.Type == PageType.Buddy && page.Order == order && page.MigrateType == type, $"frame {pfn:x} is on the list of order {order} {type} as {page.Type} {page.Order} {page.MigrateType}");
            findings.Require(_memory.ZoneOf(pfn) == zone, $"frame {pfn:x} is free in another zone");
            if (order < MmConstants.MaxPageOrder)
                CheckMerged(zone, pfn, order);
            for (uint at = pfn; at < pfn + (1u << order); at++)
                findings.Require(_free.Add(at), $"frame {at:x} is free twice");
        }
        findings.Require(blocks == list.Count, $"{zone.Name} order {order} {type}: {blocks} blocks on a list of {list.Count}");
        return blocks;
    }

    private void CheckMerged(Zone zone, uint pfn, int order)
    {
        uint buddy = pfn ^ (1u << order);
        bool bothFree = buddy < _memory.MaxPfn && zone.Buddy.IsFreeBlock(buddy, order);
        bool kept = order >= MmConstants.PageBlockOrder && bothFree && _memory.Page(buddy).MigrateType != _memory.Page(pfn).MigrateType;
        findings.Require(!bothFree || kept, $"buddies {pfn:x} and {buddy:x} of order {order} are not merged");
    }

    private void CheckStock(Zone zone, PerCpuPages stock)
    {
        long frames = 0;
        foreach (PageList list in stock.Lists)
        {
            for (uint pfn = list.First; pfn != 0; pfn = _memory.Page(pfn).Next)
            {
                ref Page page = ref _memory.Page(pfn);
                findings.Require(page.Type == PageType.PerCpuFree, $"frame {pfn:x} is in a stock as {page.Type}");
                frames += 1L << page.Order;
                for (uint at = pfn; at < pfn + (1u << page.Order); at++)
                    findings.Require(_free.Add(at), $"frame {at:x} is free twice");
            }
        }
        findings.Require(frames == stock.Count, $"{zone.Name}: a stock of {frames} frames counts {stock.Count}");
    }

    private void CheckLru(LruVec lru, MemoryCgroup group)
    {
        for (LruList list = 0; list <= LruList.Unevictable; list++)
        {
            long pages = 0, entries = 0;
            for (uint pfn = lru.List(list).First; pfn != 0; pfn = _memory.Page(pfn).Next)
            {
                ref Page page = ref _memory.Page(pfn);
                findings.Require(page.Has(PageFlags.Lru) && LruVec.ListOf(page) == list, $"frame {pfn:x} is on the LRU list {list} with flags {page.Flags}");
                findings.Require(_lru.Add(pfn), $"frame {pfn:x} is on the LRU twice");
                findings.Require(page.MemoryCgroup == group.Id, $"frame {pfn:x} is charged to group {page.MemoryCgroup} but on the list of {group.Id}");
                entries++;
                pages += page.Has(PageFlags.Head) ? 1L << page.Order : 1;
            }
            findings.Require(entries == lru.Entries(list), $"LRU {list} of {group.Path}: {entries} entries, {lru.Entries(list)} counted");
            findings.Require(pages == lru.Count(list), $"LRU {list} of {group.Path}: {pages} pages, {lru.Count(list)} counted");
        }
    }

    private void CheckLruSizes(Node node)
    {
        for (LruList list = 0; list <= LruList.Unevictable; list++)
        {
            long groups = manager.Memcg.All.Sum(group => group.LruOf(node.Id).Count(list));
            long zones = node.Zones.Sum(zone => zone.Stats[(int)ZoneStat.ZoneInactiveAnon + (int)list]);
            findings.Require(groups == node.Stats[(int)list], $"LRU {list}: {groups} pages in all groups, {node.Stats[(int)list]} on node {node.Id}");
            findings.Require(zones == node.Stats[(int)list], $"LRU {list}: {zones} pages in all zones, {node.Stats[(int)list]} on node {node.Id}");
        }
    }

    private void CheckFrame(uint pfn, MappingRecount mappings)
    {
        ref Page page = ref _memory.Page(pfn);
        bool free = _free.Contains(pfn), used = page.RefCount > 0 || page.Head != 0 || page.Has(PageFlags.Reserved);
        if (!free && !used)
        {
            findings.Require(_memory.ZoneOf(pfn).IsDeferred(pfn), $"frame {pfn:x} is lost: neither free nor in use");
            return;
        }
        findings.Require(!(free && used), $"frame {pfn:x} is free and in use (refcount {page.RefCount})");
        findings.Require(!free || page.MemoryCgroup == 0, $"frame {pfn:x} is free and charged to group {page.MemoryCgroup}");
        findings.Require(!page.Has(PageFlags.Isolated), $"frame {pfn:x} was isolated and forgotten");
        findings.Require(page.RefCount >= page.MapCount || page.Head != 0 || page.Has(PageFlags.Head), $"frame {pfn:x}: refcount {page.RefCount} below mapcount {page.MapCount}");
        findings.Require(page.MapCount == mappings.Mappings(pfn), $"frame {pfn:x}: mapcount {page.MapCount}, {mappings.Mappings(pfn)} PTEs map it");
        if (page.Has(PageFlags.Head))
            CheckFolio(pfn, mappings);
        findings.Require(page.Has(PageFlags.Lru) == _lru.Contains(pfn), $"frame {pfn:x}: LRU flag and list differ");
        findings.Require((page.Type == PageType.Table) == mappings.IsTable(pfn), $"frame {pfn:x}: type {page.Type}, table {mappings.IsTable(pfn)}");
    }

    private void CheckFolio(uint head, MappingRecount mappings)
    {
        ref Page page = ref _memory.Page(head);
        int parts = 0;
        for (uint pfn = head; pfn < head + (1u << page.Order); pfn++)
        {
            parts += _memory.Page(pfn).MapCount;
            findings.Require(pfn == head || _memory.Page(pfn).Head == head, $"frame {pfn:x} is not a tail of {head:x}");
        }
        int whole = mappings.PmdMappings(head);
        findings.Require(page.EntireMapCount == whole, $"folio {head:x}: entire mapcount {page.EntireMapCount}, {whole} PMDs map it");
        findings.Require(page.LargeMapCount == parts + whole, $"folio {head:x}: mapcount {page.LargeMapCount}, {parts} + {whole} entries");
        findings.Require(page.RefCount >= page.LargeMapCount, $"folio {head:x}: refcount {page.RefCount} below mapcount {page.LargeMapCount}");
    }

    /// <summary>A set of frames.</summary>
    private sealed class FrameSet(uint maxPfn)
    {
        private readonly bool[] _members = new bool[maxPfn];

        /// <summary>Adds a frame; false if it was a member.</summary>
        public bool Add(uint pfn)
        {
            bool added = !_members[pfn];
            _members[pfn] = true;
            return added;
        }

        public bool Contains(uint pfn) => _members[pfn];
    }
}

namespace Emu.Mm;

/// <summary>What a walk of all page tables finds: mappings a frame, tables, and resident pages an address space.</summary>
internal sealed unsafe class MappingRecount
{
    private readonly MemoryManager _manager;
    private readonly int[] _mappings;
    private readonly bool[] _tables;
    private readonly int[] _pmds;
    private readonly Dictionary<MemoryDescriptor, long[]> _rss = [];

    public MappingRecount(MemoryManager manager)
    {
        _manager = manager;
        _mappings = new int[manager.Memory.MaxPfn];
        _tables = new bool[manager.Memory.MaxPfn];
        _pmds = new int[manager.Memory.MaxPfn];
        foreach (MemoryDescriptor mm in manager.AddressSpaces)
        {
            long[] rss = _rss[mm] = new long[(int)RssKind.Count];
            TablePages[mm] = 1;
            Walk(mm, mm.PageTable.Root, PageTable.TopLevel, rss);
            foreach (uint table in mm.PageTable.Deposited())
            {
                TablePages[mm]++;
                _tables[table] = true;
            }
        }
    }

    /// <summary>Frames that hold tables, by address space.</summary>
    public Dictionary<MemoryDescriptor, long> TablePages { get; } = [];

    /// <summary>PTEs that name a swap slot, by slot.</summary>
    public Dictionary<SwapEntry, int> SwapPtes { get; } = [];

    /// <summary>PTEs that map a frame and count for it.</summary>
    public int Mappings(uint pfn) => _mappings[pfn];

    /// <summary>PMDs that map a huge page.</summary>
    public int PmdMappings(uint head) => _pmds[head];

    /// <summary>Whether a frame is a table of some address space.</summary>
    public bool IsTable(uint pfn) => _tables[pfn];

    /// <summary>Resident pages of an address space.</summary>
    public long[] Rss(MemoryDescriptor mm) => _rss[mm];

    private void Walk(MemoryDescriptor mm, uint table, int level, long[] rss)
    {
        Bug.On(_tables[table], "a table is part of two address spaces");
        _tables[table] = true;
        Pte* entries = mm.PageTable.Table(table);
        for (int i = 0; i < MmConstants.HugePagePages; i++)
        {
            Pte entry = entries[i];
            if (level > 0 && !entry.IsNone && !entry.IsLarge)
            {
                TablePages[mm]++;
                Walk(mm, entry.Pfn, level - 1, rss);
            }
            else if (level == PageTable.PmdLevel && entry.IsPresent && !entry.IsSpecial)
            {
                _pmds[entry.Pfn]++;
                if (_manager.Page(entry.Pfn).Type != PageType.HugeTlb)
                    rss[(int)MemoryDescriptor.RssKindOf(_manager.Page(entry.Pfn))] += MmConstants.HugePagePages;
            }
            else if (level == 0 && entry.IsPresent && !entry.IsSpecial)
            {
                _mappings[entry.Pfn]++;
                rss[(int)MemoryDescriptor.RssKindOf(_manager.Page(_manager.Memory.FolioOf(entry.Pfn)))]++;
            }
            else if (level == 0 && entry.IsSwap && SwapEntry.FromPte(entry) is { IsSlot: true } slot)
            {
                SwapPtes[slot] = SwapPtes.GetValueOrDefault(slot) + 1;
                rss[(int)RssKind.Swap]++;
            }
        }
    }
}

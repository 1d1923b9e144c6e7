using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>
/// The four levels of page tables of one address space, in frames of the guest's memory. Linux: <c>pgd_t*</c> with
/// <c>pgd_offset … pte_offset</c>. There is no other walk: the MMU uses this one too.
/// </summary>
/// <remarks>
/// Level 3 is the PGD, 2 the PUD, 1 the PMD, 0 the PTE. Lock: to add or free tables, mmap lock; entries are read without a lock and
/// changed by compare-exchange where the processor may set A or D.
/// </remarks>
public sealed unsafe class PageTable
{
    /// <summary>Level of the PGD.</summary>
    public const int TopLevel = 3;

    /// <summary>Level of the PMD.</summary>
    public const int PmdLevel = 1;

    private const int EntriesShift = 9, Entries = 1 << EntriesShift;

    private readonly MemoryManager _manager;
    private readonly byte* _ram;
    private uint _deposited;

    private PageTable(MemoryManager manager, uint root)
    {
        _manager = manager;
        _ram = manager.Memory.Ram;
        Root = root;
        TablePages = 1;
    }

    /// <summary>Frame of the PGD. Intel: CR3.</summary>
    public uint Root { get; private set; }

    /// <summary>Frames that hold tables, the root included. Linux: <c>pgtables_bytes</c>, in pages.</summary>
    public long TablePages { get; private set; }

    /// <summary>Makes empty tables. Linux: <c>pgd_alloc</c>.</summary>
    /// <returns>Null if memory is short.</returns>
    public static PageTable? TryCreate(MemoryManager manager)
    {
        uint root = AllocateTable(manager);
        return root == 0 ? null : new PageTable(manager, root);
    }

    /// <summary>Index of an address at a level.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int IndexOf(ulong address, int level) =>
        (int)(address >> (MmConstants.PageShift + (EntriesShift * level))) & (Entries - 1);

    /// <summary>Bytes that one entry of a level maps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong SpanOf(int level) => 1UL << (MmConstants.PageShift + (EntriesShift * level));

    /// <summary>
    /// Goes down as far as tables exist: to the PTE, to an entry that maps a large page, or to the first that is empty.
    /// </summary>
    /// <param name="address">Virtual address.</param>
    /// <param name="level">Level of the entry that is returned.</param>
    /// <returns>The entry; never null.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Pte* Walk(ulong address, out int level)
    {
        Pte* table = Table(Root);
        for (level = TopLevel; level > 0; level--)
        {
            Pte* entry = table + IndexOf(address, level);
            if ((entry->Value & (Pte.PresentBit | Pte.LargeBit)) != Pte.PresentBit)
                return entry;
            table = Table(entry->Pfn);
        }
        return table + IndexOf(address, 0);
    }

    /// <summary>The entry of a level, or null where a table above it is missing or a large page is mapped. Linux: <c>pmd_offset</c>, <c>pte_offset_map</c>.</summary>
    /// <param name="address">Virtual address.</param>
    /// <param name="level">0 for the PTE, 1 for the PMD, which may be empty, name a table or map a huge page.</param>
    public Pte* Find(ulong address, int level)
    {
        Pte* table = Table(Root);
        for (int at = TopLevel; at > level; at--)
        {
            Pte* entry = table + IndexOf(address, at);
            if ((entry->Value & (Pte.PresentBit | Pte.LargeBit)) != Pte.PresentBit)
                return null;
            table = Table(entry->Pfn);
        }
        return table + IndexOf(address, level);
    }

    /// <summary>The PTE below a PMD, whose table is made if it has none. Linux: <c>pte_alloc</c>, <c>pte_offset_map</c>.</summary>
    /// <returns>Null if memory is short or the PMD maps a huge page.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Pte* PteOf(Pte* pmd, ulong address)
    {
        if (pmd->IsNone && !AddTable(pmd))
            return null;
        return (pmd->Value & (Pte.PresentBit | Pte.LargeBit)) == Pte.PresentBit ? Table(pmd->Pfn) + IndexOf(address, 0) : null;
    }

    /// <summary>The entry of a level, with the tables above it made. Linux: <c>pud_alloc</c>, <c>pmd_alloc</c>, <c>pte_alloc</c>.</summary>
    /// <param name="address">Virtual address.</param>
    /// <param name="level">0 for the PTE, 1 for the PMD.</param>
    /// <returns>Null if memory is short, or if a large page is mapped above the level.</returns>
    public Pte* FindOrCreate(ulong address, int level = 0)
    {
        Pte* table = Table(Root);
        for (int at = TopLevel; at > level; at--)
        {
            Pte* entry = table + IndexOf(address, at);
            if (entry->IsNone && !AddTable(entry))
                return null;
            if ((entry->Value & (Pte.PresentBit | Pte.LargeBit)) != Pte.PresentBit)
                return null;
            table = Table(entry->Pfn);
        }
        return table + IndexOf(address, level);
    }

    /// <summary>Sets a table aside for the day that a huge page is split, which must not fail. Linux: <c>pgtable_trans_huge_deposit</c>.</summary>
    /// <returns>Whether there was memory.</returns>
    public bool TryDeposit()
    {
        uint table = AllocateTable(_manager);
        if (table == 0)
            return false;
        Deposit(table);
        return true;
    }

    /// <summary>Sets a table aside that is empty.</summary>
    public void Deposit(uint table)
    {
        _manager.Page(table).Next = _deposited;
        _deposited = table;
        DepositedTables++;
        TablePages++;
    }

    /// <summary>Takes a table that was set aside. Linux: <c>pgtable_trans_huge_withdraw</c>.</summary>
    public uint Withdraw()
    {
        uint table = _deposited;
        Bug.On(table == 0, "a huge page has no table set aside for it");
        _deposited = _manager.Page(table).Next;
        _manager.Page(table).Next = 0;
        DepositedTables--;
        TablePages--;
        return table;
    }

    /// <summary>Tables that are set aside, one for each anonymous huge page that is mapped.</summary>
    public long DepositedTables { get; private set; }

    /// <summary>The tables that are set aside, for checks.</summary>
    internal IEnumerable<uint> Deposited()
    {
        for (uint table = _deposited; table != 0; table = _manager.Page(table).Next)
            yield return table;
    }

    /// <summary>Puts a prepared table below a PMD. Linux: <c>pmd_populate</c>.</summary>
    public void Populate(Pte* pmd, uint table)
    {
        *pmd = Pte.Make(table, Pte.TableBits);
        TablePages++;
    }

    /// <summary>Takes a table from below a PMD; the caller frees it through <see cref="FreeTable"/> after the flush.</summary>
    public uint Depopulate(Pte* pmd)
    {
        uint table = pmd->Pfn;
        *pmd = default;
        TablePages--;
        return table;
    }

    /// <summary>
    /// Frees the tables that map nothing but [start, end), given that everything mapped in them is gone. Linux:
    /// <c>free_pgd_range</c>.
    /// </summary>
    /// <param name="gather">Holds the frames until the TLBs are flushed.</param>
    /// <param name="start">First address that was unmapped.</param>
    /// <param name="end">One past the last.</param>
    /// <param name="floor">No mapping lies between this and start.</param>
    /// <param name="ceiling">No mapping lies between end and this; 0 is the end of the space.</param>
    public void FreeRange(MmuGather gather, ulong start, ulong end, ulong floor, ulong ceiling) =>
        FreeBelow(gather, Table(Root), TopLevel, start, end, floor, ceiling);

    /// <summary>Frees the root; every other table is gone. Linux: <c>pgd_free</c>.</summary>
    public void FreeRoot()
    {
        Bug.On(TablePages != 1, "page tables are left at the end of an address space");
        FreeTable(Root);
        Root = 0;
        TablePages = 0;
    }

    /// <summary>A frame for a table, zeroed. Linux: <c>pte_alloc_one</c>.</summary>
    /// <returns>0 if memory is short.</returns>
    public static uint AllocateTable(MemoryManager manager)
    {
        uint pfn = manager.Allocator.Allocate(GfpFlags.KernelAccount | GfpFlags.Zero, 0);
        if (pfn == 0)
            return 0;
        manager.Memory.Page(pfn).Type = PageType.Table;
        manager.ModifyStat(pfn, NodeStat.PageTable, 1);
        return pfn;
    }

    /// <summary>Frees the frame of a table. Linux: <c>pagetable_free</c>.</summary>
    public void FreeTable(uint pfn)
    {
        _manager.ModifyStat(pfn, NodeStat.PageTable, -1);
        _manager.Memory.Page(pfn).Type = PageType.None;
        _manager.Allocator.Put(pfn);
    }

    /// <summary>The entries of a table.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Pte* Table(uint pfn) => (Pte*)(_ram + ((nuint)pfn << MmConstants.PageShift));

    private bool AddTable(Pte* entry)
    {
        uint pfn = AllocateTable(_manager);
        if (pfn == 0)
            return false;
        *entry = Pte.Make(pfn, Pte.TableBits);
        TablePages++;
        return true;
    }

    private void FreeBelow(MmuGather gather, Pte* table, int level, ulong start, ulong end, ulong floor, ulong ceiling)
    {
        ulong span = SpanOf(level);
        for (ulong at = start & ~(span - 1); at < end; at += span)
        {
            Pte* entry = table + IndexOf(at, level);
            if (entry->IsNone)
                continue;
            Bug.On(entry->IsLarge, "a huge page is left in tables that are freed");
            if (level > 1)
                FreeBelow(gather, Table(entry->Pfn), level - 1, Math.Max(at, start), Math.Min(at + span, end), floor, ceiling);
            if (at < floor || (ceiling != 0 && at + span > ceiling))
                continue;
            gather.AddTable(entry->Pfn);
            *entry = default;
            TablePages--;
        }
    }
}

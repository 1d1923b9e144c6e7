using Emu.Mm;

namespace Emu.Cpu;

/// <summary>No TLB may hold what the page tables do not allow. For tests and --check.</summary>
/// <remarks>Lock: the kernel lock, with no operation of mm half done and no engine running.</remarks>
public static unsafe class TlbInvariants
{
    private const ulong KeyMask = ~MmConstants.PageMask;

    /// <summary>Compares every entry of every TLB that could still be used with the page tables.</summary>
    /// <exception cref="EmulatorBugException">An entry allows more, or leads elsewhere.</exception>
    public static void Check(TlbContexts contexts, MemoryManager manager)
    {
        Dictionary<ulong, MemoryDescriptor> spaces = [];
        foreach (MemoryDescriptor mm in manager.AddressSpaces)
        {
            if (contexts.TryKeyOf(mm, out ulong key))
                spaces.Add(key, mm);
        }
        foreach (Processor processor in contexts.Processors)
        {
            for (int i = 0; i < VirtualCpu.TlbEntries; i++)
            {
                TlbEntry entry = processor.Cpu->Tlb[i];
                // A tag whose key belongs to nobody never matches again.
                ulong tag = entry.Read | entry.Exec; // a protection key may forbid reading
                if (tag != 0 && spaces.TryGetValue(tag & KeyMask, out MemoryDescriptor? mm))
                    CheckEntry(processor, entry, mm);
            }
        }
    }

    private static void CheckEntry(Processor processor, in TlbEntry entry, MemoryDescriptor mm)
    {
        ulong page = (entry.Read | entry.Exec) & MmConstants.PageMask;
        PhysicalMemory memory = mm.Manager.Memory;
        Pte* pte = mm.PageTable.Walk(page, out int level);
        ulong value = pte->Value;
        const ulong Readable = Pte.PresentBit | Pte.UserBit | Pte.AccessedBit, Writable = Pte.WriteBit | Pte.DirtyBit;
        bool isLeaf = level == 0 || (value & Pte.LargeBit) != 0;
        Require(isLeaf && (value & Readable) == Readable, "a page that is not there or was not accessed");
        ulong inLarge = page & (PageTable.SpanOf(level) - 1);
        ulong host = (ulong)memory.Ram + (value & Pte.FrameMask & ~(PageTable.SpanOf(level) - 1)) + inLarge;
        Require(entry.Addend + page == host, "another frame");
        uint pfn = (uint)((host - (ulong)memory.Ram) >> MmConstants.PageShift);
        Require(entry.Write == 0 || ((value & Writable) == Writable && memory.FrameTags[pfn] == 0), "writes to a page that is read-only, clean or watched");
        Require(entry.Exec == 0 || (value & Pte.NoExecuteBit) == 0, "fetches from a page that is not executable");

        void Require(bool condition, string what)
        {
            if (!condition)
                Bug.Throw($"the TLB of CPU {processor.Id} holds {what}: address {page:x}, entry {value:x} at level {level}");
        }
    }
}

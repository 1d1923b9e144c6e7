using Emu.Mm;

namespace Emu.Cpu;

/// <summary>Translates what the TLB does not hold: walks the page tables, and asks mm to serve the fault. Intel SDM vol. 3A, ch. 4.</summary>
/// <remarks>
/// A null pointer from a method means that the access cannot be done: the exit is recorded, RIP is the instruction's, and the budget has
/// what was not executed. One per CPU; used by the thread that runs it.
/// </remarks>
internal sealed unsafe class Mmu
{
    private const ulong CanonicalHalf = 1UL << 47;

    // Of the two bits of a key in PKRU.
    private const uint NoAccess = 1, NoWrite = 2;

    private readonly Processor _processor;
    private readonly PhysicalMemory _memory;
    private readonly VirtualCpu* _cpu;
    private byte* _scratchFirst, _scratchSecond;
    private int _scratchFirstLength, _scratchLength;

    // PKRU as the TLB's entries were made by; 0 on a processor without protection keys.
    private uint _pkru;

    public Mmu(Processor processor, PhysicalMemory memory)
    {
        _processor = processor;
        _memory = memory;
        _cpu = processor.Cpu;
    }

    /// <summary>The address space whose tables are walked. Intel: CR3.</summary>
    public MemoryDescriptor? Current { get; set; }

    private ulong Key => _cpu->TlbKey & VirtualCpu.TlbKeyMask;

    /// <summary>Whether the upper bits of an address are copies of bit 47. Intel SDM vol. 1, 3.3.7.1.</summary>
    public static bool IsCanonical(ulong address) => address + CanonicalHalf < CanonicalHalf * 2;

    /// <summary>Takes notice of a change of RFLAGS.AC.</summary>
    public static void SetAlignmentCheck(CpuState* s, VirtualCpu* c)
    {
        bool checks = (s->ControlFlags & RFlagsBits.AlignmentCheck) != 0;
        c->TlbKey = (c->TlbKey & VirtualCpu.TlbKeyMask) | (checks ? VirtualCpu.AlignmentCheckKey : 0);
    }

    /// <summary>Host address of an operand that is read, gathered in the scratch area if it crosses a page.</summary>
    public byte* ReadOperand(CpuState* s, MicroOp* op, ulong address, int size)
    {
        if (!MayAccess(s, op, address, size))
            return null;
        int inFirst = (int)(MmConstants.PageSize - (address & ~MmConstants.PageMask));
        if (size <= inFirst)
        {
            TlbEntry* entry = Fill(s, op, address, PageFaultError.None);
            return entry == null ? null : (byte*)(address + entry->Addend);
        }
        if (!FillBoth(s, op, address, PageFaultError.None, out byte* first, out byte* second))
            return null;
        Buffer.MemoryCopy(first, _cpu->Scratch, inFirst, inFirst);
        Buffer.MemoryCopy(second, _cpu->Scratch + inFirst, size - inFirst, size - inFirst);
        return _cpu->Scratch;
    }

    /// <summary>
    /// Host address of an operand that is written; the scratch area, holding what memory holds, if the operand crosses a page or lies in a
    /// frame that is watched. Nothing is written before both pages are known to be writable.
    /// </summary>
    public byte* WriteOperand(CpuState* s, MicroOp* op, ulong address, int size)
    {
        if (!MayAccess(s, op, address, size))
            return null;
        int inFirst = (int)(MmConstants.PageSize - (address & ~MmConstants.PageMask));
        if (size <= inFirst)
        {
            TlbEntry* entry = Fill(s, op, address, PageFaultError.Write);
            if (entry == null)
                return null;
            byte* host = (byte*)(address + entry->Addend);
            return IsWatched(host) ? BeginScratch(host, size, null, size) : host;
        }
        return FillBoth(s, op, address, PageFaultError.Write, out byte* first, out byte* second)
            ? BeginScratch(first, inFirst, second, size)
            : null;
    }

    /// <summary>Brings the scratch area to memory and tells whoever watches it.</summary>
    public void CommitScratch()
    {
        int inSecond = _scratchLength - _scratchFirstLength;
        Buffer.MemoryCopy(_cpu->Scratch, _scratchFirst, _scratchFirstLength, _scratchFirstLength);
        Wrote(_scratchFirst, _scratchFirstLength);
        if (inSecond == 0)
            return;
        Buffer.MemoryCopy(_cpu->Scratch + _scratchFirstLength, _scratchSecond, inSecond, inSecond);
        Wrote(_scratchSecond, inSecond);
    }

    /// <summary>The frame that instructions at an address are fetched from.</summary>
    /// <param name="s">Registers; RIP is what a fault reports.</param>
    /// <param name="address">Where.</param>
    /// <returns>0 if the fetch faults.</returns>
    public uint Fetch(CpuState* s, ulong address)
    {
        TlbEntry* entry = Access.Slot(_cpu, address);
        if (entry->Exec != ((address & MmConstants.PageMask) | Key))
        {
            entry = Fill(s, null, address, PageFaultError.Instruction);
            if (entry == null)
                return 0;
        }
        return PfnOf((byte*)(address + entry->Addend));
    }

    /// <summary>Drops what the TLB holds of a page, whatever the address space. What cannot be read, for its protection key, can be executed.</summary>
    public void Invalidate(ulong address)
    {
        TlbEntry* entry = Access.Slot(_cpu, address);
        if ((((entry->Read | entry->Exec) ^ address) & MmConstants.PageMask) == 0)
            *entry = default;
    }

    /// <summary>
    /// Takes the rights of protection keys that hold from now on. The TLB holds what they allow, so that it has to go if they change.
    /// Intel SDM vol. 3A, 4.6.2.
    /// </summary>
    public void LoadKeyRights(uint pkru)
    {
        if (pkru == _pkru)
            return;
        _pkru = pkru;
        new Span<TlbEntry>(Access.Slot(_cpu, 0), VirtualCpu.TlbEntries).Clear();
    }

    /// <summary>Drops the permission to write to a frame, so that each write is seen from now on.</summary>
    public void DropWrites(uint pfn)
    {
        TlbEntry* entries = Access.Slot(_cpu, 0);
        ulong host = (ulong)_memory.Frame(pfn);
        for (int i = 0; i < VirtualCpu.TlbEntries; i++)
        {
            if ((entries[i].Write & MmConstants.PageMask) + entries[i].Addend == host)
                entries[i].Write = 0;
        }
    }

    /// <summary>Drops everything.</summary>
    public void Clear()
    {
        new Span<TlbEntry>(Access.Slot(_cpu, 0), VirtualCpu.TlbEntries).Clear();
        for (int i = 0; i < VirtualCpu.JumpEntries; i++)
            _cpu->Jumps[i] = default;
    }

    // Serving a fault on the second page may take the first one away: both have to be there at the end.
    private bool FillBoth(CpuState* s, MicroOp* op, ulong address, PageFaultError access, out byte* first, out byte* second)
    {
        first = second = null;
        ulong next = (address & MmConstants.PageMask) + MmConstants.PageSize;
        TlbEntry* low, high;
        do
        {
            low = Fill(s, op, address, access);
            high = low == null ? null : Fill(s, op, next, access);
            if (high == null)
                return false;
        }
        while (low->Read != ((address & MmConstants.PageMask) | Key));
        first = (byte*)(address + low->Addend);
        second = (byte*)(next + high->Addend);
        return true;
    }

    /// <summary>Makes the TLB hold a page with the permission that an access needs.</summary>
    /// <param name="s">Registers.</param>
    /// <param name="op">The step that accesses; null for a fetch, whose RIP is in the registers.</param>
    /// <param name="address">Where.</param>
    /// <param name="access">Write, Instruction or None.</param>
    /// <returns>The entry, or null.</returns>
    private TlbEntry* Fill(CpuState* s, MicroOp* op, ulong address, PageFaultError access)
    {
        if (op == null && !IsCanonical(address))
        {
            RaiseNonCanonical(s, op, address);
            return null;
        }
        while (true)
        {
            Pte* entry = Current!.PageTable.Walk(address, out int level);
            PageFaultError error = Check(entry, level, access);
            if (error == PageFaultError.None && _pkru != 0 && (access & PageFaultError.Instruction) == 0)
                error = CheckKey(*entry, access);
            if (error == PageFaultError.None)
                return Insert(entry, level, address, access);
            if (!Resolve(s, op, address, error | access | PageFaultError.User))
                return null;
        }
    }

    // None if the access is allowed; else Present or the bit that stands for "not present".
    private static PageFaultError Check(Pte* entry, int level, PageFaultError access)
    {
        ulong value = entry->Value;
        bool isLeaf = level == 0 || (value & Pte.LargeBit) != 0;
        if ((value & Pte.PresentBit) == 0 || !isLeaf)
            return PageFaultError.User;
        ulong needed = Pte.UserBit | ((access & PageFaultError.Write) != 0 ? Pte.WriteBit : 0);
        bool forbidden = (value & needed) != needed || ((access & PageFaultError.Instruction) != 0 && (value & Pte.NoExecuteBit) != 0);
        return forbidden ? PageFaultError.Present | PageFaultError.User : PageFaultError.None;
    }

    private PageFaultError CheckKey(Pte entry, PageFaultError access)
    {
        uint forbidding = (access & PageFaultError.Write) != 0 ? NoAccess | NoWrite : NoAccess;
        bool forbidden = ((_pkru >> (entry.ProtectionKey * 2)) & forbidding) != 0;
        return forbidden ? PageFaultError.Present | PageFaultError.User | PageFaultError.ProtectionKey : PageFaultError.None;
    }

    private TlbEntry* Insert(Pte* entry, int level, ulong address, PageFaultError access)
    {
        ulong wanted = Pte.AccessedBit | ((access & PageFaultError.Write) != 0 ? Pte.DirtyBit : 0);
        ulong value = entry->Value;
        if ((value & wanted) != wanted)
            value = Interlocked.Or(ref *(ulong*)entry, wanted) | wanted;
        ulong page = address & MmConstants.PageMask, tag = page | Key;
        ulong host = (ulong)_memory.Ram + (value & Pte.FrameMask & ~(PageTable.SpanOf(level) - 1)) + (page & (PageTable.SpanOf(level) - 1));
        const ulong WriteReady = Pte.WriteBit | Pte.DirtyBit;
        bool writable = (value & WriteReady) == WriteReady && _memory.FrameTags[PfnOf((byte*)host)] == 0;
        TlbEntry* slot = Access.Slot(_cpu, address);
        uint rights = _pkru >> (new Pte(value).ProtectionKey * 2);
        slot->Read = (rights & NoAccess) == 0 ? tag : 0;
        slot->Write = writable && (rights & (NoAccess | NoWrite)) == 0 ? tag : 0;
        slot->Exec = (value & Pte.NoExecuteBit) == 0 ? tag : 0;
        slot->Addend = host - page;
        return slot;
    }

    private bool Resolve(CpuState* s, MicroOp* op, ulong address, PageFaultError error)
    {
        FaultContext context = _processor.FaultContext;
        context.SystemCall = -1;
        context.Rip = op == null ? s->Rip : Block.RipOf(_cpu->Current, op);
        MemoryManager manager = Current!.Manager;
        if (manager.Trace != null)
            context.Time = _processor.TimeAt(op); // reading the host's clock would be a tenth of a fault
        FaultOutcome outcome = manager.Faults.HandlePageFault(Current, address, error, in context);
        if (outcome.Status == FaultStatus.Resolved)
            return true;
        if (op != null)
            Exceptions.Rewind(s, op, _cpu);
        _cpu->Exit = ExitReason.PageFault;
        _processor.Fault = new PageFaultInfo(address, error, outcome);
        return false;
    }

    // Intel SDM vol. 1, 3.3.7.1: #SS where the stack segment is used, #GP elsewhere.
    private void RaiseNonCanonical(CpuState* s, MicroOp* op, ulong address)
    {
        if (op == null)
        {
            _cpu->Exit = ExitReason.Exception;
            _processor.Exception = new ExceptionInfo(ExceptionVector.GeneralProtection, 0);
            return;
        }
        bool stack = _processor.UsesStackSegment(Block.RipOf(_cpu->Current, op), s, address);
        Exceptions.Raise(s, op, _cpu, stack ? ExceptionVector.StackFault : ExceptionVector.GeneralProtection);
    }

    private byte* BeginScratch(byte* first, int firstLength, byte* second, int length)
    {
        _scratchFirst = first;
        _scratchFirstLength = firstLength;
        _scratchSecond = second;
        _scratchLength = length;
        Buffer.MemoryCopy(first, _cpu->Scratch, firstLength, firstLength);
        if (length > firstLength)
            Buffer.MemoryCopy(second, _cpu->Scratch + firstLength, length - firstLength, length - firstLength);
        return _cpu->Scratch;
    }

    // What is checked before the page tables are asked: canonical addresses, then alignment.
    private bool MayAccess(CpuState* s, MicroOp* op, ulong address, int size)
    {
        if (!IsCanonical(address) || !IsCanonical(address + (ulong)size - 1))
        {
            RaiseNonCanonical(s, op, address);
            return false;
        }
        if ((_cpu->TlbKey & VirtualCpu.AlignmentCheckKey) == 0 || (address & (AlignmentOf(size) - 1)) == 0)
            return true;
        Exceptions.Raise(s, op, _cpu, ExceptionVector.AlignmentCheck);
        return false;
    }

    // What #AC asks of an operand. Intel SDM vol. 3A, 7.15, table 7-7.
    private static ulong AlignmentOf(int size) => size switch
    {
        1 or 2 or 4 or 8 or 16 => (ulong)size,
        10 => 8,
        32 => 16,
        14 or 94 => 2, // the x87 environment and state of 16-bit mode
        _ => 4,
    };

    private bool IsWatched(byte* host) => _memory.FrameTags[PfnOf(host)] != 0;

    private void Wrote(byte* host, int length)
    {
        uint pfn = PfnOf(host);
        if (_memory.FrameTags[pfn] != 0)
            _processor.Code.OnWrite(pfn, (uint)((ulong)(host - _memory.Ram) & ~MmConstants.PageMask), (uint)length);
    }

    private uint PfnOf(byte* host) => (uint)((ulong)(host - _memory.Ram) >> MmConstants.PageShift);
}

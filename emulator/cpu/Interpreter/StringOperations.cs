using Emu.Mm;
using Iced.Intel;

namespace Emu.Cpu;

/// <summary>MOVS.</summary>
internal readonly unsafe struct MoveString : IStringOperation
{
    public static bool Compares => false;

    public static int SizeOf(in Instruction i) => i.MemorySize.GetSize();

    public static bool Step<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        byte* source = Access.Read(s, op, c, StringInstructions.SourceOf(s, op), TWidth.Bytes);
        if (source == null)
            return false;
        ulong value = TWidth.Load(source);
        if (!Access.Store<TWidth>(s, op, c, StringInstructions.DestinationOf(s, op), value))
            return false;
        StringInstructions.AdvanceSource(s, op, TWidth.Bytes);
        StringInstructions.AdvanceDestination(s, op, TWidth.Bytes);
        return true;
    }

    // A destination that lies within what is still to be read repeats a pattern: element by element then.
    public static ulong Bulk<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c, ulong count)
        where TWidth : struct, IWidth
    {
        ulong from = StringInstructions.SourceOf(s, op), to = StringInstructions.DestinationOf(s, op);
        ulong elements = StringInstructions.ElementsInPage(from, StringInstructions.ElementsInPage(to, count, TWidth.Bytes), TWidth.Bytes);
        ulong bytes = elements * (ulong)TWidth.Bytes;
        if (elements < 2)
            return 0;
        byte* source = BulkAccess.ForRead(c, from), destination = BulkAccess.ForWrite(c, to);
        if (source == null || destination == null || (nuint)(destination - source) < bytes)
            return 0;
        Buffer.MemoryCopy(source, destination, bytes, bytes);
        StringInstructions.AdvanceSource(s, op, (long)bytes);
        StringInstructions.AdvanceDestination(s, op, (long)bytes);
        return elements;
    }
}

/// <summary>STOS.</summary>
internal readonly unsafe struct StoreString : IStringOperation
{
    public static bool Compares => false;

    public static int SizeOf(in Instruction i) => i.MemorySize.GetSize();

    public static bool Step<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        if (!Access.Store<TWidth>(s, op, c, StringInstructions.DestinationOf(s, op), Access.Get<TWidth>(s, Reg.Rax)))
            return false;
        StringInstructions.AdvanceDestination(s, op, TWidth.Bytes);
        return true;
    }

    public static ulong Bulk<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c, ulong count)
        where TWidth : struct, IWidth
    {
        ulong to = StringInstructions.DestinationOf(s, op);
        ulong elements = StringInstructions.ElementsInPage(to, count, TWidth.Bytes);
        byte* destination = elements < 2 ? null : BulkAccess.ForWrite(c, to);
        if (destination == null)
            return 0;
        ulong value = Access.Get<TWidth>(s, Reg.Rax);
        int n = (int)elements;
        if (TWidth.Bytes == 1)
            new Span<byte>(destination, n).Fill((byte)value);
        else if (TWidth.Bytes == 2)
            new Span<ushort>(destination, n).Fill((ushort)value);
        else if (TWidth.Bytes == 4)
            new Span<uint>(destination, n).Fill((uint)value);
        else
            new Span<ulong>(destination, n).Fill(value);
        StringInstructions.AdvanceDestination(s, op, n * TWidth.Bytes);
        return elements;
    }
}

/// <summary>LODS.</summary>
internal readonly unsafe struct LoadString : IStringOperation
{
    public static bool Compares => false;

    public static int SizeOf(in Instruction i) => i.MemorySize.GetSize();

    public static bool Step<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        byte* source = Access.Read(s, op, c, StringInstructions.SourceOf(s, op), TWidth.Bytes);
        if (source == null)
            return false;
        Access.Set<TWidth>(s, Reg.Rax, TWidth.Load(source));
        StringInstructions.AdvanceSource(s, op, TWidth.Bytes);
        return true;
    }

    public static ulong Bulk<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c, ulong count)
        where TWidth : struct, IWidth => 0;
}

/// <summary>SCAS.</summary>
internal readonly unsafe struct ScanString : IStringOperation
{
    public static bool Compares => true;

    public static int SizeOf(in Instruction i) => i.MemorySize.GetSize();

    public static bool Step<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        byte* place = Access.Read(s, op, c, StringInstructions.DestinationOf(s, op), TWidth.Bytes);
        if (place == null)
            return false;
        Subtract.Apply<TWidth>(ref s->Flags, Access.Get<TWidth>(s, Reg.Rax), TWidth.Load(place));
        StringInstructions.AdvanceDestination(s, op, TWidth.Bytes);
        return true;
    }

    public static ulong Bulk<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c, ulong count)
        where TWidth : struct, IWidth => 0;
}

/// <summary>CMPS.</summary>
internal readonly unsafe struct CompareString : IStringOperation
{
    public static bool Compares => true;

    public static int SizeOf(in Instruction i) => i.MemorySize.GetSize();

    public static bool Step<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c)
        where TWidth : struct, IWidth
    {
        byte* first = Access.Read(s, op, c, StringInstructions.SourceOf(s, op), TWidth.Bytes);
        if (first == null)
            return false;
        ulong a = TWidth.Load(first);
        byte* second = Access.Read(s, op, c, StringInstructions.DestinationOf(s, op), TWidth.Bytes);
        if (second == null)
            return false;
        Subtract.Apply<TWidth>(ref s->Flags, a, TWidth.Load(second));
        StringInstructions.AdvanceSource(s, op, TWidth.Bytes);
        StringInstructions.AdvanceDestination(s, op, TWidth.Bytes);
        return true;
    }

    public static ulong Bulk<TWidth>(CpuState* s, MicroOp* op, VirtualCpu* c, ulong count)
        where TWidth : struct, IWidth => 0;
}

/// <summary>Host addresses for work on the rest of a page; null unless the TLB holds the page.</summary>
internal static unsafe class BulkAccess
{
    public static byte* ForRead(VirtualCpu* c, ulong address)
    {
        TlbEntry* entry = Access.Slot(c, address);
        return entry->Read == ((address & MmConstants.PageMask) | c->TlbKey) ? (byte*)(address + entry->Addend) : null;
    }

    public static byte* ForWrite(VirtualCpu* c, ulong address)
    {
        TlbEntry* entry = Access.Slot(c, address);
        return entry->Write == ((address & MmConstants.PageMask) | c->TlbKey) ? (byte*)(address + entry->Addend) : null;
    }
}

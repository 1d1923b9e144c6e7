using Emu.Mm;

namespace Emu.Cli.Tests;

/// <summary>A small memory with one address space, for printers that look areas up.</summary>
internal sealed class TestMachine : IDisposable
{
    /// <summary>Brings the memory up.</summary>
    public TestMachine()
    {
        Manager = new MemoryManager(new MemoryLayout(16 << 20));
        Mm = MemoryDescriptor.TryCreate(Manager, new MmLimits())!;
    }

    /// <summary>The memory.</summary>
    public MemoryManager Manager { get; }

    /// <summary>The address space.</summary>
    public MemoryDescriptor Mm { get; }

    /// <summary>Maps anonymous memory at an address.</summary>
    public VmArea Map(ulong address, ulong length, MemoryProtection protection = MemoryProtection.Read | MemoryProtection.Write)
    {
        MapRequest request = new()
        {
            Address = address,
            Length = length,
            Protection = protection,
            Flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed,
        };
        Assert.Equal((long)address, Mm.Map(request, out _));
        return Mm.Lookup(address)!;
    }

    /// <summary>A fault of the address space.</summary>
    public FaultEvent Fault(in FaultContext context, ulong address, FaultClass kind, PageFaultError error, Pte before = default, Pte after = default,
        bool isMajor = false, FaultOutcome outcome = default)
    {
        return new FaultEvent(in context)
        {
            Mm = Mm,
            Address = address,
            Error = error,
            Area = Mm.Lookup(address),
            Class = kind,
            IsMajor = isMajor,
            Before = before,
            After = after,
            Outcome = outcome,
        };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mm.Exit();
        Manager.Dispose();
    }
}

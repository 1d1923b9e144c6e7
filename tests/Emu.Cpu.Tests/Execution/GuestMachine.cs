using Emu.Mm;
using Iced.Intel;

namespace Emu.Cpu.Tests.Execution;

/// <summary>A processor and an address space, with code that a test assembles.</summary>
internal sealed class GuestMachine : IDisposable
{
    public const ulong CodeAddress = 0x40_0000, DataAddress = 0x50_0000, StackTop = 0x61_0000;

    public const MemoryProtection ReadWrite = MemoryProtection.Read | MemoryProtection.Write, Everything = ReadWrite | MemoryProtection.Exec;

    private readonly MemoryManager _manager = new(new MemoryLayout(64UL << 20));
    private readonly CodeCache _code;
    private readonly CpuContext _context = new();
    private readonly Interpreter _engine = new();

    /// <summary>A machine with writable code, data and a stack of 64 KiB each.</summary>
    public GuestMachine()
    {
        TlbContexts contexts = new();
        _code = new CodeCache(_manager.Memory);
        _manager.Tlb = contexts;
        _manager.FrameWatch = _code;
        Processor = new Processor(0, _manager, CpuModel.V2, contexts, _code, new CountedTime());
        Mm = MemoryDescriptor.TryCreate(_manager, new MmLimits())!;
        User = new UserAccess(Mm);
        Map(CodeAddress, 0x1_0000, Everything);
        Map(DataAddress, 0x1_0000, ReadWrite);
        Map(StackTop - 0x1_0000, 0x1_0000, ReadWrite);
        Processor.SwitchMm(Mm);
        State.Gpr[4] = StackTop;
        State.Rip = CodeAddress;
    }

    public Processor Processor { get; }

    public CodeCache Code => _code;

    public MemoryDescriptor Mm { get; }

    public UserAccess User { get; }

    public ref CpuState State => ref _context.State;

    public ulong Rax => State.Gpr[0];

    public void Map(ulong address, ulong length, MemoryProtection protection, MapFlags sharing = MapFlags.Private)
    {
        MapRequest request = new()
        {
            Address = address,
            Length = length,
            Protection = protection,
            Flags = sharing | MapFlags.Fixed | MapFlags.Anonymous,
        };
        Assert.Equal((long)address, Mm.Map(request, out _));
    }

    /// <summary>Writes code, as the kernel would.</summary>
    public void Assemble(ulong address, Action<Assembler> write)
    {
        Assembler assembler = new(64);
        write(assembler);
        using MemoryStream stream = new();
        assembler.Assemble(new StreamCodeWriter(stream), address);
        Write(address, stream.ToArray());
    }

    public void Write(ulong address, params ReadOnlySpan<byte> bytes) => Assert.Equal(0, User.CopyTo(address, bytes));

    public byte[] Read(ulong address, int length)
    {
        byte[] bytes = new byte[length];
        Assert.Equal(0, User.CopyFrom(address, bytes));
        return bytes;
    }

    /// <summary>Runs from RIP.</summary>
    public ExitReason Run(long budget = 1_000_000)
    {
        Processor.Grant(budget);
        return _engine.Run(Processor, _context);
    }

    /// <summary>Runs from RIP to an INT3.</summary>
    public void RunToBreakpoint(long budget = 1_000_000)
    {
        Assert.Equal(ExitReason.Exception, Run(budget));
        Assert.Equal(ExceptionVector.Breakpoint, Processor.Exception.Vector);
    }

    public void Dispose()
    {
        _context.Dispose();
        Processor.Dispose();
        _code.Dispose();
        _manager.Dispose();
    }

    private sealed class CountedTime : ITimeSource
    {
        public ulong Nanoseconds(ulong retired) => retired;

        public ulong TimeStamp(ulong retired) => retired;
    }
}

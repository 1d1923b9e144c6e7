using Emu.Mm;

namespace Emu.Cpu;

/// <summary>
/// Runs a little program on a little machine that nobody sees, beside the making of the real one. What the runtime does when a function
/// is first named or called is done then, and so are the tables of the decoder.
/// </summary>
/// <remarks>Nothing is shared with another machine. Where a second CPU is missing it costs as much as it gains.</remarks>
public static class Rehearsal
{
    private const ulong CodeAddress = 0x40_0000, DataOffset = 0x4000, StackOffset = 0x8000, Length = 0x8000, MemoryBytes = 16UL << 20;

    /// <summary>Runs the program to its end.</summary>
    /// <param name="model">The processor.</param>
    /// <param name="engine">Executes it; not the one of another machine.</param>
    public static void Run(CpuModel model, IExecutionEngine engine)
    {
        using MemoryManager manager = new(new MemoryLayout(MemoryBytes));
        using CodeCache code = new(manager.Memory);
        TlbContexts contexts = new();
        manager.Tlb = contexts;
        manager.FrameWatch = code;
        using Processor processor = new(0, manager, model, contexts, code, new Ticks());
        using CpuContext context = new();
        MemoryDescriptor mm = MemoryDescriptor.TryCreate(manager, new MmLimits()) ?? throw new EmulatorBugException("no memory for a rehearsal");
        MapProgram(mm);
        processor.SwitchMm(mm);
        context.State.Rip = CodeAddress;
        context.State.Gpr[0] = context.State.Gpr[7] = CodeAddress + DataOffset;
        context.State.Gpr[4] = CodeAddress + StackOffset;
        processor.Grant(RehearsalCode.Bytes.Length);
        ExitReason reason = engine.Run(processor, context);
        Bug.On(reason != ExitReason.SystemCall, "the rehearsal did not come to its end");
    }

    private static void MapProgram(MemoryDescriptor mm)
    {
        MapRequest request = new()
        {
            Address = CodeAddress,
            Length = Length,
            Protection = MemoryProtection.Read | MemoryProtection.Write | MemoryProtection.Exec,
            Flags = MapFlags.Private | MapFlags.Anonymous | MapFlags.Fixed,
        };
        Bug.On(mm.Map(request, out _) < 0 || new UserAccess(mm).CopyTo(CodeAddress, RehearsalCode.Bytes) != 0, "a rehearsal without its program");
    }

    private sealed class Ticks : ITimeSource
    {
        public ulong Nanoseconds(ulong retired) => retired;

        public ulong TimeStamp(ulong retired) => retired;
    }
}

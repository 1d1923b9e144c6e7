using Emu.Host;
using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>What a run took (--stats): instructions, system calls, faults by class, memory, time.</summary>
internal sealed class RunStatistics : IMmEvents, ITaskObserver
{
    private const int LabelWidth = 16;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly long _start = HostClock.Monotonic();
    private readonly FaultCounts _faults = new();
    private long _mostResidentPages;
    private int _tasks;

    /// <inheritdoc/>
    public void OnFault(in FaultEvent fault) => _faults.OnFault(fault);

    /// <inheritdoc/>
    public void Ended(Task task, int status)
    {
        _tasks++;
        _mostResidentPages = Math.Max(_mostResidentPages, Math.Max(task.Mm.HighWaterRss, task.Mm.ResidentPages));
    }

    /// <summary>Prints everything.</summary>
    public void Print(ToolOutput output, ITraceFormat format, Kernel kernel)
    {
        ulong instructions = 0;
        foreach (Cpu.Processor processor in kernel.Processors)
            instructions += processor.Retired;
        long elapsed = Math.Max(HostClock.Monotonic() - _start, 1);
        foreach (MemoryDescriptor mm in kernel.Memory.AddressSpaces)
            _mostResidentPages = Math.Max(_mostResidentPages, Math.Max(mm.HighWaterRss, mm.ResidentPages));
        Line(output, format, "instructions", writer => writer.Add(instructions));
        Line(output, format, "faults", AddFaults);
        Line(output, format, "tasks ended", writer => writer.Add(_tasks));
        Line(output, format, "peak RSS", writer => writer.Add(_mostResidentPages * (long)(MmConstants.PageSize >> 10)).Add(" KiB"u8));
        Line(output, format, "virtual time", writer => AddSeconds(writer, (long)(kernel.Clock.Monotonic - Clock.Second)));
        Line(output, format, "host time", writer => AddHostTime(writer, elapsed, instructions));
    }

    private void AddFaults(ByteWriter writer)
    {
        writer.Add(_faults.Total).Add(" ("u8).Add(_faults.Major).Add(" major)"u8);
        bool any = false;
        foreach (FaultClass kind in _faults.SortedClasses())
        {
            writer.Add(any ? ", "u8 : ": "u8).Add(FaultNames.Of(kind)).Add((byte)' ').Add(_faults.ByClass[(int)kind]);
            any = true;
        }
    }

    private static void AddHostTime(ByteWriter writer, long elapsed, ulong instructions)
    {
        const ulong TenthsOfMillions = 100_000;
        AddSeconds(writer, elapsed);
        ulong rate = (ulong)((UInt128)instructions * NanosecondsPerSecond / (ulong)elapsed / TenthsOfMillions);
        writer.Add(", "u8).Add(rate / 10).Add((byte)'.').Add(rate % 10).Add(" million instructions a second"u8);
    }

    private static void AddSeconds(ByteWriter writer, long nanoseconds) =>
        writer.Add(nanoseconds / NanosecondsPerSecond).Add((byte)'.').AddPadded((ulong)(nanoseconds % NanosecondsPerSecond), 9).Add(" s"u8);

    private static void Line(ToolOutput output, ITraceFormat format, string label, Action<ByteWriter> add)
    {
        ByteWriter line = new();
        line.Add("emu: "u8);
        int start = line.Length;
        line.Add(label).Add((byte)':').PadFrom(start, LabelWidth);
        add(line);
        output.Line(format, "stats"u8, line.Written);
    }
}

using Emu.Mm;

namespace Emu.Cli;

/// <summary>Prints page faults as they happen, and counts them for the summary.</summary>
/// <remarks>Called under the mmap lock: it reads areas and page tables, and calls nothing of mm that takes a lock or changes anything.</remarks>
internal sealed class TracePrinter(ToolOutput output, ITraceFormat format, TraceFilter filter) : IMmEvents
{
    private readonly ByteWriter _area = new();

    /// <summary>The faults that were shown.</summary>
    public FaultCounts Counts { get; } = new();

    /// <summary>Prints what the trace begins with.</summary>
    public void Begin(TraceHeader header)
    {
        lock (output.Gate)
        {
            format.AddHeader(output.Buffer, header);
            output.EndLine();
        }
    }

    /// <inheritdoc/>
    public void OnFault(in FaultEvent fault)
    {
        _area.Clear();
        if (fault.Area is { } area)
            AreaNames.Append(_area, area);
        if (!filter.Shows(fault, _area.Written))
            return;
        Counts.Count(fault, _area.Written);
        lock (output.Gate)
        {
            format.AddFault(output.Buffer, fault, _area.Written);
            output.EndLine();
        }
    }

    /// <summary>Prints the summary.</summary>
    public void End(ToolOutput destination, ITraceFormat destinationFormat)
    {
        lock (destination.Gate)
        {
            destinationFormat.AddSummary(destination.Buffer, Counts);
            destination.EndLine();
        }
    }
}

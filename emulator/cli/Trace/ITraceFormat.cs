using Emu.Mm;

namespace Emu.Cli;

/// <summary>How a trace is written. Each function adds one line or several to a buffer, the last one without its end.</summary>
internal interface ITraceFormat
{
    /// <summary>What was run, and on what machine.</summary>
    void AddHeader(ByteWriter writer, TraceHeader header);

    /// <summary>A fault.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="fault">The fault.</param>
    /// <param name="area">Raw name of its area; empty for none.</param>
    void AddFault(ByteWriter writer, in FaultEvent fault, ReadOnlySpan<byte> area);

    /// <summary>Counts of faults.</summary>
    void AddSummary(ByteWriter writer, FaultCounts counts);

    /// <summary>A line that someone else of the tool prints: a system call, a message, a report.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="type">What it is, in a word.</param>
    /// <param name="text">The line.</param>
    void AddLine(ByteWriter writer, ReadOnlySpan<byte> type, ReadOnlySpan<byte> text);
}

/// <summary>What a trace begins with: everything that decides what it shows.</summary>
internal sealed record TraceHeader
{
    /// <summary>Version of emu.</summary>
    public required string Version { get; init; }

    /// <summary>The program and its arguments.</summary>
    public required byte[][] Command { get; init; }

    /// <summary>The machine and the filters.</summary>
    public required RunOptions Options { get; init; }
}

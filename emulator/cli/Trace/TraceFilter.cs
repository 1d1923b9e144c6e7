using Emu.Mm;

namespace Emu.Cli;

/// <summary>Which faults a trace shows.</summary>
internal sealed class TraceFilter(RunOptions options)
{
    private readonly byte[]? _area = options.AreaName;

    /// <summary>Whether a fault is to be shown.</summary>
    /// <param name="fault">The fault.</param>
    /// <param name="area">Raw name of its area; empty for none.</param>
    public bool Shows(in FaultEvent fault, ReadOnlySpan<byte> area) =>
        (options.Classes & (1UL << (int)fault.Class)) != 0 && fault.Address >= options.RangeStart && fault.Address <= options.RangeLast &&
        (_area == null || area.SequenceEqual(_area));
}

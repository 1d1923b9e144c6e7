using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>A trace for people: a line a fault, in columns; all else in lines that begin with <c>#</c>.</summary>
internal sealed class TraceText(Symbolizer symbols) : ITraceFormat
{
    private const int TimeWidth = 16, TaskWidth = 8, ClassWidth = 13, OriginWidth = 20, AreaWidth = 34, SymbolWidth = 30;
    private const int AddressDigits = 12;
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <inheritdoc/>
    public void AddHeader(ByteWriter writer, TraceHeader header)
    {
        RunOptions options = header.Options;
        writer.Add("# emu "u8).Add(header.Version).Add(" trace\n# command:"u8);
        foreach (byte[] word in header.Command)
            writer.Add((byte)' ').AddName(word);
        writer.Add("\n# memory: "u8).Add(options.Memory.Bytes >> 10).Add("K on "u8).Add(options.Memory.Nodes).Add(" node(s), cpus: "u8)
            .Add(options.Cpus).Add(", model: "u8).Add(options.Model.Name).Add("\n# clock: "u8)
            .Add(options.Clock == ClockKind.Host ? "host"u8 : "virtual"u8).Add(", epoch: "u8);
        AddEpoch(writer, options.Epoch);
        writer.Add(", seed: "u8).Add(options.Seed).Add("\n#"u8);
        AddTitles(writer);
    }

    /// <inheritdoc/>
    public void AddFault(ByteWriter writer, in FaultEvent fault, ReadOnlySpan<byte> area)
    {
        ref readonly FaultContext context = ref fault.Context;
        int start = writer.Length;
        writer.Add(context.Time / NanosecondsPerSecond).Add((byte)'.').AddPadded(context.Time % NanosecondsPerSecond, 9)
            .AlignRight(start, TimeWidth).Add((byte)' ');
        start = writer.Length;
        writer.Add(context.ProcessId).Add((byte)'/').Add(context.ThreadId).PadFrom(start, TaskWidth);
        writer.Add(fault.IsMajor ? "major "u8 : "minor "u8);
        start = writer.Length;
        writer.Add(FaultNames.Of(fault.Class)).PadFrom(start, ClassWidth);
        AddOrigin(writer, fault);
        writer.Add(fault.Access switch { FaultAccess.Store => "store "u8, FaultAccess.Exec => "exec  "u8, _ => "load  "u8 });
        writer.AddHex(fault.Address, AddressDigits).Add((byte)' ');
        AddArea(writer, fault, area);
        writer.AddHex(context.Rip, AddressDigits).Add((byte)' ');
        start = writer.Length;
        symbols.Append(writer, fault.Mm, context.Rip);
        writer.PadFrom(start, SymbolWidth);
        AddEntries(writer, fault);
    }

    /// <inheritdoc/>
    public void AddSummary(ByteWriter writer, FaultCounts counts)
    {
        writer.Add("# "u8).Add(counts.Total).Add(" faults, "u8).Add(counts.Major).Add(" major\n# by class:"u8);
        foreach (FaultClass kind in counts.SortedClasses())
            AddCount(writer, counts.ByClass[(int)kind]).Add(FaultNames.Of(kind));
        writer.Add("\n# by area:"u8);
        foreach (FaultCounts.Row row in counts.SortedAreas())
        {
            AddCount(writer, row.Total);
            if (row.Name.Length == 0)
                writer.Add("(nothing mapped)"u8);
            else
                writer.AddName(row.Name);
        }
    }

    /// <inheritdoc/>
    public void AddLine(ByteWriter writer, ReadOnlySpan<byte> type, ReadOnlySpan<byte> text) => writer.Add(text);

    private static void AddEpoch(ByteWriter writer, long? epoch)
    {
        if (epoch is { } nanoseconds)
            writer.Add(DateTime.UnixEpoch.AddSeconds(nanoseconds / NanosecondsPerSecond).ToString("yyyy-MM-ddTHH:mm:ssZ"));
        else
            writer.Add("host"u8);
    }

    private static void AddTitles(ByteWriter writer)
    {
        int line = writer.Length - 1;
        int column = TimeWidth + 1;
        Add("task", TaskWidth);
        Add("io", 6);
        Add("class", ClassWidth);
        Add("by", OriginWidth);
        Add("what", 6);
        Add("address", AddressDigits + 1);
        Add("area", AreaWidth);
        Add("rip", AddressDigits + 1);
        Add("symbol", SymbolWidth);
        Add("entry before", PteText.Width + 4);
        Add("entry after", PteText.Width + 1);
        writer.PadFrom(line, column).Add("node/zone"u8);

        void Add(string title, int width)
        {
            writer.PadFrom(line, column).Add(title);
            column += width;
        }
    }

    // User mode, or the kernel with the call that it serves.
    private static void AddOrigin(ByteWriter writer, in FaultEvent fault)
    {
        int start = writer.Length;
        if ((fault.Error & PageFaultError.User) != 0)
            writer.Add("user"u8);
        else if (fault.Context.SystemCall < 0)
            writer.Add("kernel"u8);
        else
            writer.Add("kernel:"u8).Add(CallNames.Of(fault.Context.SystemCall));
        writer.PadFrom(start, OriginWidth);
    }

    private static void AddArea(ByteWriter writer, in FaultEvent fault, ReadOnlySpan<byte> area)
    {
        int start = writer.Length;
        if (fault.Area == null)
            writer.Add((byte)'-');
        else
            writer.AddName(area).Add("+0x"u8).AddHex(AreaNames.OffsetOf(fault.Area, fault.Address));
        writer.PadFrom(start, AreaWidth);
    }

    private static void AddEntries(ByteWriter writer, in FaultEvent fault)
    {
        int start = writer.Length;
        PteText.Append(writer, fault.Before);
        writer.PadFrom(start, PteText.Width + 1).Add("-> "u8);
        start = writer.Length;
        PteText.Append(writer, fault.After);
        if (!fault.After.IsPresent)
            return;
        writer.PadFrom(start, PteText.Width + 1);
        if (fault.Mm.Manager.Memory.ZoneOrNull(fault.After.Pfn) is { } zone)
            writer.Add(zone.Node.Id).Add((byte)'/').Add(zone.Name);
        else
            writer.Add((byte)'-');
    }

    private static ByteWriter AddCount(ByteWriter writer, long count)
    {
        const int CountWidth = 10;
        writer.Add("\n# "u8);
        int start = writer.Length;
        return writer.Add(count).AlignRight(start, CountWidth).Add("  "u8);
    }
}

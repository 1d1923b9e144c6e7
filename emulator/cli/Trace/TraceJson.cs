using System.Text.Encodings.Web;
using System.Text.Json;
using Emu.Mm;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>A trace for programs: a JSON object a line. The schema is docs/trace-schema.md; whoever changes it raises its version.</summary>
internal sealed class TraceJson : ITraceFormat, IDisposable
{
    /// <summary>Version of the schema.</summary>
    public const int SchemaVersion = 1;

    private readonly Symbolizer _symbols;
    private readonly ByteWriter _text = new();
    private readonly Utf8JsonWriter _json;

    /// <summary>A printer.</summary>
    public TraceJson(Symbolizer symbols)
    {
        _symbols = symbols;
        JsonWriterOptions options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };
        _json = new Utf8JsonWriter(_text, options);
    }

    /// <inheritdoc/>
    public void AddHeader(ByteWriter writer, TraceHeader header)
    {
        RunOptions options = header.Options;
        Begin(writer, "header"u8);
        _json.WriteNumber("schema"u8, SchemaVersion);
        _json.WriteString("emu"u8, header.Version);
        _json.WriteStartArray("command"u8);
        foreach (byte[] word in header.Command)
            _json.WriteStringValue(Text(word));
        _json.WriteEndArray();
        _json.WriteNumber("memory"u8, options.Memory.Bytes);
        _json.WriteNumber("nodes"u8, options.Memory.Nodes);
        _json.WriteNumber("cpus"u8, options.Cpus);
        _json.WriteString("model"u8, options.Model.Name);
        _json.WriteString("clock"u8, options.Clock == ClockKind.Host ? "host"u8 : "virtual"u8);
        if (options.Epoch is { } epoch)
            _json.WriteNumber("epoch"u8, epoch);
        else
            _json.WriteNull("epoch"u8);
        _json.WriteNumber("seed"u8, options.Seed);
        End();
    }

    /// <inheritdoc/>
    public void AddFault(ByteWriter writer, in FaultEvent fault, ReadOnlySpan<byte> area)
    {
        ref readonly FaultContext context = ref fault.Context;
        Begin(writer, "fault"u8);
        _json.WriteNumber("time"u8, context.Time);
        _json.WriteNumber("pid"u8, context.ProcessId);
        _json.WriteNumber("tid"u8, context.ThreadId);
        _json.WriteString("class"u8, FaultNames.Of(fault.Class));
        _json.WriteBoolean("major"u8, fault.IsMajor);
        _json.WriteBoolean("user"u8, (fault.Error & PageFaultError.User) != 0);
        if (context.SystemCall >= 0)
            _json.WriteString("syscall"u8, CallNames.Of(context.SystemCall));
        _json.WriteString("access"u8, fault.Access switch { FaultAccess.Store => "store"u8, FaultAccess.Exec => "exec"u8, _ => "load"u8 });
        WriteAddress("address"u8, fault.Address);
        if (fault.Area != null)
            WriteArea(fault.Area, fault.Address, area);
        WriteAddress("rip"u8, context.Rip);
        WriteSymbol(fault.Mm, context.Rip);
        WriteEntry("before"u8, fault.Before, fault.Mm.Manager.Memory);
        WriteEntry("after"u8, fault.After, fault.Mm.Manager.Memory);
        if (fault.Outcome.Signal != 0)
        {
            _json.WriteNumber("signal"u8, fault.Outcome.Signal);
            _json.WriteNumber("code"u8, fault.Outcome.Code);
        }
        End();
    }

    /// <inheritdoc/>
    public void AddSummary(ByteWriter writer, FaultCounts counts)
    {
        Begin(writer, "summary"u8);
        _json.WriteNumber("faults"u8, counts.Total);
        _json.WriteNumber("major"u8, counts.Major);
        _json.WriteStartObject("classes"u8);
        foreach (FaultClass kind in counts.SortedClasses())
            _json.WriteNumber(FaultNames.Of(kind), counts.ByClass[(int)kind]);
        _json.WriteEndObject();
        _json.WriteStartArray("areas"u8);
        foreach (FaultCounts.Row row in counts.SortedAreas())
        {
            _json.WriteStartObject();
            _json.WriteString("name"u8, Text(row.Name));
            _json.WriteNumber("faults"u8, row.Total);
            _json.WriteNumber("major"u8, row.Major);
            _json.WriteEndObject();
        }
        _json.WriteEndArray();
        End();
    }

    /// <inheritdoc/>
    public void AddLine(ByteWriter writer, ReadOnlySpan<byte> type, ReadOnlySpan<byte> text)
    {
        Begin(writer, type);
        _json.WriteString("text"u8, Text(text));
        End();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();

    private void Begin(ByteWriter writer, ReadOnlySpan<byte> type)
    {
        _json.Reset(writer);
        _json.WriteStartObject();
        _json.WriteString("type"u8, type);
    }

    private void End()
    {
        _json.WriteEndObject();
        _json.Flush();
    }

    private void WriteArea(VmArea area, ulong address, ReadOnlySpan<byte> name)
    {
        _json.WriteString("vma"u8, Text(name));
        WriteAddress("vma_start"u8, area.Start);
        WriteAddress("vma_end"u8, area.End);
        WriteAddress("vma_offset"u8, AreaNames.OffsetOf(area, address));
        _text.Clear();
        AreaNames.AppendRights(_text, area);
        _json.WriteString("vma_rights"u8, _text.Written);
    }

    private void WriteSymbol(MemoryDescriptor mm, ulong address)
    {
        if (!_symbols.TryFind(mm, address, out ReadOnlySpan<byte> name, out ulong offset))
            return;
        _json.WriteString("symbol"u8, Text(name));
        _json.WriteNumber("symbol_offset"u8, offset);
    }

    // Null for an empty entry.
    private void WriteEntry(ReadOnlySpan<byte> name, Pte entry, PhysicalMemory memory)
    {
        if (entry.IsNone)
        {
            _json.WriteNull(name);
            return;
        }
        _json.WriteStartObject(name);
        WriteAddress("raw"u8, entry.Value);
        if (entry.IsPresent)
            WriteFrame(entry, memory);
        _json.WriteEndObject();
    }

    private void WriteFrame(Pte entry, PhysicalMemory memory)
    {
        _json.WriteNumber("pfn"u8, entry.Pfn);
        _text.Clear();
        PteText.AppendFlags(_text, entry);
        _json.WriteString("flags"u8, _text.Written);
        if (memory.ZoneOrNull(entry.Pfn) is not { } zone)
            return;
        _json.WriteNumber("node"u8, zone.Node.Id);
        _json.WriteString("zone"u8, zone.Name);
    }

    // Numbers beyond 2^53 are not safe in JSON: addresses are strings.
    private void WriteAddress(ReadOnlySpan<byte> name, ulong value)
    {
        _text.Clear();
        _text.Add("0x"u8).AddHex(value);
        _json.WriteString(name, _text.Written);
    }

    // Valid until the next call.
    private ReadOnlySpan<byte> Text(ReadOnlySpan<byte> raw)
    {
        _text.Clear();
        return _text.AddText(raw).Written;
    }
}

using System.Text.Json;
using Emu.Syscalls;

namespace Emu.Cli;

/// <summary>emu syscalls: what system calls there are, and how far each is supported.</summary>
internal static class SyscallsCommand
{
    private const int NumberWidth = 4, NameWidth = 24, SupportWidth = 9;

    /// <summary>Writes the table in a format.</summary>
    public static void Write(ByteWriter writer, OutputFormat format, IReadOnlyList<SyscallRow> rows)
    {
        switch (format)
        {
            case OutputFormat.Json:
                WriteJson(writer, rows);
                break;
            case OutputFormat.Csv:
                WriteCsv(writer, rows);
                break;
            default:
                WriteTable(writer, rows);
                break;
        }
    }

    private static ReadOnlySpan<byte> NameOf(SyscallSupport support) => support switch
    {
        SyscallSupport.Full => "full"u8,
        SyscallSupport.Partial => "partial"u8,
        _ => "absent"u8,
    };

    private static void WriteTable(ByteWriter writer, IReadOnlyList<SyscallRow> rows)
    {
        Span<int> counts = stackalloc int[(int)SyscallSupport.Absent + 1];
        foreach (SyscallRow row in rows)
        {
            counts[(int)row.Support]++;
            int start = writer.Length;
            writer.Add(row.Number).AlignRight(start, NumberWidth).Add((byte)' ').Add(row.Name).PadFrom(start, NumberWidth + NameWidth);
            writer.Add(NameOf(row.Support));
            if (row.Note.Length != 0)
                writer.PadFrom(start, NumberWidth + NameWidth + SupportWidth).Add(row.Note);
            writer.Add((byte)'\n');
        }
        writer.Add(counts[(int)SyscallSupport.Full]).Add(" full, "u8).Add(counts[(int)SyscallSupport.Partial]).Add(" partial, "u8)
            .Add(counts[(int)SyscallSupport.Absent]).Add(" absent\n"u8);
    }

    private static void WriteCsv(ByteWriter writer, IReadOnlyList<SyscallRow> rows)
    {
        writer.Add("number,name,support,note\n"u8);
        foreach (SyscallRow row in rows)
        {
            writer.Add(row.Number).Add((byte)',').AddCsv(row.Name).Add((byte)',').Add(NameOf(row.Support)).Add((byte)',').AddCsv(row.Note)
                .Add((byte)'\n');
        }
    }

    private static void WriteJson(ByteWriter writer, IReadOnlyList<SyscallRow> rows)
    {
        using Utf8JsonWriter json = new(writer, new JsonWriterOptions { Indented = true });
        json.WriteStartArray();
        foreach (SyscallRow row in rows)
        {
            json.WriteStartObject();
            json.WriteNumber("number"u8, row.Number);
            json.WriteString("name"u8, row.Name);
            json.WriteString("support"u8, NameOf(row.Support));
            json.WriteString("note"u8, row.Note);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.Flush();
        writer.Add((byte)'\n');
    }
}

using System.Text;

namespace Emu.Cli;

/// <summary>Writes names of the guest, which may hold any byte, in a form that survives lines, columns and JSON.</summary>
/// <remarks>As /proc/PID/maps does: a backslash and three octal digits for what cannot stand as it is, the backslash itself included.</remarks>
internal static class Escape
{
    /// <summary>Adds a name that must hold no space, no control character and nothing beyond ASCII that is no UTF-8.</summary>
    public static ByteWriter AddName(this ByteWriter writer, ReadOnlySpan<byte> name) => Add(writer, name, keepSpaces: false);

    /// <summary>Adds a text for JSON: <see cref="AddName"/>, but spaces stay.</summary>
    public static ByteWriter AddText(this ByteWriter writer, ReadOnlySpan<byte> text) => Add(writer, text, keepSpaces: true);

    /// <summary>Adds a field of a CSV file, in quotes where it needs them. Source: RFC 4180.</summary>
    public static ByteWriter AddCsv(this ByteWriter writer, string field)
    {
        if (field.AsSpan().IndexOfAny(",\"\n") < 0)
            return writer.Add(field);
        return writer.Add((byte)'"').Add(field.Replace("\"", "\"\"", StringComparison.Ordinal)).Add((byte)'"');
    }

    private static ByteWriter Add(ByteWriter writer, ReadOnlySpan<byte> text, bool keepSpaces)
    {
        while (!text.IsEmpty)
        {
            byte first = text[0];
            int length = first < 0x80 ? 1 : SequenceLength(text);
            bool isPlain = length > 1 || (first is > (byte)' ' and < 0x7F && first != '\\') || (first == ' ' && keepSpaces);
            if (isPlain)
                writer.Add(text[..length]);
            else
                AddOctal(writer, first);
            text = text[(isPlain ? length : 1)..];
        }
        return writer;
    }

    private static void AddOctal(ByteWriter writer, byte value) => writer.Add((byte)'\\')
        .Add((byte)('0' + (value >> 6))).Add((byte)('0' + ((value >> 3) & 7))).Add((byte)('0' + (value & 7)));

    // Bytes of the character beyond ASCII that the text begins with; 1 if it is none.
    private static int SequenceLength(ReadOnlySpan<byte> text) =>
        Rune.DecodeFromUtf8(text, out _, out int length) == System.Buffers.OperationStatus.Done ? length : 1;
}

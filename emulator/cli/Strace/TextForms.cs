namespace Emu.Cli;

/// <summary>The forms of strace's output: addresses, quoted strings, lists.</summary>
internal static class TextForms
{
    /// <summary>Adds a number in hexadecimal; 0 stays 0.</summary>
    public static ByteWriter AddHexNumber(this ByteWriter writer, ulong value) =>
        value == 0 ? writer.Add((byte)'0') : writer.Add("0x"u8).AddHex(value);

    /// <summary>Adds an address; 0 is NULL.</summary>
    public static ByteWriter AddPointer(this ByteWriter writer, ulong value) =>
        value == 0 ? writer.Add("NULL"u8) : writer.Add("0x"u8).AddHex(value);

    /// <summary>Adds a number in octal with a zero before it, and three digits at least.</summary>
    public static ByteWriter AddMode(this ByteWriter writer, ulong value) => writer.Add(value < 8 ? "00"u8 : "0"u8).AddOctal(value);

    /// <summary>Adds bytes as a string of C.</summary>
    public static ByteWriter AddQuoted(this ByteWriter writer, ReadOnlySpan<byte> text)
    {
        writer.Add((byte)'"');
        for (int i = 0; i < text.Length; i++)
            AddEscaped(writer, text[i], i + 1 < text.Length && text[i + 1] is >= (byte)'0' and <= (byte)'9');
        return writer.Add((byte)'"');
    }

    /// <summary>Adds bytes as a string of C, all of them as <c>\xNN</c>.</summary>
    public static ByteWriter AddQuotedHex(this ByteWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Add((byte)'"');
        foreach (byte b in bytes)
            writer.Add("\\x"u8).AddHex(b, 2);
        return writer.Add((byte)'"');
    }

    /// <summary>Adds a comment with the date of a time, in UTC; nothing for 0.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="seconds">Since 1970.</param>
    /// <param name="part">The part of a second.</param>
    /// <param name="unit">Parts in a second.</param>
    public static ByteWriter AddDate(this ByteWriter writer, long seconds, long part = 0, long unit = 1) =>
        (seconds != 0 || part != 0) && TryFormatDate(seconds, part, unit) is { } text ? writer.Add(" /* "u8).Add(text).Add(" */"u8) : writer;

    /// <summary>The date of a time in UTC, as strace writes it; null for what no calendar has.</summary>
    public static string? TryFormatDate(long seconds, long part = 0, long unit = 1)
    {
        const long LastSecond = 253402300799; // of the year 9999
        if (seconds is < 0 or > LastSecond || part < 0 || part >= unit && part != 0)
            return null;
        string time = DateTime.UnixEpoch.AddSeconds(seconds).ToString("yyyy-MM-ddTHH:mm:ss", System.Globalization.CultureInfo.InvariantCulture);
        if (part != 0)
            time += "." + part.ToString(unit > 1_000_000 ? "D9" : "D6", System.Globalization.CultureInfo.InvariantCulture);
        return time + "+0000";
    }

    private static void AddEscaped(ByteWriter writer, byte value, bool digitFollows)
    {
        int letter = "\t\n\v\f\r\"\\"u8.IndexOf(value);
        if (letter >= 0)
            writer.Add((byte)'\\').Add("tnvfr\"\\"u8[letter]);
        else if (value is >= (byte)' ' and < 0x7F)
            writer.Add(value);
        else if (digitFollows)
            writer.Add((byte)'\\').Add((byte)('0' + (value >> 6))).Add((byte)('0' + ((value >> 3) & 7))).Add((byte)('0' + (value & 7)));
        else
            writer.Add((byte)'\\').AddOctal(value);
    }
}

using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Forms that the text of /proc files has beyond those of mm's lines. Linux: <c>seq_printf</c>.</summary>
internal static class ProcWriterExtensions
{
    /// <summary>A number in hexadecimal, right-aligned. Linux: <c>%8x</c>.</summary>
    public static ProcWriter PaddedHex(this ProcWriter writer, ulong value, int width)
    {
        int digits = Math.Max(1, (67 - System.Numerics.BitOperations.LeadingZeroCount(value)) / 4);
        for (int i = digits; i < width; i++)
            writer.Append(" "u8);
        return writer.Hex(value);
    }

    /// <summary>A number in octal, with zeros before it. Linux: <c>%0no</c>.</summary>
    public static ProcWriter Octal(this ProcWriter writer, uint value, int digits = 1) =>
        writer.Append(Convert.ToString(value, 8).PadLeft(digits, '0'));

    /// <summary>Text, filled with blanks behind it. Linux: <c>%-ns</c>.</summary>
    public static ProcWriter Padded(this ProcWriter writer, ReadOnlySpan<byte> text, int width)
    {
        writer.Append(text);
        for (int i = text.Length; i < width; i++)
            writer.Append(" "u8);
        return writer;
    }
}

using System.Buffers.Text;

namespace Emu.Mm;

/// <summary>Builds the text of a /proc file. Linux: <c>struct seq_file</c>.</summary>
public sealed class ProcWriter
{
    private byte[] _buffer = new byte[4096];
    private int _padUntil;

    /// <summary>Bytes so far.</summary>
    public int Length { get; private set; }

    /// <summary>The text.</summary>
    public ReadOnlySpan<byte> Text => _buffer.AsSpan(0, Length);

    /// <summary>Starts again.</summary>
    public void Clear() => Length = 0;

    /// <summary>Appends bytes.</summary>
    public ProcWriter Append(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        Length += text.Length;
        return this;
    }

    /// <summary>Appends ASCII text.</summary>
    public ProcWriter Append(string text)
    {
        Span<byte> room = Reserve(text.Length);
        for (int i = 0; i < text.Length; i++)
            room[i] = (byte)text[i];
        Length += text.Length;
        return this;
    }

    /// <summary>Appends a number, right-aligned. Linux: <c>seq_put_decimal_ull_width</c>.</summary>
    public ProcWriter Decimal(ulong value, int width = 0)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(value, digits, out int written);
        Repeat((byte)' ', width - written);
        return Append(digits[..written]);
    }

    /// <summary>Appends a signed number. Linux: <c>seq_put_decimal_ll</c>.</summary>
    public ProcWriter Decimal(long value, int width = 0)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(value, digits, out int written);
        Repeat((byte)' ', width - written);
        return Append(digits[..written]);
    }

    /// <summary>Appends a number in hexadecimal with zeros before it. Linux: <c>seq_put_hex_ll</c>.</summary>
    public ProcWriter Hex(ulong value, int digits = 1)
    {
        int needed = value == 0 ? 1 : (67 - System.Numerics.BitOperations.LeadingZeroCount(value)) / 4;
        int count = Math.Max(needed, digits);
        Span<byte> room = Reserve(count);
        for (int i = count - 1; i >= 0; i--, value >>= 4)
            room[i] = "0123456789abcdef"u8[(int)(value & 15)];
        Length += count;
        return this;
    }

    /// <summary>Appends a name as the kernel escapes it: what is in <paramref name="escaped"/> and backslashes in octal. Linux: <c>seq_path</c>.</summary>
    public ProcWriter Escaped(ReadOnlySpan<byte> text, ReadOnlySpan<byte> escaped)
    {
        foreach (byte b in text)
        {
            if (escaped.IndexOf(b) < 0)
                Append([b]);
            else
                Append([(byte)'\\', (byte)('0' + (b >> 6)), (byte)('0' + ((b >> 3) & 7)), (byte)('0' + (b & 7))]);
        }
        return this;
    }

    /// <summary>A line "Name:   value kB" as in /proc/PID/status and smaps.</summary>
    public ProcWriter Kilobytes(string name, ulong kilobytes, int width) => Append(name).Decimal(kilobytes, width).Append(" kB\n"u8);

    /// <summary>Notes the column that <see cref="Pad"/> fills to. Linux: <c>seq_setwidth</c>.</summary>
    internal void SetWidth(int width) => _padUntil = Length + width;

    /// <summary>Fills up to the column, and puts one more space. Linux: <c>seq_pad</c>.</summary>
    internal ProcWriter Pad()
    {
        Repeat((byte)' ', _padUntil - Length);
        return Append(" "u8);
    }

    private void Repeat(byte value, int count)
    {
        if (count <= 0)
            return;
        Reserve(count)[..count].Fill(value);
        Length += count;
    }

    private Span<byte> Reserve(int count)
    {
        if (Length + count > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        return _buffer.AsSpan(Length);
    }
}

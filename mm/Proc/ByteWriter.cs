using System.Buffers.Text;

namespace Emu.Mm;

/// <summary>Collects the bytes of a text that the kernel makes for a reader. Linux: <c>struct seq_file</c>.</summary>
public sealed class ByteWriter
{
    private byte[] _buffer;
    private int _lineStart;

    /// <summary>An empty text.</summary>
    /// <param name="capacity">Bytes that it is expected to need.</param>
    public ByteWriter(int capacity = 4096) => _buffer = new byte[capacity];

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>What was written; valid until more is.</summary>
    public ReadOnlySpan<byte> Written => _buffer.AsSpan(0, Length);

    /// <summary>Begins anew.</summary>
    public void Clear() => Length = _lineStart = 0;

    /// <summary>Writes bytes. Linux: <c>seq_write</c>.</summary>
    public ByteWriter Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(Reserve(text.Length));
        Length += text.Length;
        return this;
    }

    /// <summary>Writes one byte. Linux: <c>seq_putc</c>.</summary>
    public ByteWriter Write(byte letter)
    {
        Reserve(1)[0] = letter;
        Length++;
        return this;
    }

    /// <summary>Writes text that has nothing but ASCII.</summary>
    public ByteWriter Write(string text)
    {
        Span<byte> to = Reserve(text.Length);
        for (int i = 0; i < text.Length; i++)
            to[i] = (byte)text[i];
        Length += text.Length;
        return this;
    }

    /// <summary>Ends a line.</summary>
    public ByteWriter WriteLine()
    {
        _ = Write((byte)'\n');
        _lineStart = Length;
        return this;
    }

    /// <summary>Writes a number. Linux: <c>%*llu</c>.</summary>
    /// <param name="value">The number.</param>
    /// <param name="width">Spaces are put in front up to this many columns.</param>
    public ByteWriter WriteDecimal(ulong value, int width = 0)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(value, digits, out int count);
        return WriteRight(digits[..count], width);
    }

    /// <summary>Writes a number. Linux: <c>%*lld</c>.</summary>
    public ByteWriter WriteDecimal(long value, int width = 0)
    {
        Span<byte> digits = stackalloc byte[20];
        _ = Utf8Formatter.TryFormat(value, digits, out int count);
        return WriteRight(digits[..count], width);
    }

    /// <summary>Writes a number in hexadecimal. Linux: <c>%0*llx</c>.</summary>
    /// <param name="value">The number.</param>
    /// <param name="digits">Zeros are put in front up to this many digits.</param>
    public ByteWriter WriteHex(ulong value, int digits = 1)
    {
        int count = Math.Max(digits, (67 - System.Numerics.BitOperations.LeadingZeroCount(value | 1)) / 4);
        Span<byte> to = Reserve(count);
        for (int i = count - 1; i >= 0; i--, value >>= 4)
            to[i] = (byte)"0123456789abcdef"[(int)(value & 15)];
        Length += count;
        return this;
    }

    /// <summary>Writes a number in octal. Linux: <c>%0*o</c>.</summary>
    public ByteWriter WriteOctal(uint value, int digits = 1)
    {
        Span<byte> to = stackalloc byte[11];
        int at = to.Length;
        for (; value != 0 || to.Length - at < digits; value >>= 3)
            to[--at] = (byte)('0' + (value & 7));
        return Write(to[at..]);
    }

    /// <summary>Fills the line with spaces up to a column. Linux: <c>seq_pad</c> without its letter.</summary>
    public ByteWriter PadTo(int column)
    {
        int missing = column - (Length - _lineStart);
        if (missing <= 0)
            return this;
        Reserve(missing)[..missing].Fill((byte)' ');
        Length += missing;
        return this;
    }

    /// <summary>Writes text with some letters as backslash and three octal digits. Linux: <c>seq_escape</c>, <c>mangle_path</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="special">The letters.</param>
    public ByteWriter WriteEscaped(ReadOnlySpan<byte> text, ReadOnlySpan<byte> special)
    {
        foreach (byte letter in text)
        {
            if (special.Contains(letter))
                _ = Write((byte)'\\').WriteOctal(letter, 3);
            else
                _ = Write(letter);
        }
        return this;
    }

    private ByteWriter WriteRight(ReadOnlySpan<byte> digits, int width)
    {
        int total = Math.Max(width, digits.Length);
        Span<byte> to = Reserve(total);
        to[..(total - digits.Length)].Fill((byte)' ');
        digits.CopyTo(to[(total - digits.Length)..]);
        Length += total;
        return this;
    }

    private Span<byte> Reserve(int count)
    {
        if (_buffer.Length - Length < count)
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, Length + count));
        return _buffer.AsSpan(Length);
    }
}

using System.Buffers;
using System.Runtime.CompilerServices;

namespace Emu.Cli;

/// <summary>A growing buffer of bytes, and the few formats that the tool prints. Nothing depends on a culture.</summary>
internal sealed class ByteWriter : IBufferWriter<byte>
{
    private const int FirstSize = 256, LongestNumber = 24;

    private static ReadOnlySpan<byte> Digits => "0123456789abcdef"u8;

    private byte[] _bytes;
    private int _length;

    /// <summary>An empty buffer.</summary>
    public ByteWriter(int capacity = FirstSize) => _bytes = new byte[capacity];

    /// <summary>Bytes in it.</summary>
    public int Length => _length;

    /// <summary>What it holds; valid until the next change.</summary>
    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, _length);

    /// <summary>Empties it.</summary>
    public void Clear() => _length = 0;

    /// <summary>Cuts it to a length that it had before.</summary>
    public void Truncate(int length) => _length = length;

    /// <summary>Adds a byte.</summary>
    public ByteWriter Add(byte value)
    {
        Reserve(1);
        _bytes[_length++] = value;
        return this;
    }

    /// <summary>Adds bytes.</summary>
    public ByteWriter Add(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(_length));
        _length += bytes.Length;
        return this;
    }

    /// <summary>Adds a string, a byte for each character: ASCII, or bytes that were widened to characters.</summary>
    public ByteWriter Add(string text)
    {
        Reserve(text.Length);
        foreach (char c in text)
            _bytes[_length++] = (byte)c;
        return this;
    }

    /// <summary>Adds a number in decimal.</summary>
    public ByteWriter Add(long value)
    {
        if (value >= 0)
            return Add((ulong)value);
        return Add((byte)'-').Add((ulong)-value);
    }

    /// <summary>Adds a number in decimal.</summary>
    public ByteWriter Add(ulong value)
    {
        Span<byte> digits = stackalloc byte[LongestNumber];
        int at = digits.Length;
        do
            digits[--at] = (byte)('0' + (value % 10));
        while ((value /= 10) != 0);
        return Add(digits[at..]);
    }

    /// <summary>Adds a number in decimal.</summary>
    public ByteWriter Add(int value) => Add((long)value);

    /// <summary>Adds a number in decimal, with spaces before it up to <paramref name="width"/>.</summary>
    public ByteWriter AddRight(long value, int width)
    {
        int start = _length;
        return Add(value).AlignRight(start, width);
    }

    /// <summary>Adds a number in decimal, with zeros before it up to <paramref name="digits"/>.</summary>
    public ByteWriter AddPadded(ulong value, int digits)
    {
        Reserve(digits);
        for (int i = digits - 1; i >= 0; i--, value /= 10)
            _bytes[_length + i] = (byte)('0' + (value % 10));
        _length += digits;
        return this;
    }

    /// <summary>Adds a number in hexadecimal, with zeros before it up to <paramref name="digits"/>, and without 0x.</summary>
    public ByteWriter AddHex(ulong value, int digits = 1)
    {
        int needed = Math.Max(digits, (67 - System.Numerics.BitOperations.LeadingZeroCount(value)) / 4);
        Reserve(needed);
        ReadOnlySpan<byte> names = Digits;
        for (int i = needed - 1; i >= 0; i--, value >>= 4)
            _bytes[_length + i] = names[(int)(value & 15)];
        _length += needed;
        return this;
    }

    /// <summary>Adds a number in octal.</summary>
    public ByteWriter AddOctal(ulong value)
    {
        Span<byte> digits = stackalloc byte[LongestNumber];
        int at = digits.Length;
        do
            digits[--at] = (byte)('0' + (value & 7));
        while ((value >>= 3) != 0);
        return Add(digits[at..]);
    }

    /// <summary>Adds spaces until <paramref name="width"/> bytes stand behind <paramref name="start"/>, and one at least.</summary>
    public ByteWriter PadFrom(int start, int width)
    {
        int missing = Math.Max(width - (_length - start), 1);
        Reserve(missing);
        _bytes.AsSpan(_length, missing).Fill((byte)' ');
        _length += missing;
        return this;
    }

    /// <summary>Puts spaces before what stands behind <paramref name="start"/>, so that it ends at <paramref name="width"/>.</summary>
    public ByteWriter AlignRight(int start, int width)
    {
        int length = _length - start, missing = width - length;
        if (missing <= 0)
            return this;
        Reserve(missing);
        _bytes.AsSpan(start, length).CopyTo(_bytes.AsSpan(start + missing));
        _bytes.AsSpan(start, missing).Fill((byte)' ');
        _length += missing;
        return this;
    }

    /// <inheritdoc/>
    public void Advance(int count) => _length += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, FirstSize));
        return _bytes.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(Math.Max(sizeHint, FirstSize));
        return _bytes.AsSpan(_length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Reserve(int count)
    {
        if (_bytes.Length - _length < count)
            Grow(count);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count) => Array.Resize(ref _bytes, Math.Max(_bytes.Length * 2, _length + count));
}

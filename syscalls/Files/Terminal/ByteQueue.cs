namespace Emu.Syscalls;

/// <summary>Bytes on their way, first in, first out.</summary>
/// <param name="limit">How many it should hold at most; whoever fills it looks at <see cref="Room"/>.</param>
internal sealed class ByteQueue(int limit)
{
    private byte[] _data = new byte[256];
    private int _first;

    /// <summary>Bytes in it.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes that it still takes.</summary>
    public int Room => Math.Max(limit - Count, 0);

    /// <summary>Puts a byte in.</summary>
    public void Add(byte value)
    {
        if (Count == _data.Length)
            Grow();
        _data[(_first + Count++) & (_data.Length - 1)] = value;
    }

    /// <summary>Puts bytes in.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
            Add(value);
    }

    /// <summary>Takes the first byte out.</summary>
    public byte Take()
    {
        byte value = _data[_first];
        _first = (_first + 1) & (_data.Length - 1);
        Count--;
        return value;
    }

    /// <summary>The first byte.</summary>
    public byte Peek() => _data[_first];

    /// <summary>Takes out as many as fit.</summary>
    /// <returns>How many.</returns>
    public int Take(Span<byte> bytes)
    {
        int count = Math.Min(Count, bytes.Length);
        for (int i = 0; i < count; i++)
            bytes[i] = Take();
        return count;
    }

    /// <summary>Drops everything.</summary>
    public void Clear() => Count = 0;

    private void Grow()
    {
        byte[] larger = new byte[_data.Length * 2];
        for (int i = 0; i < Count; i++)
            larger[i] = _data[(_first + i) & (_data.Length - 1)];
        _data = larger;
        _first = 0;
    }
}

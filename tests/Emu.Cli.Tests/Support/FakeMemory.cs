using System.Text;

namespace Emu.Cli.Tests;

/// <summary>Memory of a caller: pieces at addresses, and nothing between them.</summary>
internal sealed class FakeMemory
{
    private readonly SortedDictionary<ulong, byte[]> _pieces = [];
    private ulong _next = 0x1000;

    /// <summary>Puts bytes somewhere.</summary>
    /// <returns>Where.</returns>
    public ulong Put(params byte[] bytes)
    {
        ulong address = _next;
        _pieces[address] = bytes;
        _next += (ulong)bytes.Length + 0x100;
        return address;
    }

    /// <summary>Puts a string of C somewhere; a character is a byte.</summary>
    public ulong Put(string text) => Put([.. Encoding.Latin1.GetBytes(text), 0]);

    /// <summary>Puts numbers of 8 bytes somewhere.</summary>
    public ulong PutWords(params ulong[] words) => Put([.. words.SelectMany(BitConverter.GetBytes)]);

    /// <summary>Puts numbers of 4 bytes somewhere.</summary>
    public ulong PutInts(params int[] values) => Put([.. values.SelectMany(BitConverter.GetBytes)]);

    /// <summary>Changes what stands at an address.</summary>
    public void Set(ulong address, params byte[] bytes) => bytes.CopyTo(_pieces[address], 0);

    /// <summary>Reads as far as a piece goes.</summary>
    public int Read(ulong address, Span<byte> buffer)
    {
        foreach ((ulong start, byte[] bytes) in _pieces)
        {
            if (address < start || address >= start + (ulong)bytes.Length)
                continue;
            ReadOnlySpan<byte> rest = bytes.AsSpan((int)(address - start));
            rest = rest[..Math.Min(rest.Length, buffer.Length)];
            rest.CopyTo(buffer);
            return rest.Length;
        }
        return 0;
    }
}

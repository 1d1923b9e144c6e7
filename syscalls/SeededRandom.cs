namespace Emu.Syscalls;

/// <summary>The machine's source of randomness: SplitMix64 over a seed, so that each run draws the same.</summary>
/// <remarks>Not for secrets: a guest that needs unpredictable bytes gets predictable ones, which is what a reproducible machine is.</remarks>
public sealed class SeededRandom(ulong seed)
{
    private ulong _state = seed;

    /// <summary>The next 64 bits.</summary>
    public ulong Next()
    {
        ulong z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A random number in the form of RFC 4122, version 4.</summary>
    public Guid NextGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>Fills a span.</summary>
    public void Fill(Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            ulong word = Next();
            for (int i = 0; i < 8 && !destination.IsEmpty; i++, word >>= 8)
            {
                destination[0] = (byte)word;
                destination = destination[1..];
            }
        }
    }
}

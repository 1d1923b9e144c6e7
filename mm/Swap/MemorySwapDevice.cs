using System.Runtime.CompilerServices;

namespace Emu.Mm;

/// <summary>A swap area in host memory: what is swapped out still costs host memory, but not the guest's.</summary>
public sealed unsafe class MemorySwapDevice : ISwapDevice, IDisposable
{
    private readonly byte* _data;

    /// <summary>An area of a number of pages, reserved and not yet touched.</summary>
    /// <exception cref="OutOfMemoryException">The host refuses the reservation.</exception>
    public MemorySwapDevice(ulong pages)
    {
        Pages = pages;
        _data = HostMapping.Reserve((pages + 1) << MmConstants.PageShift, hugePages: false);
    }

    /// <inheritdoc/>
    public ulong Pages { get; }

    /// <inheritdoc/>
    public int Read(ulong page, Span<byte> data)
    {
        new ReadOnlySpan<byte>(Slot(page), data.Length).CopyTo(data);
        return 0;
    }

    /// <inheritdoc/>
    public int Write(ulong page, ReadOnlySpan<byte> data)
    {
        data.CopyTo(new Span<byte>(Slot(page), data.Length));
        return 0;
    }

    /// <inheritdoc/>
    public void Dispose() => HostMapping.Release(_data, (Pages + 1) << MmConstants.PageShift);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Slot(ulong page)
    {
        Bug.On(page > Pages, "a swap slot beyond the area");
        return _data + (page << MmConstants.PageShift);
    }
}

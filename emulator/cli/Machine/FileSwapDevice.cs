using Emu.Host;
using Emu.Mm;

namespace Emu.Cli;

/// <summary>A swap area in a file of the host. The file is given its size and written to as pages are swapped out.</summary>
internal sealed class FileSwapDevice : ISwapDevice
{
    private const uint FileMode = 0x180; // 0600: it holds what the program had in memory
    private const int SignatureOffset = 4086;

    private readonly int _fd;

    private FileSwapDevice(int fd, ulong pages)
    {
        _fd = fd;
        Pages = pages;
    }

    private static ReadOnlySpan<byte> Signature => "SWAPSPACE2"u8;

    /// <inheritdoc/>
    public ulong Pages { get; }

    /// <summary>Opens a file, or makes it. One that is not empty must be a swap area already (mkswap), so that nothing else is overwritten.</summary>
    /// <returns>0 or a negative errno; -EINVAL for a file that holds something else.</returns>
    public static int TryOpen(byte[] path, ulong pages, out ISwapDevice? device)
    {
        device = null;
        int fd = HostFile.OpenAt(HostAtFlags.CurrentDirectory, path, HostOpenFlags.ReadWrite | HostOpenFlags.Create | HostOpenFlags.CloseOnExec, FileMode);
        if (fd < 0)
            return fd;
        int error = Prepare(fd, pages);
        if (error == 0)
            device = new FileSwapDevice(fd, pages);
        else
            _ = HostFile.Close(fd); // nothing was written
        return error;
    }

    /// <inheritdoc/>
    public int Read(ulong page, Span<byte> data)
    {
        long read = HostFile.PRead(_fd, data, (long)(page << MmConstants.PageShift));
        return read < 0 ? (int)read : read == data.Length ? 0 : -Errno.EIO;
    }

    /// <inheritdoc/>
    public int Write(ulong page, ReadOnlySpan<byte> data)
    {
        long written = HostFile.PWrite(_fd, data, (long)(page << MmConstants.PageShift));
        return written < 0 ? (int)written : written == data.Length ? 0 : -Errno.EIO;
    }

    private static int Prepare(int fd, ulong pages)
    {
        Span<byte> found = stackalloc byte[Signature.Length];
        long end = HostFile.Seek(fd, 0, HostSeek.End);
        if (end < 0)
            return (int)end;
        bool isSwap = HostFile.PRead(fd, found, SignatureOffset) == found.Length && found.SequenceEqual(Signature);
        if (end != 0 && !isSwap)
            return -Errno.EINVAL;
        int error = HostFile.Truncate(fd, (long)((pages + 1) << MmConstants.PageShift));
        if (error < 0)
            return error;
        long written = HostFile.PWrite(fd, Signature, SignatureOffset);
        return written < 0 ? (int)written : 0;
    }
}

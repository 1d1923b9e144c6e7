using Emu.Mm;

namespace Emu.Loader;

/// <summary>An opened program file. Owned by the loader, implemented by whoever opens files.</summary>
public interface IExecutable
{
    /// <summary>What is mapped.</summary>
    VmFile File { get; }

    /// <summary>Bytes in the file.</summary>
    ulong Size { get; }

    /// <summary>Reads from the file. Linux: <c>kernel_read</c>.</summary>
    /// <returns>Bytes read, fewer at the end; or a negative errno.</returns>
    int Read(ulong offset, Span<byte> buffer);
}

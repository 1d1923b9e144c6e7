namespace Emu.Mm;

/// <summary>Where the pages of a file come from and go to. Owned by mm, implemented by file systems. Linux: <c>address_space_operations</c>.</summary>
public interface IBackingStore
{
    /// <summary>Reads bytes of the file. Linux: <c>read_folio</c>, <c>readahead</c>.</summary>
    /// <param name="offset">Byte offset, page-aligned.</param>
    /// <param name="buffer">Filled from its start.</param>
    /// <returns>Bytes read, fewer at the end of the file; or a negative errno.</returns>
    int Read(ulong offset, Span<byte> buffer);

    /// <summary>Writes bytes of the file. Linux: <c>writepages</c>.</summary>
    /// <returns>Bytes written or a negative errno.</returns>
    int Write(ulong offset, ReadOnlySpan<byte> data);

    /// <summary>A page of the file becomes writable in a shared mapping: the last point at which it can be refused. Linux: <c>page_mkwrite</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    int PrepareWrite(ulong offset) => 0;
}

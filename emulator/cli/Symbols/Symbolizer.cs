using Emu.Mm;

namespace Emu.Cli;

/// <summary>Names addresses of guest code. The symbols of a file are read when one of them is first asked for.</summary>
/// <remarks>
/// The file is read past its page cache, so that nothing of the guest changes. No load bias is needed: the mapping gives the offset in the
/// file, and the file's own segments the address there.
/// </remarks>
internal sealed class Symbolizer
{
    private readonly Dictionary<PageCache, ElfSymbols> _files = [];

    /// <summary>Adds <c>symbol+0x12</c>; <c>file+0x1234</c> (the offset in the file) without a symbol; <c>-</c> without a file.</summary>
    public void Append(ByteWriter writer, MemoryDescriptor mm, ulong address)
    {
        if (TryFind(mm, address, out ReadOnlySpan<byte> name, out ulong offset) || TryFindFile(mm, address, out name, out offset))
            writer.AddName(name).Add("+0x"u8).AddHex(offset);
        else
            writer.Add((byte)'-');
    }

    /// <summary>The symbol that an address belongs to.</summary>
    public bool TryFind(MemoryDescriptor mm, ulong address, out ReadOnlySpan<byte> name, out ulong offset)
    {
        name = default;
        offset = 0;
        if (mm.Lookup(address) is not { File.Mapping: { } cache } area)
            return false;
        ElfSymbols symbols = SymbolsOf(cache);
        return symbols.TryAddressOf(OffsetInFile(area, address), (area.Flags & VmFlags.Exec) != 0, out ulong inFile) &&
            symbols.TryFind(inFile, out name, out offset);
    }

    private static bool TryFindFile(MemoryDescriptor mm, ulong address, out ReadOnlySpan<byte> name, out ulong offset)
    {
        name = default;
        offset = 0;
        if (mm.Lookup(address) is not { File: { } file } area)
            return false;
        ReadOnlySpan<byte> path = file.MapsPath;
        name = path[(path.LastIndexOf((byte)'/') + 1)..];
        offset = OffsetInFile(area, address);
        return true;
    }

    private static ulong OffsetInFile(VmArea area, ulong address) => (area.PageOffset << MmConstants.PageShift) + (address - area.Start);

    private ElfSymbols SymbolsOf(PageCache cache)
    {
        if (_files.TryGetValue(cache, out ElfSymbols? symbols))
            return symbols;
        symbols = cache.Store is { } store ? ElfSymbols.Load((offset, buffer) => TryRead(store, offset, buffer)) : ElfSymbols.Empty;
        _files.Add(cache, symbols);
        return symbols;
    }

    // The store gives whole pages.
    private static bool TryRead(IBackingStore store, ulong offset, Span<byte> buffer)
    {
        ulong inPage = offset & ~MmConstants.PageMask;
        if (inPage == 0)
            return store.Read(offset, buffer) == buffer.Length;
        byte[] aligned = new byte[(int)inPage + buffer.Length];
        if (store.Read(offset - inPage, aligned) != aligned.Length)
            return false;
        aligned.AsSpan((int)inPage).CopyTo(buffer);
        return true;
    }
}

using System.Buffers.Binary;

namespace Emu.Cli;

/// <summary>Reads bytes of a file.</summary>
/// <returns>Whether all could be read.</returns>
internal delegate bool FileReader(ulong offset, Span<byte> buffer);

/// <summary>
/// The functions and objects that an ELF file names, by address: .symtab, or .dynsym in a file that was stripped. Source: elf(5).
/// </summary>
/// <remarks>Files are whatever a guest maps: nothing in them is believed, and what does not fit is left out.</remarks>
internal sealed class ElfSymbols
{
    private const int HeaderSize = 64, SectionSize = 64, SymbolSize = 24, SegmentSize = 56;
    private const uint SymbolTable = 2, DynamicSymbolTable = 11;
    private const ulong LargestTable = 256UL << 20;

    private readonly Symbol[] _symbols;
    private readonly byte[] _names;
    private readonly Segment[] _segments;

    private ElfSymbols(Symbol[] symbols, byte[] names, Segment[] segments)
    {
        _symbols = symbols;
        _names = names;
        _segments = segments;
    }

    /// <summary>What is known of a file that is no ELF file: nothing.</summary>
    public static ElfSymbols Empty { get; } = new([], [], []);

    /// <summary>How many symbols there are.</summary>
    public int Count => _symbols.Length;

    private readonly record struct Symbol(ulong Address, ulong Size, int Name, int Rank);

    private readonly record struct Segment(ulong Offset, ulong Address, ulong FileSize, bool IsExecutable);

    private readonly record struct Table(ulong Offset, ulong Size, uint Link);

    /// <summary>Reads the symbols of a file.</summary>
    public static ElfSymbols Load(FileReader read)
    {
        Span<byte> header = stackalloc byte[HeaderSize];
        // ELF, 64 bits, least byte first
        if (!read(0, header) || !header.StartsWith("\u007fELF\u0002\u0001"u8))
            return Empty;
        Segment[] segments = ReadSegments(read, header);
        byte[] sections = ReadArray(read, header[40..], BinaryPrimitives.ReadUInt16LittleEndian(header[60..]), SectionSize);
        if (!TryFindTable(sections, SymbolTable, out Table table) && !TryFindTable(sections, DynamicSymbolTable, out table))
            return new ElfSymbols([], [], segments);
        byte[] entries = ReadTable(read, table);
        byte[] names = TryTable(sections, table.Link, out Table strings) ? ReadTable(read, strings) : [];
        return new ElfSymbols(Collect(entries, names), names, segments);
    }

    /// <summary>The address, as the file has it, of what stands at an offset of the file.</summary>
    /// <param name="offset">Offset in the file.</param>
    /// <param name="code">Whether it is code: pages of a file can be mapped twice, as code and as data.</param>
    /// <param name="address">The address before relocation.</param>
    public bool TryAddressOf(ulong offset, bool code, out ulong address)
    {
        address = 0;
        bool found = false;
        foreach (Segment segment in _segments)
        {
            if (offset - segment.Offset >= segment.FileSize || (found && segment.IsExecutable != code))
                continue;
            address = segment.Address + (offset - segment.Offset);
            found = true;
        }
        return found;
    }

    /// <summary>The symbol that an address belongs to.</summary>
    /// <param name="address">Address before relocation.</param>
    /// <param name="name">Its name.</param>
    /// <param name="offset">Bytes from its start.</param>
    public bool TryFind(ulong address, out ReadOnlySpan<byte> name, out ulong offset)
    {
        name = default;
        offset = 0;
        int low = 0, high = _symbols.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (_symbols[middle].Address <= address)
                low = middle + 1;
            else
                high = middle;
        }
        if (low == 0)
            return false;
        Symbol symbol = _symbols[low - 1];
        offset = address - symbol.Address;
        // What has no size (a label of an assembler's source) reaches to the next symbol.
        if (symbol.Size != 0 && offset >= symbol.Size)
            return false;
        name = NameAt(_names, symbol.Name);
        return true;
    }

    private static Segment[] ReadSegments(FileReader read, ReadOnlySpan<byte> header)
    {
        byte[] table = ReadArray(read, header[32..], BinaryPrimitives.ReadUInt16LittleEndian(header[56..]), SegmentSize);
        List<Segment> segments = [];
        for (int at = 0; at + SegmentSize <= table.Length; at += SegmentSize)
        {
            ReadOnlySpan<byte> entry = table.AsSpan(at, SegmentSize);
            if (BinaryPrimitives.ReadUInt32LittleEndian(entry) == Loader.ElfSegment.Load)
            {
                bool isExecutable = (BinaryPrimitives.ReadUInt32LittleEndian(entry[4..]) & 1) != 0;
                segments.Add(new Segment(Word(entry[8..]), Word(entry[16..]), Word(entry[32..]), isExecutable));
            }
        }
        return [.. segments];
    }

    private static byte[] ReadArray(FileReader read, ReadOnlySpan<byte> offset, int count, int size) =>
        ReadTable(read, new Table(Word(offset), (ulong)(count * size), 0));

    private static byte[] ReadTable(FileReader read, Table table)
    {
        if (table.Size > LargestTable)
            return [];
        byte[] bytes = new byte[table.Size];
        return read(table.Offset, bytes) ? bytes : [];
    }

    private static bool TryFindTable(byte[] sections, uint type, out Table table)
    {
        for (uint i = 0; i < sections.Length / SectionSize; i++)
        {
            if (BinaryPrimitives.ReadUInt32LittleEndian(sections.AsSpan((int)(i * SectionSize) + 4)) == type)
                return TryTable(sections, i, out table);
        }
        table = default;
        return false;
    }

    private static bool TryTable(byte[] sections, uint index, out Table table)
    {
        table = default;
        if (index >= sections.Length / SectionSize)
            return false;
        ReadOnlySpan<byte> entry = sections.AsSpan((int)(index * SectionSize), SectionSize);
        table = new Table(Word(entry[24..]), Word(entry[32..]), BinaryPrimitives.ReadUInt32LittleEndian(entry[40..]));
        return true;
    }

    // In the order of their addresses, the best name first at each, and the others left out.
    private static Symbol[] Collect(byte[] entries, byte[] names)
    {
        List<Symbol> symbols = new(entries.Length / SymbolSize);
        for (int at = 0; at + SymbolSize <= entries.Length; at += SymbolSize)
        {
            if (TryParse(entries.AsSpan(at, SymbolSize), names, out Symbol symbol))
                symbols.Add(symbol);
        }
        symbols.Sort(static (a, b) => a.Address != b.Address ? a.Address.CompareTo(b.Address) : Preference(a, b));
        int kept = 0;
        for (int i = 0; i < symbols.Count; i++)
        {
            if (kept == 0 || symbols[i].Address != symbols[kept - 1].Address)
                symbols[kept++] = symbols[i];
        }
        return symbols[..kept].ToArray();
    }

    private static int Preference(Symbol a, Symbol b)
    {
        int byKind = a.Rank.CompareTo(b.Rank);
        return byKind != 0 ? byKind : a.Name.CompareTo(b.Name);
    }

    private static bool TryParse(ReadOnlySpan<byte> entry, byte[] names, out Symbol symbol)
    {
        uint name = BinaryPrimitives.ReadUInt32LittleEndian(entry);
        int type = entry[4] & 15, binding = entry[4] >> 4;
        ushort section = BinaryPrimitives.ReadUInt16LittleEndian(entry[6..]);
        ulong size = Word(entry[16..]);
        symbol = new Symbol(Word(entry[8..]), size, (int)name, Rank(binding, size));
        // functions, objects, labels without a type and indirect functions; defined here, with a name
        return type is 0 or 1 or 2 or 10 && section is not 0 and < 0xFF00 && name != 0 && name < names.Length && !NameAt(names, (int)name).IsEmpty;
    }

    // Global before weak before local, and what has a size first.
    private static int Rank(int binding, ulong size) => (size == 0 ? 3 : 0) + binding switch { 1 => 0, 2 => 1, _ => 2 };

    private static ReadOnlySpan<byte> NameAt(byte[] names, int offset)
    {
        ReadOnlySpan<byte> rest = names.AsSpan(offset);
        int end = rest.IndexOf((byte)0);
        return end < 0 ? rest : rest[..end];
    }

    private static ulong Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);
}

using System.Buffers.Binary;

namespace Emu.Loader.Tests;

/// <summary>An ELF file put together by hand: a header, program headers behind it, then content.</summary>
internal sealed class ElfBuilder
{
    public const uint Read = 4, Write = 2, Exec = 1;
    private const int HeaderSize = 64, ProgramHeaderSize = 56;

    private readonly List<ElfSegment> _segments = [];
    private readonly List<(ulong Offset, byte[] Bytes)> _content = [];

    public ushort Type { get; init; } = ElfFile.TypeExecutable;

    public ushort Machine { get; init; } = 62;

    public ushort HeaderEntrySize { get; init; } = ProgramHeaderSize;

    public ulong Entry { get; init; } = 0x401000;

    public ulong ProgramHeaderOffset { get; init; } = HeaderSize;

    /// <summary>What e_phnum says; the real number if null.</summary>
    public ushort? Count { get; init; }

    /// <summary>Bytes of the file; as many as the content needs if null.</summary>
    public int? Length { get; init; }

    public ElfBuilder Segment(uint type, uint flags, ulong offset, ulong address, ulong fileSize, ulong memorySize, ulong alignment = 0x1000)
    {
        _segments.Add(new ElfSegment(type, flags, offset, address, fileSize, memorySize, alignment));
        return this;
    }

    public ElfBuilder Load(uint flags, ulong offset, ulong address, ulong fileSize, ulong? memorySize = null) =>
        Segment(ElfSegment.Load, flags, offset, address, fileSize, memorySize ?? fileSize);

    public ElfBuilder Content(ulong offset, params ReadOnlySpan<byte> bytes)
    {
        _content.Add((offset, bytes.ToArray()));
        return this;
    }

    /// <summary>Code in one page, data with zeros behind it in others: what a linker makes.</summary>
    public static ElfBuilder Usual(ushort type = ElfFile.TypeExecutable, ulong at = 0x400000) => new ElfBuilder { Type = type, Entry = at + 0x1000 }
        .Load(Read, 0, at, 0x200)
        .Load(Read | Exec, 0x1000, at + 0x1000, 0x80)
        .Load(Read | Write, 0x1f80, at + 0x2f80, 0x90, 0x3000)
        .Content(0x1000, 0xc3)
        .Content(0x1f80, [.. Enumerable.Repeat((byte)'d', 0x90)])
        .Content(0x2010, [.. Enumerable.Repeat((byte)'x', 0x40)]);

    public byte[] Build()
    {
        int end = HeaderSize + (_segments.Count * ProgramHeaderSize);
        foreach ((ulong offset, byte[] bytes) in _content)
            end = Math.Max(end, (int)offset + bytes.Length);
        byte[] file = new byte[end];
        PutHeader(file);
        for (int i = 0; i < _segments.Count; i++)
            Put(file.AsSpan(HeaderSize + (i * ProgramHeaderSize)), _segments[i]);
        foreach ((ulong offset, byte[] bytes) in _content)
            bytes.CopyTo(file.AsSpan((int)offset));
        if (Length is { } length)
            Array.Resize(ref file, length);
        return file;
    }

    private void PutHeader(Span<byte> file)
    {
        "\u007fELF"u8.CopyTo(file);
        (file[4], file[5], file[6]) = (2, 1, 1);
        BinaryPrimitives.WriteUInt16LittleEndian(file[16..], Type);
        BinaryPrimitives.WriteUInt16LittleEndian(file[18..], Machine);
        BinaryPrimitives.WriteUInt32LittleEndian(file[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(file[24..], Entry);
        BinaryPrimitives.WriteUInt64LittleEndian(file[32..], ProgramHeaderOffset);
        BinaryPrimitives.WriteUInt16LittleEndian(file[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(file[54..], HeaderEntrySize);
        BinaryPrimitives.WriteUInt16LittleEndian(file[56..], Count ?? (ushort)_segments.Count);
    }

    private static void Put(Span<byte> at, ElfSegment segment)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(at, segment.Type);
        BinaryPrimitives.WriteUInt32LittleEndian(at[4..], segment.Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(at[8..], segment.Offset);
        BinaryPrimitives.WriteUInt64LittleEndian(at[16..], segment.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(at[24..], segment.Address);
        BinaryPrimitives.WriteUInt64LittleEndian(at[32..], segment.FileSize);
        BinaryPrimitives.WriteUInt64LittleEndian(at[40..], segment.MemorySize);
        BinaryPrimitives.WriteUInt64LittleEndian(at[48..], segment.Alignment);
    }
}

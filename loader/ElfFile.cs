using System.Buffers.Binary;
using Emu.Mm;

namespace Emu.Loader;

/// <summary>The headers of an ELF file, checked as the kernel checks them. Linux: fs/binfmt_elf.c; elf(5).</summary>
/// <remarks>Deliberately narrow, so that a library could take its place.</remarks>
public sealed class ElfFile
{
    /// <summary>ET_EXEC: an executable at fixed addresses.</summary>
    public const ushort TypeExecutable = 2;

    /// <summary>ET_DYN: position-independent.</summary>
    public const ushort TypeDynamic = 3;

    /// <summary>Bytes of a program header.</summary>
    public const int ProgramHeaderSize = 56;

    private const int HeaderSize = 64, MaxProgramHeaderBytes = 65536, MaxInterpreterPath = 4096;
    private const ushort MachineX8664 = 62;

    private ElfFile(IExecutable source, ushort type, ulong entry, ulong programHeaderOffset, ElfSegment[] segments)
    {
        Source = source;
        Type = type;
        Entry = entry;
        ProgramHeaderOffset = programHeaderOffset;
        Segments = segments;
    }

    /// <summary>The file.</summary>
    public IExecutable Source { get; }

    /// <summary><see cref="TypeExecutable"/> or <see cref="TypeDynamic"/>.</summary>
    public ushort Type { get; }

    /// <summary>Address of the first instruction, before relocation.</summary>
    public ulong Entry { get; }

    /// <summary>Where the program headers stand in the file.</summary>
    public ulong ProgramHeaderOffset { get; }

    /// <summary>All program headers in the order of the file.</summary>
    public IReadOnlyList<ElfSegment> Segments { get; }

    /// <summary>Path of the program interpreter, or null. Linux: PT_INTERP.</summary>
    public byte[]? Interpreter { get; private set; }

    /// <summary>Reads and checks the headers. Nothing of the guest is touched.</summary>
    /// <param name="source">The file.</param>
    /// <param name="file">The headers.</param>
    /// <param name="reason">Why not, in words.</param>
    /// <returns>0; or ENOEXEC, EIO, negated.</returns>
    public static int TryRead(IExecutable source, out ElfFile? file, out string reason)
    {
        file = null;
        Span<byte> header = stackalloc byte[HeaderSize];
        header.Clear();
        int got = source.Read(0, header);
        if (got < 0)
            return Fail(got, "the file cannot be read", out reason);
        if (!header.StartsWith("\u007fELF"u8))
            return Fail(-Errno.ENOEXEC, got == 0 ? "the file is empty" : "not an ELF file", out reason);
        ushort type = BinaryPrimitives.ReadUInt16LittleEndian(header[16..]);
        if (type is not (TypeExecutable or TypeDynamic))
            return Fail(-Errno.ENOEXEC, $"ELF type {type} is no executable", out reason);
        ushort machine = BinaryPrimitives.ReadUInt16LittleEndian(header[18..]);
        if (machine != MachineX8664)
            return Fail(-Errno.ENOEXEC, $"ELF machine {machine} is not x86-64", out reason);
        if (!source.File.CanMap)
            return Fail(-Errno.ENOEXEC, "the file cannot be mapped", out reason);
        int error = ReadSegments(source, header, out ElfSegment[] segments, out reason);
        if (error != 0)
            return error;
        file = new ElfFile(source, type, BinaryPrimitives.ReadUInt64LittleEndian(header[24..]),
            BinaryPrimitives.ReadUInt64LittleEndian(header[32..]), segments);
        error = file.ReadInterpreter(out reason);
        if (error != 0)
            file = null;
        return error;
    }

    // Linux: load_elf_phdrs
    private static int ReadSegments(IExecutable source, ReadOnlySpan<byte> header, out ElfSegment[] segments, out string reason)
    {
        segments = [];
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
        ushort entrySize = BinaryPrimitives.ReadUInt16LittleEndian(header[54..]);
        ushort count = BinaryPrimitives.ReadUInt16LittleEndian(header[56..]);
        if (entrySize != ProgramHeaderSize)
            return Fail(-Errno.ENOEXEC, $"program headers of {entrySize} bytes: not a 64-bit ELF file", out reason);
        int bytes = count * ProgramHeaderSize;
        if (bytes is 0 or > MaxProgramHeaderBytes)
            return Fail(-Errno.ENOEXEC, $"{count} program headers", out reason);
        byte[] table = new byte[bytes];
        if (offset > long.MaxValue || source.Read(offset, table) != bytes)
            return Fail(-Errno.ENOEXEC, "the program headers lie outside the file", out reason);
        segments = new ElfSegment[count];
        for (int i = 0; i < count; i++)
            segments[i] = ElfSegment.Parse(table.AsSpan(i * ProgramHeaderSize));
        reason = "";
        return 0;
    }

    private int ReadInterpreter(out string reason)
    {
        reason = "";
        foreach (ElfSegment segment in Segments)
        {
            if (segment.Type != ElfSegment.Interp)
                continue;
            if (segment.FileSize is > MaxInterpreterPath or < 2)
                return Fail(-Errno.ENOEXEC, $"the path of the interpreter has {segment.FileSize} bytes", out reason);
            byte[] path = new byte[segment.FileSize];
            if (segment.Offset > long.MaxValue || Source.Read(segment.Offset, path) != path.Length)
                return Fail(-Errno.EIO, "the path of the interpreter lies outside the file", out reason);
            if (path[^1] != 0)
                return Fail(-Errno.ENOEXEC, "the path of the interpreter has no end", out reason);
            Interpreter = path.AsSpan()[..path.AsSpan().IndexOf((byte)0)].ToArray();
            return 0;
        }
        return 0;
    }

    private static int Fail(int error, string why, out string reason)
    {
        reason = why;
        return error;
    }
}

/// <summary>A program header. Linux: <c>Elf64_Phdr</c>.</summary>
/// <param name="Type">p_type.</param>
/// <param name="Flags">p_flags: 1 execute, 2 write, 4 read.</param>
/// <param name="Offset">p_offset.</param>
/// <param name="Address">p_vaddr.</param>
/// <param name="FileSize">p_filesz.</param>
/// <param name="MemorySize">p_memsz.</param>
/// <param name="Alignment">p_align.</param>
public sealed record ElfSegment(uint Type, uint Flags, ulong Offset, ulong Address, ulong FileSize, ulong MemorySize, ulong Alignment)
{
    /// <summary>PT_LOAD.</summary>
    public const uint Load = 1;

    /// <summary>PT_INTERP.</summary>
    public const uint Interp = 3;

    /// <summary>PT_GNU_STACK.</summary>
    public const uint GnuStack = 0x6474E551;

    /// <summary>Whether it may be executed.</summary>
    public bool IsExecutable => (Flags & 1) != 0;

    /// <summary>The protection that it asks for. Linux: <c>make_prot</c>.</summary>
    public MemoryProtection Protection =>
        ((Flags & 4) != 0 ? MemoryProtection.Read : 0) | ((Flags & 2) != 0 ? MemoryProtection.Write : 0) |
        ((Flags & 1) != 0 ? MemoryProtection.Exec : 0);

    internal static ElfSegment Parse(ReadOnlySpan<byte> data) => new(
        BinaryPrimitives.ReadUInt32LittleEndian(data),
        BinaryPrimitives.ReadUInt32LittleEndian(data[4..]),
        BinaryPrimitives.ReadUInt64LittleEndian(data[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(data[16..]),
        BinaryPrimitives.ReadUInt64LittleEndian(data[32..]),
        BinaryPrimitives.ReadUInt64LittleEndian(data[40..]),
        BinaryPrimitives.ReadUInt64LittleEndian(data[48..]));
}

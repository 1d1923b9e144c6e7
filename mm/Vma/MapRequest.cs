namespace Emu.Mm;

/// <summary>What mmap was asked for, decoded. Linux: the arguments of <c>do_mmap</c>.</summary>
public readonly record struct MapRequest
{
    /// <summary>Address or hint.</summary>
    public ulong Address { get; init; }

    /// <summary>Bytes; rounded up to a page.</summary>
    public ulong Length { get; init; }

    /// <summary>Protection.</summary>
    public MemoryProtection Protection { get; init; }

    /// <summary>Type and flags.</summary>
    public MapFlags Flags { get; init; }

    /// <summary>The file, or null for anonymous memory. The caller keeps its own reference.</summary>
    public VmFile? File { get; init; }

    /// <summary>Offset in the file, in pages.</summary>
    public ulong PageOffset { get; init; }

    /// <summary>Flags beyond those that follow from the others (a stack, a System V segment).</summary>
    public VmFlags ExtraFlags { get; init; }
}

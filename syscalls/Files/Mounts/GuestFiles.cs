namespace Emu.Syscalls;

/// <summary>A part of the host that is given to the guest.</summary>
/// <param name="Host">Path on the host.</param>
/// <param name="Guest">Path in the machine, absolute.</param>
/// <param name="IsReadOnly">Whether the guest may only read.</param>
public sealed record HostVolume(byte[] Host, byte[] Guest, bool IsReadOnly);

/// <summary>What the guest sees of the host's files.</summary>
public sealed record GuestFiles
{
    /// <summary>A directory of the host that is the guest's root, and the guest's to write; null for the host's root with a private layer upon it.</summary>
    public byte[]? RootDirectory { get; init; }

    /// <summary>Further parts of the host, in the order in which they are mounted.</summary>
    public IReadOnlyList<HostVolume> Volumes { get; init; } = [];

    /// <summary>Where the program starts; null for the host's current directory, or the root where that is not given to the guest.</summary>
    public byte[]? WorkingDirectory { get; init; }

    /// <summary>The home directory of the caller, which is never the guest's to write unless it is a volume; null if there is none.</summary>
    public byte[]? Home { get; init; }
}

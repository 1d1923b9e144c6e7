namespace Emu.Syscalls;

/// <summary>What tells a file of the host from all others.</summary>
/// <param name="Device">Its device.</param>
/// <param name="Number">Its number there.</param>
internal readonly record struct FileKey(ulong Device, ulong Number);

/// <summary>Compares keys. The default comparer would be made by reflection, and compiled when the program runs.</summary>
internal sealed class FileKeyComparer : IEqualityComparer<FileKey>
{
    /// <inheritdoc/>
    public bool Equals(FileKey x, FileKey y) => x.Device == y.Device && x.Number == y.Number;

    /// <inheritdoc/>
    public int GetHashCode(FileKey key) => HashCode.Combine(key.Device, key.Number);
}

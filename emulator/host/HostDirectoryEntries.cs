using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Emu.Host;

/// <summary>Types of a directory entry (<c>d_type</c>, include/linux/fs_types.h).</summary>
public enum HostEntryType : byte
{
    /// <summary>The file system does not say: ask <see cref="HostStat"/>.</summary>
    Unknown = 0,

    /// <summary>A FIFO.</summary>
    Fifo = 1,

    /// <summary>A character device.</summary>
    CharacterDevice = 2,

    /// <summary>A directory.</summary>
    Directory = 4,

    /// <summary>A block device.</summary>
    BlockDevice = 6,

    /// <summary>A regular file.</summary>
    Regular = 8,

    /// <summary>A symbolic link.</summary>
    SymbolicLink = 10,

    /// <summary>A socket.</summary>
    Socket = 12,

    /// <summary>A whiteout of a union.</summary>
    Whiteout = 14,
}

/// <summary>One entry of a directory: <c>struct linux_dirent64</c>, a view on the buffer it came in.</summary>
/// <param name="ino">Inode number.</param>
/// <param name="off">Position behind the entry.</param>
/// <param name="type">Type, if the file system tells it.</param>
/// <param name="name">Name, raw bytes without NUL.</param>
public readonly ref struct HostDirectoryEntry(ulong ino, long off, HostEntryType type, ReadOnlySpan<byte> name)
{
    /// <summary>The inode number.</summary>
    public ulong Ino { get; } = ino;

    /// <summary>An opaque position: seeking the directory to it goes on behind this entry.</summary>
    public long Off { get; } = off;

    /// <summary>The type, if the file system tells it.</summary>
    public HostEntryType Type { get; } = type;

    /// <summary>The name: raw bytes, not necessarily UTF-8, without a NUL. Valid as long as the buffer.</summary>
    public ReadOnlySpan<byte> Name { get; } = name;
}

/// <summary>
/// Walks the entries that <see cref="HostDirectory.GetDents64"/> put into a buffer, with <c>foreach</c> and without
/// allocation. Ends early at a record that does not lie whole within the buffer.
/// </summary>
/// <param name="filled">The part of the buffer that was filled.</param>
public ref struct HostDirectoryEntries(ReadOnlySpan<byte> filled)
{
    // ino 8, off 8, record length 2, type 1, name with NUL and padding (getdents64(2)).
    private const int OffOffset = 8;
    private const int LengthOffset = 16;
    private const int TypeOffset = 18;
    private const int NameOffset = 19;

    private ReadOnlySpan<byte> _rest = filled;
    private ReadOnlySpan<byte> _current;

    /// <summary>The walk itself.</summary>
    public readonly HostDirectoryEntries GetEnumerator() => this;

    /// <summary>The entry reached; only after <see cref="MoveNext"/> said true.</summary>
    public readonly HostDirectoryEntry Current
    {
        get
        {
            ReadOnlySpan<byte> name = _current[NameOffset..];
            return new HostDirectoryEntry(
                Unsafe.ReadUnaligned<ulong>(in _current[0]),
                Unsafe.ReadUnaligned<long>(in _current[OffOffset]),
                (HostEntryType)_current[TypeOffset],
                name[..CString.Length(name)]);
        }
    }

    /// <summary>Goes to the next entry; false behind the last.</summary>
    public bool MoveNext()
    {
        if (_rest.Length <= NameOffset)
            return false;
        int length = BinaryPrimitives.ReadUInt16LittleEndian(_rest[LengthOffset..]);
        if (length <= NameOffset || length > _rest.Length)
            return false;
        _current = _rest[..length];
        _rest = _rest[length..];
        return true;
    }
}

using System.Runtime.InteropServices;

namespace Emu.Host;

/// <summary>
/// What the host knows of a mounted file system: <c>struct statfs</c> (statfs(2)), which x86-64 and arm64 lay out alike
/// (include/uapi/asm-generic/statfs.h). May be copied to a guest as it is.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 120)]
public readonly struct HostStatfs
{
    /// <summary>The magic number of the file system (include/uapi/linux/magic.h).</summary>
    [field: FieldOffset(0)]
    public long Type { get; }

    /// <summary>The preferred size of a transfer in bytes.</summary>
    [field: FieldOffset(8)]
    public long BlockSize { get; }

    /// <summary>All blocks, in units of <see cref="FragmentSize"/>.</summary>
    [field: FieldOffset(16)]
    public ulong Blocks { get; }

    /// <summary>Free blocks.</summary>
    [field: FieldOffset(24)]
    public ulong FreeBlocks { get; }

    /// <summary>Free blocks for the unprivileged.</summary>
    [field: FieldOffset(32)]
    public ulong AvailableBlocks { get; }

    /// <summary>All inodes.</summary>
    [field: FieldOffset(40)]
    public ulong Files { get; }

    /// <summary>Free inodes.</summary>
    [field: FieldOffset(48)]
    public ulong FreeFiles { get; }

    /// <summary>The file system's id, two words of 32 bits.</summary>
    [field: FieldOffset(56)]
    public ulong FileSystemId { get; }

    /// <summary>The longest name in bytes.</summary>
    [field: FieldOffset(64)]
    public long NameMax { get; }

    /// <summary>The unit of the block counts in bytes.</summary>
    [field: FieldOffset(72)]
    public long FragmentSize { get; }

    /// <summary>Flags of the mount (<c>ST_*</c>).</summary>
    [field: FieldOffset(80)]
    public long Flags { get; }
}

/// <summary>Asks the host about mounted file systems. 0 or a negative errno; the answer is all zero on failure.</summary>
public static unsafe class HostFileSystem
{
    /// <summary>statfs(2) of the file system that holds a path.</summary>
    public static int Statfs(ReadOnlySpan<byte> path, out HostStatfs answer)
    {
        answer = default;
        byte* name = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, name);
        if (error < 0)
            return error;
        fixed (HostStatfs* address = &answer)
        {
            int result;
            do
                result = Native.Result(Native.statfs(name, address));
            while (result == -HostErrno.EINTR);
            return result;
        }
    }

    /// <summary>fstatfs(2) of the file system that holds an open file, O_PATH included.</summary>
    public static int FStatfs(int fd, out HostStatfs answer)
    {
        answer = default;
        fixed (HostStatfs* address = &answer)
        {
            int result;
            do
                result = Native.Result(Native.fstatfs(fd, address));
            while (result == -HostErrno.EINTR);
            return result;
        }
    }
}

using System.Runtime.InteropServices;

namespace Emu.Host;

/// <summary>What to ask of statx(2) (include/uapi/linux/stat.h).</summary>
public static class HostStatxMask
{
    /// <summary><c>STATX_BASIC_STATS</c>: all that stat(2) tells.</summary>
    public const uint Basic = 0x7FF;

    /// <summary><c>STATX_BTIME</c>: the time of birth.</summary>
    public const uint BirthTime = 0x800;

    /// <summary><c>STATX_MNT_ID</c>: the mount (Linux 5.8).</summary>
    public const uint MountId = 0x1000;

    /// <summary><c>STATX_DIOALIGN</c>: alignment of direct I/O (Linux 6.1).</summary>
    public const uint DirectAlign = 0x2000;

    /// <summary>Basic, time of birth and mount: what the emulated kernel wants.</summary>
    public const uint Usual = Basic | BirthTime | MountId;
}

/// <summary>A time as statx(2) tells it: <c>struct statx_timestamp</c>.</summary>
[StructLayout(LayoutKind.Explicit, Size = 16)]
public readonly struct HostTimestamp
{
    /// <summary>Seconds since 1970, negative before.</summary>
    [field: FieldOffset(0)]
    public long Seconds { get; }

    /// <summary>Nanoseconds within the second, 0 to 999,999,999.</summary>
    [field: FieldOffset(8)]
    public uint Nanoseconds { get; }
}

/// <summary>
/// What the host knows of a file: <c>struct statx</c> (statx(2)), the same on every architecture. A field is valid when
/// its bit is set in <see cref="Mask"/>.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
public readonly struct HostStatx
{
    /// <summary>The bits of <see cref="HostStatxMask"/> that the host answered.</summary>
    [field: FieldOffset(0x00)]
    public uint Mask { get; }

    /// <summary>The preferred size of a transfer in bytes.</summary>
    [field: FieldOffset(0x04)]
    public uint BlockSize { get; }

    /// <summary>Attributes such as immutable, append-only, encrypted (<c>STATX_ATTR_*</c>).</summary>
    [field: FieldOffset(0x08)]
    public ulong Attributes { get; }

    /// <summary>The number of hard links.</summary>
    [field: FieldOffset(0x10)]
    public uint LinkCount { get; }

    /// <summary>The owner.</summary>
    [field: FieldOffset(0x14)]
    public uint Uid { get; }

    /// <summary>The group.</summary>
    [field: FieldOffset(0x18)]
    public uint Gid { get; }

    /// <summary>Type (<see cref="HostFileType"/>) and permissions.</summary>
    [field: FieldOffset(0x1C)]
    public ushort Mode { get; }

    /// <summary>The inode number.</summary>
    [field: FieldOffset(0x20)]
    public ulong Ino { get; }

    /// <summary>The size in bytes.</summary>
    [field: FieldOffset(0x28)]
    public ulong Size { get; }

    /// <summary>Storage used, in units of 512 bytes.</summary>
    [field: FieldOffset(0x30)]
    public ulong Blocks { get; }

    /// <summary>The bits of <see cref="Attributes"/> that the file system supports.</summary>
    [field: FieldOffset(0x38)]
    public ulong AttributesMask { get; }

    /// <summary>Last access.</summary>
    [field: FieldOffset(0x40)]
    public HostTimestamp AccessTime { get; }

    /// <summary>Birth.</summary>
    [field: FieldOffset(0x50)]
    public HostTimestamp BirthTime { get; }

    /// <summary>Last change of the inode.</summary>
    [field: FieldOffset(0x60)]
    public HostTimestamp ChangeTime { get; }

    /// <summary>Last change of the contents.</summary>
    [field: FieldOffset(0x70)]
    public HostTimestamp ModificationTime { get; }

    /// <summary>Major number of the device that this file is.</summary>
    [field: FieldOffset(0x80)]
    public uint RDeviceMajor { get; }

    /// <summary>Minor number of the device that this file is.</summary>
    [field: FieldOffset(0x84)]
    public uint RDeviceMinor { get; }

    /// <summary>Major number of the device that holds the file.</summary>
    [field: FieldOffset(0x88)]
    public uint DeviceMajor { get; }

    /// <summary>Minor number of the device that holds the file.</summary>
    [field: FieldOffset(0x8C)]
    public uint DeviceMinor { get; }

    /// <summary>The mount, as in <c>/proc/self/mountinfo</c>.</summary>
    [field: FieldOffset(0x90)]
    public ulong MountId { get; }

    /// <summary>Alignment in memory for direct I/O, 0 if it is not supported.</summary>
    [field: FieldOffset(0x98)]
    public uint DirectMemoryAlign { get; }

    /// <summary>Alignment in the file for direct I/O, 0 if it is not supported.</summary>
    [field: FieldOffset(0x9C)]
    public uint DirectOffsetAlign { get; }

    /// <summary>The device that holds the file, as stat(2) encodes it.</summary>
    public uint Device => EncodeDevice(DeviceMajor, DeviceMinor);

    /// <summary>The device that this file is, as stat(2) encodes it.</summary>
    public uint RDevice => EncodeDevice(RDeviceMajor, RDeviceMinor);

    /// <summary>
    /// A device number of 12 and 20 bits as stat(2) and mknod(2) encode it
    /// (include/linux/kdev_t.h: <c>new_encode_dev</c>).
    /// </summary>
    public static uint EncodeDevice(uint major, uint minor) => (minor & 0xFF) | (major << 8) | ((minor & ~0xFFu) << 12);
}

/// <summary>Asks the host about files: statx(2), which has one layout on all architectures. 0 or a negative errno.</summary>
public static unsafe class HostStat
{
    /// <summary>
    /// statx(2) of a path. Flags are <see cref="HostAtFlags"/>, the mask is <see cref="HostStatxMask"/>; the answer is all
    /// zero on failure.
    /// </summary>
    public static int StatxAt(
        int dirFd, ReadOnlySpan<byte> path, int flags, out HostStatx answer, uint mask = HostStatxMask.Usual)
    {
        answer = default;
        byte* name = stackalloc byte[CString.PathMax];
        int error = CString.CopyPath(path, name);
        return error < 0 ? error : Call(dirFd, name, flags, mask, ref answer);
    }

    /// <summary>statx(2) of an open file, O_PATH included.</summary>
    public static int Statx(int fd, out HostStatx answer, uint mask = HostStatxMask.Usual)
    {
        answer = default;
        byte empty = 0;
        return Call(fd, &empty, HostAtFlags.EmptyPath, mask, ref answer);
    }

    private static int Call(int dirFd, byte* name, int flags, uint mask, ref HostStatx answer)
    {
        fixed (HostStatx* address = &answer)
            return (int)Native.Syscall(SyscallNumber.Statx, dirFd, (nint)name, flags, (nint)mask, (nint)address);
    }
}

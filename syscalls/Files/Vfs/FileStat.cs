using System.Runtime.InteropServices;

namespace Emu.Syscalls;

/// <summary>A time of a file. Linux: <c>struct timespec64</c>.</summary>
/// <param name="Seconds">Since 1970, negative before.</param>
/// <param name="Nanoseconds">0 to 999,999,999.</param>
internal readonly record struct FileTime(long Seconds, uint Nanoseconds)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The time that lies so many nanoseconds after 1970.</summary>
    public static FileTime FromNanoseconds(long nanoseconds)
    {
        long seconds = Math.DivRem(nanoseconds, NanosecondsPerSecond, out long rest);
        return rest >= 0 ? new(seconds, (uint)rest) : new(seconds - 1, (uint)(rest + NanosecondsPerSecond));
    }

    /// <summary>Whether this is earlier than another.</summary>
    public bool IsBefore(FileTime other) => Seconds != other.Seconds ? Seconds < other.Seconds : Nanoseconds < other.Nanoseconds;
}

/// <summary>Number of a device. Linux: <c>dev_t</c>.</summary>
internal readonly record struct DeviceNumber(uint Major, uint Minor)
{
    /// <summary>As stat and mknod pass it. Linux: <c>new_encode_dev</c>.</summary>
    public uint Encoded => (Minor & 0xFF) | (Major << 8) | ((Minor & ~0xFFu) << 12);

    /// <summary>As the kernel keeps it. Linux: <c>MKDEV</c>.</summary>
    public uint Kernel => (Major << 20) | Minor;

    /// <summary>From what mknod was given. Linux: <c>new_decode_dev</c>.</summary>
    public static DeviceNumber Decode(uint encoded) => new((encoded & 0xFFF00) >> 8, (encoded & 0xFF) | ((encoded >> 12) & 0xFFF00));
}

/// <summary>What is known of a file. Linux: <c>struct kstat</c>.</summary>
internal struct FileStat
{
    public uint Mode, LinkCount, Uid, Gid, BlockSize;
    public ulong Number, Size, Blocks, Attributes, AttributesMask;
    public DeviceNumber Device, SpecialDevice;
    public FileTime AccessTime, ModifyTime, ChangeTime, BirthTime;
    public bool HasBirthTime;
}

/// <summary>What is to be changed of a file. Linux: <c>struct iattr</c>.</summary>
internal struct AttributeChange
{
    public AttributeMask Valid;
    public uint Mode, Uid, Gid;
    public ulong Size;
    public FileTime AccessTime, ModifyTime;

    /// <summary>Whether one of these is to be changed.</summary>
    public readonly bool Has(AttributeMask mask) => (Valid & mask) != 0;
}

/// <summary>Which parts of <see cref="AttributeChange"/> count. Linux: <c>ATTR_*</c>.</summary>
[Flags]
internal enum AttributeMask
{
    None = 0,
    Mode = 1,
    Uid = 2,
    Gid = 4,
    Size = 8,
    AccessTime = 16,
    ModifyTime = 32,

    /// <summary>The time is given, not now.</summary>
    AccessTimeSet = 128,

    /// <summary>The time is given, not now.</summary>
    ModifyTimeSet = 256,

    /// <summary>Set-user-id and set-group-id go, as the file was written or got another owner.</summary>
    KillPrivileges = 2048,

    /// <summary>The truncation belongs to open.</summary>
    Open = 4096,
}

/// <summary>What a new inode is to be.</summary>
internal ref struct NewInode
{
    /// <summary>Type and permissions, the umask applied.</summary>
    public uint Mode;

    /// <summary>Owner.</summary>
    public uint Uid;

    /// <summary>Group.</summary>
    public uint Gid;

    /// <summary>Number of a device.</summary>
    public DeviceNumber Device;

    /// <summary>Where a symbolic link points to.</summary>
    public ReadOnlySpan<byte> Target;
}

/// <summary>What is known of a file system. Linux: <c>struct statfs</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FileSystemStat
{
    public long Type, BlockSize;
    public ulong Blocks, FreeBlocks, AvailableBlocks, Files, FreeFiles, Id;
    public long NameMax, FragmentSize, Flags;
    private readonly long _spare0, _spare1, _spare2, _spare3;
}

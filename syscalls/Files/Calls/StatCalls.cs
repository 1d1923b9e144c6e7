using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>stat and its kin. Linux: fs/stat.c.</summary>
internal static class StatCalls
{
    private const int AllowedFlags = AtFlags.SymlinkNoFollow | AtFlags.NoAutomount | AtFlags.EmptyPath | AtFlags.StatxSyncType;

    /// <summary>Linux: <c>struct stat</c> of x86-64.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct UserStat
    {
        public ulong Device, Number, LinkCount;
        public uint Mode, Uid, Gid, Pad;
        public ulong SpecialDevice;
        public long Size, BlockSize, Blocks;
        public UserTime AccessTime, ModifyTime, ChangeTime;
        private readonly long _unused0, _unused1, _unused2;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct UserTime
    {
        public long Seconds, Nanoseconds;

        public UserTime(FileTime time)
        {
            Seconds = time.Seconds;
            Nanoseconds = time.Nanoseconds;
        }
    }

    /// <summary>Linux: <c>struct statx_timestamp</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds, Pad;

        public StatxTime(FileTime time)
        {
            Seconds = time.Seconds;
            Nanoseconds = time.Nanoseconds;
        }
    }

    /// <summary>Linux: <c>struct statx</c>.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 256)]
    private struct UserStatx
    {
        public uint Mask, BlockSize;
        public ulong Attributes;
        public uint LinkCount, Uid, Gid;
        public ushort Mode, Pad;
        public ulong Number, Size, Blocks, AttributesMask;
        public StatxTime AccessTime, BirthTime, ChangeTime, ModifyTime;
        public uint SpecialMajor, SpecialMinor, DeviceMajor, DeviceMinor;
        public ulong MountId;
    }

    public static long Stat(Task task, in SyscallArguments args) => ByPath(task, AtFlags.CurrentDirectory, args.A0, args.A1, 0);

    public static long LStat(Task task, in SyscallArguments args) =>
        ByPath(task, AtFlags.CurrentDirectory, args.A0, args.A1, AtFlags.SymlinkNoFollow);

    public static long FStat(Task task, in SyscallArguments args)
    {
        int error = OfDescriptor(task, args.Int(0), out FileStat stat, out _);
        return error != 0 ? error : Put(task, args.A1, stat);
    }

    public static long NewFStatAt(Task task, in SyscallArguments args) => ByPath(task, args.Int(0), args.A1, args.A2, args.Int(3));

    public static long Statx(Task task, in SyscallArguments args)
    {
        const uint Reserved = 0x80000000;
        int flags = args.Int(2);
        uint mask = (uint)args.A3;
        if ((mask & Reserved) != 0 || (flags & AtFlags.StatxSyncType) == AtFlags.StatxSyncType)
            return -Errno.EINVAL;
        int error = Get(task, args.Int(0), args.A1, flags, out FileStat stat, out VfsPath path);
        return error != 0 ? error : PutStatx(task, args.A4, stat, path, mask);
    }

    /// <summary>What is known of a file behind a path, or behind a descriptor if the path is empty or null and that is allowed.</summary>
    private static int Get(Task task, int directory, ulong address, int flags, out FileStat stat, out VfsPath path)
    {
        stat = default;
        path = default;
        if ((flags & ~AllowedFlags) != 0)
            return -Errno.EINVAL;
        bool emptyAllowed = (flags & AtFlags.EmptyPath) != 0;
        ReadOnlySpan<byte> name = default;
        if (address != 0 || !emptyAllowed)
        {
            int error = task.GetName(address, out name, emptyAllowed);
            if (error != 0)
                return error;
        }
        if (name.IsEmpty && directory >= 0)
            return OfDescriptor(task, directory, out stat, out path);
        LookupFlags lookup = (flags & AtFlags.SymlinkNoFollow) != 0 ? LookupFlags.None : LookupFlags.Follow;
        int found = Vfs.Lookup(task, directory, name, emptyAllowed ? lookup | LookupFlags.Empty : lookup, out path);
        return found != 0 ? found : path.Inode.GetAttributes(out stat);
    }

    private static int OfDescriptor(Task task, int fd, out FileStat stat, out VfsPath path)
    {
        stat = default;
        path = default;
        using FileReference reference = task.Files.GetRaw(fd);
        if (reference.File is not { } file)
            return -Errno.EBADF;
        path = file.Path;
        return file.Inode.GetAttributes(out stat);
    }

    private static long ByPath(Task task, int directory, ulong path, ulong address, int flags)
    {
        int error = Get(task, directory, path, flags, out FileStat stat, out _);
        return error != 0 ? error : Put(task, address, stat);
    }

    // Linux: cp_new_stat
    private static int Put(Task task, ulong address, in FileStat stat)
    {
        UserStat user = new()
        {
            Device = stat.Device.Encoded,
            Number = stat.Number,
            LinkCount = stat.LinkCount,
            Mode = stat.Mode,
            Uid = stat.Uid,
            Gid = stat.Gid,
            SpecialDevice = stat.SpecialDevice.Encoded,
            Size = (long)stat.Size,
            BlockSize = stat.BlockSize,
            Blocks = (long)stat.Blocks,
            AccessTime = new UserTime(stat.AccessTime),
            ModifyTime = new UserTime(stat.ModifyTime),
            ChangeTime = new UserTime(stat.ChangeTime),
        };
        return task.User.TryPut(address, user) ? 0 : -Errno.EFAULT;
    }

    // Linux: cp_statx
    private static int PutStatx(Task task, ulong address, in FileStat stat, VfsPath path, uint wanted)
    {
        const uint BasicStats = 0x7FF, BirthTime = 0x800, MountId = 0x1000, MountIdUnique = 0x4000;
        const ulong MountRoot = 0x2000;
        bool isMountRoot = !path.IsNone && ReferenceEquals(path.Dentry, path.Mount.Root);
        UserStatx user = new()
        {
            Mask = BasicStats | (stat.HasBirthTime ? BirthTime : 0) | ((wanted & MountIdUnique) != 0 ? MountIdUnique : MountId),
            BlockSize = stat.BlockSize,
            Attributes = stat.Attributes | (isMountRoot ? MountRoot : 0),
            AttributesMask = stat.AttributesMask | MountRoot,
            LinkCount = stat.LinkCount,
            Uid = stat.Uid,
            Gid = stat.Gid,
            Mode = (ushort)stat.Mode,
            Number = stat.Number,
            Size = stat.Size,
            Blocks = stat.Blocks,
            AccessTime = new StatxTime(stat.AccessTime),
            BirthTime = stat.HasBirthTime ? new StatxTime(stat.BirthTime) : default,
            ChangeTime = new StatxTime(stat.ChangeTime),
            ModifyTime = new StatxTime(stat.ModifyTime),
            SpecialMajor = stat.SpecialDevice.Major,
            SpecialMinor = stat.SpecialDevice.Minor,
            DeviceMajor = stat.Device.Major,
            DeviceMinor = stat.Device.Minor,
            MountId = path.IsNone ? 0 : (ulong)path.Mount.Id,
        };
        return task.User.TryPut(address, user) ? 0 : -Errno.EFAULT;
    }
}

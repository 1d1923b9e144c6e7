using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Times of files. Linux: fs/utimes.c.</summary>
internal static class FileTimeCalls
{
    private const long Now = (1L << 30) - 1, Omit = (1L << 30) - 2, Second = 1_000_000_000;

    /// <summary>Two times, in nanoseconds (timespec) or microseconds (timeval) or whole seconds (utimbuf).</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct TwoTimes
    {
        public long AccessSeconds, AccessPart, ModifySeconds, ModifyPart;
    }

    public static long UTime(Task task, in SyscallArguments args)
    {
        if (args.A1 == 0)
            return ByPath(task, AtFlags.CurrentDirectory, args.A0, null, 0);
        Span<byte> bytes = stackalloc byte[16];
        if (task.User.CopyFrom(args.A1, bytes) != 0)
            return -Errno.EFAULT;
        TwoTimes times = new() { AccessSeconds = MemoryMarshal.Read<long>(bytes), ModifySeconds = MemoryMarshal.Read<long>(bytes[8..]) };
        return ByPath(task, AtFlags.CurrentDirectory, args.A0, times, 0);
    }

    public static long UTimes(Task task, in SyscallArguments args) => Microseconds(task, AtFlags.CurrentDirectory, args.A0, args.A1);

    public static long FUTimesAt(Task task, in SyscallArguments args) => Microseconds(task, args.Int(0), args.A1, args.A2);

    public static long UTimeNsAt(Task task, in SyscallArguments args)
    {
        TwoTimes? times = null;
        if (args.A2 != 0)
        {
            if (!task.User.TryGet(args.A2, out TwoTimes given))
                return -Errno.EFAULT;
            if (given is { AccessPart: Omit, ModifyPart: Omit })
                return 0;
            times = given;
        }
        return ByPath(task, args.Int(0), args.A1, times, args.Int(3));
    }

    private static long Microseconds(Task task, int directory, ulong path, ulong address)
    {
        if (address == 0)
            return ByPath(task, directory, path, null, 0);
        if (!task.User.TryGet(address, out TwoTimes times))
            return -Errno.EFAULT;
        if (times.AccessPart is < 0 or >= 1_000_000 || times.ModifyPart is < 0 or >= 1_000_000)
            return -Errno.EINVAL;
        times.AccessPart *= 1000;
        times.ModifyPart *= 1000;
        return ByPath(task, directory, path, times, 0);
    }

    // Linux: do_utimes
    private static long ByPath(Task task, int directory, ulong address, TwoTimes? times, int flags)
    {
        if (times is { } given && (!IsValid(given.AccessPart) || !IsValid(given.ModifyPart)))
            return -Errno.EINVAL;
        if (address == 0 && directory != AtFlags.CurrentDirectory)
        {
            if (flags != 0)
                return -Errno.EINVAL;
            using FileReference reference = task.Files.Get(directory);
            return reference.File is { } file ? Change(task, file.Path, times) : -Errno.EBADF;
        }
        if ((flags & ~(AtFlags.SymlinkNoFollow | AtFlags.EmptyPath)) != 0)
            return -Errno.EINVAL;
        int error = AttributeCalls.Find(task, directory, address, flags, out VfsPath path);
        return error != 0 ? error : Change(task, path, times);
    }

    // Linux: vfs_utimes
    private static int Change(Task task, VfsPath path, TwoTimes? times)
    {
        AttributeChange change = new() { Valid = AttributeMask.AccessTime | AttributeMask.ModifyTime };
        if (times is not { } given || given is { AccessPart: Now, ModifyPart: Now })
            return Touch(task, path, change);
        Set(given.AccessSeconds, given.AccessPart, AttributeMask.AccessTime, AttributeMask.AccessTimeSet, ref change, out change.AccessTime);
        Set(given.ModifySeconds, given.ModifyPart, AttributeMask.ModifyTime, AttributeMask.ModifyTimeSet, ref change, out change.ModifyTime);
        if (!path.Mount.IsReadOnly && !Permissions.IsOwner(path.Inode, task.Credentials))
            return -Errno.EPERM;
        return AttributeCalls.Change(task, path, change);
    }

    // Who may write may also say that the file was written just now.
    private static int Touch(Task task, VfsPath path, in AttributeChange change)
    {
        if (!path.Mount.IsReadOnly && !Permissions.IsOwner(path.Inode, task.Credentials))
        {
            int error = Permissions.Check(path.Inode, task.Credentials, Access.Write);
            if (error != 0)
                return error;
        }
        return AttributeCalls.Change(task, path, change);
    }

    private static void Set(long seconds, long part, AttributeMask which, AttributeMask given, ref AttributeChange change, out FileTime time)
    {
        time = default;
        switch (part)
        {
            case Omit:
                change.Valid &= ~which;
                break;
            case Now:
                break;
            default:
                change.Valid |= given;
                time = new FileTime(seconds, (uint)part);
                break;
        }
    }

    private static bool IsValid(long part) => part is Now or Omit or (>= 0 and < Second);
}

using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Locks as fcntl and flock take them. Linux: fs/locks.c (<c>fcntl_setlk</c>, <c>sys_flock</c>).</summary>
internal static class LockCalls
{
    private const int GetLock = 5, SetLockWait = 7, OfdGetLock = 36, OfdSetLockWait = 38;
    private const short ReadType = 0, WriteType = 1, UnlockType = 2;
    private const int Shared = 1, Exclusive = 2, NonBlock = 4, Unlock = 8;

    /// <summary>Whether fcntl's command is about locks.</summary>
    public static bool IsLockCommand(int command) => command is >= GetLock and <= SetLockWait or >= OfdGetLock and <= OfdSetLockWait;

    /// <summary>fcntl with a command about locks.</summary>
    public static long Fcntl(Task task, OpenFile file, int command, ulong argument)
    {
        if (!task.User.TryGet(argument, out UserLock user))
            return -Errno.EFAULT;
        bool isOfd = command >= OfdGetLock;
        if (isOfd && user.ProcessId != 0)
            return -Errno.EINVAL;
        int error = ToRange(file, user, out ulong start, out ulong end);
        if (error != 0)
            return error;
        FileLock wanted = new(isOfd ? file : task.Files, isOfd ? -1 : task.ProcessId, user.Type == WriteType, start, end);
        if (command is GetLock or OfdGetLock)
            return user.Type == UnlockType && !isOfd ? -Errno.EINVAL : Tell(task, file, wanted, user, argument);
        if (user.Type == UnlockType)
        {
            file.Inode.Locks?.Remove(wanted.Owner, start, end);
            return 0;
        }
        if ((wanted.IsWrite && !file.CanWrite) || (!wanted.IsWrite && !file.CanRead))
            return -Errno.EBADF;
        return Take(task, file, wanted, command is SetLockWait or OfdSetLockWait);
    }

    /// <summary>flock.</summary>
    public static long Flock(Task task, in SyscallArguments args)
    {
        int operation = args.Int(1);
        bool? wanted = (operation & ~NonBlock) switch
        {
            Shared => false,
            Exclusive => true,
            _ => null,
        };
        if (wanted == null && (operation & ~NonBlock) != Unlock)
            return -Errno.EINVAL;
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not { } file)
            return -Errno.EBADF;
        if (wanted != null && !file.CanRead && !file.CanWrite)
            return -Errno.EBADF;
        FileLocks locks = file.Inode.Locks ??= new FileLocks();
        int result = locks.SetWhole(file, wanted);
        if (result == 0 || (operation & NonBlock) != 0)
            return result;
        return locks.Changed.Wait(task, (locks, file, wanted), static state => state.locks.SetWhole(state.file, state.wanted) == 0);
    }

    private static long Tell(Task task, OpenFile file, in FileLock wanted, UserLock user, ulong argument)
    {
        if (file.Inode.Locks?.FindConflict(wanted, out FileLock found) == true)
        {
            user.Type = found.IsWrite ? WriteType : ReadType;
            user.Whence = SeekOrigins.Start;
            user.Start = (long)found.Start;
            user.Length = found.End >= long.MaxValue ? 0 : (long)(found.End - found.Start + 1);
            user.ProcessId = found.ProcessId;
        }
        else
        {
            user.Type = UnlockType;
        }
        return task.User.TryPut(argument, user) ? 0 : -Errno.EFAULT;
    }

    private static long Take(Task task, OpenFile file, FileLock wanted, bool wait)
    {
        FileLocks locks = file.Inode.Locks ??= new FileLocks();
        if (!locks.FindConflict(wanted, out FileLock blocker))
        {
            locks.Set(wanted);
            return 0;
        }
        if (!wait)
            return -Errno.EAGAIN;
        LockWaits waits = task.Kernel.Vfs.LockWaits;
        if (!waits.TryEnter(wanted.Owner, blocker.Owner))
            return -Errno.EDEADLK;
        int error = locks.Changed.Wait(task, (locks, wanted), static state => !state.locks.FindConflict(state.wanted, out _));
        waits.Leave(wanted.Owner);
        if (error == 0)
            locks.Set(wanted);
        return error;
    }

    // Linux: flock64_to_posix_lock
    private static int ToRange(OpenFile file, in UserLock user, out ulong start, out ulong end)
    {
        start = end = 0;
        if (user.Type is not (ReadType or WriteType or UnlockType))
            return -Errno.EINVAL;
        long from;
        switch (user.Whence)
        {
            case SeekOrigins.Start:
                from = 0;
                break;
            case SeekOrigins.Current:
                from = (long)file.Position;
                break;
            case SeekOrigins.End:
                _ = file.Inode.GetAttributes(out FileStat stat); // what is not known is 0
                from = (long)stat.Size;
                break;
            default:
                return -Errno.EINVAL;
        }
        if (user.Start > long.MaxValue - from)
            return -Errno.EOVERFLOW;
        from += user.Start;
        if (from < 0 || (user.Length < 0 && from + user.Length < 0))
            return -Errno.EINVAL;
        if (user.Length > 0 && user.Length - 1 > long.MaxValue - from)
            return -Errno.EOVERFLOW;
        start = (ulong)(user.Length < 0 ? from + user.Length : from);
        end = user.Length switch
        {
            0 => ulong.MaxValue,
            > 0 => (ulong)(from + user.Length - 1),
            _ => (ulong)(from - 1),
        };
        return 0;
    }

    /// <summary><c>struct flock</c>.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private struct UserLock
    {
        public short Type, Whence;
        public long Start, Length;
        public int ProcessId;
    }
}

/// <summary>Who waits for whose lock, to find those that would wait for each other for ever. Linux: <c>posix_locks_deadlock</c>.</summary>
internal sealed class LockWaits
{
    private readonly Dictionary<object, object> _blockers = [];

    /// <summary>Notes that an owner waits for another.</summary>
    /// <returns>Whether it may: false if the other waits for it in turn.</returns>
    public bool TryEnter(object owner, object blocker)
    {
        for (object? at = blocker; at != null; at = _blockers.GetValueOrDefault(at))
        {
            if (ReferenceEquals(at, owner))
                return false;
        }
        _blockers[owner] = blocker;
        return true;
    }

    /// <summary>It waits no more.</summary>
    public void Leave(object owner) => _ = _blockers.Remove(owner);
}

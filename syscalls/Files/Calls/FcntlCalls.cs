using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>fcntl and ioctl as far as all files know them. Linux: fs/fcntl.c, fs/ioctl.c.</summary>
internal static class FcntlCalls
{
    private const int DupFd = 0, GetFd = 1, SetFd = 2, GetFl = 3, SetFl = 4, SetOwn = 8, GetOwn = 9, SetSig = 10, GetSig = 11, SetOwnEx = 15,
        GetOwnEx = 16, DupFdQuery = 1027, DupFdCloseOnExec = 1030, SetPipeSize = 1031, GetPipeSize = 1032, AddSeals = 1033, GetSeals = 1034;

    private const int OwnerTid = 0, OwnerPid = 1, OwnerGroup = 2;

    /// <summary>Linux: <c>struct f_owner_ex</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct OwnerEx
    {
        public int Type, Id;
    }

    public static long Fcntl(Task task, in SyscallArguments args)
    {
        int fd = args.Int(0), command = args.Int(1);
        using FileReference reference = task.Files.GetRaw(fd);
        if (reference.File is not { } file)
            return -Errno.EBADF;
        if (file.IsPath && command is not (DupFd or DupFdCloseOnExec or DupFdQuery or GetFd or SetFd or GetFl))
            return -Errno.EBADF;
        if (LockCalls.IsLockCommand(command))
            return LockCalls.Fcntl(task, file, command, args.A2);
        switch (command)
        {
            case DupFd or DupFdCloseOnExec:
                return Duplicate(task, file, args.A2, command == DupFdCloseOnExec);
            case DupFdQuery:
                return task.Files.Peek(args.Int(2)) is { } other ? ReferenceEquals(other, file) ? 1 : 0 : -Errno.EBADF;
            case GetFd:
                return task.Files.IsCloseOnExec(fd) ? 1 : 0;
            case SetFd:
                task.Files.SetCloseOnExec(fd, (args.A2 & 1) != 0);
                return 0;
            case GetFl:
                return (long)(uint)file.Flags;
            case SetFl:
                return SetFlags(task, file, (OpenFlags)args.Int(2));
            case >= SetOwn and <= GetSig or SetOwnEx or GetOwnEx:
                return Owner(task, file, command, args.A2);
            case SetPipeSize or GetPipeSize:
                return PipeSize(task, file, command, args.A2);
            case AddSeals or GetSeals:
                return MemfdCalls.Seals(task, file, command == AddSeals, args.A2);
            default:
                return -Errno.EINVAL;
        }
    }

    public static long Ioctl(Task task, in SyscallArguments args)
    {
        int fd = args.Int(0);
        uint command = (uint)args.A1;
        using FileReference reference = task.Files.Get(fd);
        if (reference.File is not { } file)
            return -Errno.EBADF;
        switch (command)
        {
            case IoctlCommands.FioClex or IoctlCommands.FioNClex:
                task.Files.SetCloseOnExec(fd, command == IoctlCommands.FioClex);
                return 0;
            case IoctlCommands.FioNBio:
                if (!task.User.TryGet(args.A2, out int on))
                    return -Errno.EFAULT;
                file.Flags = on != 0 ? file.Flags | OpenFlags.NonBlock : file.Flags & ~OpenFlags.NonBlock;
                return 0;
            case IoctlCommands.FioQSize:
                return QuerySize(task, file, args.A2);
            case IoctlCommands.FigetBsz:
                return BlockSize(task, file, args.A2);
            case IoctlCommands.FiClone or IoctlCommands.FiCloneRange:
                return -Errno.EOPNOTSUPP;
            default:
                return file.Ioctl(task, command, args.A2);
        }
    }

    private static long Duplicate(Task task, OpenFile file, ulong lowest, bool closeOnExec)
    {
        if (lowest >= task.OpenFilesLimit || lowest > int.MaxValue)
            return -Errno.EINVAL;
        file.Get();
        int fd = task.Files.Install(file, closeOnExec, task.OpenFilesLimit, (int)lowest);
        if (fd < 0)
            file.Put();
        return fd;
    }

    // Linux: setfl
    private static int SetFlags(Task task, OpenFile file, OpenFlags flags)
    {
        OpenFlags added = flags & ~file.Flags;
        if ((added & OpenFlags.NoAccessTime) != 0 && !Permissions.IsOwner(file.Inode, task.Credentials))
            return -Errno.EPERM;
        int error = file.CheckFlags(flags);
        if (error != 0)
            return error;
        file.Flags = (flags & OpenFlags.Settable) | (file.Flags & ~OpenFlags.Settable);
        return 0;
    }

    // Linux: f_setown, f_getown, f_setown_ex, f_getown_ex
    private static long Owner(Task task, OpenFile file, int command, ulong argument)
    {
        switch (command)
        {
            case SetOwn:
                int id = (int)argument;
                if (id == int.MinValue)
                    return -Errno.EINVAL;
                if (id != 0 && task.Kernel.Pids.Find(Math.Abs(id)) == null)
                    return -Errno.ESRCH;
                file.Owner = id;
                return 0;
            case GetOwn:
                return file.Owner;
            case SetSig:
                if (argument > Signal.Last)
                    return -Errno.EINVAL;
                file.OwnerSignal = (int)argument;
                return 0;
            case GetSig:
                return file.OwnerSignal;
            case SetOwnEx:
                if (!task.User.TryGet(argument, out OwnerEx owner))
                    return -Errno.EFAULT;
                if (owner.Type is not (OwnerTid or OwnerPid or OwnerGroup))
                    return -Errno.EINVAL;
                if (owner.Id != 0 && task.Kernel.Pids.Find(owner.Id) == null)
                    return -Errno.ESRCH;
                file.Owner = owner.Type == OwnerGroup ? -owner.Id : owner.Id;
                file.IsOwnerThread = owner.Type == OwnerTid;
                return 0;
            default:
                int type = file.Owner < 0 ? OwnerGroup : file.IsOwnerThread ? OwnerTid : OwnerPid;
                return task.User.TryPut(argument, new OwnerEx { Type = type, Id = Math.Abs(file.Owner) }) ? 0 : -Errno.EFAULT;
        }
    }

    private static long PipeSize(Task task, OpenFile file, int command, ulong argument)
    {
        if (file is not PipeFile pipe)
            return -Errno.EBADF;
        return command == GetPipeSize ? pipe.Pipe.Slots * (long)MmConstants.PageSize : pipe.SetSize(task, (uint)argument);
    }

    private static long QuerySize(Task task, OpenFile file, ulong address)
    {
        if (!file.Inode.IsRegular && !file.Inode.IsDirectory && !file.Inode.IsLink)
            return -Errno.ENOTTY;
        int error = file.Inode.GetAttributes(out FileStat stat);
        return error != 0 ? error : task.User.TryPut(address, stat.Size) ? 0 : -Errno.EFAULT;
    }

    private static long BlockSize(Task task, OpenFile file, ulong address)
    {
        int error = file.Inode.GetAttributes(out FileStat stat);
        return error != 0 ? error : task.User.TryPut(address, stat.BlockSize) ? 0 : -Errno.EFAULT;
    }
}

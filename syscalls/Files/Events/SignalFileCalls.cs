using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>signalfd. Linux: fs/signalfd.c.</summary>
internal static class SignalFileCalls
{
    private const int SetBytes = 8;

    public static long SignalFd(Task task, in SyscallArguments args) => Make(task, args, OpenFlags.ReadOnly);

    public static long SignalFd4(Task task, in SyscallArguments args) => Make(task, args, (OpenFlags)args.Int(3));

    private static long Make(Task task, in SyscallArguments args, OpenFlags flags)
    {
        const OpenFlags Known = OpenFlags.CloseOnExec | OpenFlags.NonBlock;
        if (args.A2 != SetBytes)
            return -Errno.EINVAL;
        if (!task.User.TryGet(args.A1, out ulong signals))
            return -Errno.EFAULT;
        if ((flags & ~Known) != 0)
            return -Errno.EINVAL;
        signals &= ~Signal.Unblockable;
        if (args.Int(0) == -1)
        {
            SignalFile made = new(task.Kernel.Vfs.Anonymous.Inode, flags & OpenFlags.NonBlock, signals);
            return EpollCalls.InstallAnonymous(task, made, "[signalfd]", (flags & OpenFlags.CloseOnExec) != 0);
        }
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not SignalFile file)
            return reference.File == null ? -Errno.EBADF : -Errno.EINVAL;
        file.Signals = signals;
        task.Group.NotifySignalFds();
        return args.Int(0);
    }
}

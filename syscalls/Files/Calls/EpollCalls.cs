using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>epoll and eventfd. Linux: fs/eventpoll.c, fs/eventfd.c.</summary>
internal static class EpollCalls
{
    private const int Add = 1, Delete = 2, Modify = 3;
    private const int MaxEvents = int.MaxValue / 12;

    public static long Create(Task task, in SyscallArguments args) => args.Int(0) <= 0 ? -Errno.EINVAL : DoCreate(task, 0);

    public static long Create1(Task task, in SyscallArguments args) => DoCreate(task, args.Int(0));

    public static long Ctl(Task task, in SyscallArguments args)
    {
        int operation = args.Int(1), fd = args.Int(2);
        EpollEvent wanted = default;
        if (operation != Delete && !task.User.TryGet(args.A3, out wanted))
            return -Errno.EFAULT;
        using FileReference set = task.Files.Get(args.Int(0));
        if (set.File == null)
            return -Errno.EBADF;
        using FileReference target = task.Files.Get(fd);
        if (target.File is not { } file)
            return -Errno.EBADF;
        if (!file.CanPoll)
            return -Errno.EPERM;
        if (ReferenceEquals(file, set.File) || set.File is not EpollFile epoll)
            return -Errno.EINVAL;
        wanted.Events &= ~PollEvents.WakeUp;
        if ((wanted.Events & PollEvents.Exclusive) != 0 && operation != Delete && !MayBeExclusive(operation, file, wanted.Events))
            return -Errno.EINVAL;
        return operation switch
        {
            Add => epoll.Add(task, file, fd, wanted),
            Delete => epoll.Remove(file, fd),
            Modify => epoll.Modify(task, file, fd, wanted),
            _ => -Errno.EINVAL,
        };
    }

    public static long Wait(Task task, in SyscallArguments args) => DoWait(task, args, PollTimeout.FromMilliseconds(task, args.Int(3)));

    public static long PWait(Task task, in SyscallArguments args)
    {
        ulong deadline = PollTimeout.FromMilliseconds(task, args.Int(3));
        return WithMask(task, args, deadline);
    }

    public static long PWait2(Task task, in SyscallArguments args)
    {
        ulong deadline = Scheduler.Never;
        if (args.A3 != 0)
        {
            int error = Timespec.TryGet(task, args.A3, out Timespec time);
            if (error != 0)
                return error;
            deadline = time == default ? 0 : task.DeadlineAfter(time.ToNanoseconds());
        }
        return WithMask(task, args, deadline);
    }

    public static long EventFd(Task task, in SyscallArguments args) => DoEventFd(task, (uint)args.A0, 0);

    public static long EventFd2(Task task, in SyscallArguments args) => DoEventFd(task, (uint)args.A0, args.Int(1));

    /// <summary>Makes an open file of a kind that has no place, and gives it a number. Linux: <c>anon_inode_getfd</c>.</summary>
    /// <param name="task">Whose number.</param>
    /// <param name="file">The file; its reference passes.</param>
    /// <param name="name">As <c>[eventfd]</c>.</param>
    /// <param name="closeOnExec">Whether exec closes it.</param>
    /// <returns>The number or -EMFILE.</returns>
    public static int InstallAnonymous(Task task, OpenFile file, string name, bool closeOnExec)
    {
        task.Kernel.Vfs.Anonymous.Place(file, name, task.Credentials);
        return OpenCalls.Install(task, file, closeOnExec);
    }

    private static long DoCreate(Task task, int flags)
    {
        if ((flags & ~(int)OpenFlags.CloseOnExec) != 0)
            return -Errno.EINVAL;
        EpollFile file = new(task.Kernel.Vfs.Anonymous.Inode);
        return InstallAnonymous(task, file, "[eventpoll]", flags != 0);
    }

    private static bool MayBeExclusive(int operation, OpenFile file, PollEvents events)
    {
        const PollEvents Allowed = PollEvents.In | PollEvents.Out | PollEvents.Error | PollEvents.HangUp | PollEvents.WakeUp |
            PollEvents.EdgeTriggered | PollEvents.Exclusive;
        return operation == Add && file is not EpollFile && (events & ~Allowed) == 0;
    }

    private static long WithMask(Task task, in SyscallArguments args, ulong deadline)
    {
        int error = PollCalls.SetMask(task, args.A4, args.A5);
        if (error != 0)
            return error;
        long result = DoWait(task, args, deadline);
        if (result != Task.Suspended)
            task.RestoreMask(interrupted: result == -Errno.EINTR);
        return result;
    }

    // Linux: do_epoll_wait
    private static long DoWait(Task task, in SyscallArguments args, ulong deadline)
    {
        const ulong EventSize = 12;
        int max = args.Int(2);
        if (max is <= 0 or > MaxEvents)
            return -Errno.EINVAL;
        if (!UserAccess.IsUserRange(args.A1, (ulong)max * EventSize))
            return -Errno.EFAULT;
        KeptFile kept = new(task, args.Int(0));
        if (kept.File == null)
            return -Errno.EBADF;
        return kept.Finish(kept.File is EpollFile epoll ? epoll.WaitFor(task, args.A1, max, deadline) : -Errno.EINVAL);
    }

    private static long DoEventFd(Task task, uint count, int flags)
    {
        const int Known = EventFile.Semaphore | (int)(OpenFlags.CloseOnExec | OpenFlags.NonBlock);
        if ((flags & ~Known) != 0)
            return -Errno.EINVAL;
        Vfs vfs = task.Kernel.Vfs;
        EventFile file = new(vfs.Anonymous.Inode, (OpenFlags)flags & OpenFlags.NonBlock, count, (flags & EventFile.Semaphore) != 0, vfs.NextEventId());
        return InstallAnonymous(task, file, "[eventfd]", (flags & (int)OpenFlags.CloseOnExec) != 0);
    }
}

using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The calls on descriptors of processes. Linux: kernel/pid.c, kernel/signal.c (<c>pidfd_send_signal</c>).</summary>
internal static class PidFileCalls
{
    private const uint ToThread = 1, ToProcess = 2, ToGroup = 4;

    public static long PidFdOpen(Task task, in SyscallArguments args)
    {
        OpenFlags flags = (OpenFlags)args.Int(1);
        if ((flags & ~(OpenFlags.NonBlock | PidFile.Thread)) != 0 || args.Int(0) <= 0)
            return -Errno.EINVAL;
        Pid? pid = task.Kernel.Pids.Find(args.Int(0));
        if (pid?.Task == null)
            return -Errno.ESRCH;
        return pid.Process == null && (flags & PidFile.Thread) == 0 ? -Errno.ENOENT : Install(task, pid, flags);
    }

    /// <summary>Makes a descriptor, which exec closes.</summary>
    /// <param name="task">Whose.</param>
    /// <param name="pid">Of what.</param>
    /// <param name="flags">PIDFD_NONBLOCK, PIDFD_THREAD.</param>
    /// <returns>The descriptor or -EMFILE.</returns>
    public static int Install(Task task, Pid pid, OpenFlags flags) =>
        EpollCalls.InstallAnonymous(task, new PidFile(task.Kernel.Vfs.Anonymous.Inode, flags, pid), "[pidfd]", closeOnExec: true);

    public static long PidFdSendSignal(Task task, in SyscallArguments args)
    {
        uint flags = (uint)args.A3;
        int signal = args.Int(1);
        if ((flags & ~(ToThread | ToProcess | ToGroup)) != 0 || (flags & (flags - 1)) != 0)
            return -Errno.EINVAL;
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not PidFile file)
            return -Errno.EBADF;
        bool isThread = flags == ToThread || (flags == 0 && file.IsThread);
        SigInfo info = SigInfo.ForUser(signal, isThread ? SigCode.Tkill : SigCode.User, task);
        if (args.A2 != 0)
        {
            if (!task.User.TryGet(args.A2, out info))
                return -Errno.EFAULT;
            if (info.Signo != signal)
                return -Errno.EINVAL;
            if (file.Target != task && (info.Code >= 0 || info.Code == SigCode.Tkill))
                return -Errno.EPERM;
        }
        if (flags == ToGroup)
            return KillCalls.ToGroup(task, file.Pid, info);
        if (file.Target is not { } target)
            return -Errno.ESRCH;
        return isThread ? KillCalls.ToThread(task, 0, target.ThreadId, info) : KillCalls.SendTo(task, target.Group, info);
    }

    public static long PidFdGetFd(Task task, in SyscallArguments args)
    {
        if ((uint)args.A2 != 0)
            return -Errno.EINVAL;
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not PidFile file)
            return -Errno.EBADF;
        if (file.Target is not { HasFiles: true } target)
            return -Errno.ESRCH;
        if (!task.MayInspect(target))
            return -Errno.EPERM;
        if (target.Files.Peek(args.Int(1)) is not { } theirs)
            return -Errno.EBADF;
        theirs.Get();
        return OpenCalls.Install(task, theirs, closeOnExec: true);
    }
}

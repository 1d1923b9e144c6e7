using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>System calls that send signals. Linux: kernel/signal.c.</summary>
internal static class KillCalls
{
    public static long Kill(Task task, in SyscallArguments args)
    {
        int pid = args.Int(0), signal = args.Int(1);
        SigInfo info = SigInfo.ForUser(signal, SigCode.User, task);
        if (pid > 0)
            return ToProcess(task, pid, info);
        if (pid == int.MinValue)
            return -Errno.ESRCH;
        if (pid == -1)
            return ToEveryone(task, info);
        return ToGroup(task, pid == 0 ? task.Group.ProcessGroup : task.Kernel.Pids.Find(-pid), info);
    }

    public static long TgKill(Task task, in SyscallArguments args)
    {
        int process = args.Int(0), thread = args.Int(1);
        if (process <= 0 || thread <= 0)
            return -Errno.EINVAL;
        return ToThread(task, process, thread, SigInfo.ForUser(args.Int(2), SigCode.Tkill, task));
    }

    public static long TKill(Task task, in SyscallArguments args)
    {
        int thread = args.Int(0);
        return thread <= 0 ? -Errno.EINVAL : ToThread(task, 0, thread, SigInfo.ForUser(args.Int(1), SigCode.Tkill, task));
    }

    public static long RtSigQueueInfo(Task task, in SyscallArguments args)
    {
        int pid = args.Int(0);
        int error = GetInfo(task, args.A2, args.Int(1), pid, out SigInfo info);
        return error != 0 ? error : ToProcess(task, pid, info);
    }

    public static long RtTgSigQueueInfo(Task task, in SyscallArguments args)
    {
        int process = args.Int(0), thread = args.Int(1);
        if (process <= 0 || thread <= 0)
            return -Errno.EINVAL;
        int error = GetInfo(task, args.A3, args.Int(2), thread, out SigInfo info);
        return error != 0 ? error : ToThread(task, process, thread, info);
    }

    /// <summary>Sends a signal to a process, if it may. Linux: <c>group_send_sig_info</c>.</summary>
    /// <param name="sender">Who sends.</param>
    /// <param name="target">The process.</param>
    /// <param name="info">What; signal 0 only asks whether it may.</param>
    /// <returns>0, or EINVAL, EPERM, EAGAIN, negated.</returns>
    public static int SendTo(Task sender, ThreadGroup target, in SigInfo info)
    {
        int error = CheckPermission(sender, target, info);
        return error != 0 || info.Signo == 0 ? error : SignalSender.SendToProcess(target, info);
    }

    /// <summary>Copies what a program wants to come with a signal. Linux: <c>copy_siginfo_from_user</c>.</summary>
    /// <param name="task">Who sends.</param>
    /// <param name="address">Of the siginfo_t.</param>
    /// <param name="signal">The signal; what stands in the structure does not count.</param>
    /// <param name="target">Number of the receiver: nobody may pretend that the kernel sent a signal, but to himself.</param>
    /// <param name="info">The copy.</param>
    /// <returns>0, -EFAULT or -EPERM.</returns>
    public static int GetInfo(Task task, ulong address, int signal, int target, out SigInfo info)
    {
        if (!task.User.TryGet(address, out info))
            return -Errno.EFAULT;
        info.Signo = signal;
        return (info.Code >= 0 || info.Code == SigCode.Tkill) && task.ThreadId != target ? -Errno.EPERM : 0;
    }

    // Linux: kill_proc_info
    private static int ToProcess(Task sender, int pid, in SigInfo info) =>
        sender.Kernel.Pids.FindTask(pid) is { } target ? SendTo(sender, target.Group, info) : -Errno.ESRCH;

    /// <summary>Sends a signal to a thread, of a process if that is not 0. Linux: <c>do_send_specific</c>.</summary>
    public static int ToThread(Task sender, int process, int thread, in SigInfo info)
    {
        Task? target = sender.Kernel.Pids.FindTask(thread);
        if (target == null || (process != 0 && target.ProcessId != process))
            return -Errno.ESRCH;
        int error = CheckPermission(sender, target.Group, info);
        return error != 0 || info.Signo == 0 ? error : SignalSender.SendToThread(target, info);
    }

    /// <summary>Sends a signal to a process group. Linux: <c>__kill_pgrp_info</c>.</summary>
    public static int ToGroup(Task sender, Pid? group, in SigInfo info)
    {
        int result = -Errno.ESRCH;
        if (group == null)
            return result;
        foreach (ThreadGroup process in group.ProcessGroup)
        {
            int error = SendTo(sender, process, info);
            if (result != 0)
                result = error;
        }
        return result;
    }

    private static int ToEveryone(Task sender, in SigInfo info)
    {
        int count = 0, result = 0;
        foreach (ThreadGroup process in sender.Kernel.Pids.Processes)
        {
            if (process == sender.Group)
                continue;
            int error = SendTo(sender, process, info);
            count++;
            if (error != -Errno.EPERM)
                result = error;
        }
        return count != 0 ? result : -Errno.ESRCH;
    }

    // Linux: check_kill_permission
    private static int CheckPermission(Task sender, ThreadGroup target, in SigInfo info)
    {
        if ((uint)info.Signo > Signal.Last)
            return -Errno.EINVAL;
        if (!info.IsFromUser || target == sender.Group)
            return 0;
        Credentials own = sender.Credentials, other = target.Leader.Credentials;
        bool allowed = own.EffectiveUid == other.SavedUid || own.EffectiveUid == other.Uid || own.Uid == other.SavedUid ||
            own.Uid == other.Uid || own.Can(Capability.Kill);
        if (allowed || (info.Signo == Signal.SIGCONT && target.Session == sender.Group.Session))
            return 0;
        return -Errno.EPERM;
    }
}

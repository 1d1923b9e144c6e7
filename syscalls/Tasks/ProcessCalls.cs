using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Numbers of processes, process groups and sessions. Linux: kernel/sys.c.</summary>
internal static class ProcessCalls
{
    public static long GetPid(Task task, in SyscallArguments args) => task.ProcessId;

    public static long GetTid(Task task, in SyscallArguments args) => task.ThreadId;

    public static long GetPpid(Task task, in SyscallArguments args) => task.Group.ParentId;

    public static long GetPgrp(Task task, in SyscallArguments args) => task.Group.ProcessGroup.Number;

    public static long GetPgid(Task task, in SyscallArguments args) =>
        Find(task, args.Int(0)) is { } group ? group.ProcessGroup.Number : -Errno.ESRCH;

    public static long GetSid(Task task, in SyscallArguments args) =>
        Find(task, args.Int(0)) is { } group ? group.Session.Number : -Errno.ESRCH;

    public static long SetPgid(Task task, in SyscallArguments args)
    {
        int pid = args.Int(0), pgid = args.Int(1);
        if (pid == 0)
            pid = task.ProcessId;
        if (pgid == 0)
            pgid = pid;
        if (pgid < 0)
            return -Errno.EINVAL;
        Task? target = task.Kernel.Pids.FindTask(pid);
        if (target == null)
            return -Errno.ESRCH;
        if (!target.IsLeader)
            return -Errno.EINVAL;
        int error = CheckMove(task.Group, target.Group);
        if (error != 0)
            return error;
        Pid? wanted = pgid == pid ? target.Group.Pid : task.Kernel.Pids.Find(pgid);
        if (pgid != pid && (wanted == null || wanted.ProcessGroup.Count == 0 || wanted.ProcessGroup[0].Session != task.Group.Session))
            return -Errno.EPERM;
        if (target.Group.ProcessGroup != wanted)
            target.Group.JoinProcessGroup(wanted!);
        return 0;
    }

    public static long SetSid(Task task, in SyscallArguments args)
    {
        ThreadGroup group = task.Group;
        if (group.IsSessionLeader || group.Pid.ProcessGroup.Count != 0)
            return -Errno.EPERM;
        group.IsSessionLeader = true;
        group.JoinSession(group.Pid);
        group.JoinProcessGroup(group.Pid);
        task.LeaveTerminal();
        return group.ProcessId;
    }

    // Whether a process may put another, or itself, into a process group.
    private static int CheckMove(ThreadGroup own, ThreadGroup target)
    {
        if (target.Parent == own)
        {
            if (target.Session != own.Session)
                return -Errno.EPERM;
            if (target.HasExecuted)
                return -Errno.EACCES;
        }
        else if (target != own)
        {
            return -Errno.ESRCH;
        }
        return target.IsSessionLeader ? -Errno.EPERM : 0;
    }

    private static ThreadGroup? Find(Task task, int pid) => pid == 0 ? task.Group : task.Kernel.Pids.FindTask(pid)?.Group;
}

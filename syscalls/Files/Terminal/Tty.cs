using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A terminal as its sessions know it. Linux: the job-control part of <c>struct tty_struct</c>, drivers/tty/tty_jobctrl.c.</summary>
internal sealed class Tty
{
    /// <summary>Its number as a device.</summary>
    public DeviceNumber Device { get; set; } = new(5, 0);

    /// <summary>The pair that it is of; null for the host's.</summary>
    public PseudoTerminal? Pair { get; init; }

    /// <summary>The session that it controls, or null. Linux: <c>ctrl.session</c>.</summary>
    public Pid? Session { get; private set; }

    /// <summary>The process group that may read, and gets the signals of the keyboard. Linux: <c>ctrl.pgrp</c>.</summary>
    public Pid? ForegroundGroup { get; set; }

    /// <summary>Makes it the terminal of a process's session. Linux: <c>__proc_set_tty</c>.</summary>
    public void Control(ThreadGroup process)
    {
        Session = process.Session;
        ForegroundGroup = process.ProcessGroup;
    }

    /// <summary>It was opened: the leader of a session that has no terminal gets it. Linux: <c>tty_open_proc_set_tty</c>.</summary>
    public void Opened(Task task, OpenFlags flags)
    {
        ThreadGroup process = task.Group;
        if ((flags & OpenFlags.NoControllingTerminal) == 0 && process.IsSessionLeader && Session == null && task.Kernel.Vfs.TerminalOf(process) == null)
            Control(process);
    }

    /// <summary>Its other end is gone: the leader of the session is told. Linux: <c>tty_signal_session_leader</c>.</summary>
    public void HangUpSession()
    {
        foreach (ThreadGroup member in Session?.Session ?? [])
        {
            if (!member.IsSessionLeader)
                continue;
            SignalSender.SendToProcess(member, SigInfo.ForKernel(Signal.SIGHUP));
            SignalSender.SendToProcess(member, SigInfo.ForKernel(Signal.SIGCONT));
        }
        Release();
    }

    /// <summary>It controls nobody any more. Linux: <c>session_clear_tty</c>.</summary>
    public void Release() => Session = ForegroundGroup = null;

    /// <summary>Whether it is the terminal of a process. Linux: <c>current->signal->tty</c>.</summary>
    public bool Controls(ThreadGroup process) => Session != null && Session == process.Session;

    /// <summary>Stops a process of the background that would change the terminal. Linux: <c>__tty_check_change</c>.</summary>
    /// <param name="task">Who would.</param>
    /// <param name="signal">SIGTTIN for a read, SIGTTOU for a change.</param>
    /// <returns>0 if it may; -EIO, or -ERESTARTSYS after the signal was sent.</returns>
    public int CheckChange(Task task, int signal)
    {
        ThreadGroup process = task.Group;
        if (!Controls(process) || ForegroundGroup == null || process.ProcessGroup == ForegroundGroup)
            return 0;
        SignalAction action = process.Actions[signal];
        if (Signal.Has(task.Blocked, signal) || action.Handler == SignalAction.Ignore)
            return signal == Signal.SIGTTIN ? -Errno.EIO : 0;
        if (ProcessGroups.IsOrphaned(process.ProcessGroup, null))
            return -Errno.EIO;
        SignalSender.SendToGroup(process.ProcessGroup, signal);
        task.RecalculatePending();
        return -KernelErrno.ERESTARTSYS;
    }

    /// <summary>The ioctls that are about sessions and groups. Linux: <c>tty_jobctrl_ioctl</c>.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="command">Which.</param>
    /// <param name="argument">Its argument.</param>
    /// <param name="isMaster">Whether it is the other end that is asked.</param>
    /// <returns>A result; null if it is another ioctl.</returns>
    public long? Ioctl(Task task, uint command, ulong argument, bool isMaster)
    {
        switch (command)
        {
            case IoctlCommands.TiocGpgrp:
                if (!isMaster && !Controls(task.Group))
                    return -Errno.ENOTTY;
                return task.User.TryPut(argument, ForegroundGroup?.Number ?? 0) ? 0 : -Errno.EFAULT;
            case IoctlCommands.TiocSpgrp:
                return SetForegroundGroup(task, argument);
            case IoctlCommands.TiocGsid:
                if ((!isMaster && !Controls(task.Group)) || Session == null)
                    return -Errno.ENOTTY;
                return task.User.TryPut(argument, Session.Number) ? 0 : -Errno.EFAULT;
            case IoctlCommands.TiocSctty:
                return SetControlling(task, argument);
            case IoctlCommands.TiocNotty:
                if (!Controls(task.Group))
                    return -Errno.ENOTTY;
                if (task.Group.IsSessionLeader)
                    HangUp();
                return 0;
            default:
                return null;
        }
    }

    /// <summary>The leader of its session ends. The host's terminal stays what it was for those who are left. Linux: <c>disassociate_ctty</c>.</summary>
    public void LeaderEnds()
    {
        if (Pair == null)
            return;
        Pair.HangUpFiles();
        HangUp();
    }

    /// <summary>The leader of its session gives it up. Linux: <c>disassociate_ctty</c>.</summary>
    private void HangUp()
    {
        if (ForegroundGroup is { } group)
        {
            SignalSender.SendToGroup(group, Signal.SIGHUP);
            SignalSender.SendToGroup(group, Signal.SIGCONT);
        }
        Release();
    }

    // Linux: tiocspgrp
    private long SetForegroundGroup(Task task, ulong argument)
    {
        int error = CheckChange(task, Signal.SIGTTOU);
        if (error != 0)
            return error == -Errno.EIO ? -Errno.ENOTTY : error;
        if (!Controls(task.Group))
            return -Errno.ENOTTY;
        if (!task.User.TryGet(argument, out int number))
            return -Errno.EFAULT;
        if (number < 0)
            return -Errno.EINVAL;
        if (task.Kernel.Pids.Find(number) is not { ProcessGroup: [var first, ..] } group)
            return -Errno.ESRCH;
        if (first.Session != Session)
            return -Errno.EPERM;
        ForegroundGroup = group;
        return 0;
    }

    // Linux: tiocsctty
    private long SetControlling(Task task, ulong argument)
    {
        ThreadGroup process = task.Group;
        if (process.IsSessionLeader && Session == process.Session)
            return 0;
        if (!process.IsSessionLeader || task.Kernel.Vfs.TerminalOf(process) != null)
            return -Errno.EPERM;
        if (Session != null && (argument != 1 || !task.Credentials.Can(Capability.SysAdmin)))
            return -Errno.EPERM;
        Control(process);
        return 0;
    }
}

namespace Emu.Syscalls;

/// <summary>Tells a family that one of it has ended. Linux: kernel/exit.c (<c>exit_notify</c>, <c>release_task</c>), kernel/signal.c (<c>do_notify_parent</c>).</summary>
internal static class TaskExitNotify
{
    private const int CoreFlag = 0x80, SignalMask = 0x7F, StatusShift = 8;

    /// <summary>Gives its children away and tells its parent; a task that nobody waits for is gone at once.</summary>
    /// <param name="task">The task that ends.</param>
    /// <param name="isLast">Whether it was the last of its process that lived.</param>
    public static void Run(Task task, bool isLast)
    {
        ThreadGroup group = task.Group;
        GiveChildrenAway(task, isLast);
        if (isLast)
        {
            if (group.IsSessionLeader)
                task.Kernel.Vfs.TerminalOf(group)?.LeaderEnds();
            ProcessGroups.HangUpIfOrphaned(group, parent: null);
        }
        task.ExitState = ExitState.Zombie;
        task.State = TaskState.Dead;
        bool isGone = !task.IsLeader || (group.HasOneThread && TellParent(group, group.ExitSignal));
        if (task.IsLeader && group.ExecTask is { } waiter)
            task.Kernel.Scheduler.Wake(waiter, TaskState.Killable, WakeCause.Event);
        task.Pid.NotifyExit();
        if (isGone)
            Release(task);
    }

    /// <summary>The last trace of a task goes; with the last thread, that of its process too. Linux: <c>release_task</c>.</summary>
    public static void Release(Task task)
    {
        while (true)
        {
            ThreadGroup group = task.Group;
            ReleaseThread(task);
            if (task.IsLeader)
            {
                group.Actions.Users--;
                group.Parent?.RemoveChild(group);
                group.LeaveGroups();
                return;
            }
            Task leader = group.Leader;
            if (!group.HasOneThread || leader.ExitState != ExitState.Zombie)
                return;
            // The process as a whole has ended with this thread.
            bool isGone = TellParent(group, group.ExitSignal);
            leader.Pid.NotifyExit();
            if (!isGone)
                return;
            task = leader;
        }
    }

    /// <summary>Tells the parent that a process has ended. Linux: <c>do_notify_parent</c>.</summary>
    /// <returns>Whether nobody is going to wait for it.</returns>
    public static bool TellParent(ThreadGroup group, int signal)
    {
        if (group.Parent is not { } parent)
        {
            group.Kernel.OnProcessEnded(group);
            return true;
        }
        bool isGone = false;
        if (signal == Signal.SIGCHLD)
        {
            SignalAction action = parent.Actions[Signal.SIGCHLD];
            bool isIgnored = action.Handler == SignalAction.Ignore;
            isGone = isIgnored || (action.Flags & SignalActionFlags.NoChildWait) != 0;
            if (isIgnored)
                signal = 0;
        }
        if (Signal.IsValid(signal))
            SignalSender.SendToProcess(parent, InfoOf(group, signal));
        parent.ChildWaiters.Wake();
        return isGone;
    }

    /// <summary>What SIGCHLD says of a process that has ended.</summary>
    public static SigInfo InfoOf(ThreadGroup group, int signal)
    {
        int status = group.WaitStatus;
        int killer = status & SignalMask;
        ResourceUsage usage = group.Usage();
        return new SigInfo
        {
            Signo = signal,
            Code = (status & CoreFlag) != 0 ? SigCode.CldDumped : killer != 0 ? SigCode.CldKilled : SigCode.CldExited,
            Pid = group.ProcessId,
            Uid = group.Leader.Credentials.Uid,
            Status = killer != 0 ? killer : status >> StatusShift,
            UserTime = CpuTicks.From(usage.UserTime),
            SystemTime = CpuTicks.From(usage.SystemTime),
        };
    }

    private static void ReleaseThread(Task task)
    {
        ThreadGroup group = task.Group;
        task.Account.Tasks--;
        task.ExitState = ExitState.Dead;
        task.Pending.Flush(ulong.MaxValue);
        if (task.IsLeader)
            group.SharedPending.Flush(ulong.MaxValue);
        else
            group.AddEndedThread(task);
        group.RemoveThread(task);
        if (group.ExecTask is { } waiter)
            task.Kernel.Scheduler.Wake(waiter, TaskState.Killable, WakeCause.Event);
        task.Detach();
    }

    // Linux: forget_original_parent
    private static void GiveChildrenAway(Task task, bool isLast)
    {
        ThreadGroup group = task.Group;
        if (group.Children.Count == 0)
            return;
        Task? sibling = isLast ? null : FindSibling(task);
        ThreadGroup? reaper = sibling == null ? FindReaper(group) : group;
        foreach (ThreadGroup child in group.Children.ToArray())
        {
            if (child.ParentThread != task && sibling != null)
                continue;
            SendDeathSignal(child, task);
            if (sibling != null)
                child.ParentThread = sibling;
            else
                Adopt(child, group, reaper);
        }
    }

    // The thread that made them is gone, or the process.
    private static void SendDeathSignal(ThreadGroup child, Task parent)
    {
        if (child.ParentThread != parent)
            return;
        foreach (Task thread in child.Threads)
        {
            if (thread.ParentDeathSignal != 0)
                SignalSender.SendToProcess(child, SigInfo.ForUser(thread.ParentDeathSignal, SigCode.User, parent));
        }
    }

    // Linux: reparent_leader
    private static void Adopt(ThreadGroup child, ThreadGroup old, ThreadGroup? reaper)
    {
        old.RemoveChild(child);
        child.IsOrphan = true;
        reaper?.AddChild(child, FindLiving(reaper));
        child.ExitSignal = Signal.SIGCHLD;
        if (child.Leader.ExitState == ExitState.Zombie && child.HasOneThread && TellParent(child, Signal.SIGCHLD))
            Release(child.Leader);
        else
            ProcessGroups.HangUpIfOrphaned(child, old);
    }

    private static Task? FindSibling(Task task)
    {
        foreach (Task thread in task.Group.Threads)
        {
            if (thread != task && !thread.IsExiting)
                return thread;
        }
        return null;
    }

    // The nearest ancestor that asked for orphans; null is init. Linux: find_new_reaper
    private static ThreadGroup? FindReaper(ThreadGroup group)
    {
        if (!group.HasSubreaper)
            return null;
        ThreadGroup? ancestor = group.Parent;
        while (ancestor != null && !(ancestor.IsSubreaper && FindLiving(ancestor) != null))
            ancestor = ancestor.Parent;
        return ancestor;
    }

    private static Task? FindLiving(ThreadGroup group)
    {
        foreach (Task thread in group.Threads)
        {
            if (!thread.IsExiting)
                return thread;
        }
        return null;
    }
}

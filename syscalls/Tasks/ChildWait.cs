using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What wait4 and waitid are asked for. Linux: <c>struct wait_opts</c>.</summary>
internal readonly record struct ChildQuery
{
#pragma warning disable CS1591 // the names are the documentation: wait(2)
    public const uint NoHang = 1, Stopped = 2, Exited = 4, Continued = 8, NoWait = 0x01000000, NoThread = 0x20000000, All = 0x40000000,
        CloneOnly = 0x80000000;
#pragma warning restore CS1591

    /// <summary>Options.</summary>
    public uint Options { get; init; }

    /// <summary>Only this process; 0 for any.</summary>
    public int ProcessId { get; init; }

    /// <summary>Only members of this process group; 0 for any.</summary>
    public int ProcessGroup { get; init; }

    /// <summary>Whether an option is set.</summary>
    public bool Has(uint option) => (Options & option) != 0;

    /// <summary>Whether a child is meant. Linux: <c>eligible_child</c>.</summary>
    public bool Means(ThreadGroup child)
    {
        if (ProcessId != 0 && child.ProcessId != ProcessId)
            return false;
        if (ProcessGroup != 0 && child.ProcessGroup.Number != ProcessGroup)
            return false;
        return Has(All) || (child.ExitSignal != Signal.SIGCHLD) == Has(CloneOnly);
    }
}

/// <summary>What became of a child. Linux: <c>struct waitid_info</c> and the status.</summary>
internal struct ChildReport
{
    /// <summary>Its number; 0 if there is nothing to report.</summary>
    public int ProcessId;

    /// <summary>Its user.</summary>
    public uint User;

    /// <summary>In the form of wait4.</summary>
    public int WaitStatus;

    /// <summary>si_code, and si_status that goes with it.</summary>
    public int Code, Status;

    /// <summary>What it used.</summary>
    public ResourceUsage Usage;
}

/// <summary>Waiting for children. Linux: kernel/exit.c (<c>do_wait</c>).</summary>
internal static class ChildWait
{
    private const int StopMark = 0x7F, ContinueMark = 0xFFFF, StatusShift = 8;

    /// <summary>Waits until there is something to report of a child.</summary>
    /// <returns>0 with a report, or with an empty one if nobody is to wait; -ECHILD; -ERESTARTSYS; <see cref="Task.Suspended"/>.</returns>
    public static long Wait(Task task, in ChildQuery query, out ChildReport report)
    {
        int error = Look(task, query, out report);
        if (error != 0 || report.ProcessId != 0 || query.Has(ChildQuery.NoHang))
            return error;
        return task.Group.ChildWaiters.Suspend(task);
    }

    // Looks at each child once.
    private static int Look(Task task, in ChildQuery query, out ChildReport report)
    {
        report = default;
        bool mayCome = false;
        foreach (ThreadGroup child in task.Group.Children)
        {
            if ((query.Has(ChildQuery.NoThread) && child.ParentThread != task) || !query.Means(child))
                continue;
            if (Consider(child, query, ref report, ref mayCome))
                return 0;
        }
        return mayCome ? 0 : -Errno.ECHILD;
    }

    // Linux: wait_consider_task
    private static bool Consider(ThreadGroup child, in ChildQuery query, ref ChildReport report, ref bool mayCome)
    {
        Task leader = child.Leader;
        if (leader.ExitState == ExitState.Dead)
            return false;
        if (leader.ExitState == ExitState.Zombie && child.HasOneThread)
            return query.Has(ChildQuery.Exited) && ReportEnd(child, query, ref report);
        mayCome = leader.ExitState == ExitState.None || query.Has(ChildQuery.Continued | ChildQuery.Exited);
        return (query.Has(ChildQuery.Stopped) && ReportStop(child, query, ref report)) ||
            (query.Has(ChildQuery.Continued) && ReportContinued(child, query, ref report));
    }

    // Linux: wait_task_zombie
    private static bool ReportEnd(ThreadGroup child, in ChildQuery query, ref ChildReport report)
    {
        SigInfo info = TaskExitNotify.InfoOf(child, Signal.SIGCHLD);
        Fill(child, info.Code, info.Status, child.WaitStatus, ref report);
        if (query.Has(ChildQuery.NoWait))
            return true;
        child.Parent!.AddReapedChild(child);
        child.Leader.ExitState = ExitState.Dead;
        TaskExitNotify.Release(child.Leader);
        return true;
    }

    // Linux: wait_task_stopped
    private static bool ReportStop(ThreadGroup child, in ChildQuery query, ref ChildReport report)
    {
        if ((child.Flags & SignalFlags.StopStopped) == 0 || child.GroupExitCode == 0)
            return false;
        Fill(child, SigCode.CldStopped, child.GroupExitCode, (child.GroupExitCode << StatusShift) | StopMark, ref report);
        if (!query.Has(ChildQuery.NoWait))
            child.GroupExitCode = 0;
        return true;
    }

    // Linux: wait_task_continued
    private static bool ReportContinued(ThreadGroup child, in ChildQuery query, ref ChildReport report)
    {
        if ((child.Flags & SignalFlags.StopContinued) == 0)
            return false;
        Fill(child, SigCode.CldContinued, Signal.SIGCONT, ContinueMark, ref report);
        if (!query.Has(ChildQuery.NoWait))
            child.Flags &= ~SignalFlags.StopContinued;
        return true;
    }

    private static void Fill(ThreadGroup child, int code, int status, int waitStatus, ref ChildReport report)
    {
        report = new ChildReport
        {
            ProcessId = child.ProcessId,
            User = child.Leader.Credentials.Uid,
            Code = code,
            Status = status,
            WaitStatus = waitStatus,
            Usage = child.Usage(),
        };
        report.Usage.Add(child.ReapedChildren);
    }
}

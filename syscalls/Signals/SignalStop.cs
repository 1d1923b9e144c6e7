using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Stopping and continuing processes. Linux: kernel/signal.c (<c>do_signal_stop</c>, <c>do_notify_parent_cldstop</c>).</summary>
internal static class SignalStop
{
    private const JobControl StopBits = JobControl.StopPending | JobControl.StopConsume | JobControl.StopDequeued;

    /// <summary>Begins a stop of the process, or takes part in one that has begun; returns when it is over.</summary>
    /// <param name="task">The thread that runs.</param>
    /// <param name="signal">The signal that stops it; 0 to take part.</param>
    /// <returns>Whether it was stopped.</returns>
    public static bool Stop(Task task, int signal)
    {
        ThreadGroup group = task.Group;
        if ((task.JobControl & JobControl.StopPending) == 0 && !Begin(task, signal))
            return false;
        if (Participate(task))
            Notify(group, SigCode.CldStopped);
        task.Kernel.Scheduler.Sleep(task, TaskState.Stopped | TaskState.WakeKill);
        return true;
    }

    /// <summary>Tells the parent what a SIGCONT left to be told. Linux: the start of <c>get_signal</c>.</summary>
    public static void NotifyParent(ThreadGroup group)
    {
        while ((group.Flags & SignalFlags.ChildMask) != 0)
        {
            int code = (group.Flags & SignalFlags.ChildContinued) != 0 ? SigCode.CldContinued : SigCode.CldStopped;
            group.Flags &= ~SignalFlags.ChildMask;
            Notify(group, code);
        }
    }

    /// <summary>A thread that ends takes part in a stop by ending. Linux: <c>exit_signals</c>.</summary>
    public static void LeaveStop(Task task)
    {
        if ((task.JobControl & JobControl.StopPending) != 0 && Participate(task))
            Notify(task.Group, SigCode.CldStopped);
    }

    private static bool Begin(Task task, int signal)
    {
        ThreadGroup group = task.Group;
        if ((task.JobControl & JobControl.StopDequeued) == 0 || group.IsExiting || group.ExecTask != null)
            return false;
        if ((group.Flags & SignalFlags.StopStopped) == 0)
            group.GroupExitCode = signal;
        group.GroupStopCount = 0;
        foreach (Task thread in group.Threads)
        {
            if (thread != task && (thread.State & TaskState.Stopped) != 0)
                continue;
            if (thread.IsKillPending || thread.IsExiting)
                continue;
            thread.JobControl = (thread.JobControl & ~JobControl.SignalMask) | (JobControl)signal | JobControl.StopPending | JobControl.StopConsume;
            group.GroupStopCount++;
            if (thread != task)
                SignalSender.Wake(thread, fatal: false);
        }
        return true;
    }

    // Counts the thread as stopped; whether it was the last. Linux: task_participate_group_stop
    private static bool Participate(Task task)
    {
        ThreadGroup group = task.Group;
        bool counts = (task.JobControl & JobControl.StopConsume) != 0;
        task.JobControl &= ~StopBits;
        task.RecalculatePending();
        if (!counts)
            return false;
        Bug.On(group.GroupStopCount <= 0, "more threads stopped than were to");
        if (--group.GroupStopCount != 0 || (group.Flags & SignalFlags.StopStopped) != 0)
            return false;
        group.SetStopFlags(SignalFlags.StopStopped);
        return true;
    }

    // Linux: do_notify_parent_cldstop
    private static void Notify(ThreadGroup group, int code)
    {
        if (group.Parent is not { } parent)
        {
            if (code == SigCode.CldStopped)
                group.Kernel.OnStopped(group);
            return;
        }
        SigInfo info = new()
        {
            Signo = Signal.SIGCHLD,
            Code = code,
            Pid = group.ProcessId,
            Uid = group.Leader.Credentials.Uid,
            UserTime = CpuTicks.From(group.CpuTime()),
            Status = code == SigCode.CldContinued ? Signal.SIGCONT : group.GroupExitCode & 0x7F,
        };
        SignalAction action = parent.Actions[Signal.SIGCHLD];
        if (action.Handler != SignalAction.Ignore && (action.Flags & SignalActionFlags.NoChildStop) == 0)
            SignalSender.SendToProcess(parent, info);
        parent.ChildWaiters.Wake();
    }
}

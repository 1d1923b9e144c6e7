using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Sends signals to threads and processes. Linux: kernel/signal.c (<c>__send_signal_locked</c>, <c>complete_signal</c>).</summary>
/// <remarks>Lock: the kernel lock, which stands for <c>siglock</c>.</remarks>
internal static class SignalSender
{
    /// <summary>Sends a signal to one thread. Linux: <c>PIDTYPE_PID</c>.</summary>
    /// <returns>0; -EAGAIN if a real-time signal finds its queue full.</returns>
    public static int SendToThread(Task target, in SigInfo info) => Send(target, info, toProcess: false);

    /// <summary>Sends a signal to a process. Linux: <c>PIDTYPE_TGID</c>.</summary>
    /// <returns>0; -EAGAIN if a real-time signal finds its queue full.</returns>
    public static int SendToProcess(ThreadGroup target, in SigInfo info) => Send(target.Leader, info, toProcess: true);

    /// <summary>Sends a signal of the kernel to every process of a group. Linux: <c>kill_pgrp</c> with <c>SEND_SIG_PRIV</c>.</summary>
    public static void SendToGroup(Pid group, int signal)
    {
        foreach (ThreadGroup process in group.ProcessGroup)
            SendToProcess(process, SigInfo.ForKernel(signal));
    }

    /// <summary>
    /// Sends a signal that an instruction of the task raised: if it is blocked or ignored, the default action is taken. Linux:
    /// <c>force_sig_info_to_task</c>.
    /// </summary>
    /// <param name="task">The task.</param>
    /// <param name="info">What to send.</param>
    /// <param name="evenHandled">Whether a handler is not called either.</param>
    public static void Force(Task task, in SigInfo info, bool evenHandled = false)
    {
        int signal = info.Signo;
        ref SignalAction action = ref task.Group.Actions[signal];
        bool blocked = Signal.Has(task.Blocked, signal);
        if (blocked || action.Handler == SignalAction.Ignore || evenHandled)
        {
            action.Handler = SignalAction.Default;
            task.Unblock(signal);
        }
        SendToThread(task, info);
        if (!task.IsSignalPending)
            Wake(task, fatal: false);
    }

    /// <summary>Ends every thread of a process but one. Linux: <c>zap_other_threads</c>.</summary>
    /// <returns>How many others there are.</returns>
    public static int KillOthers(Task task)
    {
        task.Group.GroupStopCount = 0;
        int count = 0;
        foreach (Task other in task.Group.Threads)
        {
            if (other == task)
                continue;
            count++;
            other.JobControl &= ~(JobControl.StopPending | JobControl.StopConsume | JobControl.StopDequeued);
            if (other.ExitState == ExitState.None)
                Kill(other);
        }
        return count;
    }

    /// <summary>Lets other threads take the process's signals that one does not take any more. Linux: <c>retarget_shared_pending</c>.</summary>
    public static void Retarget(Task task, ulong signals)
    {
        ulong left = task.Group.SharedPending.Set & signals;
        foreach (Task other in task.Group.Threads)
        {
            if (left == 0)
                return;
            if (other == task || other.IsExiting || (left & ~other.Blocked) == 0)
                continue;
            left &= other.Blocked;
            if (!other.IsSignalPending)
                Wake(other, fatal: false);
        }
    }

    /// <summary>Tells a thread that a signal is there for it. Linux: <c>signal_wake_up</c>.</summary>
    public static void Wake(Task task, bool fatal)
    {
        task.Work |= TaskWork.SignalPending;
        TaskState states = fatal ? TaskState.Interruptible | TaskState.WakeKill : TaskState.Interruptible;
        task.Kernel.Scheduler.Wake(task, states, WakeCause.Signal);
    }

    /// <summary>Queues the entry of a POSIX timer, which it keeps for its signals. Linux: <c>posixtimer_send_sigqueue</c>.</summary>
    /// <returns>Whether it was queued, or stands in the queue already; not if the signal is ignored.</returns>
    public static bool SendTimer(Task target, SigQueue entry, bool toProcess)
    {
        if (!Prepare(target, entry.Info.Signo))
            return false;
        SigPending pending = toProcess ? target.Group.SharedPending : target.Pending;
        pending.Enqueue(entry);
        target.Group.NotifySignalFds();
        Complete(target, entry.Info.Signo, toProcess);
        return true;
    }

    private static int Send(Task target, in SigInfo info, bool toProcess)
    {
        int signal = info.Signo;
        if (!Prepare(target, signal))
            return 0;
        SigPending pending = toProcess ? target.Group.SharedPending : target.Pending;
        if (signal < Signal.FirstRealTime && Signal.Has(pending.Set, signal))
            return 0;
        if (signal != Signal.SIGKILL)
        {
            bool unlimited = signal < Signal.FirstRealTime && !info.IsFromUser | info.Code == SigCode.User;
            if (Allocate(target, unlimited) is { } entry)
            {
                entry.Info = info;
                pending.Enqueue(entry);
            }
            else if (signal >= Signal.FirstRealTime && info.Code != SigCode.User)
            {
                return -Errno.EAGAIN;
            }
        }
        pending.Set |= Signal.Bit(signal);
        target.Group.NotifySignalFds();
        Complete(target, signal, toProcess);
        return 0;
    }

    // Linux: sigqueue_alloc
    private static SigQueue? Allocate(Task target, bool unlimited)
    {
        UserAccount account = target.Account;
        if (!unlimited && (ulong)account.PendingSignals >= target.Group.Limits.Current(Resource.SigPending))
            return null;
        account.PendingSignals++;
        return new SigQueue { Account = account };
    }

    // Whether the signal is to be sent; what it does by being sent is done. Linux: prepare_signal
    private static bool Prepare(Task target, int signal)
    {
        ThreadGroup group = target.Group;
        if (group.IsExiting)
            return false;
        if (Signal.Has(Signal.StopMask, signal))
            Flush(group, Signal.Bit(Signal.SIGCONT));
        else if (signal == Signal.SIGCONT)
            Continue(group);
        return !IsIgnored(target, signal);
    }

    private static void Flush(ThreadGroup group, ulong mask)
    {
        group.SharedPending.Flush(mask);
        foreach (Task thread in group.Threads)
            thread.Pending.Flush(mask);
    }

    private static void Continue(ThreadGroup group)
    {
        Flush(group, Signal.StopMask);
        foreach (Task thread in group.Threads)
        {
            thread.JobControl &= ~(JobControl.StopPending | JobControl.StopConsume | JobControl.StopDequeued);
            thread.Kernel.Scheduler.Wake(thread, TaskState.Stopped, WakeCause.Event);
        }
        SignalFlags why = (group.Flags & SignalFlags.StopStopped) != 0 ? SignalFlags.ChildContinued
            : group.GroupStopCount != 0 ? SignalFlags.ChildStopped
            : SignalFlags.None;
        if (why == SignalFlags.None)
            return;
        group.SetStopFlags(why | SignalFlags.StopContinued);
        group.GroupStopCount = 0;
        group.GroupExitCode = 0;
    }

    // Linux: sig_ignored
    private static bool IsIgnored(Task target, int signal)
    {
        if (Signal.Has(target.Blocked | target.RealBlocked, signal))
            return false;
        ulong handler = target.Group.Actions[signal].Handler;
        return handler == SignalAction.Ignore || (handler == SignalAction.Default && Signal.Has(Signal.IgnoreMask, signal));
    }

    // Chooses the thread that takes the signal. Linux: complete_signal
    private static void Complete(Task target, int signal, bool toProcess)
    {
        ThreadGroup group = target.Group;
        Task? taker = Wants(target, signal) ? target : toProcess ? FindTaker(group, signal) : null;
        if (taker == null)
            return;
        if (IsFatal(taker, signal) && !Signal.Has(Signal.CoreMask, signal))
        {
            group.Flags = SignalFlags.GroupExit;
            group.GroupExitCode = signal;
            group.GroupStopCount = 0;
            foreach (Task thread in group.Threads)
            {
                thread.JobControl &= ~(JobControl.StopPending | JobControl.StopConsume | JobControl.StopDequeued);
                Kill(thread);
            }
            return;
        }
        Wake(taker, signal == Signal.SIGKILL);
    }

    private static Task? FindTaker(ThreadGroup group, int signal)
    {
        Task start = group.CurrentTarget ?? group.Leader;
        Task at = start;
        do
        {
            if (Wants(at, signal))
            {
                group.CurrentTarget = at;
                return at;
            }
            at = group.ThreadAfter(at);
        }
        while (at != start);
        return null;
    }

    // Linux: wants_signal
    private static bool Wants(Task task, int signal)
    {
        if (Signal.Has(task.Blocked, signal) || task.IsExiting)
            return false;
        if (signal == Signal.SIGKILL)
            return true;
        return (task.State & TaskState.Stopped) == 0 && (task.Token != null || !task.IsSignalPending);
    }

    // Linux: sig_fatal and the rest of the condition in complete_signal
    private static bool IsFatal(Task taker, int signal) =>
        !Signal.Has(Signal.IgnoreMask | Signal.StopMask, signal) && taker.Group.Actions[signal].Handler == SignalAction.Default &&
        !taker.Group.IsExiting && !Signal.Has(taker.RealBlocked, signal);

    private static void Kill(Task task)
    {
        task.Pending.Set |= Signal.Bit(Signal.SIGKILL);
        Wake(task, fatal: true);
    }
}

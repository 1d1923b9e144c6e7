namespace Emu.Syscalls;

/// <summary>Takes pending signals for delivery. Linux: kernel/signal.c (<c>dequeue_signal</c>).</summary>
internal static class SignalQueueing
{
    /// <summary>Takes the next signal that is not in a mask: a thread's own first, then the process's.</summary>
    /// <param name="task">Who takes it.</param>
    /// <param name="blocked">Signals that stay.</param>
    /// <param name="info">What came with it.</param>
    /// <returns>Its number, 0 if there is none.</returns>
    public static int Dequeue(Task task, ulong blocked, out SigInfo info)
    {
        while (true)
        {
            int signal = Take(task.Pending, blocked, out info, out SigQueue? timer);
            if (signal == 0)
            {
                signal = Take(task.Group.SharedPending, blocked, out info, out timer);
                if (signal == Signal.SIGALRM)
                    task.Group.RealTimer.Rearm();
            }
            task.RecalculatePending();
            if (signal == 0)
                return 0;
            if (Signal.Has(Signal.StopMask, signal))
                task.JobControl |= JobControl.StopDequeued;
            if (timer == null || timer.Timer!.Deliver(ref info))
                return signal;
        }
    }

    /// <summary>Takes a signal that the task's own instruction raised. Linux: <c>dequeue_synchronous_signal</c>.</summary>
    public static int DequeueSynchronous(Task task, out SigInfo info)
    {
        info = default;
        ulong wanted = task.Pending.Set & ~task.Blocked & Signal.SynchronousMask;
        if (wanted == 0 || task.Pending.FindSynchronous(wanted) is not { } entry)
            return 0;
        info = entry.Info;
        task.Pending.Remove(entry);
        entry.Account?.ReleaseSignal();
        task.RecalculatePending();
        return info.Signo;
    }

    // Linux: __dequeue_signal, next_signal
    private static int Take(SigPending pending, ulong blocked, out SigInfo info, out SigQueue? timer)
    {
        info = default;
        timer = null;
        ulong set = pending.Set & ~blocked;
        if (set == 0)
            return 0;
        ulong synchronous = set & Signal.SynchronousMask;
        int signal = Signal.Lowest(synchronous != 0 ? synchronous : set);
        SigQueue? entry = pending.Dequeue(signal);
        if (entry == null)
        {
            info = new SigInfo { Signo = signal }; // it was sent when there was no room to note more
            return signal;
        }
        info = entry.Info;
        entry.Account?.ReleaseSignal();
        entry.Account = null;
        timer = entry.Timer != null ? entry : null;
        return signal;
    }
}

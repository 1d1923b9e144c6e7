using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Who waits for something to happen to an object. Linux: <c>struct wait_queue_head</c>, kernel/sched/wait.c.</summary>
/// <remarks>
/// Lock: the kernel lock. It is held from the look at a condition until the task sleeps, so that no wake is lost between the two.
/// </remarks>
/// <param name="what">What is waited for, for the report of a deadlock.</param>
internal sealed class WaitQueue(string what = "an event")
{
    private WaitEntry? _first, _last;

    /// <summary>What is waited for.</summary>
    public string What => what;

    /// <summary>Whether anybody waits. Linux: <c>waitqueue_active</c>.</summary>
    public bool IsActive => _first != null;

    /// <summary>Waits until a condition holds. Linux: <c>wait_event_interruptible_hrtimeout</c>.</summary>
    /// <param name="task">Who waits.</param>
    /// <param name="state">Passed to the condition.</param>
    /// <param name="condition">Looked at before the wait and after each wake; it may take what it waited for.</param>
    /// <param name="deadline">Monotonic time in nanoseconds, or <see cref="Scheduler.Never"/>.</param>
    /// <param name="sleep">What may end the wait besides: <see cref="TaskState.Interruptible"/> or <see cref="TaskState.Killable"/>.</param>
    /// <returns>0 if it holds; -ETIME after the deadline; -ERESTARTSYS if a signal is pending.</returns>
    public int Wait<TState>(Task task, TState state, Func<TState, bool> condition, ulong deadline = Scheduler.Never,
        TaskState sleep = TaskState.Interruptible)
    {
        if (condition(state))
            return 0;
        TaskWaitEntry entry = new(task);
        Add(entry);
        task.WaitsFor = what;
        int result = 0;
        while (!condition(state))
        {
            result = task.Kernel.Scheduler.Sleep(task, sleep, deadline);
            if (result != 0)
                break;
        }
        Remove(entry);
        task.WaitsFor = null;
        return result;
    }

    /// <summary>
    /// Lets the task sleep without a host thread: the system call ends here, and is run again from its start when the task is woken.
    /// </summary>
    /// <remarks>
    /// For system calls that have had no effect yet and look at their condition first. They are the fast ones, as nothing is handed from one
    /// host thread to another.
    /// </remarks>
    /// <param name="task">Who waits.</param>
    /// <param name="deadline">Monotonic time in nanoseconds; see <see cref="Task.DeadlineAfter"/>.</param>
    /// <returns>
    /// <see cref="Task.Suspended"/>, which the system call returns at once; or, without a wait, -ETIME after the deadline, -ERESTARTSYS if a
    /// signal is pending.
    /// </returns>
    public long Suspend(Task task, ulong deadline = Scheduler.Never)
    {
        long result = task.Kernel.Scheduler.Suspend(task, deadline);
        if (result == Task.Suspended)
        {
            Add(task.SuspendEntry);
            task.WaitsFor = what;
        }
        return result;
    }

    /// <summary>Puts an entry into the queue. Linux: <c>add_wait_queue</c>.</summary>
    public void Add(WaitEntry entry)
    {
        Bug.On(entry.Queue != null, "an entry is in two wait queues");
        entry.Queue = this;
        entry.Previous = _last;
        if (_last != null)
            _last.Next = entry;
        else
            _first = entry;
        _last = entry;
    }

    /// <summary>Takes an entry out. Linux: <c>remove_wait_queue</c>.</summary>
    public void Remove(WaitEntry entry)
    {
        if (entry.Previous != null)
            entry.Previous.Next = entry.Next;
        else
            _first = entry.Next;
        if (entry.Next != null)
            entry.Next.Previous = entry.Previous;
        else
            _last = entry.Previous;
        entry.Next = entry.Previous = null;
        entry.Queue = null;
    }

    /// <summary>Tells everyone who waits. Linux: <c>wake_up_poll</c>.</summary>
    /// <param name="events">What has happened.</param>
    public void Wake(PollEvents events = PollEvents.All)
    {
        for (WaitEntry? at = _first; at != null;)
        {
            WaitEntry entry = at;
            at = at.Next; // the entry may go while it is told
            entry.Woken(events);
        }
    }
}

/// <summary>A place in a wait queue. Linux: <c>struct wait_queue_entry</c>.</summary>
internal abstract class WaitEntry
{
    /// <summary>The queue that it is in, or null.</summary>
    public WaitQueue? Queue { get; internal set; }

    internal WaitEntry? Next { get; set; }

    internal WaitEntry? Previous { get; set; }

    /// <summary>Something has happened. Linux: <c>func</c>.</summary>
    public abstract void Woken(PollEvents events);

    /// <summary>Leaves the queue, if it is in one.</summary>
    public void Leave() => Queue?.Remove(this);
}

/// <summary>The place of a task that sleeps. Linux: <c>DEFINE_WAIT</c>.</summary>
internal sealed class TaskWaitEntry(Task task) : WaitEntry
{
    /// <inheritdoc/>
    public override void Woken(PollEvents events) => task.Kernel.Scheduler.Wake(task);
}

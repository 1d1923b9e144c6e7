using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Chooses which task runs, and lets tasks sleep and wake. Linux: kernel/sched/core.c.</summary>
/// <remarks>
/// The host never chooses: the CPU passes from one task to the next of our run queue, so with one CPU every run of a program is the same.
/// What comes from the host's side (a call that has returned, a key) is an input; see Scheduler.Host. Lock: the kernel lock, which
/// holding the one CPU stands for.
/// </remarks>
internal sealed partial class Scheduler
{
    /// <summary>A deadline that never comes.</summary>
    public const ulong Never = ulong.MaxValue;

    private readonly Kernel _kernel;
    private readonly RunQueue _queue = new();
    private readonly CpuToken _cpu;
    private readonly Stack<Worker> _spares = new();
    private readonly List<Worker> _workers = [];

    public Scheduler(Kernel kernel)
    {
        _kernel = kernel;
        _cpu = new CpuToken(kernel, kernel.Processors[0]);
    }

    /// <summary>Tasks that could run and do not. Linux: <c>nr_running</c> without those that run.</summary>
    public int WaitingTasks => _queue.Count;

    /// <summary>Switches between tasks so far. Linux: <c>nr_context_switches</c>.</summary>
    public long Switches => _cpu.Switches;

    /// <summary>Whether a task of a kind is the one that runs.</summary>
    public Task? Current => _cpu.Current;

    /// <summary>A new task is ready to run. Linux: <c>wake_up_new_task</c>.</summary>
    public void Start(Task task) => Enqueue(task);

    /// <summary>Wakes a task that sleeps. Linux: <c>wake_up_process</c>.</summary>
    public void Wake(Task task) => Wake(task, TaskState.Normal, WakeCause.Event);

    /// <summary>Wakes a task if it sleeps in one of the given ways. Linux: <c>try_to_wake_up</c>.</summary>
    /// <remarks>A task that runs notes it, for <see cref="Block"/>.</remarks>
    /// <param name="task">The task.</param>
    /// <param name="states">Which sleeps end.</param>
    /// <param name="cause">What the sleep reports.</param>
    /// <returns>Whether it slept.</returns>
    public bool Wake(Task task, TaskState states, WakeCause cause)
    {
        if (task.State == TaskState.Running)
        {
            task.IsWokenEarly |= cause == WakeCause.Event;
            return false;
        }
        if ((task.State & states) == 0)
            return false;
        task.Cause = cause;
        if (task.IsInHostCall)
        {
            task.Worker!.InterruptHostCall();
            return true;
        }
        bool isUrgent = cause == WakeCause.Signal || (task.State & TaskState.Stopped) != 0;
        task.State = TaskState.Running;
        Enqueue(task);
        if (isUrgent && _cpu.Current is { } current)
            current.Work |= TaskWork.Reschedule; // who sends a signal mostly counts on its effect: on Linux the sleeper would preempt
        return true;
    }

    /// <summary>Sleeps until the task is woken. Linux: <c>schedule_hrtimeout</c> with its state set.</summary>
    /// <param name="task">The task that runs.</param>
    /// <param name="state">What else may end the sleep.</param>
    /// <param name="deadline">Monotonic time in nanoseconds, or <see cref="Never"/>.</param>
    /// <returns>0 after a wake, which need not be the one that was waited for; -ETIME after the deadline; -ERESTARTSYS if a signal is pending.</returns>
    public int Sleep(Task task, TaskState state, ulong deadline = Never)
    {
        if (!MaySleep(task, state, deadline, out int result))
            return result;
        task.State = state;
        task.Cause = WakeCause.Event;
        if (deadline != Never)
            _kernel.Timers.Start(task.SleepTimer, deadline);
        task.VoluntarySwitches++;
        SwitchAway(task);
        _kernel.Timers.Cancel(task.SleepTimer);
        return ResultOf(task.Cause);
    }

    /// <summary>Ends the system call of a task, to be run again when the task is woken. See <see cref="WaitQueue.Suspend"/>.</summary>
    public long Suspend(Task task, ulong deadline, TaskState state = TaskState.Interruptible)
    {
        if (!MaySleep(task, state, deadline, out int result))
            return result;
        task.State = state;
        task.IsSuspended = true;
        task.SuspendDeadline = deadline;
        if (deadline != Never)
            _kernel.Timers.Start(task.SleepTimer, deadline);
        task.VoluntarySwitches++;
        return Task.Suspended;
    }

    /// <summary>A slice is over, or the task gives way. Linux: <c>schedule</c> with the task still runnable.</summary>
    /// <returns>Whether the CPU is to go to another task; this one stands in the queue then.</returns>
    public bool GiveWay(Task task)
    {
        TakeArrivals();
        _kernel.Threads.Run();
        if (_queue.BestLevel > task.Scheduling.Level)
        {
            task.Token!.BeginSlice(task);
            return false;
        }
        task.InvoluntarySwitches++;
        task.Rseq.OnPreempt(task);
        _queue.Enqueue(task);
        return true;
    }

    /// <summary>The budget is used up or someone asked for the CPU: time has come for timers, and maybe for another task. Linux: <c>scheduler_tick</c>.</summary>
    public void Tick(Task task)
    {
        TakeArrivals();
        _kernel.Timers.Run(_kernel.Clock.Monotonic);
        task.Group.CpuTimers.Run(task);
        _kernel.Memory.NumaBalancing.Tick(task.Mm, _kernel.Clock.Monotonic);
        CpuToken cpu = task.Token!;
        if (cpu.Processor.Retired >= _kernel.Options.MaxInstructions)
            _kernel.Stop.Request(StopReason.InstructionLimit);
        if (cpu.IsSliceOver)
            task.Work |= TaskWork.Reschedule;
        else
            cpu.Grant(task);
    }

    /// <summary>A task's policy or priority changes. Linux: <c>__sched_setscheduler</c>.</summary>
    public void Reschedule(Task task, TaskScheduling scheduling)
    {
        bool queued = task.IsQueued;
        if (queued)
            _queue.Remove(task);
        task.Scheduling = scheduling;
        if (queued)
            _queue.Enqueue(task);
        if (_cpu.Current is { } current && _queue.BestLevel < current.Scheduling.Level)
            current.Work |= TaskWork.Reschedule;
    }

    // Whether a sleep begins; if not, with what it ends at once.
    private bool MaySleep(Task task, TaskState state, ulong deadline, out int result)
    {
        result = 0;
        task.IsWokenEarly = false;
        if (task.HasSignalFor(state))
            result = -KernelErrno.ERESTARTSYS;
        else if (deadline != Never && deadline <= _kernel.Clock.Monotonic)
            result = -Errno.ETIME;
        return result == 0;
    }

    private static int ResultOf(WakeCause cause) => cause switch
    {
        WakeCause.Timeout => -Errno.ETIME,
        WakeCause.Signal => -KernelErrno.ERESTARTSYS,
        _ => 0,
    };

    private void Enqueue(Task task)
    {
        _queue.Enqueue(task);
        if (_cpu.Current is { } current && task.QueueLevel < current.Scheduling.Level)
            current.Work |= TaskWork.Reschedule;
    }
}

/// <summary>Why a sleep ended.</summary>
internal enum WakeCause
{
    /// <summary>Someone woke the task.</summary>
    Event,

    /// <summary>The deadline came.</summary>
    Timeout,

    /// <summary>A signal came.</summary>
    Signal,
}

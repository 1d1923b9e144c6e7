using System.Runtime.CompilerServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <content>When the task runs, and what it has used.</content>
public sealed partial class Task
{
    /// <summary>What a system call returns that is to be run again when its task is woken; see <see cref="WaitQueue.Suspend"/>.</summary>
    internal const long Suspended = long.MinValue;

    private ulong _executed, _executionStart;
    private long _faults, _majorFaults, _faultsAtStart, _majorFaultsAtStart;

    /// <summary>Whether it can run.</summary>
    internal TaskState State { get; set; }

    /// <summary>What it must do before it goes back to user mode.</summary>
    internal TaskWork Work { get; set; }

    /// <summary>Policy and priority.</summary>
    internal TaskScheduling Scheduling { get; set; }

    /// <summary>CPUs that it may run on. Linux: <c>cpus_mask</c>.</summary>
    internal ulong[] Affinity { get; set; } = [];

    /// <summary>The CPU it runs on, or null.</summary>
    internal CpuToken? Token { get; set; }

    /// <summary>The host thread whose stack it sleeps on in the kernel, or null.</summary>
    internal Worker? Worker { get; set; }

    /// <summary>Whether the CPU was given up for a call of the host.</summary>
    internal bool IsInHostCall { get; set; }

    /// <summary>A wake-up came while it ran: see <see cref="Scheduler.Block"/>.</summary>
    internal bool IsWokenEarly { get; set; }

    /// <summary>What it sleeps for, as far as it is known, for the report of a deadlock.</summary>
    internal string? WaitsFor { get; set; }

    /// <summary>Why the last sleep ended.</summary>
    internal WakeCause Cause { get; set; }

    /// <summary>Ends a sleep at its deadline.</summary>
    internal KernelTimer SleepTimer { get; }

    /// <summary>Its place in the queue that it is suspended on.</summary>
    internal WaitEntry SuspendEntry { get; }

    /// <summary>Whether its system call is to be run again when it runs.</summary>
    internal bool IsSuspended { get; set; }

    /// <summary>Whether the system call that runs did so before, up to where it was suspended.</summary>
    internal bool IsResuming { get; set; }

    /// <summary>The deadline with which it was suspended.</summary>
    internal ulong SuspendDeadline { get; set; }

    /// <summary>What a system call that is suspended keeps for its next run.</summary>
    internal object? SuspendState { get; set; }

    internal bool IsQueued { get; set; }

    internal int QueueLevel { get; set; }

    internal Task? NextInQueue { get; set; }

    internal long VoluntarySwitches { get; set; }

    internal long InvoluntarySwitches { get; set; }

    /// <summary>When it was made, by the monotonic clock. Linux: <c>start_time</c>.</summary>
    internal ulong StartTime { get; init; }

    /// <summary>Nanoseconds on a CPU so far. Linux: <c>sum_exec_runtime</c>.</summary>
    public ulong CpuTime => Token == null ? _executed : _executed + (Kernel.Clock.Monotonic - _executionStart);

    /// <summary>The deadline of a wait that begins now; of one that goes on, the one that it began with.</summary>
    internal ulong DeadlineAfter(ulong nanoseconds)
    {
        if (IsResuming)
            return SuspendDeadline;
        ulong now = Kernel.Clock.Monotonic;
        return nanoseconds > Scheduler.Never - now ? Scheduler.Never : now + nanoseconds;
    }

    /// <summary>Whether a signal ends a sleep of a kind. Linux: <c>signal_pending_state</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool HasSignalFor(TaskState state) =>
        (Work & TaskWork.SignalPending) != 0 &&
        ((state & TaskState.Interruptible) != 0 || ((state & TaskState.WakeKill) != 0 && IsKillPending));

    /// <summary>What it has used.</summary>
    internal ResourceUsage Usage()
    {
        long faults = _faults, major = _majorFaults;
        if (Token != null)
        {
            faults += Kernel.Memory.Events[(int)VmEvent.Fault] - _faultsAtStart;
            major += Kernel.Memory.Events[(int)VmEvent.MajorFault] - _majorFaultsAtStart;
        }
        return new ResourceUsage
        {
            UserTime = CpuTime,
            MinorFaults = faults - major,
            MajorFaults = major,
            VoluntarySwitches = VoluntarySwitches,
            InvoluntarySwitches = InvoluntarySwitches,
        };
    }

    /// <summary>It begins to run. What happens until it stops is counted as its own.</summary>
    internal void BeginExecution()
    {
        _executionStart = Kernel.Clock.Monotonic;
        _faultsAtStart = Kernel.Memory.Events[(int)VmEvent.Fault];
        _majorFaultsAtStart = Kernel.Memory.Events[(int)VmEvent.MajorFault];
    }

    /// <summary>It stops running.</summary>
    internal void EndExecution()
    {
        _executed += Kernel.Clock.Monotonic - _executionStart;
        _faults += Kernel.Memory.Events[(int)VmEvent.Fault] - _faultsAtStart;
        _majorFaults += Kernel.Memory.Events[(int)VmEvent.MajorFault] - _majorFaultsAtStart;
    }

    /// <summary>Leaves the queue that it was suspended on and stops the timer, so that the system call can be run again.</summary>
    internal void EndSuspension()
    {
        IsSuspended = false;
        WaitsFor = null;
        SuspendEntry.Leave();
        Kernel.Timers.Cancel(SleepTimer);
    }

    private sealed class TaskSleepTimer(Task task) : KernelTimer
    {
        public override void Expire() => task.Kernel.Scheduler.Wake(task, TaskState.Normal, WakeCause.Timeout);
    }
}

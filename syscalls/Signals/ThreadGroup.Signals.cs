namespace Emu.Syscalls;

/// <summary>What goes on in a process that signals began. Linux: <c>SIGNAL_*</c> of include/linux/sched/signal.h.</summary>
[Flags]
public enum SignalFlags
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>All threads are stopped.</summary>
    StopStopped = 0x1,

    /// <summary>It goes on since it was stopped.</summary>
    StopContinued = 0x2,

    /// <summary>It is about to end.</summary>
    GroupExit = 0x4,

    /// <summary>The parent is to be told that it stopped.</summary>
    ChildStopped = 0x10,

    /// <summary>The parent is to be told that it goes on.</summary>
    ChildContinued = 0x20,

    /// <summary>What the parent is to be told.</summary>
    ChildMask = ChildStopped | ChildContinued,
}

/// <content>Signals to the process, stop and end.</content>
public sealed partial class ThreadGroup
{
    /// <summary>Actions on signals. Linux: <c>sighand</c>.</summary>
    public SignalActions Actions { get; internal set; }

    /// <summary>Signals to the process as a whole. Linux: <c>shared_pending</c>.</summary>
    public SigPending SharedPending { get; } = new();

    /// <summary>The thread that the last signal went to. Linux: <c>curr_target</c>.</summary>
    internal Task? CurrentTarget { get; set; }

    /// <summary>What goes on. Linux: <c>flags</c>.</summary>
    public SignalFlags Flags { get; internal set; }

    /// <summary>How it ends or why it is stopped. Linux: <c>group_exit_code</c>.</summary>
    public int GroupExitCode { get; internal set; }

    /// <summary>Threads that have yet to stop. Linux: <c>group_stop_count</c>.</summary>
    internal int GroupStopCount { get; set; }

    /// <summary>The thread whose exec waits for the others to end. Linux: <c>group_exec_task</c>.</summary>
    internal Task? ExecTask { get; set; }

    /// <summary>Where that thread waits.</summary>
    internal WaitQueue ExecWaiters => _execWaiters ??= new WaitQueue("the other threads to end");

    private WaitQueue? _execWaiters;

    /// <summary>Whether it is about to end.</summary>
    public bool IsExiting => (Flags & SignalFlags.GroupExit) != 0;

    /// <summary>Tells signalfds that a signal has come. Linux: <c>signalfd_notify</c>.</summary>
    internal void NotifySignalFds() => Actions.NotifySignalFds();

    /// <summary>Notes that a stop begins or ends. Linux: <c>signal_set_stop_flags</c>.</summary>
    internal void SetStopFlags(SignalFlags flags) =>
        Flags = (Flags & ~(SignalFlags.StopStopped | SignalFlags.StopContinued | SignalFlags.ChildMask)) | flags;
}

namespace Emu.Syscalls;

/// <summary>Whether a task can run, and what wakes it if not. Linux: <c>TASK_*</c> of include/linux/sched.h.</summary>
[Flags]
public enum TaskState
{
    /// <summary>It runs or stands in the run queue.</summary>
    Running = 0,

    /// <summary>It sleeps; any signal wakes it.</summary>
    Interruptible = 1,

    /// <summary>It sleeps until what it waits for has come.</summary>
    Uninterruptible = 2,

    /// <summary>It was stopped by a signal.</summary>
    Stopped = 4,

    /// <summary>It has ended.</summary>
    Dead = 8,

    /// <summary>With another: a fatal signal wakes it.</summary>
    WakeKill = 0x100,

    /// <summary>It sleeps; only a fatal signal wakes it.</summary>
    Killable = WakeKill | Uninterruptible,

    /// <summary>What an ordinary wake-up wakes. Linux: <c>TASK_NORMAL</c>.</summary>
    Normal = Interruptible | Uninterruptible,
}

/// <summary>What a task must do before it goes back to user mode. Linux: <c>TIF_*</c>.</summary>
[Flags]
public enum TaskWork
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>A signal may be deliverable. Linux: <c>TIF_SIGPENDING</c>.</summary>
    SignalPending = 1,

    /// <summary>Another task is to run. Linux: <c>TIF_NEED_RESCHED</c>.</summary>
    Reschedule = 2,

    /// <summary>User mode's copy of the CPU number is to be brought up to date. Linux: <c>TIF_NOTIFY_RESUME</c> for rseq.</summary>
    Rseq = 4,
}

/// <summary>How far the end of a task has come. Linux: <c>exit_state</c>.</summary>
public enum ExitState
{
    /// <summary>It lives.</summary>
    None,

    /// <summary>It has ended, and its parent has not been told or has not asked yet.</summary>
    Zombie,

    /// <summary>Nothing of it is left but the object.</summary>
    Dead,
}

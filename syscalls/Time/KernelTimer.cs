namespace Emu.Syscalls;

/// <summary>Calls a function at a time. Linux: <c>struct hrtimer</c>.</summary>
internal abstract class KernelTimer
{
    /// <summary>Place in the queue, -1 while it does not run.</summary>
    internal int Index { get; set; } = -1;

    /// <summary>Which of two that expire at once was started first.</summary>
    internal ulong Sequence { get; set; }

    /// <summary>When it expires, in nanoseconds of the monotonic clock.</summary>
    public ulong Expires { get; internal set; }

    /// <summary>Whether it runs. Linux: <c>hrtimer_active</c>.</summary>
    public bool IsActive => Index >= 0;

    /// <summary>Whether a machine in which nothing else will happen need not go on for it. Linux: <c>TIMER_DEFERRABLE</c>. Always the same.</summary>
    public virtual bool IsDeferrable => false;

    /// <summary>The time has come; the timer does not run any more and may be started again. The kernel lock is held.</summary>
    public abstract void Expire();

    /// <summary>Realtime was set: a timer that is to expire at a time of it starts anew. Linux: <c>hrtimers_resume</c>.</summary>
    public virtual void Realign()
    {
    }
}

using Emu.Host;

namespace Emu.Syscalls;

/// <summary>Gives the CPU up for a task that has to wait. Linux: <c>schedule</c>, <c>try_to_wake_up</c>.</summary>
/// <remarks>
/// Whoever runs tasks implements it. The caller holds the kernel lock and the CPU; both are given up inside and held again on return.
/// A wake that came since the task was last running is not lost: the next wait returns at once.
/// </remarks>
internal abstract class Scheduler
{
    /// <summary>A deadline that never comes.</summary>
    public const ulong Never = ulong.MaxValue;

    /// <summary>Waits until the task is woken, one of the host's descriptors is ready, or time is up.</summary>
    /// <param name="task">Who waits.</param>
    /// <param name="deadline">Monotonic time in nanoseconds, or <see cref="Never"/>.</param>
    /// <param name="hosts">Descriptors of the host; their events are filled in.</param>
    /// <returns>0; -ETIME after the deadline; -ERESTARTSYS if a signal is pending; -EDEADLK if nothing could ever wake the task.</returns>
    public abstract int Block(Task task, ulong deadline, Span<HostPollEntry> hosts = default);

    /// <summary>Makes a task runnable. From any task.</summary>
    public abstract void Wake(Task task);
}

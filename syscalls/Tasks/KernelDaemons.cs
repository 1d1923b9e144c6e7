namespace Emu.Syscalls;

/// <summary>A thread of the kernel that works a little and then sleeps, again and again. Linux: a kthread such as ksmd.</summary>
/// <remarks>It has no stack of its own: it never sleeps in the middle of its work. Lock: the kernel lock.</remarks>
internal abstract class KernelDaemon
{
    /// <summary>When it wakes next, in nanoseconds of the monotonic clock; in the past if it slept for want of work.</summary>
    public ulong Due { get; internal set; }

    /// <summary>Whether there is work; it sleeps while there is none.</summary>
    public abstract bool HasWork { get; }

    /// <summary>Does one portion of its work.</summary>
    /// <returns>Nanoseconds to sleep afterwards.</returns>
    public abstract ulong Work();
}

/// <summary>The threads of the kernel that work in the background: between two slices, or while every task sleeps.</summary>
/// <remarks>
/// They go by the machine's clock, so what they do is the same in every run. Time does not jump to a daemon's waking alone: nothing that it
/// does can wake a task.
/// </remarks>
internal sealed class KernelDaemons(params KernelDaemon[] daemons)
{
    // The work takes no time by the virtual clock: without a pause the tasks would not get on.
    private const ulong LeastPause = 100_000;

    /// <summary>When one of them is to be run; <see cref="Scheduler.Never"/> if there is no work.</summary>
    public ulong Next
    {
        get
        {
            ulong next = Scheduler.Never;
            foreach (KernelDaemon daemon in daemons)
            {
                if (daemon.Due < next && daemon.HasWork)
                    next = daemon.Due;
            }
            return next;
        }
    }

    /// <summary>Runs those whose time has come, on behalf of nobody.</summary>
    public void Run(ulong now)
    {
        foreach (KernelDaemon daemon in daemons)
        {
            if (daemon.Due <= now && daemon.HasWork)
                Run(daemon, now);
        }
    }

    private static void Run(KernelDaemon daemon, ulong now)
    {
        Mm.TaskMemory? running = Mm.TaskMemory.Running;
        Mm.TaskMemory.Running = null;
        daemon.Due = now + Math.Max(daemon.Work(), LeastPause);
        Mm.TaskMemory.Running = running;
    }
}

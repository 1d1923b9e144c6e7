namespace Emu.Syscalls;

/// <summary>Work of the kernel that goes on beside the tasks. Linux: a kthread.</summary>
/// <remarks>
/// It runs on the CPU between two tasks, a step at a time, and never sleeps inside a step; so it needs no stack, no number and no memory
/// of its own. Its timer does not keep a machine going in which nothing else will happen, as a deferrable timer does not wake an idle CPU.
/// Lock: the kernel lock.
/// </remarks>
internal abstract class KernelThread
{
    /// <summary>The least time between two steps of a thread that is not woken, in nanoseconds: the tasks must get their turn.</summary>
    public const ulong ShortestPause = 50_000;

    private readonly KernelThreads _threads;
    private readonly Alarm _alarm;

    /// <summary>A thread that sleeps.</summary>
    /// <param name="threads">The machine's.</param>
    protected KernelThread(KernelThreads threads)
    {
        _threads = threads;
        _alarm = new Alarm(this);
    }

    /// <summary>Its name, as Linux calls it.</summary>
    public abstract string Name { get; }

    /// <summary>Whether it is to run as soon as the CPU is free for it.</summary>
    public bool IsAwake { get; internal set; }

    /// <summary>Has it run soon: before the task that runs goes back to user mode. Linux: <c>wake_up_process</c>.</summary>
    public void Wake() => _threads.Wake(this);

    /// <summary>Does a part of the work.</summary>
    /// <param name="now">Monotonic time in nanoseconds.</param>
    /// <returns>When to be called again if nobody wakes it before; <see cref="Scheduler.Never"/> for not at all.</returns>
    protected abstract ulong Step(ulong now);

    /// <summary>Runs a step, and sets the clock for the next.</summary>
    internal void Run(Kernel kernel)
    {
        IsAwake = false;
        kernel.Timers.Cancel(_alarm);
        ulong now = kernel.Clock.Monotonic, next = Step(now);
        if (next != Scheduler.Never)
            kernel.Timers.Start(_alarm, Math.Max(next, now + ShortestPause));
    }

    private sealed class Alarm(KernelThread thread) : KernelTimer
    {
        public override bool IsDeferrable => true;

        public override void Expire() => thread.Wake();
    }
}

using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A clock that a program names. Linux: <c>CLOCK_*</c>, <c>struct k_clock</c>, clock_gettime(2).</summary>
/// <remarks>Numbers below zero name the CPU clock of a process or thread by its number.</remarks>
internal readonly struct ClockSource
{
#pragma warning disable CS1591 // the names are the documentation
    public const int Realtime = 0, Monotonic = 1, ProcessCpu = 2, ThreadCpu = 3, MonotonicRaw = 4, RealtimeCoarse = 5, MonotonicCoarse = 6,
        BootTime = 7, RealtimeAlarm = 8, BootTimeAlarm = 9, Tai = 11;
#pragma warning restore CS1591

    // Of a CPU clock's number. Linux: include/linux/posix-timers_types.h
    private const int PerThread = 4, ClockMask = 3, FdClock = 3;

    private readonly Kernel _kernel;
    private readonly int _id;

    private ClockSource(Kernel kernel, int id, Task? thread, ThreadGroup? process)
    {
        _kernel = kernel;
        _id = id;
        Thread = thread;
        Process = process;
    }

    /// <summary>The thread whose CPU time it is, or null.</summary>
    public Task? Thread { get; }

    /// <summary>The process whose CPU time it is, or null.</summary>
    public ThreadGroup? Process { get; }

    /// <summary>Whether it counts CPU time.</summary>
    public bool IsCpuClock => Thread != null || Process != null;

    /// <summary>Whether it can be set.</summary>
    public bool IsRealtime => !IsCpuClock && _id is Realtime or RealtimeCoarse or RealtimeAlarm or Tai;

    /// <summary>Whether a timer of it would wake a machine that sleeps; nobody has such a device here.</summary>
    public bool IsAlarm => !IsCpuClock && _id is RealtimeAlarm or BootTimeAlarm;

    /// <summary>Whether tasks can sleep by it. Linux: <c>nsleep</c> of its <c>k_clock</c>.</summary>
    public bool CanSleep => (IsCpuClock && Thread == null) || (!IsCpuClock && _id is Realtime or Monotonic or BootTime or Tai);

    /// <summary>Whether timers can run by it.</summary>
    public bool CanTime => IsCpuClock || _id is Realtime or Monotonic or BootTime or Tai;

    /// <summary>What it counts in steps of, in nanoseconds.</summary>
    public long Resolution => !IsCpuClock && _id is RealtimeCoarse or MonotonicCoarse ? (long)Clock.Tick : 1;

    /// <summary>Its time in nanoseconds.</summary>
    public ulong Now => Thread != null ? Thread.CpuTime
        : Process != null ? Process.CpuTime()
        : IsRealtime ? (ulong)_kernel.Clock.Realtime
        : _kernel.Clock.Monotonic;

    /// <summary>The clock of a number. Linux: <c>clockid_to_kclock</c>, <c>pid_for_clock</c>.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="id">The number.</param>
    /// <param name="clock">The clock.</param>
    /// <param name="forTimer">Whether it is to be another's only if that is a thread of the same process.</param>
    /// <returns>0 or -EINVAL.</returns>
    public static int TryGet(Task task, int id, out ClockSource clock, bool forTimer = false)
    {
        Kernel kernel = task.Kernel;
        clock = default;
        switch (id)
        {
            case ProcessCpu:
                clock = new ClockSource(kernel, id, null, task.Group);
                return 0;
            case ThreadCpu:
                clock = new ClockSource(kernel, id, task, null);
                return 0;
            case >= 0 and <= BootTime or Tai:
                clock = new ClockSource(kernel, id, null, null);
                return 0;
            case >= 0:
                return -Errno.EINVAL;
        }
        if ((id & ClockMask) == FdClock)
            return -Errno.EINVAL;
        int number = ~(id >> 3);
        Task? named = number == 0 ? task : kernel.Pids.FindTask(number);
        if (named == null)
            return -Errno.EINVAL;
        if ((id & PerThread) != 0)
        {
            clock = new ClockSource(kernel, id, named, null);
            return named.Group == task.Group ? 0 : -Errno.EINVAL;
        }
        clock = new ClockSource(kernel, id, null, named.Group);
        return named.IsLeader || (number != 0 && !forTimer && named == task) ? 0 : number == 0 ? 0 : -Errno.EINVAL;
    }

    /// <summary>A time so far from now; far beyond the end of time is its end.</summary>
    public ulong After(ulong nanoseconds)
    {
        ulong now = Now;
        return nanoseconds > long.MaxValue - now ? long.MaxValue : now + nanoseconds;
    }

    /// <summary>A time of it by the monotonic clock.</summary>
    public ulong ToMonotonic(ulong time) => _kernel.Clock.ToMonotonic(time, IsRealtime);
}

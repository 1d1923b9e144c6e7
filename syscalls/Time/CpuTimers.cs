namespace Emu.Syscalls;

/// <summary>The timers of a process that run with its CPU time. Linux: kernel/time/posix-cpu-timers.c.</summary>
/// <remarks>
/// They are looked at when the running thread's instructions are used up, which is granted only up to the next of them. All time on a CPU
/// counts as time in user mode, so that ITIMER_VIRTUAL and ITIMER_PROF run alike.
/// </remarks>
internal sealed class CpuTimers(ThreadGroup group)
{
    private readonly List<ICpuTimer> _timers = [];
    private CpuInterval _virtual, _profiling;
    private ulong _limit = Scheduler.Never;

    /// <summary>Sets ITIMER_VIRTUAL or ITIMER_PROF. As in the kernel, the first signal comes a tick late. Linux: <c>set_cpu_itimer</c>.</summary>
    /// <param name="signal">SIGVTALRM or SIGPROF, which says which.</param>
    /// <param name="value">Nanoseconds of CPU time until the first signal; 0 turns it off.</param>
    /// <param name="period">Nanoseconds between the following.</param>
    public void Set(int signal, ulong value, ulong period)
    {
        ref CpuInterval interval = ref Of(signal);
        interval = new CpuInterval { Expires = value == 0 ? 0 : group.CpuTime() + value + Clock.Tick, Period = period };
        group.Kernel.Timers.HasChanged = true;
    }

    /// <summary>What is left until the next signal, and the period.</summary>
    public (ulong Left, ulong Period) Get(int signal)
    {
        ref CpuInterval interval = ref Of(signal);
        if (interval.Expires == 0)
            return (0, interval.Period);
        ulong now = group.CpuTime();
        return (interval.Expires > now ? interval.Expires - now : Clock.Tick, interval.Period);
    }

    /// <summary>RLIMIT_CPU has changed. Linux: <c>update_rlimit_cpu</c>.</summary>
    public void ApplyLimit()
    {
        ulong seconds = group.Limits.Current(Resource.Cpu);
        _limit = seconds >= Scheduler.Never / Clock.Second ? Scheduler.Never : seconds * Clock.Second;
        group.Kernel.Timers.HasChanged = true;
    }

    /// <summary>What runs by a CPU clock of the process or one of its threads begins to run.</summary>
    public void Add(ICpuTimer timer)
    {
        if (!_timers.Contains(timer))
            _timers.Add(timer);
        group.Kernel.Timers.HasChanged = true;
    }

    /// <summary>It does not run any more.</summary>
    public void Remove(ICpuTimer timer) => _timers.Remove(timer);

    /// <summary>Nanoseconds of CPU time of a thread until something expires; <see cref="Scheduler.Never"/> if nothing runs.</summary>
    public ulong NanosecondsLeft(Task task)
    {
        if (_timers.Count == 0 && _virtual.Expires == 0 && _profiling.Expires == 0 && _limit == Scheduler.Never)
            return Scheduler.Never;
        ulong now = group.CpuTime();
        ulong left = Math.Min(Until(_limit, now), Math.Min(_virtual.Left(now), _profiling.Left(now)));
        foreach (ICpuTimer timer in _timers)
            left = Math.Min(left, timer.CpuTimeLeft(task, now));
        return left;
    }

    /// <summary>Lets expire what is due. Linux: <c>run_posix_cpu_timers</c>.</summary>
    public void Run(Task task)
    {
        if (NanosecondsLeft(task) != 0)
            return;
        ulong now = group.CpuTime();
        CheckInterval(ref _virtual, now, Signal.SIGVTALRM);
        CheckInterval(ref _profiling, now, Signal.SIGPROF);
        foreach (ICpuTimer timer in _timers.ToArray())
        {
            if (timer.CpuTimeLeft(task, now) == 0)
                timer.ExpireCpu();
        }
        if (now >= _limit)
            ExceedLimit(now);
    }

    private void CheckInterval(ref CpuInterval interval, ulong now, int signal)
    {
        if (interval.Left(now) != 0)
            return;
        interval.Expires = interval.Period == 0 ? 0 : interval.Expires + interval.Period;
        SignalSender.SendToProcess(group, SigInfo.ForKernel(signal));
    }

    // SIGXCPU at the soft limit and each second after it, SIGKILL at the hard one. Linux: check_process_timers
    private void ExceedLimit(ulong now)
    {
        ResourceLimit limit = group.Limits[Resource.Cpu];
        bool isHard = limit.Maximum != ResourceLimits.Infinity && now / Clock.Second >= limit.Maximum;
        if (!isHard)
            group.Limits[Resource.Cpu] = limit with { Current = (now / Clock.Second) + 1 };
        ApplyLimit();
        if (isHard)
            _limit = Scheduler.Never;
        SignalSender.SendToProcess(group, SigInfo.ForKernel(isHard ? Signal.SIGKILL : Signal.SIGXCPU));
    }

    private ref CpuInterval Of(int signal) => ref signal == Signal.SIGVTALRM ? ref _virtual : ref _profiling;

    private static ulong Until(ulong expires, ulong now) => expires == Scheduler.Never ? Scheduler.Never : expires > now ? expires - now : 0;

    // Linux: struct cpu_itimer
    private struct CpuInterval
    {
        public ulong Expires, Period;

        public readonly ulong Left(ulong now) => Expires == 0 ? Scheduler.Never : Until(Expires, now);
    }
}

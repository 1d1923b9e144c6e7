namespace Emu.Syscalls;

/// <summary>A timer of timer_create. Linux: <c>struct k_itimer</c>, kernel/time/posix-timers.c.</summary>
/// <remarks>
/// It has one entry for the queue of signals. While that waits for delivery the timer rests; what would have expired meanwhile is counted as
/// overrun when it is delivered. Setting the timer makes what waits stale: it is dropped at delivery.
/// </remarks>
internal sealed class PosixTimer : KernelTimer, ICpuTimer
{
    private const int MaxOverrun = int.MaxValue;

    private readonly SigQueue? _entry;
    private readonly Task _target;
    private readonly bool _toProcess;
    private ulong _settings, _queuedSettings, _expires; // times of its clock
    private bool _isRunning, _isAbsolute;

    /// <summary>A timer, not set.</summary>
    /// <param name="owner">Its process.</param>
    /// <param name="id">Its number.</param>
    /// <param name="clock">What it runs by.</param>
    /// <param name="target">Who gets the signal, if it is for a thread; else any thread of the process.</param>
    /// <param name="toProcess">Whether the signal is for the process.</param>
    /// <param name="info">The signal; null for none.</param>
    public PosixTimer(ThreadGroup owner, int id, ClockSource clock, Task target, bool toProcess, SigInfo? info)
    {
        Owner = owner;
        Id = id;
        Source = clock;
        _target = target;
        _toProcess = toProcess;
        if (info is { } signal)
            _entry = new SigQueue { Info = signal, Timer = this };
    }

    /// <summary>Its process.</summary>
    public ThreadGroup Owner { get; }

    /// <summary>Its number.</summary>
    public int Id { get; }

    /// <summary>What it runs by.</summary>
    public ClockSource Source { get; }

    /// <summary>Whether no signal is sent: SIGEV_NONE.</summary>
    public bool IsSilent => _entry == null;

    /// <summary>Nanoseconds between two expirations; 0 for one alone.</summary>
    public ulong Period { get; private set; }

    /// <summary>Expirations that the last signal stood for, beyond the first. Linux: <c>timer_getoverrun</c>.</summary>
    public int LastOverrun { get; private set; }

    private Kernel Kernel => Owner.Kernel;

    // A relative timer takes no notice of realtime being set.
    private bool FollowsRealtime => Source.IsRealtime && _isAbsolute;

    private ulong Now => Source.IsRealtime && !_isAbsolute ? Kernel.Clock.Monotonic : Source.Now;

    /// <summary>Sets the timer. Linux: <c>common_timer_set</c>.</summary>
    /// <param name="value">Nanoseconds until the first expiration, or the time of it; 0 turns the timer off.</param>
    /// <param name="period">Nanoseconds between the following; 0 for none.</param>
    /// <param name="absolute">Whether <paramref name="value"/> is a time of the timer's clock.</param>
    public void Set(ulong value, ulong period, bool absolute)
    {
        Stop();
        _settings++;
        LastOverrun = 0;
        _isAbsolute = absolute;
        Period = value == 0 ? 0 : period;
        if (value != 0)
            Start(absolute ? value : After(value));
    }

    /// <summary>What is left until the next expiration, and the period. Linux: <c>common_timer_get</c>.</summary>
    public (ulong Left, ulong Period) Get()
    {
        if (!_isRunning && Period == 0)
            return default;
        ulong now = Now;
        ulong next = NextAfter(now);
        if (next > now)
            return (next - now, Period);
        return (IsSilent || !_isRunning ? 0ul : 1, Period);
    }

    /// <summary>It is deleted, or its process ends. Linux: <c>timer_delete</c>, <c>exit_itimers</c>.</summary>
    public void Delete()
    {
        Stop();
        _settings++;
        Period = 0;
    }

    /// <inheritdoc/>
    public override void Realign()
    {
        if (IsActive && FollowsRealtime)
            Kernel.Timers.Start(this, ToMonotonic(_expires));
    }

    /// <inheritdoc/>
    public override void Expire()
    {
        _isRunning = false;
        Fire();
    }

    /// <summary>CPU time until it expires, given what the process has used.</summary>
    public ulong CpuTimeLeft(Task running, ulong processTime)
    {
        if (!Source.IsCpuClock || (Source.Thread != null && Source.Thread != running))
            return Scheduler.Never;
        ulong now = Source.Thread == null ? processTime : running.CpuTime;
        return _expires > now ? _expires - now : 0;
    }

    /// <summary>Its CPU time has come.</summary>
    public void ExpireCpu()
    {
        Stop();
        Fire();
    }

    /// <summary>Its signal is taken: sets the overrun and the next expiration. Linux: <c>posixtimer_deliver_signal</c>.</summary>
    /// <param name="info">What comes with the signal.</param>
    /// <returns>False if the timer was set anew since: the signal is dropped.</returns>
    public bool Deliver(ref SigInfo info)
    {
        if (_queuedSettings != _settings)
            return false;
        info.Overrun = 0;
        if (Period != 0)
        {
            ulong now = Now;
            ulong missed = now > _expires ? (now - _expires) / Period : 0;
            LastOverrun = (int)Math.Min(missed, MaxOverrun);
            info.Overrun = LastOverrun;
            Start(_expires + ((missed + 1) * Period));
        }
        return true;
    }

    /// <summary>Its signal is not ignored any more: what expired meanwhile is told. Linux: <c>posixtimer_sig_unignore</c>.</summary>
    public void Unignore(int signal)
    {
        if (_entry is { IsQueued: false } entry && entry.Info.Signo == signal && !_isRunning && Period != 0)
            Fire();
    }

    // It has expired: the signal waits, or if nobody wants one a period begins at once. Linux: posix_timer_fn
    private void Fire()
    {
        if (_entry == null)
        {
            if (Period != 0)
                Start(NextAfter(Now));
            return;
        }
        _queuedSettings = _settings;
        Task target = _toProcess ? Owner.Leader : _target;
        if (!_entry.IsQueued && target.ExitState == ExitState.None)
            SignalSender.SendTimer(target, _entry, _toProcess);
    }

    private ulong NextAfter(ulong now) =>
        Period == 0 || _expires > now ? _expires : _expires + ((((now - _expires) / Period) + 1) * Period);

    private void Start(ulong expires)
    {
        _expires = expires;
        _isRunning = true;
        if (Source.IsCpuClock)
            (Source.Process ?? Source.Thread!.Group).CpuTimers.Add(this);
        else
            Kernel.Timers.Start(this, ToMonotonic(expires));
    }

    private ulong ToMonotonic(ulong time) => Kernel.Clock.ToMonotonic(time, FollowsRealtime);

    private ulong After(ulong nanoseconds)
    {
        ulong now = Now;
        return nanoseconds > long.MaxValue - now ? long.MaxValue : now + nanoseconds;
    }

    private void Stop()
    {
        _isRunning = false;
        if (Source.IsCpuClock)
            (Source.Process ?? Source.Thread!.Group).CpuTimers.Remove(this);
        else
            Kernel.Timers.Cancel(this);
    }
}

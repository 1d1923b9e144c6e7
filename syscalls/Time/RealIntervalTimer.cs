namespace Emu.Syscalls;

/// <summary>The timer of setitimer(ITIMER_REAL) and alarm. Linux: <c>signal_struct.real_timer</c>, kernel/time/itimer.c.</summary>
/// <remarks>A period begins anew only when its SIGALRM has been taken, so that a slow program is not flooded.</remarks>
internal sealed class RealIntervalTimer(ThreadGroup group) : KernelTimer
{
    /// <summary>Nanoseconds between two signals; 0 for one signal alone.</summary>
    public ulong Period { get; private set; }

    /// <summary>Nanoseconds until the next signal; 0 if none is to come. Linux: <c>itimer_get_remtime</c>.</summary>
    public ulong Left
    {
        get
        {
            if (!IsActive)
                return 0;
            ulong now = group.Kernel.Clock.Monotonic;
            return Expires > now ? Expires - now : 1000; // it is about to expire: not zero, which would mean that it is off
        }
    }

    /// <summary>Sets the timer. Linux: <c>do_setitimer</c>.</summary>
    /// <param name="value">Nanoseconds until the first signal; 0 turns it off.</param>
    /// <param name="period">Nanoseconds between the following; 0 for none.</param>
    public void Set(ulong value, ulong period)
    {
        TimerQueue timers = group.Kernel.Timers;
        timers.Cancel(this);
        Period = value == 0 ? 0 : period;
        if (value != 0)
            timers.Start(this, After(group.Kernel.Clock.Monotonic, value));
    }

    /// <summary>The signal is being delivered: the next period begins. Linux: <c>posixtimer_rearm_itimer</c>.</summary>
    public void Rearm()
    {
        if (IsActive || Period == 0)
            return;
        ulong now = group.Kernel.Clock.Monotonic;
        ulong missed = now > Expires ? (now - Expires) / Period : 0;
        group.Kernel.Timers.Start(this, After(Expires, (missed + 1) * Period));
    }

    /// <inheritdoc/>
    public override void Expire() => SignalSender.SendToProcess(group, SigInfo.ForKernel(Signal.SIGALRM));

    private static ulong After(ulong time, ulong nanoseconds) => nanoseconds > long.MaxValue - time ? long.MaxValue : time + nanoseconds;
}

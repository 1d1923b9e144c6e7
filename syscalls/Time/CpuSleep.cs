namespace Emu.Syscalls;

/// <summary>Sleeping until a process has used so much CPU time. Linux: kernel/time/posix-cpu-timers.c (<c>do_cpu_nanosleep</c>).</summary>
internal static class CpuSleep
{
    /// <summary>Sleeps.</summary>
    /// <param name="task">Who sleeps.</param>
    /// <param name="clock">The CPU time of a process.</param>
    /// <param name="nanoseconds">How long, or until when.</param>
    /// <param name="isAbsolute">Whether <paramref name="nanoseconds"/> is a time of the clock.</param>
    /// <param name="remainder">Where to write what is left, 0 for nowhere.</param>
    public static long Sleep(Task task, ClockSource clock, ulong nanoseconds, bool isAbsolute, ulong remainder)
    {
        if (!task.IsResuming)
            task.SuspendState = new Wakeup(task, clock, isAbsolute ? nanoseconds : clock.After(nanoseconds));
        Wakeup wakeup = (Wakeup)task.SuspendState!;
        if (wakeup.HasCome)
            return Leave(task, wakeup, 0);
        long result = task.Kernel.Scheduler.Suspend(task, Scheduler.Never);
        if (result == Task.Suspended)
        {
            clock.Process!.CpuTimers.Add(wakeup);
            return result;
        }
        result = Leave(task, wakeup, result);
        if (isAbsolute)
            return -KernelErrno.ERESTARTNOHAND;
        return SleepCalls.Interrupted(task, wakeup.Left, remainder, new Again(clock, wakeup.Expires, remainder));
    }

    private static long Leave(Task task, Wakeup wakeup, long result)
    {
        wakeup.Clock.Process!.CpuTimers.Remove(wakeup);
        task.SuspendState = null;
        return result;
    }

    private sealed class Wakeup(Task task, ClockSource clock, ulong expires) : ICpuTimer
    {
        public ClockSource Clock => clock;

        public ulong Expires => expires;

        public bool HasCome => clock.Now >= expires;

        public ulong Left => HasCome ? 0 : expires - clock.Now;

        public ulong CpuTimeLeft(Task running, ulong processTime) => expires > processTime ? expires - processTime : 0;

        public void ExpireCpu()
        {
            clock.Process!.CpuTimers.Remove(this);
            task.Kernel.Scheduler.Wake(task);
        }
    }

    // Linux: posix_cpu_nsleep_restart
    private sealed class Again(ClockSource clock, ulong expires, ulong remainder) : RestartBlock
    {
        public override long Run(Task task) => Sleep(task, clock, expires, isAbsolute: true, remainder);
    }
}

/// <summary>What expires when a process or thread has used so much CPU time. Linux: <c>struct cpu_timer</c>.</summary>
internal interface ICpuTimer
{
    /// <summary>CPU time until it expires, of the thread that runs; <see cref="Scheduler.Never"/> if that does not bring it nearer.</summary>
    ulong CpuTimeLeft(Task running, ulong processTime);

    /// <summary>Its time has come.</summary>
    void ExpireCpu();
}

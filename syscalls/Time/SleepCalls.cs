using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The calls that sleep. Linux: kernel/time/hrtimer.c (<c>hrtimer_nanosleep</c>), posix-cpu-timers.c, alarmtimer.c.</summary>
internal static class SleepCalls
{
    private const int Absolute = 1;

    public static long NanoSleep(Task task, in SyscallArguments args)
    {
        int error = Timespec.TryGet(task, args.A0, out Timespec time);
        if (error != 0)
            return error;
        return Sleep(task, task.DeadlineAfter(time.ToNanoseconds()), args.A1);
    }

    public static long ClockNanoSleep(Task task, in SyscallArguments args)
    {
        int error = ClockSource.TryGet(task, args.Int(0), out ClockSource clock);
        if (error != 0)
            return error;
        if (!clock.CanSleep)
            return -Errno.EOPNOTSUPP;
        error = Timespec.TryGet(task, args.A2, out Timespec time);
        if (error != 0)
            return error;
        ulong nanoseconds = time.ToNanoseconds();
        bool isAbsolute = (args.Int(1) & Absolute) != 0;
        ulong remainder = isAbsolute ? 0 : args.A3;
        if (clock.IsCpuClock)
            return CpuSleep.Sleep(task, clock, nanoseconds, isAbsolute, remainder);
        if (!isAbsolute)
            return Sleep(task, task.DeadlineAfter(nanoseconds), remainder);
        long result = task.Kernel.Scheduler.Suspend(task, clock.ToMonotonic(nanoseconds));
        return result switch
        {
            Task.Suspended => result,
            -Errno.ETIME => 0,
            _ => -KernelErrno.ERESTARTNOHAND,
        };
    }

    /// <summary>Writes what was left of a sleep that a signal has ended. Linux: <c>nanosleep_copyout</c>.</summary>
    public static long Interrupted(Task task, ulong left, ulong remainder, RestartBlock restart)
    {
        if (remainder != 0 && !task.User.TryPut(remainder, Timespec.From(left)))
            return -Errno.EFAULT;
        task.Restart = restart;
        return -KernelErrno.ERESTART_RESTARTBLOCK;
    }

    // Linux: do_nanosleep
    private static long Sleep(Task task, ulong deadline, ulong remainder)
    {
        long result = task.Kernel.Scheduler.Suspend(task, deadline);
        if (result == Task.Suspended)
            return result;
        if (result == -Errno.ETIME)
            return 0;
        ulong now = task.Kernel.Clock.Monotonic;
        return deadline <= now ? 0 : Interrupted(task, deadline - now, remainder, new Again(deadline, remainder));
    }

    // Linux: hrtimer_nanosleep_restart
    private sealed class Again(ulong deadline, ulong remainder) : RestartBlock
    {
        public override long Run(Task task) => Sleep(task, deadline, remainder);
    }
}

namespace Emu.Host;

/// <summary>Clocks of clock_gettime(2) (include/uapi/linux/time.h).</summary>
public static class HostClockId
{
    /// <summary><c>CLOCK_REALTIME</c>: since 1970; may be set.</summary>
    public const int Realtime = 0;

    /// <summary><c>CLOCK_MONOTONIC</c>: never goes back; stands still while the host sleeps.</summary>
    public const int Monotonic = 1;

    /// <summary><c>CLOCK_PROCESS_CPUTIME_ID</c>: of all threads of emu.</summary>
    public const int ProcessCpuTime = 2;

    /// <summary><c>CLOCK_THREAD_CPUTIME_ID</c>: of the calling thread.</summary>
    public const int ThreadCpuTime = 3;

    /// <summary><c>CLOCK_MONOTONIC_RAW</c>: not slewed.</summary>
    public const int MonotonicRaw = 4;

    /// <summary><c>CLOCK_REALTIME_COARSE</c>: as of the last tick.</summary>
    public const int RealtimeCoarse = 5;

    /// <summary><c>CLOCK_MONOTONIC_COARSE</c>: as of the last tick.</summary>
    public const int MonotonicCoarse = 6;

    /// <summary><c>CLOCK_BOOTTIME</c>: monotonic, and runs while the host sleeps.</summary>
    public const int BootTime = 7;

    /// <summary><c>CLOCK_TAI</c>: realtime without leap seconds.</summary>
    public const int Tai = 11;
}

/// <summary>The host's clocks in nanoseconds (a <c>long</c> of them lasts for 292 years).</summary>
public static unsafe class HostClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private const int TimerAbsolute = 1;

    /// <summary>
    /// clock_gettime(2) of a clock of <see cref="HostClockId"/>: nanoseconds, or <c>-EINVAL</c> for one that the host does
    /// not have. A realtime before 1970 is negative as well.
    /// </summary>
    public static long GetTime(int clock)
    {
        NativeTimespec time;
        int result = Native.Result(Native.clock_gettime(clock, &time));
        return result < 0 ? result : time.Seconds * NanosecondsPerSecond + time.Nanoseconds;
    }

    /// <summary>Nanoseconds since 1970.</summary>
    public static long Realtime() => GetTime(HostClockId.Realtime);

    /// <summary>Nanoseconds of the monotonic clock.</summary>
    public static long Monotonic() => GetTime(HostClockId.Monotonic);

    /// <summary>Nanoseconds since the boot.</summary>
    public static long BootTime() => GetTime(HostClockId.BootTime);

    /// <summary>Nanoseconds that all threads of emu have computed.</summary>
    public static long ProcessCpuTime() => GetTime(HostClockId.ProcessCpuTime);

    /// <summary>Nanoseconds that the calling thread has computed.</summary>
    public static long ThreadCpuTime() => GetTime(HostClockId.ThreadCpuTime);

    /// <summary>clock_getres(2): the resolution in nanoseconds, or <c>-EINVAL</c>.</summary>
    public static long GetResolution(int clock)
    {
        NativeTimespec time;
        int result = Native.Result(Native.clock_getres(clock, &time));
        return result < 0 ? result : time.Seconds * NanosecondsPerSecond + time.Nanoseconds;
    }

    /// <summary>
    /// clock_nanosleep(2) until a clock reaches a time: 0, <c>-EINTR</c> after a signal, <c>-EINVAL</c> for a negative time
    /// or an unfit clock. The time is absolute, so sleeping on after a signal repeats the call as it was.
    /// </summary>
    public static int SleepUntilInterruptible(int clock, long nanoseconds)
    {
        NativeTimespec time = new()
        {
            Seconds = nanoseconds / NanosecondsPerSecond,
            Nanoseconds = nanoseconds % NanosecondsPerSecond,
        };
        return -Native.clock_nanosleep(clock, TimerAbsolute, &time, null);
    }

    /// <summary><see cref="SleepUntilInterruptible"/> through every signal.</summary>
    public static int SleepUntil(int clock, long nanoseconds)
    {
        int result;
        do
            result = SleepUntilInterruptible(clock, nanoseconds);
        while (result == -HostErrno.EINTR);
        return result;
    }
}

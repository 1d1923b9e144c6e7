using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Seconds and nanoseconds as user mode passes them. Linux: <c>struct __kernel_timespec</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal record struct Timespec(long Seconds, long Nanoseconds)
{
    private const long PerSecond = 1_000_000_000;

    /// <summary>Seconds that nanoseconds in 63 bits can hold; longer times count as that. Linux: <c>KTIME_SEC_MAX</c>.</summary>
    private const long MaxSeconds = long.MaxValue / PerSecond;

    /// <summary>Whether it is a time. Linux: <c>timespec64_valid</c>.</summary>
    public readonly bool IsValid => Seconds >= 0 && (ulong)Nanoseconds < PerSecond;

    /// <summary>A time in nanoseconds, split.</summary>
    public static Timespec From(ulong nanoseconds) => new((long)(nanoseconds / PerSecond), (long)(nanoseconds % PerSecond));

    /// <summary>A time that may lie before 1970.</summary>
    public static Timespec FromSigned(long nanoseconds)
    {
        long seconds = Math.DivRem(nanoseconds, PerSecond, out long rest);
        return rest < 0 ? new Timespec(seconds - 1, rest + PerSecond) : new Timespec(seconds, rest);
    }

    /// <summary>In nanoseconds; what is too long is cut. Linux: <c>timespec64_to_ktime</c>.</summary>
    public readonly ulong ToNanoseconds() =>
        Seconds >= MaxSeconds ? long.MaxValue : (ulong)((Seconds * PerSecond) + Nanoseconds);

    /// <summary>Reads a time from the user.</summary>
    /// <returns>0, -EFAULT, or -EINVAL if it is none.</returns>
    public static int TryGet(Task task, ulong address, out Timespec time)
    {
        if (!task.User.TryGet(address, out time))
            return -Errno.EFAULT;
        return time.IsValid ? 0 : -Errno.EINVAL;
    }
}

/// <summary>Seconds and microseconds. Linux: <c>struct __kernel_old_timeval</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal record struct Timeval(long Seconds, long Microseconds)
{
    private const long PerSecond = 1_000_000, NanosecondsEach = 1000;

    /// <summary>Whether it is a time.</summary>
    public readonly bool IsValid => Seconds >= 0 && (ulong)Microseconds < PerSecond;

    /// <summary>A time in nanoseconds, cut down to microseconds.</summary>
    public static Timeval From(ulong nanoseconds)
    {
        Timespec time = Timespec.From(nanoseconds);
        return new Timeval(time.Seconds, time.Nanoseconds / NanosecondsEach);
    }

    /// <summary>In nanoseconds; what is too long is cut.</summary>
    public readonly ulong ToNanoseconds() => new Timespec(Seconds, Microseconds * NanosecondsEach).ToNanoseconds();
}

/// <summary>Times in hundredths of a second, as times and wait report them. Linux: <c>nsec_to_clock_t</c>.</summary>
internal static class CpuTicks
{
    /// <summary>Ticks of a second. Linux: <c>USER_HZ</c>.</summary>
    public const int PerSecond = 100;

    private const ulong Nanoseconds = Clock.Second / PerSecond;

    /// <summary>Ticks in a time.</summary>
    public static long From(ulong nanoseconds) => (long)(nanoseconds / Nanoseconds);
}

using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>setitimer, getitimer and alarm. Linux: kernel/time/itimer.c.</summary>
internal static class IntervalCalls
{
    private const int Real = 0, Virtual = 1, Profiling = 2;
    private const ulong MostAlarmSeconds = int.MaxValue;

    // Linux: struct __kernel_old_itimerval
    [StructLayout(LayoutKind.Sequential)]
    private record struct Setting(Timeval Period, Timeval Value);

    public static long GetITimer(Task task, in SyscallArguments args)
    {
        if (!TryRead(task.Group, args.Int(0), out Setting setting))
            return -Errno.EINVAL;
        return task.User.TryPut(args.A1, setting) ? 0 : -Errno.EFAULT;
    }

    public static long SetITimer(Task task, in SyscallArguments args)
    {
        Setting setting = default;
        if (args.A1 != 0 && !task.User.TryGet(args.A1, out setting))
            return -Errno.EFAULT;
        if (!setting.Period.IsValid || !setting.Value.IsValid || !TryRead(task.Group, args.Int(0), out Setting old))
            return -Errno.EINVAL;
        Write(task.Group, args.Int(0), setting);
        return args.A2 == 0 || task.User.TryPut(args.A2, old) ? 0 : -Errno.EFAULT;
    }

    public static long Alarm(Task task, in SyscallArguments args)
    {
        ulong left = task.Group.RealTimer.Left;
        task.Group.RealTimer.Set(Math.Min((uint)args.A0, MostAlarmSeconds) * Clock.Second, 0);
        // Rounded, but never to zero, which would mean that there was none.
        ulong seconds = left / Clock.Second;
        bool roundsUp = left % Clock.Second >= Clock.Second / 2 || (seconds == 0 && left != 0);
        return (long)(roundsUp ? seconds + 1 : seconds);
    }

    private static bool TryRead(ThreadGroup group, int which, out Setting setting)
    {
        setting = default;
        (ulong left, ulong period) = which switch
        {
            Real => (group.RealTimer.Left, group.RealTimer.Period),
            Virtual => group.CpuTimers.Get(Signal.SIGVTALRM),
            Profiling => group.CpuTimers.Get(Signal.SIGPROF),
            _ => default,
        };
        setting = new Setting(Timeval.From(period), Timeval.From(left));
        return which is Real or Virtual or Profiling;
    }

    private static void Write(ThreadGroup group, int which, in Setting setting)
    {
        ulong value = setting.Value.ToNanoseconds(), period = setting.Period.ToNanoseconds();
        if (which == Real)
            group.RealTimer.Set(value, period);
        else
            group.CpuTimers.Set(which == Virtual ? Signal.SIGVTALRM : Signal.SIGPROF, value, period);
    }
}

using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The calls that tell and set the time. Linux: kernel/time/time.c, posix-timers.c.</summary>
internal static class ClockCalls
{
    private const int MostMinutesWest = 15 * 60;

    public static long ClockGetTime(Task task, in SyscallArguments args)
    {
        int error = ClockSource.TryGet(task, args.Int(0), out ClockSource clock);
        if (error != 0)
            return error;
        return task.User.TryPut(args.A1, Timespec.FromSigned((long)clock.Now)) ? 0 : -Errno.EFAULT;
    }

    public static long ClockGetRes(Task task, in SyscallArguments args)
    {
        int error = ClockSource.TryGet(task, args.Int(0), out ClockSource clock);
        if (error != 0)
            return error;
        if (clock.IsAlarm)
            return -Errno.EINVAL;
        return args.A1 == 0 || task.User.TryPut(args.A1, new Timespec(0, clock.Resolution)) ? 0 : -Errno.EFAULT;
    }

    public static long ClockSetTime(Task task, in SyscallArguments args)
    {
        int error = ClockSource.TryGet(task, args.Int(0), out ClockSource clock);
        if (error != 0)
            return error;
        if (args.Int(0) != ClockSource.Realtime)
            return args.Int(0) < 0 ? -Errno.EPERM : -Errno.EINVAL;
        if (!task.User.TryGet(args.A1, out Timespec time))
            return -Errno.EFAULT;
        return SetTime(task, time);
    }

    public static long GetTimeOfDay(Task task, in SyscallArguments args)
    {
        if (args.A0 != 0 && !task.User.TryPut(args.A0, Timeval.From((ulong)task.Kernel.Clock.Realtime)))
            return -Errno.EFAULT;
        return args.A1 == 0 || task.User.TryPut(args.A1, task.Kernel.Timezone) ? 0 : -Errno.EFAULT;
    }

    public static long SetTimeOfDay(Task task, in SyscallArguments args)
    {
        Timeval time = default;
        ulong timezone = 0;
        if (args.A0 != 0)
        {
            if (!task.User.TryGet(args.A0, out time))
                return -Errno.EFAULT;
            if (!time.IsValid)
                return -Errno.EINVAL;
        }
        if (args.A1 != 0 && task.User.CopyFrom(args.A1, System.Runtime.InteropServices.MemoryMarshal.AsBytes(new Span<ulong>(ref timezone))) != 0)
            return -Errno.EFAULT;
        if (!task.Credentials.Can(Capability.SysTime))
            return -Errno.EPERM;
        if (args.A1 != 0)
        {
            int west = (int)timezone;
            if (west is > MostMinutesWest or < -MostMinutesWest)
                return -Errno.EINVAL;
            task.Kernel.Timezone = timezone;
        }
        return args.A0 == 0 ? 0 : SetTime(task, new Timespec(time.Seconds, time.Microseconds * 1000));
    }

    public static long Time(Task task, in SyscallArguments args)
    {
        long seconds = task.Kernel.Clock.Realtime / (long)Clock.Second;
        return args.A0 == 0 || task.User.TryPut(args.A0, seconds) ? seconds : -Errno.EFAULT;
    }

    // Linux: do_settimeofday64
    private static int SetTime(Task task, Timespec time)
    {
        if (!time.IsValid)
            return -Errno.EINVAL;
        if (!task.Credentials.Can(Capability.SysTime))
            return -Errno.EPERM;
        long now = (long)time.ToNanoseconds();
        Clock clock = task.Kernel.Clock;
        if (now < (long)clock.Monotonic)
            return -Errno.EINVAL; // the machine would have been started before 1970
        clock.RealtimeOffset = now - (long)clock.Monotonic;
        task.Kernel.OnClockSet();
        return 0;
    }
}

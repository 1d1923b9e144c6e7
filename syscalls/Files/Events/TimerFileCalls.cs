using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>timerfd_create and what goes with it. Linux: fs/timerfd.c.</summary>
internal static class TimerFileCalls
{
    private const int KnownSettings = 3;

    // Linux: struct __kernel_itimerspec
    [StructLayout(LayoutKind.Sequential)]
    private record struct Setting(Timespec Period, Timespec Value);

    public static long TimerFdCreate(Task task, in SyscallArguments args)
    {
        const OpenFlags Known = OpenFlags.CloseOnExec | OpenFlags.NonBlock;
        OpenFlags flags = (OpenFlags)args.Int(1);
        if ((flags & ~Known) != 0 || args.Int(0) is not (ClockSource.Realtime or ClockSource.Monotonic or ClockSource.BootTime))
            return -Errno.EINVAL;
        int error = ClockSource.TryGet(task, args.Int(0), out ClockSource clock);
        if (error != 0)
            return error;
        TimerFile file = new(task.Kernel, clock, args.Int(0), flags & OpenFlags.NonBlock);
        return EpollCalls.InstallAnonymous(task, file, "[timerfd]", (flags & OpenFlags.CloseOnExec) != 0);
    }

    public static long TimerFdSetTime(Task task, in SyscallArguments args)
    {
        if (!task.User.TryGet(args.A2, out Setting setting))
            return -Errno.EFAULT;
        if ((args.Int(1) & ~KnownSettings) != 0 || !setting.Period.IsValid || !setting.Value.IsValid)
            return -Errno.EINVAL;
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not TimerFile file)
            return reference.File == null ? -Errno.EBADF : -Errno.EINVAL;
        Setting old = Read(file);
        file.Set(setting.Value.ToNanoseconds(), setting.Period.ToNanoseconds(), args.Int(1));
        return args.A3 == 0 || task.User.TryPut(args.A3, old) ? 0 : -Errno.EFAULT;
    }

    public static long TimerFdGetTime(Task task, in SyscallArguments args)
    {
        using FileReference reference = task.Files.Get(args.Int(0));
        if (reference.File is not TimerFile file)
            return reference.File == null ? -Errno.EBADF : -Errno.EINVAL;
        return task.User.TryPut(args.A1, Read(file)) ? 0 : -Errno.EFAULT;
    }

    private static Setting Read(TimerFile file)
    {
        (ulong left, ulong period) = file.GetTime();
        return new Setting(Timespec.From(period), Timespec.From(left));
    }
}

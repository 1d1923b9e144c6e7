using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>timer_create and what goes with it. Linux: kernel/time/posix-timers.c.</summary>
internal static class PosixTimerCalls
{
    private const int NotifySignal = 0, NotifyNone = 1, NotifyThread = 2, NotifyThreadId = 4;
    private const int Absolute = 1;

    // Linux: struct sigevent, as far as it is used
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Event
    {
        public ulong Value;
        public int Signal, Notify, ThreadId;
    }

    // Linux: struct __kernel_itimerspec
    [StructLayout(LayoutKind.Sequential)]
    private record struct Setting(Timespec Period, Timespec Value);

    public static long TimerCreate(Task task, in SyscallArguments args)
    {
        int error = ClockSource.TryGet(task, args.Int(0), out ClockSource clock, forTimer: true);
        if (error != 0)
            return error;
        if (!clock.CanTime)
            return -Errno.EOPNOTSUPP;
        Event wanted = new() { Signal = Signal.SIGALRM, Notify = NotifySignal };
        if (args.A1 != 0 && !task.User.TryGet(args.A1, out wanted))
            return -Errno.EFAULT;
        Task target = task.Group.Leader;
        if (!IsGood(task, wanted, ref target))
            return -Errno.EINVAL;
        int id = task.Group.TakeTimerId();
        if (args.A1 == 0)
            wanted.Value = (ulong)id;
        SigInfo info = new() { Signo = wanted.Signal, Code = SigCode.Timer, TimerId = id, Value = wanted.Value };
        if ((ulong)task.Account.PendingSignals >= task.Group.Limits.Current(Resource.SigPending))
            return -Errno.EAGAIN;
        if (!task.User.TryPut(args.A2, id))
            return -Errno.EFAULT;
        bool toThread = (wanted.Notify & NotifyThreadId) != 0;
        task.Group.AddPosixTimer(new PosixTimer(task.Group, id, clock, target, !toThread, wanted.Notify == NotifyNone ? null : info));
        return 0;
    }

    public static long TimerSetTime(Task task, in SyscallArguments args)
    {
        if (args.A2 == 0)
            return -Errno.EINVAL;
        if (!task.User.TryGet(args.A2, out Setting setting))
            return -Errno.EFAULT;
        if (!setting.Period.IsValid || !setting.Value.IsValid || task.Group.FindPosixTimer(args.Int(0)) is not { } timer)
            return -Errno.EINVAL;
        Setting old = Read(timer);
        timer.Set(setting.Value.ToNanoseconds(), setting.Period.ToNanoseconds(), (args.Int(1) & Absolute) != 0);
        return args.A3 == 0 || task.User.TryPut(args.A3, old) ? 0 : -Errno.EFAULT;
    }

    public static long TimerGetTime(Task task, in SyscallArguments args)
    {
        if (task.Group.FindPosixTimer(args.Int(0)) is not { } timer)
            return -Errno.EINVAL;
        return task.User.TryPut(args.A1, Read(timer)) ? 0 : -Errno.EFAULT;
    }

    public static long TimerGetOverrun(Task task, in SyscallArguments args) =>
        task.Group.FindPosixTimer(args.Int(0)) is { } timer ? timer.LastOverrun : -Errno.EINVAL;

    public static long TimerDelete(Task task, in SyscallArguments args)
    {
        if (task.Group.FindPosixTimer(args.Int(0)) is not { } timer)
            return -Errno.EINVAL;
        task.Group.DeletePosixTimer(timer);
        return 0;
    }

    private static Setting Read(PosixTimer timer)
    {
        (ulong left, ulong period) = timer.Get();
        return new Setting(Timespec.From(period), Timespec.From(left));
    }

    // Linux: good_sigevent
    private static bool IsGood(Task task, in Event wanted, ref Task target)
    {
        switch (wanted.Notify)
        {
            case NotifyNone:
                return true;
            case NotifySignal or NotifyThread:
                return Signal.IsValid(wanted.Signal);
            case NotifyThreadId:
                if (task.Kernel.Pids.FindTask(wanted.ThreadId) is not { } thread || thread.Group != task.Group)
                    return false;
                target = thread;
                return Signal.IsValid(wanted.Signal);
            default:
                return false;
        }
    }
}

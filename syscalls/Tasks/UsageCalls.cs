using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What getrusage and wait4 report. Linux: <c>struct rusage</c>, getrusage(2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct UsageImage(in ResourceUsage usage)
{
    private const long KilobytesPerPage = 4;

    private readonly Timeval _user = Timeval.From(usage.UserTime), _system = Timeval.From(usage.SystemTime);
    private readonly long _maxRss = usage.MaxRss * KilobytesPerPage, _sharedText, _data, _stack;
    private readonly long _minorFaults = usage.MinorFaults, _majorFaults = usage.MajorFaults, _swaps;
    private readonly long _blocksIn = usage.BlocksIn, _blocksOut = usage.BlocksOut, _messagesOut, _messagesIn, _signals;
    private readonly long _voluntary = usage.VoluntarySwitches, _involuntary = usage.InvoluntarySwitches;
}

/// <summary>getrusage and times. Linux: kernel/sys.c.</summary>
internal static class UsageCalls
{
    private const int Self = 0, Children = -1, Thread = 1;

    // Linux: struct tms
    [StructLayout(LayoutKind.Sequential)]
    private record struct Times(long User, long System, long ChildrenUser, long ChildrenSystem);

    public static long GetRUsage(Task task, in SyscallArguments args)
    {
        ResourceUsage usage;
        switch (args.Int(0))
        {
            case Self:
                usage = task.Group.Usage();
                usage.MaxRss = Math.Max(usage.MaxRss, MaxRss(task));
                break;
            case Children:
                usage = task.Group.ReapedChildren;
                break;
            case Thread:
                usage = task.Usage();
                usage.MaxRss = MaxRss(task);
                break;
            default:
                return -Errno.EINVAL;
        }
        return task.User.TryPut(args.A1, new UsageImage(usage)) ? 0 : -Errno.EFAULT;
    }

    public static long TimesCall(Task task, in SyscallArguments args)
    {
        ResourceUsage own = task.Group.Usage(), children = task.Group.ReapedChildren;
        Times times = new(CpuTicks.From(own.UserTime), CpuTicks.From(own.SystemTime), CpuTicks.From(children.UserTime),
            CpuTicks.From(children.SystemTime));
        if (args.A0 != 0 && !task.User.TryPut(args.A0, times))
            return -Errno.EFAULT;
        return CpuTicks.From(task.Kernel.Clock.Monotonic);
    }

    private static long MaxRss(Task task) => Math.Max(task.Mm.HighWaterRss, task.Mm.ResidentPages);
}

using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>wait4 and waitid: each decodes its arguments. Linux: kernel/exit.c.</summary>
internal static class WaitCalls
{
    private const int AnyProcess = 0, ByPid = 1, ByGroup = 2, ByPidFd = 3;

    public static long Wait4(Task task, in SyscallArguments args)
    {
        const uint Known = ChildQuery.NoHang | ChildQuery.Stopped | ChildQuery.Continued | ChildQuery.NoThread | ChildQuery.CloneOnly | ChildQuery.All;
        uint options = (uint)args.A2;
        int pid = args.Int(0);
        if ((options & ~Known) != 0)
            return -Errno.EINVAL;
        if (pid == int.MinValue)
            return -Errno.ESRCH;
        ChildQuery query = new()
        {
            Options = options | ChildQuery.Exited,
            ProcessId = Math.Max(pid, 0),
            ProcessGroup = pid == 0 ? task.Group.ProcessGroup.Number : pid < -1 ? -pid : 0,
        };
        long result = ChildWait.Wait(task, query, out ChildReport report);
        if (result != 0 || report.ProcessId == 0)
            return result;
        if (args.A1 != 0 && !task.User.TryPut(args.A1, report.WaitStatus))
            return -Errno.EFAULT;
        if (args.A3 != 0 && !task.User.TryPut(args.A3, new UsageImage(report.Usage)))
            return -Errno.EFAULT;
        return report.ProcessId;
    }

    public static long WaitId(Task task, in SyscallArguments args)
    {
        const uint Kinds = ChildQuery.Exited | ChildQuery.Stopped | ChildQuery.Continued;
        const uint Known = Kinds | ChildQuery.NoHang | ChildQuery.NoWait | ChildQuery.NoThread | ChildQuery.CloneOnly | ChildQuery.All;
        uint options = (uint)args.A3;
        if ((options & ~Known) != 0 || (options & Kinds) == 0)
            return -Errno.EINVAL;
        int error = TryGetQuery(task, args, options, out ChildQuery query, out bool neverWaits);
        if (error != 0)
            return error;
        long result = ChildWait.Wait(task, query, out ChildReport report);
        if (result == 0 && report.ProcessId == 0 && neverWaits)
            result = -Errno.EAGAIN;
        if (result == Task.Suspended)
            return result;
        if (report.ProcessId != 0 && args.A4 != 0 && !task.User.TryPut(args.A4, new UsageImage(report.Usage)))
            return -Errno.EFAULT;
        return args.A2 == 0 || TryPut(task, args.A2, report) ? result : -Errno.EFAULT;
    }

    private static int TryGetQuery(Task task, in SyscallArguments args, uint options, out ChildQuery query, out bool neverWaits)
    {
        int id = args.Int(1);
        query = new ChildQuery { Options = options };
        neverWaits = false;
        switch (args.Int(0))
        {
            case AnyProcess:
                return 0;
            case ByPid:
                query = query with { ProcessId = id };
                return id <= 0 ? -Errno.EINVAL : 0;
            case ByGroup:
                query = query with { ProcessGroup = id == 0 ? task.Group.ProcessGroup.Number : id };
                return id < 0 ? -Errno.EINVAL : 0;
            case ByPidFd when id >= 0:
                int error = task.TryGetPidFd(id, out Pid? pid, out neverWaits);
                neverWaits &= (options & ChildQuery.NoHang) == 0;
                query = query with { ProcessId = pid?.Number ?? 0, Options = neverWaits ? options | ChildQuery.NoHang : options };
                return error;
            default:
                return -Errno.EINVAL;
        }
    }

    // What is not to be reported is written as zeros, but for the places that do not belong to SIGCHLD.
    private static bool TryPut(Task task, ulong address, in ChildReport report)
    {
        UserAccess user = task.User;
        bool isReport = report.ProcessId != 0;
        return user.TryPut(address, isReport ? Signal.SIGCHLD : 0) && user.TryPut(address + 4, 0) && user.TryPut(address + 8, report.Code) &&
            user.TryPut(address + 16, report.ProcessId) && user.TryPut(address + 20, report.User) && user.TryPut(address + 24, report.Status);
    }
}

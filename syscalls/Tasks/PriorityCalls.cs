using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>getpriority and setpriority. Linux: kernel/sys.c.</summary>
internal static class PriorityCalls
{
    private const int OfProcess = 0, OfGroup = 1, OfUser = 2;
    private const int Least = 19, Most = -20, Bias = 20;

    public static long GetPriority(Task task, in SyscallArguments args)
    {
        if (args.Int(0) is < OfProcess or > OfUser)
            return -Errno.EINVAL;
        int best = -Errno.ESRCH;
        foreach (Task target in Select(task, args.Int(0), args.Int(1)))
            best = Math.Max(best, Bias - target.Scheduling.Nice);
        return best;
    }

    public static long SetPriority(Task task, in SyscallArguments args)
    {
        if (args.Int(0) is < OfProcess or > OfUser)
            return -Errno.EINVAL;
        int nice = Math.Clamp(args.Int(2), Most, Least), error = -Errno.ESRCH;
        foreach (Task target in Select(task, args.Int(0), args.Int(1)))
            error = SetOne(task, target, nice, error);
        return error;
    }

    /// <summary>Whether a task may be raised to a nice value. Linux: <c>can_nice</c>.</summary>
    public static bool CanNice(Task task, int nice) =>
        (ulong)(Bias - nice) <= task.Group.Limits.Current(Resource.Nice) || task.Credentials.Can(Capability.SysNice);

    // Linux: set_one_prio
    private static int SetOne(Task task, Task target, int nice, int error)
    {
        Credentials own = task.Credentials, theirs = target.Credentials;
        if (own.EffectiveUid != theirs.Uid && own.EffectiveUid != theirs.EffectiveUid && !own.Can(Capability.SysNice))
            return -Errno.EPERM;
        bool allowed = nice >= target.Scheduling.Nice || CanNice(target, nice) || own.Can(Capability.SysNice);
        if (!allowed)
            return -Errno.EACCES;
        task.Kernel.Scheduler.Reschedule(target, target.Scheduling with { Nice = nice });
        return error == -Errno.ESRCH ? 0 : error;
    }

    private static IEnumerable<Task> Select(Task task, int which, int who)
    {
        PidTable pids = task.Kernel.Pids;
        switch (which)
        {
            case OfProcess:
                return (who == 0 ? task : pids.FindTask(who)) is { } one ? [one] : [];
            case OfGroup:
                Pid? group = who == 0 ? task.Group.ProcessGroup : pids.Find(who);
                return group?.ProcessGroup.SelectMany(static process => process.Threads) ?? [];
            default:
                uint user = who == 0 ? task.Credentials.Uid : (uint)who;
                return pids.Processes.SelectMany(static process => process.Threads).Where(thread => thread.Credentials.Uid == user);
        }
    }
}

using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>getrlimit, setrlimit and prlimit64. Linux: kernel/sys.c (<c>do_prlimit</c>).</summary>
internal static class LimitCalls
{
    public static long GetRLimit(Task task, in SyscallArguments args)
    {
        if ((uint)args.A0 >= (uint)Resource.Count)
            return -Errno.EINVAL;
        return task.User.TryPut(args.A1, task.Group.Limits[(Resource)args.Int(0)]) ? 0 : -Errno.EFAULT;
    }

    public static long SetRLimit(Task task, in SyscallArguments args)
    {
        if (!task.User.TryGet(args.A1, out ResourceLimit limit))
            return -Errno.EFAULT;
        return (uint)args.A0 < (uint)Resource.Count ? Set(task, task, (Resource)args.Int(0), limit) : -Errno.EINVAL;
    }

    public static long PrLimit64(Task task, in SyscallArguments args)
    {
        ResourceLimit limit = default;
        if (args.A2 != 0 && !task.User.TryGet(args.A2, out limit))
            return -Errno.EFAULT;
        Task? target = args.Int(0) == 0 ? task : task.Kernel.Pids.FindTask(args.Int(0));
        if (target == null)
            return -Errno.ESRCH;
        if (!MayChange(task, target))
            return -Errno.EPERM;
        if ((uint)args.A1 >= (uint)Resource.Count)
            return -Errno.EINVAL;
        Resource resource = (Resource)args.Int(1);
        ResourceLimit old = target.Group.Limits[resource];
        int error = args.A2 == 0 ? 0 : Set(task, target, resource, limit);
        if (error != 0)
            return error;
        return args.A3 == 0 || task.User.TryPut(args.A3, old) ? 0 : -Errno.EFAULT;
    }

    // Linux: check_prlimit_permission
    private static bool MayChange(Task task, Task target)
    {
        if (task == target || task.Credentials.Can(Capability.SysResource))
            return true;
        Credentials own = task.Credentials, theirs = target.Credentials;
        return own.Uid == theirs.EffectiveUid && own.Uid == theirs.SavedUid && own.Uid == theirs.Uid &&
            own.Gid == theirs.EffectiveGid && own.Gid == theirs.SavedGid && own.Gid == theirs.Gid;
    }

    private static int Set(Task task, Task target, Resource resource, ResourceLimit limit)
    {
        if (limit.Current > limit.Maximum)
            return -Errno.EINVAL;
        ResourceLimits limits = target.Group.Limits;
        if (resource == Resource.OpenFiles && limit.Maximum > task.Kernel.Options.MaxOpenFiles)
            return -Errno.EPERM;
        if (limit.Maximum > limits[resource].Maximum && !task.Credentials.Can(Capability.SysResource))
            return -Errno.EPERM;
        limits[resource] = limit;
        if (resource == Resource.Cpu)
            target.Group.CpuTimers.ApplyLimit();
        return 0;
    }
}

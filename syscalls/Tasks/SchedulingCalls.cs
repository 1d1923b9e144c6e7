using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Policies and priorities. Linux: kernel/sched/syscalls.c, sched(7).</summary>
internal static class SchedulingCalls
{
    private const int ResetOnFork = 0x40000000;
    private const int KeepPolicy = -1;
    private const ulong RoundRobinSlice = 100_000_000, OrdinarySlice = 2_800_000;
    private const uint FirstAttributesSize = 48, AttributesSize = 56;
    private const ulong FlagResetOnFork = 1, FlagKeepPolicy = 8, FlagKeepParameters = 0x10, FlagUtilization = 0x60, KnownFlags = 0x7F;

    // Linux: struct sched_attr
    [StructLayout(LayoutKind.Sequential)]
    private struct Attributes
    {
        public uint Size, Policy;
        public ulong Flags;
        public int Nice;
        public uint Priority;
        public ulong Runtime, Deadline, Period;
        public uint UtilMin, UtilMax;
    }

    public static long Yield(Task task, in SyscallArguments args)
    {
        task.Work |= TaskWork.Reschedule;
        return 0;
    }

    public static long SetScheduler(Task task, in SyscallArguments args) => args.Int(1) < 0 ? -Errno.EINVAL : SetPolicy(task, args.Int(0), args.Int(1), args.A2);

    public static long SetParam(Task task, in SyscallArguments args) => SetPolicy(task, args.Int(0), KeepPolicy, args.A1);

    public static long GetScheduler(Task task, in SyscallArguments args)
    {
        int error = Find(task, args.Int(0), out Task target);
        if (error != 0)
            return error;
        return (int)target.Scheduling.Policy | (target.Scheduling.ResetOnFork ? ResetOnFork : 0);
    }

    public static long GetParam(Task task, in SyscallArguments args)
    {
        if (args.A1 == 0)
            return -Errno.EINVAL;
        int error = Find(task, args.Int(0), out Task target);
        if (error != 0)
            return error;
        return task.User.TryPut(args.A1, target.Scheduling.RtPriority) ? 0 : -Errno.EFAULT;
    }

    public static long GetPriorityMax(Task task, in SyscallArguments args) => (SchedulingPolicy)args.Int(0) switch
    {
        SchedulingPolicy.Fifo or SchedulingPolicy.RoundRobin => 99,
        SchedulingPolicy.Other or SchedulingPolicy.Batch or SchedulingPolicy.Idle or SchedulingPolicy.Deadline => 0,
        _ => -Errno.EINVAL,
    };

    public static long GetPriorityMin(Task task, in SyscallArguments args) => (SchedulingPolicy)args.Int(0) switch
    {
        SchedulingPolicy.Fifo or SchedulingPolicy.RoundRobin => 1,
        SchedulingPolicy.Other or SchedulingPolicy.Batch or SchedulingPolicy.Idle or SchedulingPolicy.Deadline => 0,
        _ => -Errno.EINVAL,
    };

    public static long RrGetInterval(Task task, in SyscallArguments args)
    {
        int error = Find(task, args.Int(0), out Task target);
        if (error != 0)
            return error;
        ulong slice = target.Scheduling.Policy switch
        {
            SchedulingPolicy.RoundRobin => RoundRobinSlice,
            SchedulingPolicy.Fifo => 0,
            _ => OrdinarySlice,
        };
        return task.User.TryPut(args.A1, Timespec.From(slice)) ? 0 : -Errno.EFAULT;
    }

    public static long SetAttributes(Task task, in SyscallArguments args)
    {
        if (args.A1 == 0 || args.Int(0) < 0 || (uint)args.A2 != 0)
            return -Errno.EINVAL;
        int error = ReadAttributes(task, args.A1, out Attributes wanted);
        if (error == 0)
            error = Find(task, args.Int(0), out Task _);
        if (error != 0)
            return error;
        if ((int)wanted.Policy < 0 || (wanted.Flags & ~KnownFlags) != 0)
            return -Errno.EINVAL;
        if ((wanted.Flags & FlagUtilization) != 0)
            return -Errno.EOPNOTSUPP;
        _ = Find(task, args.Int(0), out Task target);
        TaskScheduling now = target.Scheduling;
        bool keeps = (wanted.Flags & FlagKeepPolicy) != 0, keepsParameters = (wanted.Flags & FlagKeepParameters) != 0;
        TaskScheduling changed = now with
        {
            Policy = keeps ? now.Policy : (SchedulingPolicy)wanted.Policy,
            RtPriority = keepsParameters ? now.RtPriority : (int)wanted.Priority,
            ResetOnFork = (wanted.Flags & FlagResetOnFork) != 0,
        };
        if (!keepsParameters && !changed.IsRealTime)
            changed.Nice = Math.Clamp(wanted.Nice, -20, 19);
        return Change(task, target, changed);
    }

    public static long GetAttributes(Task task, in SyscallArguments args)
    {
        uint size = (uint)args.A2;
        if (args.A1 == 0 || args.Int(0) < 0 || size > MmConstants.PageSize || size < FirstAttributesSize || (uint)args.A3 != 0)
            return -Errno.EINVAL;
        int error = Find(task, args.Int(0), out Task target);
        if (error != 0)
            return error;
        TaskScheduling now = target.Scheduling;
        Attributes attributes = new()
        {
            Size = Math.Min(size, AttributesSize),
            Policy = (uint)now.Policy,
            Flags = now.ResetOnFork ? FlagResetOnFork : 0,
            Nice = now.IsRealTime ? 0 : now.Nice,
            Priority = (uint)now.RtPriority,
            Runtime = now.IsRealTime ? 0 : OrdinarySlice,
            UtilMax = 1024,
        };
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<Attributes>(ref attributes));
        return task.User.CopyTo(args.A1, bytes[..(int)attributes.Size]) == 0 ? 0 : -Errno.EFAULT;
    }

    private static int ReadAttributes(Task task, ulong address, out Attributes wanted)
    {
        wanted = default;
        if (!task.User.TryGet(address, out uint size))
            return -Errno.EFAULT;
        if (size == 0)
            size = FirstAttributesSize;
        if (size is < FirstAttributesSize or > (uint)MmConstants.PageSize)
            return task.User.TryPut(address, AttributesSize) ? -Errno.E2BIG : -Errno.EFAULT;
        Span<byte> given = stackalloc byte[(int)size];
        if (task.User.CopyFrom(address, given) != 0)
            return -Errno.EFAULT;
        Span<byte> bytes = MemoryMarshal.AsBytes(new Span<Attributes>(ref wanted));
        int common = Math.Min(given.Length, bytes.Length);
        given[..common].CopyTo(bytes);
        if (given[common..].ContainsAnyExcept((byte)0))
            return task.User.TryPut(address, AttributesSize) ? -Errno.E2BIG : -Errno.EFAULT;
        return 0;
    }

    private static int SetPolicy(Task task, int pid, int policy, ulong parameters)
    {
        if (parameters == 0 || pid < 0)
            return -Errno.EINVAL;
        if (!task.User.TryGet(parameters, out int priority))
            return -Errno.EFAULT;
        int error = Find(task, pid, out Task target);
        if (error != 0)
            return error;
        TaskScheduling changed = target.Scheduling with { RtPriority = priority };
        if (policy != KeepPolicy)
        {
            changed.Policy = (SchedulingPolicy)(policy & ~ResetOnFork);
            changed.ResetOnFork = (policy & ResetOnFork) != 0;
        }
        return Change(task, target, changed);
    }

    // Linux: __sched_setscheduler
    private static int Change(Task task, Task target, TaskScheduling changed)
    {
        bool isKnown = changed.Policy is SchedulingPolicy.Other or SchedulingPolicy.Batch or SchedulingPolicy.Idle || changed.IsRealTime;
        if (!isKnown || changed.RtPriority is < 0 or > 99 || changed.IsRealTime != (changed.RtPriority != 0))
            return -Errno.EINVAL;
        if (!task.Credentials.Can(Capability.SysNice) && !MayChange(task, target, changed))
            return -Errno.EPERM;
        task.Kernel.Scheduler.Reschedule(target, changed);
        return 0;
    }

    // Linux: user_check_sched_setscheduler
    private static bool MayChange(Task task, Task target, in TaskScheduling changed)
    {
        TaskScheduling now = target.Scheduling;
        ulong most = target.Group.Limits.Current(Resource.RtPriority);
        if (!changed.IsRealTime && changed.Nice < now.Nice && !PriorityCalls.CanNice(target, changed.Nice))
            return false;
        if (changed.IsRealTime && ((most == 0 && changed.Policy != now.Policy) || (changed.RtPriority > now.RtPriority && (ulong)changed.RtPriority > most)))
            return false;
        if (now.Policy == SchedulingPolicy.Idle && changed.Policy != SchedulingPolicy.Idle && !PriorityCalls.CanNice(target, now.Nice))
            return false;
        if (now.ResetOnFork && !changed.ResetOnFork)
            return false;
        return task.Credentials.EffectiveUid == target.Credentials.Uid || task.Credentials.EffectiveUid == target.Credentials.EffectiveUid;
    }

    private static int Find(Task task, int pid, out Task target)
    {
        target = task;
        if (pid < 0)
            return -Errno.EINVAL;
        Task? found = pid == 0 ? task : task.Kernel.Pids.FindTask(pid);
        target = found ?? task;
        return found == null ? -Errno.ESRCH : 0;
    }
}

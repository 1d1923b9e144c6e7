using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>semget, semop, semtimedop. Linux: ipc/sem.c; semop(2).</summary>
internal static class SemaphoreCalls
{
    /// <summary>Semaphores in a set, at most. Linux: <c>SEMMSL</c>.</summary>
    public const int MostInSet = 32000;

    /// <summary>Sets, at most. Linux: <c>SEMMNI</c>.</summary>
    public const int MostSets = 32000;

    /// <summary>Operations in a call, at most. Linux: <c>SEMOPM</c>.</summary>
    public const int MostOperations = 500;

    private const uint MayRead = 0x124, MayChange = 0x92;

    public static long SemGet(Task task, in SyscallArguments args)
    {
        int key = args.Int(0), count = args.Int(1), flags = args.Int(2);
        if (count is < 0 or > MostInSet)
            return -Errno.EINVAL;
        IpcTable<SemaphoreSet> sets = task.Kernel.Ipc.Semaphores;
        return sets.Get(task.Credentials, key, flags, set => count > set.Values.Length ? -Errno.EINVAL : 0, () =>
        {
            SemaphoreSet made = new(key, (uint)flags, task.Credentials, count) { ChangeTime = task.Kernel.Ipc.Now };
            return count == 0 ? -Errno.EINVAL : sets.Add(made, MostSets);
        });
    }

    public static long SemOp(Task task, in SyscallArguments args) => Perform(task, args, Scheduler.Never);

    public static long SemTimedOp(Task task, in SyscallArguments args)
    {
        ulong deadline = Scheduler.Never;
        if (args.A3 != 0)
        {
            int error = Timespec.TryGet(task, args.A3, out Timespec time);
            if (error != 0)
                return error;
            deadline = task.DeadlineAfter(time.ToNanoseconds());
        }
        return Perform(task, args, deadline);
    }

    // Linux: do_semtimedop
    private static long Perform(Task task, in SyscallArguments args, ulong deadline)
    {
        uint count = (uint)args.A2;
        int id = args.Int(0);
        if (count < 1 || id < 0)
            return -Errno.EINVAL;
        if (count > MostOperations)
            return -Errno.E2BIG;
        SemaphoreOperation[] operations = new SemaphoreOperation[count];
        if (task.User.CopyFrom(args.A1, System.Runtime.InteropServices.MemoryMarshal.AsBytes(operations.AsSpan())) != 0)
            return -Errno.EFAULT;
        if (task.Kernel.Ipc.Semaphores.Find(id) is not { } set)
            return -Errno.EINVAL;
        if (operations.Any(operation => operation.Number >= set.Values.Length))
            return -Errno.EFBIG;
        bool changes = operations.Any(static operation => operation.Change != 0);
        if (!set.Allows(task.Credentials, changes ? MayChange : MayRead))
            return -Errno.EACCES;
        long result = Wait(task, set, operations, deadline);
        if (result != 0)
            return result;
        set.OperationTime = task.Kernel.Ipc.Now;
        if (changes)
            set.Changed();
        return 0;
    }

    private static int Wait(Task task, SemaphoreSet set, SemaphoreOperation[] operations, ulong deadline)
    {
        int result = set.TryPerform(task.Group, operations, out int blocking);
        if (result != -Errno.EAGAIN || operations[blocking].IsNoWait)
            return result;
        SemaphoreWaiter waiter = new() { Blocking = operations[blocking] };
        set.Enter(waiter);
        int waited = set.Waiting.Wait(task, 0, _ => IsOver(), deadline);
        set.Leave(waiter);
        return waited switch
        {
            0 => result,
            -Errno.ETIME => -Errno.EAGAIN,
            _ => -Errno.EINTR,
        };

        bool IsOver()
        {
            result = set.IsRemoved ? -Errno.EIDRM : set.TryPerform(task.Group, operations, out blocking);
            waiter.Blocking = operations[blocking];
            return result != -Errno.EAGAIN || operations[blocking].IsNoWait;
        }
    }
}

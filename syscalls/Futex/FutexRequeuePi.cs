using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Waits that end with a lock taken. Linux: kernel/futex/requeue.c (<c>futex_wait_requeue_pi</c>, <c>futex_requeue</c>).</summary>
internal static class FutexRequeuePi
{
    /// <summary>Waits on a futex until it is moved to a lock and has it.</summary>
    /// <param name="task">Who waits.</param>
    /// <param name="request">The futex.</param>
    /// <param name="lockAddress">The lock.</param>
    /// <param name="deadline">Monotonic time, or <see cref="Scheduler.Never"/>.</param>
    public static long Wait(Task task, in FutexWaits.Request request, ulong lockAddress, ulong deadline)
    {
        FutexWaiter waiter = task.FutexWaiter;
        if (!task.IsResuming)
        {
            int error = Begin(task, request, lockAddress);
            if (error != 0)
                return error;
        }
        if (waiter.Lock != null || !waiter.IsQueued)
            return FutexPi.WaitForLock(task, deadline, -Errno.EAGAIN);
        long result = task.Kernel.Scheduler.Suspend(task, deadline);
        if (result == Task.Suspended)
            return result;
        task.Kernel.Futexes.Dequeue(waiter);
        waiter.LockKey = null;
        return result == -Errno.ETIME ? -Errno.ETIMEDOUT : -KernelErrno.ERESTARTNOINTR;
    }

    /// <summary>Gives the lock to the first waiter, or lets it and others wait for it.</summary>
    /// <param name="task">Who calls.</param>
    /// <param name="from">Address of the futex.</param>
    /// <param name="to">Address of the lock.</param>
    /// <param name="moves">How many to move at most, beside the first.</param>
    /// <param name="expected">What the futex must hold.</param>
    /// <param name="isShared">Whether they are shared.</param>
    /// <returns>How many have the lock or wait for it now, or a negative errno.</returns>
    public static long Requeue(Task task, ulong from, ulong to, int moves, uint expected, bool isShared)
    {
        if (from == to)
            return -Errno.EINVAL;
        int error = FutexKey.TryGet(task, from, isShared, out FutexKey key);
        if (error == 0)
            error = FutexKey.TryGet(task, to, isShared, out FutexKey _);
        if (error != 0)
            return error;
        if (!task.User.TryGet(from, out uint value))
            return -Errno.EFAULT;
        if (value != expected)
            return -Errno.EAGAIN;
        _ = FutexKey.TryGet(task, to, isShared, out FutexKey lockKey);
        int done = 0;
        while (task.Kernel.Futexes.FirstOf(key) is { } waiter && done <= moves)
        {
            if (waiter.LockKey != lockKey)
                return -Errno.EINVAL;
            error = FutexPi.TryTake(task, waiter.Task, to, lockKey, out FutexLock? wanted);
            if (error != 0)
                return done != 0 ? done : error;
            Give(task.Kernel, waiter, wanted);
            done++;
        }
        return done;
    }

    private static void Give(Kernel kernel, FutexWaiter waiter, FutexLock? wanted)
    {
        kernel.Futexes.Dequeue(waiter);
        if (wanted != null)
        {
            wanted.Add(waiter);
            return;
        }
        waiter.LockKey = null;
        kernel.Scheduler.Wake(waiter.Task);
    }

    private static int Begin(Task task, in FutexWaits.Request request, ulong lockAddress)
    {
        if (request.Address == lockAddress || request.Bitset == 0)
            return -Errno.EINVAL;
        int error = FutexKey.TryGet(task, request.Address, request.IsShared, out FutexKey key);
        if (error == 0)
            error = FutexKey.TryGet(task, lockAddress, request.IsShared, out FutexKey _);
        if (error != 0)
            return error;
        if (!task.User.TryGet(request.Address, out uint value))
            return -Errno.EFAULT;
        if (value != request.Value)
            return -Errno.EAGAIN;
        _ = FutexKey.TryGet(task, lockAddress, request.IsShared, out FutexKey lockKey);
        FutexWaiter waiter = task.FutexWaiter;
        waiter.Bitset = request.Bitset;
        waiter.LockKey = lockKey;
        waiter.LockAddress = lockAddress;
        task.Kernel.Futexes.Enqueue(waiter, key);
        return 0;
    }
}

using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Waiting on one futex. Linux: kernel/futex/waitwake.c (<c>__futex_wait</c>).</summary>
internal static class FutexWaits
{
    /// <summary>What is waited for.</summary>
    /// <param name="Address">Address of the futex.</param>
    /// <param name="Value">What it must hold for the wait to begin.</param>
    /// <param name="IsShared">Whether other processes may wake it.</param>
    /// <param name="Bitset">Which wakes it hears.</param>
    public readonly record struct Request(ulong Address, uint Value, bool IsShared, uint Bitset);

    /// <summary>Waits until the futex is woken.</summary>
    /// <param name="task">Who waits.</param>
    /// <param name="request">For what.</param>
    /// <param name="deadline">Monotonic time, or <see cref="Scheduler.Never"/>.</param>
    /// <returns>0; -EAGAIN if the value is another; -ETIMEDOUT; -EFAULT; -EINVAL; what makes the call begin anew; <see cref="Task.Suspended"/>.</returns>
    public static long Wait(Task task, in Request request, ulong deadline)
    {
        FutexWaiter waiter = task.FutexWaiter;
        if (!task.IsResuming)
        {
            int error = Begin(task, request, waiter);
            if (error != 0)
                return error;
        }
        else if (!waiter.IsQueued)
        {
            return 0;
        }
        long result = task.Kernel.Scheduler.Suspend(task, deadline);
        if (result == Task.Suspended)
            return result;
        task.Kernel.Futexes.Dequeue(waiter);
        if (result == -Errno.ETIME)
            return -Errno.ETIMEDOUT;
        if (deadline == Scheduler.Never)
            return result;
        task.Restart = new Again(request, deadline);
        return -KernelErrno.ERESTART_RESTARTBLOCK;
    }

    // Linux: futex_wait_setup
    private static int Begin(Task task, in Request request, FutexWaiter waiter)
    {
        int error = FutexKey.TryGet(task, request.Address, request.IsShared, out FutexKey key);
        if (error != 0)
            return error;
        if (!task.User.TryGet(request.Address, out uint value))
            return -Errno.EFAULT;
        if (value != request.Value)
            return -Errno.EAGAIN;
        waiter.Bitset = request.Bitset;
        waiter.LockKey = null;
        task.Kernel.Futexes.Enqueue(waiter, key);
        return 0;
    }

    // Linux: futex_wait_restart
    private sealed class Again(Request request, ulong deadline) : RestartBlock
    {
        public override long Run(Task task) => Wait(task, request, deadline);
    }
}

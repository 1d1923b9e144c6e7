using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>One of the futexes of futex_waitv. Linux: <c>struct futex_waitv</c>.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FutexVectorEntry
{
#pragma warning disable CS1591 // the names are the documentation
    public ulong Value, Address;
    public uint Flags, Reserved;
#pragma warning restore CS1591
}

/// <summary>Waiting on several futexes at once. Linux: <c>futex_wait_multiple</c>.</summary>
internal static class FutexVector
{
    /// <summary>Futexes at most. Linux: <c>FUTEX_WAITV_MAX</c>.</summary>
    public const int Most = 128;

    /// <summary>Waits until one of the futexes is woken.</summary>
    /// <returns>Which; -EAGAIN if a value is another; -ETIMEDOUT; -EFAULT; -EINVAL; -ERESTARTSYS; <see cref="Task.Suspended"/>.</returns>
    public static long Wait(Task task, ReadOnlySpan<FutexVectorEntry> entries, ulong deadline)
    {
        FutexWaiter[] waiters;
        if (task.IsResuming)
        {
            waiters = (FutexWaiter[])task.SuspendState!;
        }
        else
        {
            waiters = new FutexWaiter[entries.Length];
            int error = Begin(task, entries, waiters);
            if (error != 0)
                return Leave(task, waiters, error);
        }
        if (Array.Exists(waiters, static waiter => !waiter.IsQueued))
            return Leave(task, waiters, 0);
        long result = task.Kernel.Scheduler.Suspend(task, deadline);
        if (result == Task.Suspended)
        {
            task.SuspendState = waiters;
            return result;
        }
        return Leave(task, waiters, result == -Errno.ETIME ? -Errno.ETIMEDOUT : result);
    }

    // Linux: futex_wait_multiple_setup
    private static int Begin(Task task, ReadOnlySpan<FutexVectorEntry> entries, FutexWaiter[] waiters)
    {
        Span<FutexKey> keys = new FutexKey[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            int error = FutexKey.TryGet(task, entries[i].Address, (entries[i].Flags & FutexFlags.Private) == 0, out keys[i]);
            if (error != 0)
                return error;
        }
        for (int i = 0; i < entries.Length; i++)
        {
            if (!task.User.TryGet(entries[i].Address, out uint value))
                return -Errno.EFAULT;
            if (value != (uint)entries[i].Value)
                return -Errno.EAGAIN;
            waiters[i] = new FutexWaiter(task);
            task.Kernel.Futexes.Enqueue(waiters[i], keys[i]);
        }
        return 0;
    }

    // Leaves all queues; the last that was woken counts, as in the kernel.
    private static long Leave(Task task, FutexWaiter[] waiters, long result)
    {
        task.SuspendState = null;
        int woken = -1;
        for (int i = 0; i < waiters.Length; i++)
        {
            if (waiters[i] != null && !task.Kernel.Futexes.Dequeue(waiters[i]))
                woken = i;
        }
        return woken >= 0 ? woken : result;
    }
}

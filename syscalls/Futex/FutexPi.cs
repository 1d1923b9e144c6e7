using System.Runtime.CompilerServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Locks in user memory that name their owner. Linux: kernel/futex/pi.c.</summary>
/// <remarks>
/// The word holds the owner's thread number, a bit that says that somebody waits in the kernel, and one that says that an owner died. A lock
/// that is released goes to the first waiter at once.
/// </remarks>
internal static class FutexPi
{
    /// <summary>Linux: <c>FUTEX_WAITERS</c>, <c>FUTEX_OWNER_DIED</c>, <c>FUTEX_TID_MASK</c>.</summary>
    public const uint Waiters = 0x80000000, OwnerDied = 0x40000000, ThreadMask = 0x3FFFFFFF;

    /// <summary>Takes a lock, and waits for it if another has it. Linux: <c>futex_lock_pi</c>.</summary>
    /// <param name="task">Who wants it.</param>
    /// <param name="address">Of the word.</param>
    /// <param name="isShared">Whether other processes use it.</param>
    /// <param name="deadline">Monotonic time, or <see cref="Scheduler.Never"/>.</param>
    /// <param name="onlyTry">Whether not to wait.</param>
    public static long Lock(Task task, ulong address, bool isShared, ulong deadline, bool onlyTry)
    {
        if (!task.IsResuming)
        {
            int error = FutexKey.TryGet(task, address, isShared, out FutexKey key);
            if (error != 0)
                return error;
            error = TryTake(task, task, address, key, out FutexLock? wanted);
            if (error != 0 || wanted == null)
                return error;
            if (onlyTry)
                return Leave(task, wanted, -Errno.EAGAIN);
            if (wanted.WouldDeadlock(task))
                return Leave(task, wanted, -Errno.EDEADLK);
            task.FutexWaiter.LockAddress = address;
            wanted.Add(task.FutexWaiter);
        }
        return WaitForLock(task, deadline, -KernelErrno.ERESTARTNOINTR);
    }

    /// <summary>Sleeps until the lock is the task's. Linux: <c>rt_mutex_wait_proxy_lock</c>.</summary>
    public static long WaitForLock(Task task, ulong deadline, int interrupted)
    {
        FutexWaiter waiter = task.FutexWaiter;
        if (waiter.Lock is not { } wanted)
            return 0;
        long result = task.Kernel.Scheduler.Suspend(task, deadline);
        if (result == Task.Suspended)
            return result;
        wanted.Remove(waiter);
        return Leave(task, wanted, result == -Errno.ETIME ? -Errno.ETIMEDOUT : interrupted);
    }

    /// <summary>Releases a lock. Linux: <c>futex_unlock_pi</c>.</summary>
    public static long Unlock(Task task, ulong address, bool isShared)
    {
        if (!task.User.TryGet(address, out uint value))
            return -Errno.EFAULT;
        if ((value & ThreadMask) != (uint)task.ThreadId)
            return -Errno.EPERM;
        int error = FutexKey.TryGet(task, address, isShared, out FutexKey key);
        if (error != 0)
            return error;
        if (task.Kernel.Futexes.FindLock(key) is { } held)
        {
            if (held.Owner != task)
                return -Errno.EINVAL;
            PassOn(task.Kernel, held, died: false);
            return 0;
        }
        ref uint word = ref task.User.TryPin32(address, write: true);
        if (Unsafe.IsNullRef(ref word))
            return -Errno.EFAULT;
        while ((value & ThreadMask) == (uint)task.ThreadId)
        {
            uint seen = Interlocked.CompareExchange(ref word, 0, value);
            if (seen == value)
                return 0;
            value = seen;
        }
        return -Errno.EPERM;
    }

    /// <summary>Takes a free lock for a task, or notes in the word that somebody waits. Linux: <c>futex_lock_pi_atomic</c>.</summary>
    /// <param name="caller">Who calls.</param>
    /// <param name="taker">Who is to have it: the caller, or one whose wait it moves.</param>
    /// <param name="address">Of the word, in the caller's memory.</param>
    /// <param name="key">The futex.</param>
    /// <param name="wanted">The lock to wait for; null if it was taken.</param>
    /// <returns>0, -EFAULT, -EDEADLK, -ESRCH, -EPERM, -EINVAL.</returns>
    public static int TryTake(Task caller, Task taker, ulong address, FutexKey key, out FutexLock? wanted)
    {
        wanted = null;
        ref uint word = ref caller.User.TryPin32(address, write: true);
        if (Unsafe.IsNullRef(ref word))
            return -Errno.EFAULT;
        while (true)
        {
            uint value = Volatile.Read(ref word);
            if ((value & ThreadMask) == (uint)taker.ThreadId)
                return -Errno.EDEADLK;
            FutexLock? known = caller.Kernel.Futexes.FindLock(key);
            if (known != null && known.Owner?.ThreadId != (int)(value & ThreadMask))
                return -Errno.EINVAL;
            if (known == null && (value & ThreadMask) == 0)
            {
                if (Interlocked.CompareExchange(ref word, (value & OwnerDied) | (uint)taker.ThreadId, value) == value)
                    return 0;
                continue;
            }
            if ((value & Waiters) == 0 && Interlocked.CompareExchange(ref word, value | Waiters, value) != value)
                continue;
            int error = FindOwner(caller, known, value, out Task? owner);
            if (error != 0)
                return error;
            wanted = known ?? caller.Kernel.Futexes.AddLock(key, owner!);
            return 0;
        }
    }

    /// <summary>A task ends: the locks that it has and others wait for go on. Linux: <c>exit_pi_state_list</c>.</summary>
    public static void OnExit(Task task)
    {
        while (task.HeldLocks.Count != 0)
            PassOn(task.Kernel, task.HeldLocks[^1], died: true);
    }

    // A lock that nobody waits for is no concern of the kernel.
    private static long Leave(Task task, FutexLock wanted, long result)
    {
        if (!wanted.HasWaiters)
            task.Kernel.Futexes.RemoveLock(wanted);
        return result;
    }

    private static int FindOwner(Task task, FutexLock? known, uint value, out Task? owner)
    {
        owner = known?.Owner;
        if (known != null)
            return 0;
        owner = task.Kernel.Pids.FindTask((int)(value & ThreadMask));
        if (owner == null || owner.IsExiting)
            return -Errno.ESRCH;
        return owner.IsKernelThread ? -Errno.EPERM : 0;
    }

    // Linux: wake_futex_pi, fixup_pi_state_owner
    private static void PassOn(Kernel kernel, FutexLock held, bool died)
    {
        FutexWaiter next = held.PassOn();
        if (!held.HasWaiters)
            kernel.Futexes.RemoveLock(held);
        ref uint word = ref next.Task.User.TryPin32(next.LockAddress, write: true);
        if (!Unsafe.IsNullRef(ref word))
        {
            uint keep = died ? OwnerDied : 0;
            Interlocked.Exchange(ref word, (uint)next.Task.ThreadId | Waiters | keep);
        }
        kernel.Scheduler.Wake(next.Task);
    }
}

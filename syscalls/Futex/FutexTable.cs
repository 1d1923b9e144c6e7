using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Who waits on which futex. Linux: kernel/futex/core.c, waitwake.c, requeue.c.</summary>
/// <remarks>Lock: the kernel lock, which stands for the locks of the hash buckets.</remarks>
internal sealed class FutexTable
{
    private readonly Dictionary<FutexKey, FutexQueue> _queues = [];
    private readonly Dictionary<FutexKey, FutexLock> _locks = [];
    private readonly Stack<FutexQueue> _spares = new();

    /// <summary>Futexes that somebody waits on.</summary>
    public int Count => _queues.Count;

    /// <summary>Puts a waiter into the queue of a futex. Linux: <c>futex_queue</c>.</summary>
    public void Enqueue(FutexWaiter waiter, FutexKey key)
    {
        Bug.On(waiter.IsQueued, "a task waits on a futex twice");
        ref FutexQueue? queue = ref CollectionsMarshal.GetValueRefOrAddDefault(_queues, key, out _);
        queue ??= _spares.TryPop(out FutexQueue? spare) ? spare : new FutexQueue();
        waiter.Key = key;
        queue.Add(waiter);
    }

    /// <summary>Takes a waiter out of its queue. Linux: <c>futex_unqueue</c>.</summary>
    /// <returns>Whether it was in one; else it has been woken.</returns>
    public bool Dequeue(FutexWaiter waiter)
    {
        if (waiter.Queue is not { } queue)
            return false;
        queue.Remove(waiter);
        if (queue.First == null)
        {
            _queues.Remove(waiter.Key);
            _spares.Push(queue);
        }
        return true;
    }

    /// <summary>Wakes waiters of a futex. Linux: <c>futex_wake</c>.</summary>
    /// <param name="key">The futex.</param>
    /// <param name="count">How many at most; at least one.</param>
    /// <param name="bitset">Only those that have one of these bits.</param>
    /// <returns>How many were woken, or -EINVAL if one waits for a lock, which is not woken like that.</returns>
    public int Wake(FutexKey key, int count, uint bitset)
    {
        if (_locks.Count != 0 && _locks.ContainsKey(key))
            return -Errno.EINVAL;
        int woken = 0;
        for (FutexWaiter? at = FirstOf(key); at != null;)
        {
            FutexWaiter waiter = at;
            at = at.Next;
            if (waiter.LockKey != null)
                return -Errno.EINVAL;
            if ((waiter.Bitset & bitset) == 0)
                continue;
            WakeOne(waiter);
            if (++woken >= count)
                break;
        }
        return woken;
    }

    /// <summary>Wakes some of a futex's waiters and lets others wait on another futex instead. Linux: <c>futex_requeue</c>.</summary>
    /// <returns>How many were woken or moved, or -EINVAL.</returns>
    public int Requeue(FutexKey from, FutexKey to, int wakes, int moves)
    {
        int done = 0;
        for (FutexWaiter? at = FirstOf(from); at != null && done - wakes < moves;)
        {
            FutexWaiter waiter = at;
            at = at.Next;
            if (waiter.LockKey != null)
                return -Errno.EINVAL;
            if (++done <= wakes)
                WakeOne(waiter);
            else
                Move(waiter, to);
        }
        return done;
    }

    /// <summary>The first waiter of a futex, or null.</summary>
    public FutexWaiter? FirstOf(FutexKey key) => _queues.TryGetValue(key, out FutexQueue? queue) ? queue.First : null;

    /// <summary>Wakes a waiter.</summary>
    public void WakeOne(FutexWaiter waiter)
    {
        Dequeue(waiter);
        waiter.Task.Kernel.Scheduler.Wake(waiter.Task);
    }

    /// <summary>The lock that tasks wait for in the kernel, or null. Linux: <c>futex_top_waiter</c>.</summary>
    public FutexLock? FindLock(FutexKey key) => _locks.GetValueOrDefault(key);

    /// <summary>The first task waits for a lock that another has. Linux: <c>attach_to_pi_owner</c>.</summary>
    public FutexLock AddLock(FutexKey key, Task owner)
    {
        FutexLock made = new(key, owner);
        _locks.Add(key, made);
        owner.HeldLocks.Add(made);
        return made;
    }

    /// <summary>Nobody waits for a lock any more. Linux: <c>put_pi_state</c>.</summary>
    public void RemoveLock(FutexLock gone)
    {
        _locks.Remove(gone.Key);
        gone.Owner?.HeldLocks.Remove(gone);
    }

    private void Move(FutexWaiter waiter, FutexKey to)
    {
        if (waiter.Key == to)
            return;
        Dequeue(waiter);
        Enqueue(waiter, to);
    }
}

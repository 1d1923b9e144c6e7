namespace Emu.Syscalls;

/// <summary>A lock in user memory that tasks wait for in the kernel. Linux: <c>struct futex_pi_state</c>.</summary>
/// <param name="key">The futex.</param>
/// <param name="owner">Who has it.</param>
internal sealed class FutexLock(FutexKey key, Task owner)
{
    private readonly List<FutexWaiter> _waiters = [];

    /// <summary>The futex.</summary>
    public FutexKey Key => key;

    /// <summary>Who has it.</summary>
    public Task? Owner { get; private set; } = owner;

    /// <summary>Whether anybody waits.</summary>
    public bool HasWaiters => _waiters.Count != 0;

    /// <summary>Puts a waiter behind those that are as urgent.</summary>
    public void Add(FutexWaiter waiter)
    {
        int at = _waiters.Count;
        while (at > 0 && _waiters[at - 1].Level > waiter.Level)
            at--;
        _waiters.Insert(at, waiter);
        waiter.Lock = this;
        waiter.Key = key;
    }

    /// <summary>A waiter gives up.</summary>
    public void Remove(FutexWaiter waiter)
    {
        _waiters.Remove(waiter);
        waiter.Lock = null;
        waiter.LockKey = null;
    }

    /// <summary>The first waiter becomes the owner.</summary>
    public FutexWaiter PassOn()
    {
        FutexWaiter next = _waiters[0];
        Remove(next);
        Owner?.HeldLocks.Remove(this);
        Owner = next.Task;
        next.Task.HeldLocks.Add(this);
        return next;
    }

    /// <summary>Whether a task would wait for itself if it waited for this lock. Linux: <c>rt_mutex_adjust_prio_chain</c>.</summary>
    public bool WouldDeadlock(Task task)
    {
        Task? at = Owner;
        while (at != null && at != task)
            at = at.FutexWaiter.Lock?.Owner;
        return at == task;
    }
}

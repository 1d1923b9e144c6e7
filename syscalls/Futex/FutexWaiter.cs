namespace Emu.Syscalls;

/// <summary>A task that waits on a futex. Linux: <c>struct futex_q</c>.</summary>
internal sealed class FutexWaiter(Task task)
{
    /// <summary>Every bit: woken by whatever wakes.</summary>
    public const uint AnyBit = uint.MaxValue;

    /// <summary>Who waits.</summary>
    public Task Task => task;

    /// <summary>The futex it waits on.</summary>
    public FutexKey Key { get; internal set; }

    /// <summary>Which wakes it hears.</summary>
    public uint Bitset { get; set; } = AnyBit;

    /// <summary>Whether it stands in a queue: not any more once it was woken.</summary>
    public bool IsQueued => Queue != null || Lock != null;

    /// <summary>The address of the lock it waits for or is to be moved to, in its own memory. Linux: <c>requeue_pi_key</c>.</summary>
    public ulong LockAddress { get; set; }

    /// <summary>The lock that it is to be moved to; null if it waits for no lock.</summary>
    public FutexKey? LockKey { get; set; }

    /// <summary>The lock that it waits for, or null. Linux: <c>pi_state</c>.</summary>
    public FutexLock? Lock { get; set; }

    internal FutexQueue? Queue;

    internal FutexWaiter? Next, Previous;

    /// <summary>How urgent it is: a real-time task is woken before others.</summary>
    internal int Level => task.Scheduling.Level;
}

/// <summary>Who waits on one futex: the most urgent first, else in the order of their coming. Linux: <c>struct futex_hash_bucket</c>.</summary>
internal sealed class FutexQueue
{
    /// <summary>The first, or null.</summary>
    public FutexWaiter? First { get; private set; }

    private FutexWaiter? _last;

    /// <summary>Puts a waiter behind those that are as urgent.</summary>
    public void Add(FutexWaiter waiter)
    {
        FutexWaiter? before = _last;
        while (before != null && before.Level > waiter.Level)
            before = before.Previous;
        FutexWaiter? after = before == null ? First : before.Next;
        (waiter.Previous, waiter.Next) = (before, after);
        if (before == null)
            First = waiter;
        else
            before.Next = waiter;
        if (after == null)
            _last = waiter;
        else
            after.Previous = waiter;
        waiter.Queue = this;
    }

    /// <summary>Takes a waiter out.</summary>
    public void Remove(FutexWaiter waiter)
    {
        if (waiter.Previous == null)
            First = waiter.Next;
        else
            waiter.Previous.Next = waiter.Next;
        if (waiter.Next == null)
            _last = waiter.Previous;
        else
            waiter.Next.Previous = waiter.Previous;
        waiter.Next = waiter.Previous = null;
        waiter.Queue = null;
    }
}

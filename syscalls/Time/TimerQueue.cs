namespace Emu.Syscalls;

/// <summary>The timers that run, the next one first: a binary heap. Linux: kernel/time/hrtimer.c.</summary>
/// <remarks>Timers that expire at the same time do so in the order in which they were started. Lock: the kernel lock.</remarks>
internal sealed class TimerQueue
{
    private KernelTimer[] _heap = new KernelTimer[16];
    private int _count, _awaited;
    private ulong _sequence;

    /// <summary>When the next timer expires; <see cref="Scheduler.Never"/> if none runs.</summary>
    public ulong Next => _count == 0 ? Scheduler.Never : _heap[0].Expires;

    /// <summary>The same, but <see cref="Scheduler.Never"/> if only deferrable timers run: what an idle machine waits for.</summary>
    public ulong NextAwaited => _awaited == 0 ? Scheduler.Never : Next;

    /// <summary>Set when <see cref="Next"/> came nearer, by whoever looks at it cleared.</summary>
    public bool HasChanged { get; set; }

    /// <summary>Timers that run, in no order.</summary>
    public ReadOnlySpan<KernelTimer> Timers => _heap.AsSpan(0, _count);

    /// <summary>Starts a timer, or moves one that runs. Linux: <c>hrtimer_start</c>.</summary>
    /// <param name="timer">The timer.</param>
    /// <param name="expires">Monotonic time in nanoseconds.</param>
    public void Start(KernelTimer timer, ulong expires)
    {
        Cancel(timer);
        timer.Expires = expires;
        timer.Sequence = _sequence++;
        if (_count == _heap.Length)
            Array.Resize(ref _heap, _count * 2);
        timer.Index = _count;
        _heap[_count++] = timer;
        _awaited += timer.IsDeferrable ? 0 : 1;
        MoveUp(timer.Index);
        HasChanged |= timer.Index == 0;
    }

    /// <summary>Stops a timer. Linux: <c>hrtimer_cancel</c>.</summary>
    /// <returns>Whether it ran.</returns>
    public bool Cancel(KernelTimer timer)
    {
        int at = timer.Index;
        if (at < 0)
            return false;
        timer.Index = -1;
        _awaited -= timer.IsDeferrable ? 0 : 1;
        KernelTimer last = _heap[--_count];
        _heap[_count] = null!;
        if (last != timer)
        {
            _heap[at] = last;
            last.Index = at;
            MoveUp(at);
            MoveDown(last.Index);
        }
        return true;
    }

    /// <summary>Lets the timers expire whose time has come. Linux: <c>hrtimer_interrupt</c>.</summary>
    public void Run(ulong now)
    {
        while (_count != 0 && _heap[0].Expires <= now)
        {
            KernelTimer timer = _heap[0];
            Cancel(timer);
            timer.Expire();
        }
    }

    private static bool IsBefore(KernelTimer a, KernelTimer b) =>
        a.Expires < b.Expires || (a.Expires == b.Expires && a.Sequence < b.Sequence);

    private void MoveUp(int at)
    {
        while (at > 0 && IsBefore(_heap[at], _heap[(at - 1) / 2]))
        {
            Swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }
    }

    private void MoveDown(int at)
    {
        while (true)
        {
            int child = (2 * at) + 1;
            if (child >= _count)
                return;
            if (child + 1 < _count && IsBefore(_heap[child + 1], _heap[child]))
                child++;
            if (!IsBefore(_heap[child], _heap[at]))
                return;
            Swap(at, child);
            at = child;
        }
    }

    private void Swap(int a, int b)
    {
        (_heap[a], _heap[b]) = (_heap[b], _heap[a]);
        _heap[a].Index = a;
        _heap[b].Index = b;
    }
}

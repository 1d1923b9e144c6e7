using System.Numerics;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>The tasks that could run, first come first served within each priority. Linux: <c>struct rq</c>.</summary>
/// <remarks>
/// Real-time priorities come first, then all ordinary tasks with one priority, whose share is set by the length of their slices; then
/// those of SCHED_IDLE.
/// </remarks>
internal sealed class RunQueue
{
    private const int Levels = 128;

    private readonly Task?[] _first = new Task?[Levels], _last = new Task?[Levels];
    private ulong _low, _high;

    /// <summary>Tasks in the queue.</summary>
    public int Count { get; private set; }

    /// <summary>Whether there is none.</summary>
    public bool IsEmpty => Count == 0;

    /// <summary>The most urgent level that has a task; <see cref="int.MaxValue"/> for none.</summary>
    public int BestLevel => _low != 0 ? BitOperations.TrailingZeroCount(_low)
        : _high != 0 ? 64 + BitOperations.TrailingZeroCount(_high)
        : int.MaxValue;

    /// <summary>Puts a task at the end of its level. Linux: <c>enqueue_task</c>.</summary>
    public void Enqueue(Task task)
    {
        Bug.On(task.IsQueued, "a task is in the run queue twice");
        int level = task.Scheduling.Level;
        task.QueueLevel = level;
        task.IsQueued = true;
        task.NextInQueue = null;
        if (_last[level] is { } last)
            last.NextInQueue = task;
        else
            _first[level] = task;
        _last[level] = task;
        Mark(level, used: true);
        Count++;
    }

    /// <summary>Takes the task that is to run next. Linux: <c>pick_next_task</c>.</summary>
    /// <returns>Null if there is none.</returns>
    public Task? Dequeue()
    {
        int level = BestLevel;
        if (level == int.MaxValue)
            return null;
        Task task = _first[level]!;
        Unlink(null, task, level);
        return task;
    }

    /// <summary>Takes a task out, whose priority changes. Linux: <c>dequeue_task</c>.</summary>
    public void Remove(Task task)
    {
        int level = task.QueueLevel;
        Task? previous = null;
        for (Task? at = _first[level]; at != task; at = at!.NextInQueue)
            previous = at;
        Unlink(previous, task, level);
    }

    private void Unlink(Task? previous, Task task, int level)
    {
        if (previous == null)
            _first[level] = task.NextInQueue;
        else
            previous.NextInQueue = task.NextInQueue;
        if (_last[level] == task)
            _last[level] = previous;
        task.NextInQueue = null;
        task.IsQueued = false;
        Mark(level, used: _first[level] != null);
        Count--;
    }

    private void Mark(int level, bool used)
    {
        ref ulong word = ref level < 64 ? ref _low : ref _high;
        ulong bit = 1UL << (level & 63);
        word = used ? word | bit : word & ~bit;
    }
}

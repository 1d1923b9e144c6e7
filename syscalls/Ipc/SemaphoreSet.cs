using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>An operation on a semaphore. Linux: <c>struct sembuf</c>.</summary>
/// <param name="Number">Which of the set.</param>
/// <param name="Change">What is added; 0 waits for 0.</param>
/// <param name="Flags">IPC_NOWAIT, SEM_UNDO.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct SemaphoreOperation(ushort Number, short Change, short Flags)
{
    /// <summary>It must not wait.</summary>
    public bool IsNoWait => (Flags & 0x800) != 0;

    /// <summary>It is taken back when the process ends.</summary>
    public bool IsUndone => (Flags & 0x1000) != 0;
}

/// <summary>A set of System V semaphores. Linux: <c>struct sem_array</c> (ipc/sem.c).</summary>
/// <remarks>Lock: the kernel lock.</remarks>
internal sealed class SemaphoreSet(int key, uint mode, Credentials creator, int count) : IpcObject(key, mode, creator)
{
    /// <summary>The greatest value. Linux: <c>SEMVMX</c>.</summary>
    public const int MaxValue = 32767;

    private readonly List<SemaphoreWaiter> _waiters = [];

    /// <summary>Their values.</summary>
    public int[] Values { get; } = new int[count];

    /// <summary>Who changed each last. Linux: <c>sempid</c>.</summary>
    public int[] Processes { get; } = new int[count];

    /// <summary>Seconds since 1970 when an operation was done last; 0 for never.</summary>
    public long OperationTime { get; set; }

    /// <summary>Seconds since 1970 when it was made, set or given away.</summary>
    public long ChangeTime { get; set; }

    /// <summary>Whether it was removed.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>Who waits for a change.</summary>
    public WaitQueue Waiting { get; } = new("a System V semaphore");

    /// <summary>What is to be taken back of each process when it ends. Linux: <c>struct sem_undo</c>.</summary>
    public Dictionary<ThreadGroup, int[]> Undo { get; } = [];

    /// <summary>Does all operations, or none. Linux: <c>perform_atomic_semop</c>.</summary>
    /// <param name="process">Who does them.</param>
    /// <param name="operations">The operations, in order.</param>
    /// <param name="blocking">The one that would have to wait.</param>
    /// <returns>0; -EAGAIN if one must wait; -ERANGE if a value would be too great.</returns>
    public int TryPerform(ThreadGroup process, ReadOnlySpan<SemaphoreOperation> operations, out int blocking)
    {
        int[]? undo = Undo.GetValueOrDefault(process);
        blocking = 0;
        for (int i = 0; i < operations.Length; i++)
        {
            int error = Apply(operations[i], undo);
            if (error == 0)
                continue;
            blocking = i;
            while (--i >= 0)
                Values[operations[i].Number] -= operations[i].Change;
            return error;
        }
        foreach (SemaphoreOperation operation in operations)
        {
            Processes[operation.Number] = process.ProcessId;
            if (operation.IsUndone && operation.Change != 0)
                UndoOf(process)[operation.Number] -= operation.Change;
        }
        return 0;
    }

    /// <summary>Values were changed: who waits looks again. Linux: <c>do_smart_update</c>.</summary>
    public void Changed() => Waiting.Wake();

    /// <summary>It is gone: who waits is told. Linux: <c>freeary</c>.</summary>
    public void Remove()
    {
        IsRemoved = true;
        Undo.Clear();
        Waiting.Wake();
    }

    /// <summary>Sets a value, which nobody takes back any more. Linux: <c>semctl_setval</c>.</summary>
    public void Set(int number, int value, ThreadGroup process)
    {
        foreach (int[] undo in Undo.Values)
            undo[number] = 0;
        Values[number] = value;
        Processes[number] = process.ProcessId;
    }

    /// <summary>A process ends: what it has done is taken back. Linux: <c>exit_sem</c>.</summary>
    public void OnExit(ThreadGroup process)
    {
        if (!Undo.Remove(process, out int[]? undo))
            return;
        for (int i = 0; i < undo.Length; i++)
        {
            if (undo[i] == 0)
                continue;
            Values[i] = Math.Clamp(Values[i] + undo[i], 0, MaxValue);
            Processes[i] = process.ProcessId;
        }
        Changed();
    }

    /// <summary>Somebody begins to wait.</summary>
    public void Enter(SemaphoreWaiter waiter) => _waiters.Add(waiter);

    /// <summary>Somebody waits no more.</summary>
    public void Leave(SemaphoreWaiter waiter) => _waiters.Remove(waiter);

    /// <summary>How many wait for a semaphore. Linux: <c>count_semcnt</c>.</summary>
    /// <param name="number">Which.</param>
    /// <param name="forZero">For it to be 0, or else to be greater.</param>
    public int CountWaiters(int number, bool forZero) =>
        _waiters.Count(waiter => waiter.Blocking.Number == number && waiter.Blocking.Change == 0 == forZero);

    private int[] UndoOf(ThreadGroup process)
    {
        if (!Undo.TryGetValue(process, out int[]? undo))
            Undo.Add(process, undo = new int[Values.Length]);
        return undo;
    }

    private int Apply(in SemaphoreOperation operation, int[]? undo)
    {
        ref int value = ref Values[operation.Number];
        int wanted = value + operation.Change;
        if (wanted < 0 || (operation.Change == 0 && value != 0))
            return -Errno.EAGAIN;
        if (wanted > MaxValue)
            return -Errno.ERANGE;
        int back = (undo?[operation.Number] ?? 0) - operation.Change;
        if (operation.IsUndone && back is < -MaxValue - 1 or > MaxValue)
            return -Errno.ERANGE;
        value = wanted;
        return 0;
    }
}

/// <summary>Somebody who waits for a semaphore. Linux: <c>struct sem_queue</c>.</summary>
internal sealed class SemaphoreWaiter
{
    /// <summary>What must become possible first.</summary>
    public SemaphoreOperation Blocking { get; set; }
}

using System.Runtime.CompilerServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What becomes of the locks of a thread that ends with them. Linux: <c>futex_exit_release</c>, <c>exit_robust_list</c>.</summary>
internal static class FutexExit
{
    private const int MostLocks = 2048;
    private const ulong PiBit = 1;

    /// <summary>Marks the locks in the thread's list as those of a dead owner, and passes on those that the kernel knows.</summary>
    public static void Run(Task task)
    {
        if (task.RobustList != 0)
        {
            WalkList(task, task.RobustList);
            task.RobustList = 0;
        }
        FutexPi.OnExit(task);
    }

    /// <summary>Tells who joins the thread that it has ended. Linux: <c>mm_release</c>.</summary>
    public static void ClearChildTid(Task task)
    {
        ulong address = task.ClearChildTid;
        if (task.User.TryPut(address, 0) && FutexKey.TryGet(task, address, isShared: true, out FutexKey key) == 0)
            task.Kernel.Futexes.Wake(key, 1, FutexWaiter.AnyBit);
    }

    // The list is the program's: nothing in it can be trusted, least of all that it ends.
    private static void WalkList(Task task, ulong head)
    {
        UserAccess user = task.User;
        if (!user.TryGet(head, out ulong entry) || !user.TryGet(head + 8, out ulong offset) || !user.TryGet(head + 16, out ulong pending))
            return;
        for (int i = 0; i < MostLocks && (entry & ~PiBit) != head; i++)
        {
            bool hasNext = user.TryGet(entry & ~PiBit, out ulong next);
            if ((entry & ~PiBit) != (pending & ~PiBit) && !Release(task, (entry & ~PiBit) + offset, (entry & PiBit) != 0, isPending: false))
                return;
            if (!hasNext)
                return;
            entry = next;
        }
        if ((pending & ~PiBit) != 0)
            Release(task, (pending & ~PiBit) + offset, (pending & PiBit) != 0, isPending: true);
    }

    // Linux: handle_futex_death
    private static bool Release(Task task, ulong address, bool isPi, bool isPending)
    {
        ref uint word = ref task.User.TryPin32(address, write: true);
        if (Unsafe.IsNullRef(ref word))
            return false;
        while (true)
        {
            uint value = Volatile.Read(ref word), owner = value & FutexPi.ThreadMask;
            if (isPending && !isPi && owner == 0)
            {
                Wake(task, address);
                return true;
            }
            if (owner != (uint)task.ThreadId)
                return true;
            if (Interlocked.CompareExchange(ref word, (value & FutexPi.Waiters) | FutexPi.OwnerDied, value) != value)
                continue;
            if (!isPi && (value & FutexPi.Waiters) != 0)
                Wake(task, address);
            return true;
        }
    }

    private static void Wake(Task task, ulong address)
    {
        if (FutexKey.TryGet(task, address, isShared: true, out FutexKey key) == 0)
            task.Kernel.Futexes.Wake(key, 1, FutexWaiter.AnyBit);
    }
}

using System.Runtime.InteropServices;

namespace Emu.Host;

/// <summary>
/// Where one thread waits for another to hand something over: a semaphore that holds one. What is passed before the wait is not lost.
/// </summary>
/// <remarks>
/// A futex(2), as the runtime's own primitives are either slower by an order of magnitude when the wait is not short (Monitor, events) or
/// built on those. The waiter first looks a few times and gives way to others, for a baton often comes back at once, and a core that has
/// gone idle takes long to wake. One thread at a time may wait; any may pass.
/// </remarks>
public sealed unsafe class HostBaton : IDisposable
{
    private const int Empty = 0, Passed = 1, Asleep = -1;
    private const int FutexWaitPrivate = 128, FutexWakePrivate = 129;
    private const int Spins = 5, SpinLength = 8, Yields = 10;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private int* _word = (int*)NativeMemory.AllocZeroed(sizeof(long));

    /// <summary>Lets the waiter, or the next that comes, go on. Repeated, it counts once.</summary>
    public void Pass()
    {
        if (Interlocked.Exchange(ref *_word, Passed) == Asleep)
            Native.Syscall(SyscallNumber.Futex, (nint)_word, FutexWakePrivate, 1);
    }

    /// <summary>Waits for <see cref="Pass"/>.</summary>
    public void Wait() => Wait(-1);

    /// <summary>Waits for <see cref="Pass"/>, up to a time in nanoseconds; negative is for ever.</summary>
    /// <returns>Whether it came.</returns>
    public bool Wait(long timeoutNanoseconds)
    {
        if (TryTakeSoon())
            return true;
        long deadline = timeoutNanoseconds < 0 ? long.MaxValue : HostClock.Monotonic() + timeoutNanoseconds;
        while (Interlocked.CompareExchange(ref *_word, Asleep, Empty) != Passed)
        {
            long left = deadline == long.MaxValue ? -1 : deadline - HostClock.Monotonic();
            if (deadline != long.MaxValue && left <= 0)
                return Interlocked.Exchange(ref *_word, Empty) == Passed;
            Sleep(left);
            Interlocked.CompareExchange(ref *_word, Empty, Asleep);
        }
        Volatile.Write(ref *_word, Empty);
        return true;
    }

    /// <summary>Frees the word. Nobody may wait or pass any more.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_word);
        _word = null;
    }

    private bool TryTakeSoon()
    {
        for (int i = 0; i < Spins + Yields; i++)
        {
            if (Volatile.Read(ref *_word) == Passed)
            {
                Volatile.Write(ref *_word, Empty);
                return true;
            }
            if (i < Spins)
                Thread.SpinWait(SpinLength);
            else
                Thread.Yield();
        }
        return false;
    }

    private void Sleep(long nanoseconds)
    {
        NativeTimespec time = new() { Seconds = nanoseconds / NanosecondsPerSecond, Nanoseconds = nanoseconds % NanosecondsPerSecond };
        Native.Syscall(SyscallNumber.Futex, (nint)_word, FutexWaitPrivate, Asleep, nanoseconds < 0 ? 0 : (nint)(&time));
    }
}

using System.Runtime.InteropServices;

namespace Emu.Host;

/// <summary>Events of poll(2) (include/uapi/asm-generic/poll.h).</summary>
public static class HostPollEvents
{
    /// <summary><c>POLLIN</c>.</summary>
    public const short In = 0x001;

    /// <summary><c>POLLPRI</c>.</summary>
    public const short Priority = 0x002;

    /// <summary><c>POLLOUT</c>.</summary>
    public const short Out = 0x004;

    /// <summary><c>POLLERR</c>: only in answers.</summary>
    public const short Error = 0x008;

    /// <summary><c>POLLHUP</c>: only in answers.</summary>
    public const short HangUp = 0x010;

    /// <summary><c>POLLNVAL</c>: only in answers; the descriptor is not open.</summary>
    public const short Invalid = 0x020;

    /// <summary><c>POLLRDHUP</c>.</summary>
    public const short ReadHangUp = 0x2000;
}

/// <summary>One descriptor to poll: <c>struct pollfd</c> (poll(2)).</summary>
/// <param name="fd">The descriptor; a negative one is passed over.</param>
/// <param name="events">The events wanted, of <see cref="HostPollEvents"/>.</param>
[StructLayout(LayoutKind.Sequential)]
public struct HostPollEntry(int fd, short events)
{
    /// <summary>The descriptor; a negative one is passed over.</summary>
    public int Fd = fd;

    /// <summary>The events wanted.</summary>
    public short Events = events;

    /// <summary>The events that came.</summary>
    public short REvents;
}

/// <summary>
/// Waiting for descriptors: poll(2). The result is the number of entries with events, 0 after the timeout, or a negative
/// errno.
/// </summary>
/// <remarks>
/// To be woken by another thread without a race, put the descriptor of a <see cref="HostWaker"/> among the entries.
/// </remarks>
public static unsafe class HostPoll
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>A timeout that waits for ever.</summary>
    public const long Forever = -1;

    /// <summary>
    /// Waits up to a time in nanoseconds (negative: for ever; 0: only looks). Goes on with the time that is left after a
    /// signal.
    /// </summary>
    public static int Poll(Span<HostPollEntry> entries, long timeoutNanoseconds)
    {
        if (entries.IsEmpty)
            return CallUntilDone(null, 0, timeoutNanoseconds);
        fixed (HostPollEntry* address = &entries[0])
            return CallUntilDone(address, entries.Length, timeoutNanoseconds);
    }

    /// <summary><see cref="Poll(Span{HostPollEntry}, long)"/> that answers <c>-EINTR</c>.</summary>
    /// <param name="entries">What to wait for; none waits for the time or a signal.</param>
    /// <param name="timeoutNanoseconds">In: the longest wait. Out: what is left of it.</param>
    public static int PollInterruptible(Span<HostPollEntry> entries, ref long timeoutNanoseconds)
    {
        if (entries.IsEmpty)
            return CallOnce(null, 0, ref timeoutNanoseconds);
        fixed (HostPollEntry* address = &entries[0])
            return CallOnce(address, entries.Length, ref timeoutNanoseconds);
    }

    /// <summary>Waits for one descriptor; the events that came, 0 after the timeout, or a negative errno.</summary>
    public static int Poll(int fd, short events, long timeoutNanoseconds)
    {
        HostPollEntry entry = new(fd, events);
        int result = CallUntilDone(&entry, 1, timeoutNanoseconds);
        return result <= 0 ? result : entry.REvents;
    }

    /// <summary>
    /// eventfd2(2): a descriptor of a 64-bit counter. Flags are <see cref="HostOpenFlags.NonBlock"/>,
    /// <see cref="HostOpenFlags.CloseOnExec"/> and 1 (<c>EFD_SEMAPHORE</c>).
    /// </summary>
    public static int EventFd(uint initial, int flags) => Native.Result(Native.eventfd(initial, flags));

    private static int CallUntilDone(HostPollEntry* entries, int count, long timeoutNanoseconds)
    {
        int result;
        do
            result = CallOnce(entries, count, ref timeoutNanoseconds);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary>The system call itself: it stores what is left of the time, which libc's wrapper would hide.</summary>
    private static int CallOnce(HostPollEntry* entries, int count, ref long timeoutNanoseconds)
    {
        if (timeoutNanoseconds < 0)
            return (int)Native.Syscall(SyscallNumber.Ppoll, (nint)entries, count);
        NativeTimespec time = Split(timeoutNanoseconds);
        int result = (int)Native.Syscall(SyscallNumber.Ppoll, (nint)entries, count, (nint)(&time));
        timeoutNanoseconds = time.Seconds * NanosecondsPerSecond + time.Nanoseconds;
        return result;
    }

    private static NativeTimespec Split(long nanoseconds) => new()
    {
        Seconds = nanoseconds / NanosecondsPerSecond,
        Nanoseconds = nanoseconds % NanosecondsPerSecond,
    };
}

using System.Buffers.Binary;

namespace Emu.Host;

/// <summary>
/// Wakes a thread out of <see cref="HostPoll"/>: a descriptor, to be polled for <see cref="HostPollEvents.In"/>, that
/// stays readable from <see cref="Signal"/> until <see cref="Drain"/>. A signal that comes before the wait is not lost.
/// </summary>
/// <remarks>
/// An eventfd(2). Any thread may signal; wakes add up to one. Draining before looking at what was asked for loses none.
/// </remarks>
public sealed class HostWaker : IDisposable
{
    private int _fd;

    private HostWaker(int fd) => _fd = fd;

    /// <summary>A new waker, not signalled: 0, or a negative errno and no object.</summary>
    public static int Create(out HostWaker? waker)
    {
        int fd = HostPoll.EventFd(0, HostOpenFlags.NonBlock | HostOpenFlags.CloseOnExec);
        waker = fd < 0 ? null : new HostWaker(fd);
        return fd < 0 ? fd : 0;
    }

    /// <summary>The descriptor to poll; -1 once disposed, which poll(2) passes over.</summary>
    public int Fd => Volatile.Read(ref _fd);

    /// <summary>An entry that waits for this waker.</summary>
    public HostPollEntry Entry => new(Fd, HostPollEvents.In);

    /// <summary>Makes the descriptor readable. 0 or a negative errno; never waits.</summary>
    public int Signal()
    {
        Span<byte> one = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(one, 1);
        long result = HostFile.Write(Fd, one);
        // A counter at its limit is readable as it is.
        return result >= 0 || result == -HostErrno.EAGAIN ? 0 : (int)result;
    }

    /// <summary>Makes the descriptor unreadable. True when it was signalled.</summary>
    public bool Drain()
    {
        Span<byte> count = stackalloc byte[sizeof(ulong)];
        return HostFile.Read(Fd, count) == sizeof(ulong);
    }

    /// <summary>Closes the descriptor. No thread may be using the waker any more.</summary>
    public void Dispose()
    {
        int fd = Interlocked.Exchange(ref _fd, -1);
        if (fd >= 0)
            HostFile.Close(fd);
    }
}

namespace Emu.Host;

/// <summary>
/// The host's sockets by descriptor, with raw socket addresses (<c>struct sockaddr_*</c>; x86-64 and arm64 share them, and
/// all constants). Every result is ≥ 0 or a negative errno.
/// </summary>
/// <remarks>
/// Lengths of addresses are told as the host tells them: the whole length, which may exceed the buffer given. Calls that
/// wait are repeated after a signal, except in functions whose name ends in <c>Interruptible</c>.
/// </remarks>
public static unsafe partial class HostSocket
{
    private const int SolSocket = 1;
    private const int SoError = 4;

    /// <summary>
    /// socket(2): a new descriptor. The type may hold <c>SOCK_NONBLOCK</c> 0x800 and <c>SOCK_CLOEXEC</c> 0x80000.
    /// </summary>
    public static int Socket(int domain, int type, int protocol) => Native.Result(Native.socket(domain, type, protocol));

    /// <summary>socketpair(2): two connected descriptors, -1 on failure.</summary>
    public static int SocketPair(int domain, int type, int protocol, out int first, out int second)
    {
        int* fds = stackalloc int[2];
        int result = Native.Result(Native.socketpair(domain, type, protocol, fds));
        first = result < 0 ? -1 : fds[0];
        second = result < 0 ? -1 : fds[1];
        return result;
    }

    /// <summary>bind(2).</summary>
    public static int Bind(int fd, ReadOnlySpan<byte> address)
    {
        fixed (byte* pointer = address)
            return Native.Result(Native.bind(fd, pointer, (uint)address.Length));
    }

    /// <summary>
    /// connect(2) that answers <c>-EINTR</c>: the connecting goes on, and a second call would say <c>-EALREADY</c>. Wait for
    /// <see cref="HostPollEvents.Out"/> and ask <see cref="GetError"/>.
    /// </summary>
    public static int ConnectInterruptible(int fd, ReadOnlySpan<byte> address)
    {
        fixed (byte* pointer = address)
            return Native.Result(Native.connect(fd, pointer, (uint)address.Length));
    }

    /// <summary>connect(2), waiting through signals. <c>-EINPROGRESS</c> at once on a descriptor that does not block.</summary>
    public static int Connect(int fd, ReadOnlySpan<byte> address)
    {
        int result = ConnectInterruptible(fd, address);
        if (result != -HostErrno.EINTR)
            return result;
        result = HostPoll.Poll(fd, HostPollEvents.Out, HostPoll.Forever);
        return result < 0 ? result : GetError(fd);
    }

    /// <summary>Takes the error that waits on a socket: 0 or the negative errno (socket(7) SO_ERROR).</summary>
    public static int GetError(int fd)
    {
        int error = 0;
        uint length = sizeof(int);
        int result = Native.Result(Native.getsockopt(fd, SolSocket, SoError, (byte*)&error, &length));
        return result < 0 ? result : -error;
    }

    /// <summary>listen(2).</summary>
    public static int Listen(int fd, int backlog) => Native.Result(Native.listen(fd, backlog));

    /// <summary>accept4(2): the descriptor of a connection, and the address of the peer.</summary>
    public static int Accept4(int fd, Span<byte> address, out int addressLength, int flags)
    {
        int result;
        do
            result = Accept4Interruptible(fd, address, out addressLength, flags);
        while (result == -HostErrno.EINTR);
        return result;
    }

    /// <summary><see cref="Accept4"/> that answers <c>-EINTR</c>.</summary>
    public static int Accept4Interruptible(int fd, Span<byte> address, out int addressLength, int flags)
    {
        uint length = (uint)address.Length;
        fixed (byte* pointer = address)
        {
            int result = Native.Result(Native.accept4(fd, pointer, pointer == null ? null : &length, flags));
            addressLength = result < 0 ? 0 : (int)length;
            return result;
        }
    }

    /// <summary>shutdown(2): 0 reading, 1 writing, 2 both.</summary>
    public static int Shutdown(int fd, int how) => Native.Result(Native.shutdown(fd, how));

    /// <summary>getsockname(2): the length of our own address.</summary>
    public static int GetSockName(int fd, Span<byte> address)
    {
        uint length = (uint)address.Length;
        byte none;
        fixed (byte* pointer = address)
        {
            int result = Native.Result(Native.getsockname(fd, pointer == null ? &none : pointer, &length));
            return result < 0 ? result : (int)length;
        }
    }

    /// <summary>getpeername(2): the length of the peer's address.</summary>
    public static int GetPeerName(int fd, Span<byte> address)
    {
        uint length = (uint)address.Length;
        byte none;
        fixed (byte* pointer = address)
        {
            int result = Native.Result(Native.getpeername(fd, pointer == null ? &none : pointer, &length));
            return result < 0 ? result : (int)length;
        }
    }

    /// <summary>getsockopt(2): the bytes of the value.</summary>
    public static int GetSockOpt(int fd, int level, int option, Span<byte> value)
    {
        uint length = (uint)value.Length;
        fixed (byte* pointer = value)
        {
            int result = Native.Result(Native.getsockopt(fd, level, option, pointer, &length));
            return result < 0 ? result : (int)length;
        }
    }

    /// <summary>setsockopt(2).</summary>
    public static int SetSockOpt(int fd, int level, int option, ReadOnlySpan<byte> value)
    {
        fixed (byte* pointer = value)
            return Native.Result(Native.setsockopt(fd, level, option, pointer, (uint)value.Length));
    }
}

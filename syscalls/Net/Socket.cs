using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>An end of a conversation. Linux: <c>struct socket</c> with its <c>proto_ops</c>, and <c>struct sock</c>.</summary>
/// <remarks>Lock: the kernel lock. Addresses are as programs pass them: <c>struct sockaddr</c>, the family first.</remarks>
internal abstract class Socket
{
    /// <summary>A socket that is connected to nothing.</summary>
    protected Socket(Kernel kernel, int domain, SocketType type, int protocol)
    {
        Kernel = kernel;
        Domain = domain;
        Type = type;
        Protocol = protocol;
    }

    /// <summary>The machine.</summary>
    public Kernel Kernel { get; }

    /// <summary>AF_….</summary>
    public int Domain { get; }

    /// <summary>SOCK_….</summary>
    public SocketType Type { get; }

    /// <summary>IPPROTO_…; 0 where the type says it.</summary>
    public int Protocol { get; }

    /// <summary>What setsockopt has set.</summary>
    public SocketSettings Settings { get; } = new();

    /// <summary>Who waits for anything to happen to it. Linux: <c>sk_wq</c>.</summary>
    public WaitQueue Wait { get; } = new("a socket");

    /// <summary>The error that the next call gives, positive. Linux: <c>sk_err</c>.</summary>
    public int Error { get; set; }

    /// <summary>Whether nothing more is to be received. Linux: <c>RCV_SHUTDOWN</c>.</summary>
    public bool ReadsEnded { get; protected set; }

    /// <summary>Whether nothing more may be sent. Linux: <c>SEND_SHUTDOWN</c>.</summary>
    public bool WritesEnded { get; protected set; }

    /// <summary>Whether it takes connections. Linux: <c>TCP_LISTEN</c>.</summary>
    public virtual bool IsListening => false;

    /// <summary>Whether it is a stream or a sequence of packets, between two.</summary>
    public bool IsConnectionOriented => Type is SocketType.Stream or SocketType.SeqPacket;

    /// <summary>Its own address. Linux: <c>getname</c>.</summary>
    public abstract byte[] LocalName { get; }

    /// <summary>The other's address.</summary>
    /// <returns>0 or -ENOTCONN.</returns>
    public abstract int GetPeerName(out byte[] name);

    /// <summary>Gives it an address. Linux: <c>bind</c>.</summary>
    public abstract int Bind(Task task, ReadOnlySpan<byte> address);

    /// <summary>Takes connections from now on. Linux: <c>listen</c>.</summary>
    public virtual int Listen(Task task, int backlog) => -Errno.EOPNOTSUPP;

    /// <summary>Finds the other end. Linux: <c>connect</c>.</summary>
    public abstract long Connect(Task task, ReadOnlySpan<byte> address, SocketWait wait);

    /// <summary>Takes a connection. Linux: <c>accept</c>.</summary>
    /// <returns>0, <see cref="Task.Suspended"/> or a negative errno.</returns>
    public virtual long Accept(Task task, SocketWait wait, out Socket? accepted)
    {
        accepted = null;
        return -Errno.EOPNOTSUPP;
    }

    /// <summary>Sends. Linux: <c>sendmsg</c>.</summary>
    /// <returns>Bytes, <see cref="Task.Suspended"/> or a negative errno.</returns>
    public abstract long Send(Task task, ref SendRequest request);

    /// <summary>Receives. Linux: <c>recvmsg</c>.</summary>
    /// <returns>Bytes, <see cref="Task.Suspended"/> or a negative errno.</returns>
    public abstract long Receive(Task task, ref ReceiveRequest request);

    /// <summary>Ends one or both directions. Linux: <c>shutdown</c>.</summary>
    public abstract int Shutdown(bool reads, bool writes);

    /// <summary>What it is ready for. Linux: <c>poll</c>.</summary>
    public abstract PollEvents Poll();

    /// <summary>Bytes that can be received now. Linux: SIOCINQ.</summary>
    public abstract long Readable { get; }

    /// <summary>Bytes that were sent and that nobody has received. Linux: SIOCOUTQ.</summary>
    public virtual long Unreceived => 0;

    /// <summary>The last user is gone. Linux: <c>release</c>.</summary>
    public abstract void Close();

    /// <summary>Sets an option of its own protocol. Linux: <c>setsockopt</c> beyond SOL_SOCKET.</summary>
    public virtual int SetOption(Task task, int level, int name, ReadOnlySpan<byte> value) => -Errno.ENOPROTOOPT;

    /// <summary>Tells an option of its own protocol.</summary>
    public virtual int GetOption(int level, int name, out byte[] value)
    {
        value = [];
        return -Errno.EOPNOTSUPP;
    }

    /// <summary>The error that is pending, which is told once. Linux: <c>sock_error</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    public int TakeError()
    {
        int error = Error;
        Error = 0;
        return -error;
    }

    /// <summary>The sending end is closed: EPIPE, and a signal for streams. Linux: <c>sk_stream_error</c>.</summary>
    protected static long Broken(Task task, in SendRequest request)
    {
        if ((request.Flags & MessageFlags.NoSignal) == 0)
            task.SendSignal(Signal.SIGPIPE);
        return -Errno.EPIPE;
    }
}

/// <summary>Kinds of sockets. Linux: include/linux/net.h (<c>SOCK_*</c>).</summary>
internal enum SocketType
{
    Stream = 1,
    Datagram = 2,
    Raw = 3,
    SeqPacket = 5,
}

/// <summary>How a call on a socket may wait.</summary>
/// <param name="NonBlocking">Not at all.</param>
/// <param name="Timeout">For so many nanoseconds; <see cref="Scheduler.Never"/> for ever.</param>
/// <param name="MaySuspend">Whether the system call may be run again from its start, see <see cref="WaitQueue.Suspend"/>.</param>
internal readonly record struct SocketWait(bool NonBlocking, ulong Timeout, bool MaySuspend)
{
    /// <summary>Waits until a condition holds. Linux: <c>wait_event</c> with <c>sock_rcvtimeo</c>.</summary>
    /// <param name="task">Who waits.</param>
    /// <param name="queue">Where.</param>
    /// <param name="state">Passed to the condition.</param>
    /// <param name="condition">It does not hold now.</param>
    /// <param name="nothingDone">Whether the call has had no effect yet, so that it can be run again.</param>
    /// <returns>0 if it holds; <see cref="Task.Suspended"/>; -EAGAIN, -EINTR or -ERESTARTSYS.</returns>
    public long For<TState>(Task task, WaitQueue queue, TState state, Func<TState, bool> condition, bool nothingDone)
    {
        if (NonBlocking)
            return -Errno.EAGAIN;
        ulong deadline = Timeout == Scheduler.Never ? Timeout : task.DeadlineAfter(Timeout);
        long result = MaySuspend && nothingDone ? queue.Suspend(task, deadline) : queue.Wait(task, state, condition, deadline);
        return result switch
        {
            -Errno.ETIME => -Errno.EAGAIN,
            -KernelErrno.ERESTARTSYS when Timeout != Scheduler.Never => -Errno.EINTR,
            _ => result,
        };
    }
}

/// <summary>Flags of send and recv. Linux: include/linux/socket.h (<c>MSG_*</c>).</summary>
[Flags]
internal enum MessageFlags : uint
{
    None = 0,
    OutOfBand = 1,
    Peek = 2,
    DontRoute = 4,
    ControlTruncated = 8,
    Truncated = 0x20,
    DontWait = 0x40,
    EndOfRecord = 0x80,
    WaitAll = 0x100,
    NoSignal = 0x4000,
    More = 0x8000,
    WaitForOne = 0x10000,
    CloseOnExec = 0x40000000,
}

/// <summary>What is to be sent. Linux: <c>struct msghdr</c>.</summary>
internal ref struct SendRequest
{
    /// <summary>The data.</summary>
    public IovIter Data;

    /// <summary>To whom; empty for the other end.</summary>
    public ReadOnlySpan<byte> Address;

    /// <summary>What goes with it, or null.</summary>
    public SocketControl? Control;

    /// <summary>How.</summary>
    public MessageFlags Flags;

    /// <summary>How the call may wait.</summary>
    public SocketWait Wait;
}

/// <summary>What is to be received, and what came. Linux: <c>struct msghdr</c>.</summary>
internal ref struct ReceiveRequest
{
    /// <summary>Where the data goes.</summary>
    public IovIter Data;

    /// <summary>How.</summary>
    public MessageFlags Flags;

    /// <summary>How the call may wait.</summary>
    public SocketWait Wait;

    /// <summary>From whom it came; null if that is not known or not told.</summary>
    public byte[]? Address;

    /// <summary>What came with it; the files in it belong to the caller.</summary>
    public SocketControl? Control;

    /// <summary>What is told of the message: MSG_TRUNC and the like.</summary>
    public MessageFlags Told;
}

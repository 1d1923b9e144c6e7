using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What SOL_SOCKET options have set. Linux: net/core/sock.c (<c>sk_setsockopt</c>, <c>sk_getsockopt</c>).</summary>
internal sealed class SocketSettings
{
    private const int ReuseAddress = 2, TypeName = 3, ErrorName = 4, DontRoute = 5, Broadcast = 6, SendBuffer = 7, ReceiveBuffer = 8, KeepAlive = 9,
        OobInline = 10, Priority = 12, LingerName = 13, ReusePort = 15, PassCredentials = 16, PeerCredentials = 17, ReceiveLowWater = 18,
        SendLowWater = 19, ReceiveTimeoutName = 20, SendTimeoutName = 21, Timestamp = 29, AcceptConnections = 30, SendBufferForce = 32,
        ReceiveBufferForce = 33, ProtocolName = 38, DomainName = 39;

    private const int DefaultBuffer = 212992, LargestBuffer = 212992, SmallestSend = 4608, SmallestReceive = 2304;

    // Options that are numbers or switches and are only kept, by name.
    private readonly Dictionary<int, int> _kept = [];

    /// <summary>Bytes that may be on their way. Linux: <c>sk_sndbuf</c>.</summary>
    public int SendSize { get; set; } = DefaultBuffer;

    /// <summary>Bytes that may wait to be received. Linux: <c>sk_rcvbuf</c>.</summary>
    public int ReceiveSize { get; set; } = DefaultBuffer;

    /// <summary>How long a call waits to send, in nanoseconds. Linux: SO_SNDTIMEO.</summary>
    public ulong SendTimeout { get; private set; } = Scheduler.Never;

    /// <summary>How long a call waits to receive.</summary>
    public ulong ReceiveTimeout { get; private set; } = Scheduler.Never;

    /// <summary>Whether senders are told with each message. Linux: SO_PASSCRED.</summary>
    public bool PassesCredentials => Kept(PassCredentials) != 0;

    /// <summary>Whether an address may be taken that connections still use.</summary>
    public bool ReusesAddress => Kept(ReuseAddress) != 0;

    /// <summary>Whether several may listen at one address.</summary>
    public bool ReusesPort => Kept(ReusePort) != 0;

    /// <summary>Whether messages to everybody are allowed.</summary>
    public bool MayBroadcast => Kept(Broadcast) != 0;

    /// <summary>Seconds that close waits for data to arrive; -1 for not at all. Linux: SO_LINGER.</summary>
    public int Linger { get; private set; } = -1;

    /// <summary>What a connection takes over from the socket that listened. Linux: <c>sk_clone</c>.</summary>
    public void CopyFrom(SocketSettings other)
    {
        SendSize = other.SendSize;
        ReceiveSize = other.ReceiveSize;
        SendTimeout = other.SendTimeout;
        ReceiveTimeout = other.ReceiveTimeout;
        Linger = other.Linger;
        foreach ((int name, int value) in other._kept)
            _kept[name] = value;
    }

    /// <summary>Sets an option.</summary>
    /// <returns>0 or a negative errno.</returns>
    public int Set(Task task, int name, ReadOnlySpan<byte> value)
    {
        if (name is ReceiveTimeoutName or SendTimeoutName)
            return SetTimeout(name, value);
        if (value.Length < sizeof(int))
            return -Errno.EINVAL;
        int number = BinaryPrimitives.ReadInt32LittleEndian(value);
        switch (name)
        {
            case SendBuffer or SendBufferForce:
                if (name == SendBufferForce && !task.Credentials.Can(Capability.SysAdmin))
                    return -Errno.EPERM;
                SendSize = Math.Max(Sized(number, name == SendBufferForce), SmallestSend);
                return 0;
            case ReceiveBuffer or ReceiveBufferForce:
                if (name == ReceiveBufferForce && !task.Credentials.Can(Capability.SysAdmin))
                    return -Errno.EPERM;
                ReceiveSize = Math.Max(Sized(number, name == ReceiveBufferForce), SmallestReceive);
                return 0;
            case LingerName:
                if (value.Length < 2 * sizeof(int))
                    return -Errno.EINVAL;
                Linger = number != 0 ? BinaryPrimitives.ReadInt32LittleEndian(value[sizeof(int)..]) : -1;
                return 0;
            case TypeName or ErrorName or PeerCredentials or AcceptConnections or ProtocolName or DomainName or SendLowWater:
                return -Errno.ENOPROTOOPT;
            case Priority:
                if (number is < 0 or > 6 && !task.Credentials.Can(Capability.SysAdmin))
                    return -Errno.EPERM;
                _kept[name] = number;
                return 0;
            case ReceiveLowWater:
                _kept[name] = number < 0 ? int.MaxValue : Math.Max(number, 1);
                return 0;
            case ReuseAddress or DontRoute or Broadcast or KeepAlive or OobInline or ReusePort or PassCredentials or Timestamp:
                _kept[name] = number != 0 ? 1 : 0;
                return 0;
            default:
                return -Errno.ENOPROTOOPT;
        }
    }

    /// <summary>Tells an option.</summary>
    /// <returns>0 or a negative errno.</returns>
    public int Get(Socket socket, int name, out byte[] value)
    {
        int number;
        value = [];
        switch (name)
        {
            case TypeName:
                number = (int)socket.Type;
                break;
            case DomainName:
                number = socket.Domain;
                break;
            case ProtocolName:
                number = socket.Protocol;
                break;
            case ErrorName:
                number = -socket.TakeError();
                break;
            case AcceptConnections:
                number = socket.IsListening ? 1 : 0;
                break;
            case SendBuffer:
                number = SendSize;
                break;
            case ReceiveBuffer:
                number = ReceiveSize;
                break;
            case SendLowWater:
                number = 1;
                break;
            case ReceiveLowWater:
                number = _kept.GetValueOrDefault(name, 1);
                break;
            case LingerName:
                value = Bytes(Linger >= 0 ? 1 : 0, Math.Max(Linger, 0));
                return 0;
            case ReceiveTimeoutName or SendTimeoutName:
                ulong timeout = name == ReceiveTimeoutName ? ReceiveTimeout : SendTimeout;
                Timeval time = Timeval.From(timeout == Scheduler.Never ? 0 : timeout);
                value = MemoryMarshal.AsBytes(new ReadOnlySpan<Timeval>(in time)).ToArray();
                return 0;
            case PeerCredentials:
                SocketCredentials peer = (socket as UnixSocket)?.PeerCredentials ?? new SocketCredentials(0, uint.MaxValue, uint.MaxValue);
                value = Bytes(peer.ProcessId, (int)peer.Uid, (int)peer.Gid);
                return 0;
            case ReuseAddress or DontRoute or Broadcast or KeepAlive or OobInline or ReusePort or PassCredentials or Timestamp or Priority:
                number = Kept(name);
                break;
            default:
                return -Errno.ENOPROTOOPT;
        }
        value = Bytes(number);
        return 0;
    }

    private int Kept(int name) => _kept.GetValueOrDefault(name);

    // The kernel counts its own overhead too: twice what was asked for.
    private static int Sized(int wanted, bool force)
    {
        uint most = force ? int.MaxValue / 2 : (uint)LargestBuffer;
        return (int)Math.Min((uint)wanted, most) * 2;
    }

    private int SetTimeout(int name, ReadOnlySpan<byte> value)
    {
        const long PerSecond = 1_000_000;
        if (value.Length < Marshal.SizeOf<Timeval>())
            return -Errno.EINVAL;
        Timeval time = MemoryMarshal.Read<Timeval>(value);
        if (time.Microseconds is < 0 or >= PerSecond)
            return -Errno.EDOM;
        ulong timeout = time.Seconds < 0 ? 0 : time == default ? Scheduler.Never : time.ToNanoseconds();
        if (name == ReceiveTimeoutName)
            ReceiveTimeout = timeout;
        else
            SendTimeout = timeout;
        return 0;
    }

    private static byte[] Bytes(params ReadOnlySpan<int> numbers) => MemoryMarshal.AsBytes(numbers).ToArray();
}

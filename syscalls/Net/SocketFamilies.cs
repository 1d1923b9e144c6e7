using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Which sockets there are. Linux: <c>net_families</c>, <c>inetsw_array</c>.</summary>
internal static class SocketFamilies
{
    private const int LastFamily = 45, Tcp = 6, Udp = 17, Icmp = 1;

    /// <summary>Makes a socket. Linux: <c>__sock_create</c>.</summary>
    /// <returns>0; or EAFNOSUPPORT, EINVAL, EPROTONOSUPPORT, ESOCKTNOSUPPORT, EPERM, negated.</returns>
    public static int Make(Task task, int domain, SocketType type, int protocol, out Socket? socket)
    {
        socket = null;
        if ((uint)domain > LastFamily)
            return -Errno.EAFNOSUPPORT;
        if ((int)type is <= 0 or > 10)
            return -Errno.EINVAL;
        return domain switch
        {
            UnixSocket.Family => MakeUnix(task.Kernel, type, protocol, out socket),
            InetAddress.FamilyV4 or InetAddress.FamilyV6 => MakeInet(task, domain, type, protocol, out socket),
            _ => -Errno.EAFNOSUPPORT,
        };
    }

    private static int MakeUnix(Kernel kernel, SocketType type, int protocol, out Socket? socket)
    {
        socket = null;
        if (protocol is not (0 or UnixSocket.Family))
            return -Errno.EPROTONOSUPPORT;
        socket = type switch
        {
            SocketType.Stream or SocketType.SeqPacket => new UnixConnection(kernel, type),
            SocketType.Datagram or SocketType.Raw => new UnixDatagram(kernel),
            _ => null,
        };
        return socket == null ? -Errno.ESOCKTNOSUPPORT : 0;
    }

    // Linux: inet_create
    private static int MakeInet(Task task, int domain, SocketType type, int protocol, out Socket? socket)
    {
        socket = null;
        switch (type)
        {
            case SocketType.Stream:
                if (protocol is not (0 or Tcp))
                    return -Errno.EPROTONOSUPPORT;
                socket = new TcpSocket(task.Kernel, domain);
                return 0;
            case SocketType.Datagram:
                if (protocol is not (0 or Udp))
                    return protocol == Icmp ? -Errno.EACCES : -Errno.EPROTONOSUPPORT;
                socket = new UdpSocket(task.Kernel, domain);
                return 0;
            case SocketType.Raw:
                return protocol == 0 ? -Errno.EPROTONOSUPPORT : -Errno.EPERM; // there is no wire to speak on
            default:
                return -Errno.ESOCKTNOSUPPORT;
        }
    }
}

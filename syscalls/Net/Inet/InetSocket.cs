using System.Runtime.InteropServices;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>What TCP and UDP have together. The net is the machine itself: nothing leaves it. Linux: net/ipv4/af_inet.c.</summary>
internal abstract class InetSocket : Socket
{
    private const int IpLevel = 0, Ipv6Level = 41, OnlyV6Name = 26;

    private readonly Dictionary<(int Level, int Name), int> _options = [];

    /// <summary>A socket without an address.</summary>
    protected InetSocket(Kernel kernel, int domain, SocketType type, int protocol)
        : base(kernel, domain, type, protocol) => Local = Remote = InetAddress.None(domain);

    /// <summary>Its own address; port 0 if it has none.</summary>
    public InetAddress Local { get; protected set; }

    /// <summary>The other's address; port 0 if there is none.</summary>
    public InetAddress Remote { get; protected set; }

    /// <summary>Whether a socket of version 6 takes nothing of version 4. Linux: IPV6_V6ONLY.</summary>
    public bool OnlyV6 => Domain == InetAddress.FamilyV6 && _options.GetValueOrDefault((Ipv6Level, OnlyV6Name)) != 0;

    /// <inheritdoc/>
    public override byte[] LocalName => Local.ToBytes(Domain);

    /// <summary>The ports of its protocol.</summary>
    protected abstract PortTable Ports { get; }

    /// <summary>What was sent to it.</summary>
    protected MessageQueue Received { get; } = new();

    /// <inheritdoc/>
    public override int GetPeerName(out byte[] name)
    {
        name = Remote.ToBytes(Domain);
        return Remote.Port == 0 ? -Errno.ENOTCONN : 0;
    }

    /// <inheritdoc/>
    public override int Bind(Task task, ReadOnlySpan<byte> address)
    {
        int error = InetAddress.TryParse(Domain, address, out InetAddress wanted);
        if (error != 0)
            return error;
        if (!wanted.IsLocal || (OnlyV6 && wanted.IsV4))
            return -Errno.EADDRNOTAVAIL;
        if (Local.Port != 0 || IsInUse)
            return -Errno.EINVAL;
        error = Ports.Bind(task, this, wanted, out InetAddress bound);
        if (error == 0)
            Local = bound;
        return error;
    }

    /// <inheritdoc/>
    public override int SetOption(Task task, int level, int name, ReadOnlySpan<byte> value)
    {
        if (!IsKnown(level, name))
            return -Errno.ENOPROTOOPT;
        if (value.Length < sizeof(int) && (level != IpLevel || value.Length < 1))
            return -Errno.EINVAL;
        int number = value.Length < sizeof(int) ? value[0] : MemoryMarshal.Read<int>(value);
        if (level == Ipv6Level && name == OnlyV6Name && Local.Port != 0)
            return -Errno.EINVAL;
        _options[(level, name)] = number;
        return 0;
    }

    /// <inheritdoc/>
    public override int GetOption(int level, int name, out byte[] value)
    {
        value = [];
        if (!IsKnown(level, name))
            return level is IpLevel or Ipv6Level || level == Protocol ? -Errno.ENOPROTOOPT : -Errno.EOPNOTSUPP;
        int number = _options.TryGetValue((level, name), out int kept) ? kept : DefaultOf(level, name);
        value = MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in number)).ToArray();
        return 0;
    }

    /// <summary>Whether an option exists that is kept as a number.</summary>
    protected virtual bool IsKnown(int level, int name) => level switch
    {
        IpLevel => name is 1 or 2 or 4 or 6 or 7 or 8 or 10 or 11 or 12 or 13 or 15 or 32 or 33 or 34, // TOS, TTL, RECVTTL, RECVERR, MTU_DISCOVER…
        Ipv6Level => Domain == InetAddress.FamilyV6 && name is 16 or 17 or 18 or 19 or 23 or 25 or OnlyV6Name or 49 or 51 or 66 or 67,
        _ => false,
    };

    /// <summary>What an option is that nobody has set.</summary>
    protected virtual int DefaultOf(int level, int name) => (level, name) switch
    {
        (IpLevel, 2) or (Ipv6Level, 16) => 64,
        (IpLevel, 33) or (Ipv6Level, 18) => 1,
        (IpLevel, 34) or (Ipv6Level, 19) => 1,
        (IpLevel, 10) or (Ipv6Level, 23) => 1,
        _ => 0,
    };

    /// <summary>Whether it is too late for an address.</summary>
    protected virtual bool IsInUse => false;

    /// <summary>Reads the address of another, and looks whether it can be reached.</summary>
    /// <returns>0, or EINVAL, EAFNOSUPPORT, ENETUNREACH, EACCES, negated.</returns>
    protected int GetDestination(ReadOnlySpan<byte> address, out InetAddress destination)
    {
        int error = InetAddress.TryParse(Domain, address, out destination);
        if (error != 0)
            return error;
        if (destination.IsBroadcast && !Settings.MayBroadcast)
            return -Errno.EACCES;
        if (!destination.IsLocal || (OnlyV6 && destination.IsV4))
            return -Errno.ENETUNREACH;
        destination = destination.Destination;
        return 0;
    }

    /// <summary>Gives it an address from which it can speak to another, if it has none. Linux: <c>inet_autobind</c>.</summary>
    /// <returns>0 or -EAGAIN.</returns>
    protected int AutoBind(Task task)
    {
        if (Local.Port != 0)
            return 0;
        int error = Ports.Bind(task, this, Local, out InetAddress bound);
        if (error != 0)
            return -Errno.EAGAIN;
        Local = bound;
        return 0;
    }

    /// <summary>Gives its port up.</summary>
    protected void ReleasePort()
    {
        if (Local.Port != 0)
            Ports.Remove(this, Local.Port);
        Local = InetAddress.None(Domain);
    }
}

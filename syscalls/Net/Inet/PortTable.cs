using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Which socket has which port. Linux: net/ipv4/inet_hashtables.c, inet_connection_sock.c.</summary>
internal sealed class PortTable
{
    private const int FirstEphemeral = 32768, LastEphemeral = 60999, FirstUnprivileged = 1024;

    private readonly Dictionary<ushort, List<InetSocket>> _ports = [];
    private int _next = FirstEphemeral;

    /// <summary>Gives a socket a port. Linux: <c>inet_csk_get_port</c>, <c>udp_v4_get_port</c>.</summary>
    /// <param name="task">Who asks.</param>
    /// <param name="socket">The socket.</param>
    /// <param name="wanted">Address and port; port 0 for any that is free.</param>
    /// <param name="bound">What it got.</param>
    /// <returns>0, -EACCES or -EADDRINUSE.</returns>
    public int Bind(Task task, InetSocket socket, InetAddress wanted, out InetAddress bound)
    {
        bound = wanted;
        if (wanted.Port == 0)
            return BindAny(socket, wanted, out bound);
        if (wanted.Port < FirstUnprivileged && !task.Credentials.Can(Capability.NetBindService))
            return -Errno.EACCES;
        if (IsTaken(socket, wanted))
            return -Errno.EADDRINUSE;
        Add(socket, wanted.Port);
        return 0;
    }

    /// <summary>A connection gets the port of the socket that listened.</summary>
    public void Add(InetSocket socket, ushort port)
    {
        if (!_ports.TryGetValue(port, out List<InetSocket>? sockets))
            _ports.Add(port, sockets = []);
        sockets.Add(socket);
    }

    /// <summary>A socket gives its port up.</summary>
    public void Remove(InetSocket socket, ushort port)
    {
        if (!_ports.TryGetValue(port, out List<InetSocket>? sockets))
            return;
        sockets.Remove(socket);
        if (sockets.Count == 0)
            _ports.Remove(port);
    }

    /// <summary>The socket that takes what is sent to an address, or null. Linux: <c>__inet_lookup_listener</c>, <c>__udp4_lib_lookup</c>.</summary>
    /// <param name="to">The destination.</param>
    /// <param name="from">The sender: one that is connected to it comes first.</param>
    /// <param name="listening">Whether only a socket counts that takes connections.</param>
    public InetSocket? Find(InetAddress to, InetAddress from, bool listening)
    {
        if (!_ports.TryGetValue(to.Port, out List<InetSocket>? sockets))
            return null;
        InetSocket? best = null;
        int bestScore = -1;
        foreach (InetSocket socket in sockets)
        {
            int score = ScoreOf(socket, to, from, listening);
            if (score > bestScore)
                (best, bestScore) = (socket, score);
        }
        return best;
    }

    private static int ScoreOf(InetSocket socket, InetAddress to, InetAddress from, bool listening)
    {
        if (listening != socket.IsListening || !socket.Local.Accepts(to, socket.OnlyV6))
            return -1;
        if (socket.Remote.Port != 0)
            return socket.Remote == from ? 4 : -1;
        return socket.Local.Address == to.Address ? 2 : socket.Local.Address == InetAddress.AnyV4 ? 1 : 0;
    }

    private int BindAny(InetSocket socket, InetAddress wanted, out InetAddress bound)
    {
        const int Count = LastEphemeral - FirstEphemeral + 1;
        bound = wanted;
        for (int tries = 0; tries < Count; tries++)
        {
            bound = wanted with { Port = (ushort)_next };
            _next = _next == LastEphemeral ? FirstEphemeral : _next + 1;
            if (_ports.ContainsKey(bound.Port))
                continue;
            Add(socket, bound.Port);
            return 0;
        }
        return -Errno.EADDRINUSE;
    }

    // Linux: inet_csk_bind_conflict
    private bool IsTaken(InetSocket socket, InetAddress wanted)
    {
        if (!_ports.TryGetValue(wanted.Port, out List<InetSocket>? sockets))
            return false;
        foreach (InetSocket other in sockets)
        {
            bool overlaps = other.Local.Accepts(wanted, other.OnlyV6) || wanted.Accepts(other.Local with { Port = wanted.Port }, socket.OnlyV6);
            if (!overlaps)
                continue;
            bool bothReuse = socket.Settings.ReusesAddress && other.Settings.ReusesAddress && !other.IsListening;
            if (!bothReuse && !(socket.Settings.ReusesPort && other.Settings.ReusesPort))
                return true;
        }
        return false;
    }
}

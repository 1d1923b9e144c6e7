using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A socket of the machine's own. Linux: net/unix/af_unix.c.</summary>
internal abstract class UnixSocket : Socket, IMessageSender
{
    /// <summary>AF_UNIX.</summary>
    public const int Family = 1;

    /// <summary>Bytes of a path. Linux: <c>UNIX_PATH_MAX</c>.</summary>
    public const int PathMax = 108;

    private static readonly byte[] Nameless = [Family, 0];

    private VfsPath _place;
    private byte[] _name = Nameless;

    /// <summary>A socket that is connected to nothing.</summary>
    protected UnixSocket(Kernel kernel, SocketType type)
        : base(kernel, Family, type, 0)
    {
    }

    /// <summary>The other end, or null. Linux: <c>unix_peer</c>.</summary>
    public UnixSocket? Peer { get; protected set; }

    /// <summary>Whoever was at the other end when it was connected. Linux: <c>sk_peer_cred</c>.</summary>
    public SocketCredentials PeerCredentials { get; set; } = new(0, uint.MaxValue, uint.MaxValue);

    /// <summary>What was sent to it.</summary>
    public MessageQueue Received { get; } = new();

    /// <summary>Bytes that it has sent and nobody has received.</summary>
    public long Sent { get; private set; }

    /// <summary>Whether it is closed.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Whether it has a name.</summary>
    public bool IsBound => !ReferenceEquals(_name, Nameless);

    /// <summary>Where its name stands in the tree; none for an abstract name.</summary>
    protected VfsPath Place => _place;

    /// <inheritdoc/>
    public override byte[] LocalName => _name;

    /// <inheritdoc/>
    public override long Readable => IsConnectionOriented ? Received.Bytes : Received.First?.Length ?? 0;

    /// <inheritdoc/>
    public override long Unreceived => Sent;

    /// <inheritdoc/>
    public override int GetPeerName(out byte[] name)
    {
        name = Peer?._name ?? [];
        return Peer == null ? -Errno.ENOTCONN : 0;
    }

    /// <inheritdoc/>
    public override int Bind(Task task, ReadOnlySpan<byte> address)
    {
        if (address.Length == sizeof(ushort) && IsFamily(address))
            return IsBound ? -Errno.EINVAL : Kernel.Network.UnixNames.AutoBind(this);
        int error = CheckAddress(address);
        if (error != 0)
            return error;
        ReadOnlySpan<byte> name = address[sizeof(ushort)..];
        if (IsBound)
        {
            // The name is tried before the socket is looked at.
            bool isTaken = name[0] != 0 && Vfs.Lookup(task, AtFlags.CurrentDirectory, PathOf(name), LookupFlags.None, out _) == 0;
            return isTaken ? -Errno.EADDRINUSE : -Errno.EINVAL;
        }
        return name[0] == 0 ? Kernel.Network.UnixNames.Add(this, address) : BindPath(task, name);
    }

    /// <inheritdoc/>
    public void NoteReceived(int bytes)
    {
        Sent -= bytes;
        Wait.Wake(PollEvents.Writable);
    }

    /// <inheritdoc/>
    public override void Close()
    {
        IsClosed = true;
        if (_name.Length > sizeof(ushort) && _name[sizeof(ushort)] == 0)
            Kernel.Network.UnixNames.Remove(this);
        Disconnect();
        Received.Clear();
        if (_place.IsNone)
            return;
        if (ReferenceEquals(_place.Inode.UnixSocket, this))
            _place.Inode.UnixSocket = null;
        _place.Put();
        _place = default;
    }

    /// <summary>Gives it an abstract name.</summary>
    public void SetName(ReadOnlySpan<byte> address) => _name = address.ToArray();

    /// <summary>Whether an address is one of this family. Linux: <c>unix_validate_addr</c>.</summary>
    /// <returns>0 or -EINVAL.</returns>
    protected static int CheckAddress(ReadOnlySpan<byte> address) =>
        address.Length <= sizeof(ushort) || address.Length > sizeof(ushort) + PathMax || !IsFamily(address) ? -Errno.EINVAL : 0;

    /// <summary>Finds the socket of an address. Linux: <c>unix_find_other</c>.</summary>
    /// <returns>0 or a negative errno.</returns>
    protected int Find(Task task, ReadOnlySpan<byte> address, out UnixSocket? found)
    {
        found = null;
        int error = CheckAddress(address);
        if (error != 0)
            return error;
        ReadOnlySpan<byte> name = address[sizeof(ushort)..];
        if (name[0] == 0)
            found = Kernel.Network.UnixNames.Find(address);
        else
            error = FindPath(task, name, out found);
        if (error == 0 && found == null)
            error = -Errno.ECONNREFUSED;
        if (error == 0 && found!.Type != Type)
            error = -Errno.EPROTOTYPE;
        return error;
    }

    /// <summary>A message of this socket's, counted until it is received.</summary>
    protected SocketMessage NewMessage(Task task, byte[] data, SocketControl? control)
    {
        Sent += Math.Max(data.Length, 1);
        return new SocketMessage(data)
        {
            From = IsBound ? _name : null,
            Sender = control?.Credentials ?? SocketCredentials.Of(task),
            Control = control is { Files.Count: > 0 } ? control : null,
            Owner = this,
        };
    }

    /// <summary>Whether more may be sent. Linux: <c>unix_writable</c>.</summary>
    protected bool IsWritable => Sent << 2 <= Settings.SendSize;

    /// <summary>Fills in what is told beside the data.</summary>
    /// <param name="request">The request.</param>
    /// <param name="message">The message.</param>
    /// <param name="control">The files that go with it now, or null.</param>
    protected void Tell(ref ReceiveRequest request, SocketMessage message, SocketControl? control)
    {
        request.Control = control;
        if (!Settings.PassesCredentials)
            return;
        request.Control ??= new SocketControl();
        request.Control.Credentials = message.Sender;
    }

    /// <summary>Leaves the other end, and whoever waits to be accepted.</summary>
    protected abstract void Disconnect();

    private static bool IsFamily(ReadOnlySpan<byte> address) => address[0] == Family && address[1] == 0;

    private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> name) => name.IndexOf((byte)0) is int end and >= 0 ? name[..end] : name;

    // Linux: unix_bind_bsd
    private int BindPath(Task task, ReadOnlySpan<byte> name)
    {
        ReadOnlySpan<byte> path = PathOf(name);
        int error = Kernel.Vfs.Make(task, AtFlags.CurrentDirectory, path, ModeBits.Socket | 0x1FF, default, default);
        if (error != 0)
            return error == -Errno.EEXIST ? -Errno.EADDRINUSE : error;
        error = Vfs.Lookup(task, AtFlags.CurrentDirectory, path, LookupFlags.None, out VfsPath place);
        if (error != 0)
            return error;
        _place = place.Get();
        place.Inode.UnixSocket = this;
        _name = [Family, 0, .. path, 0];
        return 0;
    }

    // Linux: unix_find_bsd
    private static int FindPath(Task task, ReadOnlySpan<byte> name, out UnixSocket? found)
    {
        found = null;
        int error = Vfs.Lookup(task, AtFlags.CurrentDirectory, PathOf(name), LookupFlags.Follow, out VfsPath place);
        if (error == 0)
            error = Permissions.Check(place.Inode, task.Credentials, Access.Write);
        if (error != 0)
            return error;
        found = place.Inode.UnixSocket;
        return place.Inode.Type == ModeBits.Socket ? 0 : -Errno.ECONNREFUSED;
    }
}

/// <summary>The abstract names of sockets. Linux: <c>unix_socket_table</c>.</summary>
internal sealed class UnixNames
{
    private const int AutoNames = 1 << 20;

    private readonly Dictionary<byte[], UnixSocket> _sockets = new(NameComparer.Instance);
    private int _lastAuto;

    /// <summary>The socket of an address, or null.</summary>
    public UnixSocket? Find(ReadOnlySpan<byte> address) =>
        _sockets.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(address, out UnixSocket? socket) ? socket : null;

    /// <summary>Gives a socket a name.</summary>
    /// <returns>0 or -EADDRINUSE.</returns>
    public int Add(UnixSocket socket, ReadOnlySpan<byte> address)
    {
        if (!_sockets.TryAdd(address.ToArray(), socket))
            return -Errno.EADDRINUSE;
        socket.SetName(address);
        return 0;
    }

    /// <summary>Gives a socket a name of five digits that is free. Linux: <c>unix_autobind</c>.</summary>
    public int AutoBind(UnixSocket socket)
    {
        for (int tries = 0; tries < AutoNames; tries++)
        {
            _lastAuto = (_lastAuto + 1) % AutoNames;
            string digits = _lastAuto.ToString("x5", System.Globalization.CultureInfo.InvariantCulture);
            byte[] address = [UnixSocket.Family, 0, 0, .. System.Text.Encoding.ASCII.GetBytes(digits)];
            if (Add(socket, address) == 0)
                return 0;
        }
        return -Errno.ENOSPC;
    }

    /// <summary>The socket is closed.</summary>
    public void Remove(UnixSocket socket) => _ = _sockets.Remove(socket.LocalName);
}

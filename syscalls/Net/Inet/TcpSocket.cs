using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>How far a connection of TCP has come.</summary>
internal enum TcpState
{
    /// <summary>It was never connected, or is no more.</summary>
    Closed,

    /// <summary>It takes connections.</summary>
    Listening,

    /// <summary>It waits for a place in the queue of one that listens. Linux: <c>TCP_SYN_SENT</c>.</summary>
    Waiting,

    /// <summary>It is connected. Linux: <c>TCP_ESTABLISHED</c> and the states of its end.</summary>
    Connected,
}

/// <summary>A stream within the machine. Linux: net/ipv4/tcp.c.</summary>
/// <remarks>There are no packets: what is sent stands in the other's queue at once. What a program can see of closing and resetting is kept.</remarks>
internal sealed partial class TcpSocket : InetSocket, IMessageSender
{
    private readonly Queue<TcpSocket> _backlog = new();
    private readonly Queue<TcpSocket> _waiting = new();
    private TcpState _state;
    private TcpSocket? _peer;
    private int _backlogMax;
    private long _sent;
    private bool _isUntold, _finReceived, _isClosed;

    /// <summary>A socket that is connected to nothing.</summary>
    public TcpSocket(Kernel kernel, int domain)
        : base(kernel, domain, SocketType.Stream, 6)
    {
    }

    /// <inheritdoc/>
    public override bool IsListening => _state == TcpState.Listening;

    /// <inheritdoc/>
    public override long Readable => Received.Bytes;

    /// <inheritdoc/>
    public override long Unreceived => _sent;

    /// <inheritdoc/>
    protected override PortTable Ports => Kernel.Network.Tcp;

    /// <inheritdoc/>
    protected override bool IsInUse => _state != TcpState.Closed;

    private bool IsFull => _backlog.Count > _backlogMax;

    private bool IsWritable => _sent * 3 < Capacity * 2;

    private long Capacity => Settings.SendSize + (long)(_peer?.Settings.ReceiveSize ?? 0);

    /// <inheritdoc/>
    public override int Listen(Task task, int backlog)
    {
        if (_state is not (TcpState.Closed or TcpState.Listening))
            return -Errno.EINVAL;
        int error = AutoBind(task);
        if (error != 0)
            return error;
        _state = TcpState.Listening;
        _backlogMax = backlog;
        Admit();
        return 0;
    }

    /// <inheritdoc/>
    public override long Connect(Task task, ReadOnlySpan<byte> address, SocketWait wait)
    {
        if (address.Length >= sizeof(ushort) && address[0] == 0 && address[1] == 0)
            return Disconnect();
        switch (_state)
        {
            case TcpState.Waiting when task.IsResuming || _isUntold:
                return FinishConnect(task, wait, begins: false);
            case TcpState.Connected when _isUntold:
                _isUntold = false;
                return 0;
            case TcpState.Connected or TcpState.Listening:
                return -Errno.EISCONN;
            case TcpState.Closed when _isUntold:
                return Refused();
        }
        int error = GetDestination(address, out InetAddress destination);
        if (error == 0)
            error = AutoBind(task) == 0 ? 0 : -Errno.EADDRNOTAVAIL;
        if (error != 0)
            return error;
        if (Local.IsAny)
            Local = Local with { Address = destination.Source };
        Remote = destination;
        Begin(destination);
        return FinishConnect(task, wait, begins: true);
    }

    /// <inheritdoc/>
    public override long Accept(Task task, SocketWait wait, out Socket? accepted)
    {
        accepted = null;
        if (_state != TcpState.Listening)
            return -Errno.EINVAL;
        while (_backlog.Count == 0)
        {
            long waited = wait.For(task, Wait, this, static socket => socket._backlog.Count != 0 || socket._state != TcpState.Listening, nothingDone: true);
            if (waited != 0)
                return waited;
            if (_state != TcpState.Listening)
                return -Errno.EINVAL;
        }
        accepted = _backlog.Dequeue();
        Admit();
        return 0;
    }

    /// <inheritdoc/>
    public void NoteReceived(int bytes)
    {
        _sent -= bytes;
        Wait.Wake(PollEvents.Writable);
    }

    /// <inheritdoc/>
    public override int Shutdown(bool reads, bool writes)
    {
        if (_state == TcpState.Listening)
        {
            if (reads)
                StopListening();
            return 0;
        }
        // As in the kernel, one that is not connected is told so, and shut down nevertheless.
        ReadsEnded |= reads;
        if (writes)
            SendFin();
        Wait.Wake();
        return _state == TcpState.Connected ? 0 : -Errno.ENOTCONN;
    }

    /// <inheritdoc/>
    public override PollEvents Poll()
    {
        if (_state == TcpState.Listening)
            return _backlog.Count != 0 ? PollEvents.Readable : PollEvents.None;
        PollEvents events = Error != 0 ? PollEvents.Error : PollEvents.None;
        bool readsEnded = ReadsEnded || _finReceived;
        if ((readsEnded && WritesEnded) || _state == TcpState.Closed)
            events |= PollEvents.HangUp;
        if (readsEnded)
            events |= PollEvents.Readable | PollEvents.ReadHangUp;
        if (_state == TcpState.Waiting)
            return events;
        if (Received.Count != 0)
            events |= PollEvents.Readable;
        if (WritesEnded || IsWritable || _state == TcpState.Closed)
            events |= PollEvents.Writable;
        return events;
    }

    /// <inheritdoc/>
    public override void Close()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        if (_state == TcpState.Listening)
            StopListening();
        _ = Disconnect();
        ReleasePort();
        Wait.Wake();
    }

    // Finds the one that listens; what comes of it stands in the state and the error.
    private void Begin(InetAddress destination)
    {
        _isUntold = true;
        if (Ports.Find(destination, Local, listening: true) is not TcpSocket listener)
        {
            Reset(Errno.ECONNREFUSED, ofPeer: false);
            return;
        }
        _state = TcpState.Waiting;
        listener._waiting.Enqueue(this);
        listener.Admit();
    }

    // A call that must not wait hears of the end of its connecting by the next call, even if that has come already, as on a real net.
    private long FinishConnect(Task task, SocketWait wait, bool begins)
    {
        if (wait.NonBlocking && begins)
            return -Errno.EINPROGRESS;
        if (_state == TcpState.Waiting)
        {
            if (wait.NonBlocking)
                return -Errno.EALREADY;
            long waited = wait.For(task, Wait, this, static socket => socket._state != TcpState.Waiting, nothingDone: true);
            if (waited != 0)
                return waited == -Errno.EAGAIN ? -Errno.EINPROGRESS : waited;
        }
        _isUntold = false;
        return _state == TcpState.Connected ? 0 : Refused();
    }

    private long Refused()
    {
        _isUntold = ReadsEnded = WritesEnded = false;
        Remote = InetAddress.None(Domain);
        int error = TakeError();
        return error != 0 ? error : -Errno.ECONNABORTED;
    }

    // Those who wait become connections while there is room. Linux: tcp_v4_syn_recv_sock
    private void Admit()
    {
        while (!IsFull && _waiting.TryDequeue(out TcpSocket? client))
        {
            if (client._state != TcpState.Waiting)
                continue;
            TcpSocket server = new(Kernel, Domain) { Local = client.Remote, Remote = client.Local, _state = TcpState.Connected, _peer = client };
            server.Settings.CopyFrom(Settings);
            Ports.Add(server, server.Local.Port);
            client._peer = server;
            client._state = TcpState.Connected;
            _backlog.Enqueue(server);
            client.Wait.Wake();
            Wait.Wake(PollEvents.Readable);
        }
    }

    private void StopListening()
    {
        _state = TcpState.Closed;
        while (_backlog.TryDequeue(out TcpSocket? connection))
        {
            connection.Reset(Errno.ECONNRESET);
            connection.Close();
        }
        while (_waiting.TryDequeue(out TcpSocket? client))
            client.Reset(Errno.ECONNREFUSED, ofPeer: false);
        Wait.Wake();
    }

    // The end of what this one sends. Linux: tcp_fin
    private void SendFin()
    {
        WritesEnded = true;
        if (_peer is not { } peer)
            return;
        peer._finReceived = true;
        peer.Wait.Wake();
    }

    // Linux: tcp_close, tcp_disconnect
    private long Disconnect()
    {
        if (_state == TcpState.Connected)
        {
            if (Received.Count != 0 || Settings.Linger == 0)
                Reset(Errno.ECONNRESET); // what was not received is lost, and the other end must know
            else
                SendFin();
        }
        Received.Clear();
        _state = TcpState.Closed;
        Remote = InetAddress.None(Domain);
        if (_peer is { _isClosed: true })
            _peer = null;
        return 0;
    }

    // Linux: tcp_reset
    private void Reset(int error, bool ofPeer = true)
    {
        TcpSocket? target = ofPeer ? _peer : this;
        if (target == null)
            return;
        target.Error = error;
        target.ReadsEnded = target.WritesEnded = true;
        target._state = TcpState.Closed;
        target._peer = null;
        target.Wait.Wake();
    }
}

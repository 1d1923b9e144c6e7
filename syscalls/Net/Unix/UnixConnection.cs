using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A stream, or a sequence of packets, between two sockets. Linux: <c>unix_stream_ops</c>, <c>unix_seqpacket_ops</c>.</summary>
internal sealed class UnixConnection : UnixSocket
{
    private const int PieceSize = 32768;
    private const long EndOfStream = 1;

    private readonly Queue<UnixConnection> _backlog = new();
    private int _backlogMax;
    private bool _isListening, _isConnected, _isEmbryo;

    /// <summary>A socket that is connected to nothing.</summary>
    public UnixConnection(Kernel kernel, SocketType type)
        : base(kernel, type)
    {
    }

    /// <inheritdoc/>
    public override bool IsListening => _isListening;

    private bool KeepsPackets => Type == SocketType.SeqPacket;

    /// <summary>Two sockets that are connected to each other. Linux: <c>unix_socketpair</c>.</summary>
    public static (UnixConnection, UnixConnection) MakePair(Task task, SocketType type)
    {
        UnixConnection one = new(task.Kernel, type), two = new(task.Kernel, type);
        one.PeerCredentials = two.PeerCredentials = SocketCredentials.Of(task);
        Join(one, two);
        return (one, two);
    }

    /// <inheritdoc/>
    public override int Listen(Task task, int backlog)
    {
        if (!IsBound || _isConnected)
            return -Errno.EINVAL;
        _isListening = true;
        _backlogMax = backlog;
        PeerCredentials = SocketCredentials.Of(task);
        Wait.Wake();
        return 0;
    }

    /// <inheritdoc/>
    public override long Connect(Task task, ReadOnlySpan<byte> address, SocketWait wait)
    {
        if (_isConnected)
            return -Errno.EISCONN;
        if (_isListening)
            return -Errno.EINVAL;
        int error = Find(task, address, out UnixSocket? found);
        if (error != 0)
            return error;
        UnixConnection listener = (UnixConnection)found!;
        if (!listener._isListening)
            return -Errno.ECONNREFUSED;
        if (listener.IsFull)
        {
            long waited = wait.For(task, listener.Wait, listener, static listener => !listener.IsFull || !listener._isListening, nothingDone: true);
            if (waited != 0)
                return waited;
            if (!listener._isListening)
                return -Errno.ECONNREFUSED;
        }
        UnixConnection server = new(Kernel, Type) { PeerCredentials = SocketCredentials.Of(task), _isEmbryo = true };
        server.Settings.CopyFrom(listener.Settings);
        server.SetName(listener.LocalName);
        PeerCredentials = listener.PeerCredentials;
        Join(this, server);
        listener._backlog.Enqueue(server);
        listener.Wait.Wake(PollEvents.Readable);
        return 0;
    }

    /// <inheritdoc/>
    public override long Accept(Task task, SocketWait wait, out Socket? accepted)
    {
        accepted = null;
        if (!_isListening)
            return -Errno.EINVAL;
        while (_backlog.Count == 0)
        {
            if (ReadsEnded)
                return -Errno.EINVAL;
            long waited = wait.For(task, Wait, this, static socket => socket._backlog.Count != 0 || socket.ReadsEnded, nothingDone: true);
            if (waited != 0)
                return waited;
        }
        UnixConnection connection = _backlog.Dequeue();
        connection._isEmbryo = false;
        accepted = connection;
        Wait.Wake(PollEvents.Writable); // who waits to connect waits here too
        return 0;
    }

    /// <inheritdoc/>
    public override long Send(Task task, ref SendRequest request)
    {
        int error = CheckSend(request);
        if (error != 0)
            return error;
        long done = 0;
        do
        {
            if (WritesEnded || Peer is not { } peer || peer.IsClosed || peer.ReadsEnded)
                return done != 0 ? done : Broken(task, request);
            long result = WaitForRoom(task, request, done);
            if (result != 0)
                return done != 0 ? done : result;
            if (WritesEnded || peer.IsClosed || peer.ReadsEnded)
                continue; // that was what it was woken for
            result = SendPiece(task, ref request, peer, done == 0);
            if (result < 0)
                return done != 0 ? done : result;
            done += result;
        }
        while (request.Data.Count != 0);
        return done;
    }

    /// <inheritdoc/>
    public override long Receive(Task task, ref ReceiveRequest request)
    {
        if ((request.Flags & MessageFlags.OutOfBand) != 0)
            return -Errno.EOPNOTSUPP;
        if (!_isConnected)
            return KeepsPackets ? -Errno.ENOTCONN : -Errno.EINVAL;
        return KeepsPackets ? ReceivePacket(task, ref request) : ReceiveStream(task, ref request);
    }

    /// <inheritdoc/>
    public override int Shutdown(bool reads, bool writes)
    {
        ReadsEnded |= reads;
        WritesEnded |= writes;
        if (Peer is UnixConnection peer)
        {
            peer.ReadsEnded |= writes;
            peer.WritesEnded |= reads;
            peer.Wait.Wake();
        }
        Wait.Wake();
        return 0;
    }

    /// <inheritdoc/>
    public override PollEvents Poll()
    {
        PollEvents events = PollEvents.None;
        if (Error != 0)
            events |= PollEvents.Error;
        if (ReadsEnded && WritesEnded)
            events |= PollEvents.HangUp;
        if (ReadsEnded)
            events |= PollEvents.ReadHangUp | PollEvents.Readable;
        if (_isListening ? _backlog.Count != 0 : Received.Count != 0)
            events |= PollEvents.Readable;
        if (!_isConnected && !_isListening)
            events |= PollEvents.HangUp;
        if (IsWritable && !_isListening)
            events |= PollEvents.Writable | PollEvents.WriteBand;
        return events;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// What was sent to it and not received is lost, as is a connection that nobody has accepted: the other end hears of it. Linux:
    /// <c>unix_release_sock</c>.
    /// </remarks>
    protected override void Disconnect()
    {
        ReadsEnded = WritesEnded = true;
        _isListening = false;
        while (_backlog.TryDequeue(out UnixConnection? waiting))
            waiting.Close();
        Wait.Wake();
        if (Peer is not UnixConnection peer)
            return;
        peer.ReadsEnded = peer.WritesEnded = true;
        if (Received.Count != 0 || _isEmbryo)
            peer.Error = Errno.ECONNRESET;
        Peer = null;
        peer.Wait.Wake();
    }

    private static void Join(UnixConnection one, UnixConnection two)
    {
        one.Peer = two;
        two.Peer = one;
        one._isConnected = two._isConnected = true;
    }

    private bool IsFull => _backlog.Count > _backlogMax;

    private int CheckSend(in SendRequest request)
    {
        if ((request.Flags & MessageFlags.OutOfBand) != 0)
            return -Errno.EOPNOTSUPP;
        if (!request.Address.IsEmpty && !KeepsPackets)
            return _isConnected ? -Errno.EISCONN : -Errno.EOPNOTSUPP;
        int error = KeepsPackets ? TakeError() : 0;
        if (error != 0)
            return error;
        if (!_isConnected)
            return -Errno.ENOTCONN;
        return KeepsPackets && request.Data.Count > Settings.SendSize - 32 ? -Errno.EMSGSIZE : 0;
    }

    private long WaitForRoom(Task task, in SendRequest request, long done)
    {
        bool fits = KeepsPackets ? Sent + request.Data.Count <= Settings.SendSize : Sent < Settings.SendSize;
        if (fits)
            return 0;
        return request.Wait.For(task, Wait, this, static socket => socket.IsWritable || socket.WritesEnded, nothingDone: done == 0);
    }

    private long SendPiece(Task task, ref SendRequest request, UnixSocket peer, bool isFirst)
    {
        int wanted = KeepsPackets ? (int)request.Data.Count : (int)Math.Min(request.Data.Count, Math.Min(PieceSize, Math.Max(Settings.SendSize - Sent, 1)));
        byte[] data = new byte[wanted];
        if (request.Data.CopyFrom(data) != wanted)
            return -Errno.EFAULT;
        if (wanted == 0 && !KeepsPackets)
            return 0;
        peer.Received.Add(NewMessage(task, data, isFirst ? request.Control : null));
        if (isFirst)
            request.Control = null; // it has gone with the message
        peer.Wait.Wake(PollEvents.Readable);
        return wanted;
    }

    // Linux: unix_stream_read_generic
    private long ReceiveStream(Task task, ref ReceiveRequest request)
    {
        bool peeks = (request.Flags & MessageFlags.Peek) != 0, waitsForAll = (request.Flags & MessageFlags.WaitAll) != 0;
        long done = 0;
        while (true)
        {
            long part = peeks ? PeekStream(ref request) : TakeStream(ref request, done == 0, out peeks);
            if (part < 0)
                return done != 0 ? done : part;
            done += part;
            if (request.Data.Count == 0 || (done != 0 && (peeks || !waitsForAll)))
                return done;
            long result = WaitForData(task, request, done);
            if (result != 0)
                return done != 0 || result == EndOfStream ? done : result;
        }
    }

    // Takes what is there, up to and with a message that has files. After that the call ends, as after a look.
    private long TakeStream(ref ReceiveRequest request, bool isFirst, out bool isLast)
    {
        long done = 0;
        isLast = false;
        SocketCredentials? sender = null;
        while (Received.First is { } message && request.Data.Count != 0 && !isLast && MayFollow(sender, message))
        {
            sender = message.Sender;
            int wanted = (int)Math.Min(message.Length, request.Data.Count), copied = request.Data.CopyTo(message.Rest[..wanted]);
            if (copied < wanted)
                return done != 0 ? done : -Errno.EFAULT;
            SocketControl? control = message.Control;
            message.Control = null;
            isLast = control != null;
            if (isLast || (isFirst && done == 0))
                Tell(ref request, message, control);
            Received.Consume(copied);
            done += copied;
        }
        isLast |= Received.First is { } next && !MayFollow(sender, next);
        return done;
    }

    private long PeekStream(ref ReceiveRequest request)
    {
        long done = 0;
        SocketCredentials? sender = null;
        foreach (SocketMessage message in Received.All)
        {
            if (request.Data.Count == 0 || !MayFollow(sender, message))
                break;
            sender = message.Sender;
            int wanted = (int)Math.Min(message.Length, request.Data.Count), copied = request.Data.CopyTo(message.Rest[..wanted]);
            if (done == 0 || message.Control != null)
                Tell(ref request, message, message.Control?.Copy());
            done += copied;
            if (copied < wanted)
                return done != 0 ? done : -Errno.EFAULT;
            if (message.Control != null)
                break;
        }
        return done;
    }

    // Where senders are told, what different ones have sent is not put together.
    private bool MayFollow(SocketCredentials? sender, SocketMessage message) =>
        sender == null || !Settings.PassesCredentials || sender == message.Sender;

    // Linux: __unix_dgram_recvmsg
    private long ReceivePacket(Task task, ref ReceiveRequest request)
    {
        while (Received.Count == 0)
        {
            long result = WaitForData(task, request, 0);
            if (result != 0)
                return result == EndOfStream ? 0 : result;
        }
        return PacketTransfer.Receive(Received, ref request, Tell);
    }

    // 0 if there is data; the mark for the end of the stream; or an error.
    private long WaitForData(Task task, in ReceiveRequest request, long done)
    {
        int error = TakeError();
        if (error != 0)
            return error;
        if (ReadsEnded)
            return EndOfStream;
        return request.Wait.For(task, Wait, this, static socket => socket.Received.Count != 0 || socket.ReadsEnded || socket.Error != 0, nothingDone: done == 0);
    }
}

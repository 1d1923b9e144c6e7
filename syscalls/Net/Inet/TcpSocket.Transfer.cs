using Emu.Mm;

namespace Emu.Syscalls;

/// <content>Data.</content>
internal sealed partial class TcpSocket
{
    private const int PieceSize = 65536, TcpLevel = 6, IpTcpInfo = 11;

    /// <inheritdoc/>
    public override long Send(Task task, ref SendRequest request)
    {
        long done = 0;
        do
        {
            long result = CheckSend(task, request, done);
            if (result == 0)
                result = SendPiece(ref request);
            if (result < 0)
                return done != 0 && result != Task.Suspended ? done : result;
            done += result;
        }
        while (request.Data.Count != 0);
        return done;
    }

    /// <inheritdoc/>
    public override long Receive(Task task, ref ReceiveRequest request)
    {
        if ((request.Flags & MessageFlags.OutOfBand) != 0)
            return -Errno.EINVAL; // there is no urgent data
        if (_state == TcpState.Listening)
            return -Errno.ENOTCONN;
        bool peeks = (request.Flags & MessageFlags.Peek) != 0, waitsForAll = (request.Flags & MessageFlags.WaitAll) != 0;
        long done = 0;
        while (true)
        {
            long part = peeks ? Look(ref request) : Take(ref request);
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

    /// <inheritdoc/>
    public override int GetOption(int level, int name, out byte[] value)
    {
        if (level != TcpLevel || name != IpTcpInfo)
            return base.GetOption(level, name, out value);
        value = new byte[104]; // what there is no wire to measure by is 0
        value[0] = (byte)(_state switch { TcpState.Listening => 10, TcpState.Waiting => 2, TcpState.Connected => _finReceived ? 8 : 1, _ => 7 });
        return 0;
    }

    /// <inheritdoc/>
    protected override bool IsKnown(int level, int name) => level == TcpLevel ? name is >= 1 and <= 12 or 18 or 23 or 25 or 30 : base.IsKnown(level, name);

    /// <inheritdoc/>
    protected override int DefaultOf(int level, int name) => (level, name) switch
    {
        (TcpLevel, 2) => 536,
        (TcpLevel, 4) => 7200,
        (TcpLevel, 5) => 75,
        (TcpLevel, 6) => 9,
        (TcpLevel, 7) => 6,
        (TcpLevel, 8) => 60,
        (TcpLevel, 12) => 1,
        _ => base.DefaultOf(level, name),
    };

    private const long EndOfStream = 1;

    // Linux: tcp_sendmsg_locked
    private long CheckSend(Task task, in SendRequest request, long done)
    {
        while (true)
        {
            if (_state == TcpState.Waiting)
            {
                long waited = request.Wait.For(task, Wait, this, static socket => socket._state != TcpState.Waiting, nothingDone: done == 0);
                if (waited != 0)
                    return waited;
                continue;
            }
            int error = TakeError();
            if (error is not (0 or -Errno.EPIPE))
                return error;
            if (error != 0 || WritesEnded || _state != TcpState.Connected)
                return done != 0 ? -Errno.EPIPE : Broken(task, request);
            if (_peer == null || _sent < Capacity)
                return 0;
            long result = request.Wait.For(task, Wait, this, static socket => socket.IsWritable || socket.WritesEnded || socket.Error != 0, nothingDone: done == 0);
            if (result != 0)
                return result;
        }
    }

    private long SendPiece(ref SendRequest request)
    {
        int wanted = (int)Math.Min(request.Data.Count, PieceSize);
        byte[] data = new byte[wanted];
        if (request.Data.CopyFrom(data) != wanted)
            return -Errno.EFAULT;
        if (wanted == 0)
            return 0;
        if (_peer is null or { _isClosed: true })
        {
            // Nobody is there to take it, which the net tells only now.
            Error = Errno.EPIPE;
            ReadsEnded = WritesEnded = true;
            _state = TcpState.Closed;
            Wait.Wake();
            return wanted;
        }
        _sent += wanted;
        _peer.Received.Add(new SocketMessage(data) { Owner = this });
        _peer.Wait.Wake(PollEvents.Readable);
        return wanted;
    }

    private long Take(ref ReceiveRequest request)
    {
        bool drops = (request.Flags & MessageFlags.Truncated) != 0;
        long done = 0;
        while (Received.First is { } message && request.Data.Count != 0)
        {
            int wanted = (int)Math.Min(message.Length, request.Data.Count), copied = wanted;
            if (drops)
                request.Data.Advance(wanted);
            else
                copied = request.Data.CopyTo(message.Rest[..wanted]);
            Received.Consume(copied);
            done += copied;
            if (copied < wanted)
                return done != 0 ? done : -Errno.EFAULT;
        }
        return done;
    }

    private long Look(ref ReceiveRequest request)
    {
        long done = 0;
        foreach (SocketMessage message in Received.All)
        {
            if (request.Data.Count == 0)
                break;
            int wanted = (int)Math.Min(message.Length, request.Data.Count), copied = request.Data.CopyTo(message.Rest[..wanted]);
            done += copied;
            if (copied < wanted)
                return done != 0 ? done : -Errno.EFAULT;
        }
        return done;
    }

    // 0 if there is data; the mark for the end of the stream; or an error. Linux: tcp_recvmsg_locked
    private long WaitForData(Task task, in ReceiveRequest request, long done)
    {
        if (_finReceived)
            return EndOfStream;
        int error = TakeError();
        if (error != 0)
            return error;
        if (ReadsEnded)
            return EndOfStream;
        if (_state == TcpState.Closed)
            return -Errno.ENOTCONN;
        return request.Wait.For(task, Wait, this,
            static socket => socket.Received.Count != 0 || socket._finReceived || socket.ReadsEnded || socket.Error != 0, nothingDone: done == 0);
    }
}

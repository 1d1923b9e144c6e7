using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Messages between sockets of the machine. Linux: <c>unix_dgram_ops</c>.</summary>
internal sealed class UnixDatagram : UnixSocket
{
    private const int MaxQueued = 10; // Linux: net.unix.max_dgram_qlen

    /// <summary>A socket that sends to nobody yet.</summary>
    public UnixDatagram(Kernel kernel)
        : base(kernel, SocketType.Datagram)
    {
    }

    private bool IsFull => Received.Count > MaxQueued;

    /// <summary>Two sockets that send to each other.</summary>
    public static (UnixDatagram, UnixDatagram) MakePair(Task task)
    {
        UnixDatagram one = new(task.Kernel), two = new(task.Kernel);
        one.PeerCredentials = two.PeerCredentials = SocketCredentials.Of(task);
        one.Peer = two;
        two.Peer = one;
        return (one, two);
    }

    /// <inheritdoc/>
    public override long Connect(Task task, ReadOnlySpan<byte> address, SocketWait wait)
    {
        if (address.Length >= sizeof(ushort) && address[0] == 0 && address[1] == 0)
        {
            SetPeer(null);
            return 0;
        }
        int error = Find(task, address, out UnixSocket? found);
        if (error != 0)
            return error;
        if (!((UnixDatagram)found!).MayReceiveFrom(this))
            return -Errno.EPERM;
        SetPeer(found);
        return 0;
    }

    /// <inheritdoc/>
    public override long Send(Task task, ref SendRequest request)
    {
        if ((request.Flags & MessageFlags.OutOfBand) != 0)
            return -Errno.EOPNOTSUPP;
        int error = TakeError();
        if (error != 0)
            return error;
        if (request.Data.Count > Settings.SendSize - 32)
            return -Errno.EMSGSIZE;
        error = FindTarget(task, request, out UnixDatagram? target);
        if (error != 0)
            return error;
        if (!target!.MayReceiveFrom(this))
            return -Errno.EPERM;
        if (target.ReadsEnded || WritesEnded)
            return Broken(task, request);
        if (!ReferenceEquals(target.Peer, this) && target.IsFull && !ReferenceEquals(target, this))
        {
            long waited = request.Wait.For(task, target.Wait, target, static target => !target.IsFull || target.IsClosed, nothingDone: true);
            if (waited != 0)
                return waited;
        }
        if (Sent + request.Data.Count > Settings.SendSize)
        {
            long waited = request.Wait.For(task, Wait, this, static socket => socket.IsWritable, nothingDone: true);
            if (waited != 0)
                return waited;
        }
        return target.IsClosed ? -Errno.ECONNREFUSED : Deliver(task, ref request, target);
    }

    /// <inheritdoc/>
    public override long Receive(Task task, ref ReceiveRequest request)
    {
        if ((request.Flags & MessageFlags.OutOfBand) != 0)
            return -Errno.EOPNOTSUPP;
        while (Received.Count == 0)
        {
            int error = TakeError();
            if (error != 0)
                return error;
            if (ReadsEnded && !request.Wait.NonBlocking)
                return 0;
            long waited = request.Wait.For(task, Wait, this, static socket => socket.Received.Count != 0 || socket.ReadsEnded || socket.Error != 0, nothingDone: true);
            if (waited != 0)
                return waited;
        }
        bool wasFull = IsFull;
        long result = PacketTransfer.Receive(Received, ref request, Tell);
        if (wasFull)
            Wait.Wake(PollEvents.Writable); // senders wait here
        return result;
    }

    /// <inheritdoc/>
    public override int Shutdown(bool reads, bool writes)
    {
        ReadsEnded |= reads;
        WritesEnded |= writes;
        Wait.Wake();
        return 0;
    }

    /// <inheritdoc/>
    public override PollEvents Poll()
    {
        PollEvents events = PollEvents.None;
        if (Error != 0)
            events |= PollEvents.Error;
        if (ReadsEnded)
            events |= PollEvents.ReadHangUp | PollEvents.Readable;
        if (ReadsEnded && WritesEnded)
            events |= PollEvents.HangUp;
        if (Received.Count != 0)
            events |= PollEvents.Readable;
        bool blocked = Peer is UnixDatagram peer && !ReferenceEquals(peer.Peer, this) && peer.IsFull;
        if (IsWritable && !blocked)
            events |= PollEvents.Writable | PollEvents.WriteBand;
        return events;
    }

    /// <inheritdoc/>
    protected override void Disconnect()
    {
        ReadsEnded = WritesEnded = true;
        UnixSocket? peer = Peer;
        Peer = null;
        // Linux: unix_dgram_disconnected hears of it when it sends next.
        if (peer is UnixDatagram other && ReferenceEquals(other.Peer, this))
            other.Wait.Wake();
        Wait.Wake();
    }

    private void SetPeer(UnixSocket? peer)
    {
        if (Peer is UnixDatagram old && !ReferenceEquals(old, peer))
        {
            // What the old one has sent is dropped, and it hears of it. Linux: unix_dgram_disconnected
            Received.Clear();
            if (ReferenceEquals(old.Peer, this))
                old.Error = Errno.ECONNRESET;
            old.Wait.Wake();
        }
        Peer = peer;
    }

    // One that is connected receives from its other end alone. Linux: unix_may_send
    private bool MayReceiveFrom(UnixDatagram sender) => Peer == null || ReferenceEquals(Peer, sender);

    private int FindTarget(Task task, in SendRequest request, out UnixDatagram? target)
    {
        target = Peer as UnixDatagram;
        if (!request.Address.IsEmpty)
        {
            int error = Find(task, request.Address, out UnixSocket? found);
            target = found as UnixDatagram;
            return error;
        }
        if (target == null)
            return -Errno.ENOTCONN;
        if (!target.IsClosed)
            return 0;
        Peer = null;
        return -Errno.ECONNREFUSED;
    }

    private long Deliver(Task task, ref SendRequest request, UnixDatagram target)
    {
        byte[] data = new byte[request.Data.Count];
        if (request.Data.CopyFrom(data) != data.Length)
            return -Errno.EFAULT;
        target.Received.Add(NewMessage(task, data, request.Control));
        request.Control = null; // it has gone with the message
        target.Wait.Wake(PollEvents.Readable);
        return data.Length;
    }
}

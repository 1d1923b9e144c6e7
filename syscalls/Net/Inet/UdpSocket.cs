using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Datagrams within the machine. Linux: net/ipv4/udp.c.</summary>
internal sealed class UdpSocket : InetSocket
{
    private const int MaxData = 65507, Overhead = 512;

    /// <summary>A socket that sends to nobody yet.</summary>
    public UdpSocket(Kernel kernel, int domain)
        : base(kernel, domain, SocketType.Datagram, 17)
    {
    }

    /// <inheritdoc/>
    public override long Readable => Received.First?.Length ?? 0;

    /// <inheritdoc/>
    protected override PortTable Ports => Kernel.Network.Udp;

    /// <inheritdoc/>
    public override long Connect(Task task, ReadOnlySpan<byte> address, SocketWait wait)
    {
        if (address.Length >= sizeof(ushort) && address[0] == 0 && address[1] == 0)
        {
            Remote = InetAddress.None(Domain);
            return 0;
        }
        int error = GetDestination(address, out InetAddress destination);
        if (error == 0)
            error = AutoBind(task);
        if (error != 0)
            return error;
        Remote = destination;
        if (Local.IsAny)
            Local = Local with { Address = destination.Source };
        return 0;
    }

    /// <inheritdoc/>
    public override long Send(Task task, ref SendRequest request)
    {
        InetAddress destination = Remote;
        int error = AutoBind(task);
        if (error != 0)
            return error;
        if (request.Data.Count > ushort.MaxValue)
            return -Errno.EMSGSIZE;
        if ((request.Flags & MessageFlags.OutOfBand) != 0)
            return -Errno.EOPNOTSUPP;
        error = request.Address.IsEmpty ? 0 : GetDestination(request.Address, out destination);
        if (error != 0)
            return error;
        if (destination.Port == 0)
            return request.Address.IsEmpty ? -Errno.EDESTADDRREQ : -Errno.EINVAL;
        error = TakeError();
        if (error != 0)
            return error;
        if (request.Data.Count > MaxData)
            return -Errno.EMSGSIZE;
        if (WritesEnded)
            return -Errno.EPIPE;
        return Deliver(ref request, destination);
    }

    /// <inheritdoc/>
    public override long Receive(Task task, ref ReceiveRequest request)
    {
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
        return PacketTransfer.Receive(Received, ref request, static (ref ReceiveRequest _, SocketMessage _, SocketControl? _) => { });
    }

    /// <inheritdoc/>
    public override int Shutdown(bool reads, bool writes)
    {
        // As in the kernel, one that is not connected is told so, and shut down nevertheless.
        ReadsEnded |= reads;
        WritesEnded |= writes;
        Wait.Wake();
        return Remote.Port == 0 ? -Errno.ENOTCONN : 0;
    }

    /// <inheritdoc/>
    public override PollEvents Poll()
    {
        PollEvents events = PollEvents.Writable | PollEvents.WriteBand;
        if (Error != 0)
            events |= PollEvents.Error;
        if (ReadsEnded)
            events |= PollEvents.ReadHangUp | PollEvents.Readable;
        if (ReadsEnded && WritesEnded)
            events |= PollEvents.HangUp;
        return Received.Count != 0 ? events | PollEvents.Readable : events;
    }

    /// <inheritdoc/>
    public override void Close()
    {
        ReleasePort();
        Received.Clear();
        ReadsEnded = WritesEnded = true;
        Wait.Wake();
    }

    private long Deliver(ref SendRequest request, InetAddress destination)
    {
        byte[] data = new byte[request.Data.Count];
        if (request.Data.CopyFrom(data) != data.Length)
            return -Errno.EFAULT;
        InetAddress from = Local.IsAny ? Local with { Address = destination.Source } : Local;
        if (Ports.Find(destination, from, listening: false) is not UdpSocket target)
        {
            if (Remote.Port != 0)
                Error = Errno.ECONNREFUSED; // who has named one receiver hears that there is none
            Wait.Wake();
            return data.Length;
        }
        // What finds no room is lost, as on any net.
        if (!target.ReadsEnded && target.Received.Bytes + (target.Received.Count * (long)Overhead) < target.Settings.ReceiveSize)
            target.Received.Add(new SocketMessage(data) { From = from.ToBytes(target.Domain) });
        target.Wait.Wake(PollEvents.Readable);
        return data.Length;
    }
}

namespace Emu.Syscalls;

/// <summary>Fills in what is told beside the data of a message.</summary>
internal delegate void TellControl(ref ReceiveRequest request, SocketMessage message, SocketControl? control);

/// <summary>Receives messages whole. Linux: <c>__unix_dgram_recvmsg</c>, <c>skb_copy_datagram_msg</c>.</summary>
internal static class PacketTransfer
{
    /// <summary>Receives the first message of a queue that is not empty; what does not fit is lost.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="request">Where it goes.</param>
    /// <param name="tell">Fills in what is told beside the data.</param>
    /// <returns>Bytes or -EFAULT.</returns>
    public static long Receive(MessageQueue queue, ref ReceiveRequest request, TellControl tell)
    {
        bool peeks = (request.Flags & MessageFlags.Peek) != 0;
        SocketMessage message = queue.First!;
        int wanted = (int)Math.Min(message.Length, request.Data.Count), length = message.Length;
        int copied = request.Data.CopyTo(message.Rest[..wanted]);
        SocketControl? control = peeks ? message.Control?.Copy() : message.Control;
        if (!peeks)
            _ = queue.Take();
        if (copied < wanted)
        {
            control?.Drop();
            return -Mm.Errno.EFAULT;
        }
        request.Address = message.From;
        tell(ref request, message, control);
        if (wanted < length)
            request.Told |= MessageFlags.Truncated;
        return (request.Flags & MessageFlags.Truncated) != 0 ? length : copied;
    }
}

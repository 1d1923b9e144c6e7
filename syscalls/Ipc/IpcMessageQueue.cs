namespace Emu.Syscalls;

/// <summary>A message. Linux: <c>struct msg_msg</c>.</summary>
/// <param name="Type">What it is received by; at least 1.</param>
/// <param name="Text">Its bytes.</param>
internal sealed record QueuedMessage(long Type, byte[] Text);

/// <summary>A System V message queue. Linux: <c>struct msg_queue</c> (ipc/msg.c).</summary>
/// <remarks>Lock: the kernel lock.</remarks>
internal sealed class IpcMessageQueue(int key, uint mode, Credentials creator) : IpcObject(key, mode, creator)
{
    /// <summary>Bytes in a queue, unless it is told otherwise. Linux: <c>MSGMNB</c>.</summary>
    public const ulong DefaultBytes = 16384;

    /// <summary>The messages, oldest first.</summary>
    public List<QueuedMessage> Messages { get; } = [];

    /// <summary>Bytes in them.</summary>
    public ulong Bytes { get; private set; }

    /// <summary>Bytes that it may hold.</summary>
    public ulong MostBytes { get; set; } = DefaultBytes;

    /// <summary>Seconds since 1970 of the last send, the last receive and the last change; 0 for never.</summary>
    public long SendTime { get; set; }

    /// <inheritdoc cref="SendTime"/>
    public long ReceiveTime { get; set; }

    /// <inheritdoc cref="SendTime"/>
    public long ChangeTime { get; set; }

    /// <summary>Who sent last.</summary>
    public int Sender { get; set; }

    /// <summary>Who received last.</summary>
    public int Receiver { get; set; }

    /// <summary>Whether it was removed.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>Who waits for a message or for room.</summary>
    public WaitQueue Waiting { get; } = new("a System V message queue");

    /// <summary>Whether a message of a length can be sent now. Linux: <c>msg_fits_inqueue</c>.</summary>
    public bool Fits(ulong length) => length + Bytes <= MostBytes && (ulong)Messages.Count + 1 <= MostBytes;

    /// <summary>Puts a message behind the others.</summary>
    public void Add(QueuedMessage message)
    {
        Messages.Add(message);
        Bytes += (ulong)message.Text.Length;
        Waiting.Wake();
    }

    /// <summary>Takes a message out.</summary>
    public void Take(QueuedMessage message)
    {
        Messages.Remove(message);
        Bytes -= (ulong)message.Text.Length;
        Waiting.Wake();
    }

    /// <summary>The message that is meant. Linux: <c>find_msg</c>, <c>testmsg</c>.</summary>
    /// <param name="type">0 for the first; a type; or less than 0 for the least type that is not above.</param>
    /// <param name="except">The first that is not of the type.</param>
    public QueuedMessage? Find(long type, bool except)
    {
        if (type == 0)
            return Messages.FirstOrDefault();
        if (type > 0)
            return Messages.Find(message => message.Type == type != except);
        long most = type == long.MinValue ? long.MaxValue : -type;
        return Messages.Where(message => message.Type <= most).MinBy(static message => message.Type);
    }

    /// <summary>It is gone: who waits is told. Linux: <c>freeque</c>.</summary>
    public void Remove()
    {
        IsRemoved = true;
        Waiting.Wake();
    }
}

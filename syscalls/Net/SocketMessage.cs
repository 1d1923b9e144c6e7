namespace Emu.Syscalls;

/// <summary>Who sent a message. Linux: <c>struct ucred</c>.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Uid">Its user.</param>
/// <param name="Gid">Its group.</param>
internal readonly record struct SocketCredentials(int ProcessId, uint Uid, uint Gid)
{
    /// <summary>Nobody that is known.</summary>
    public static SocketCredentials Unknown { get; } = new(0, 65534, 65534);

    /// <summary>Those of a task.</summary>
    public static SocketCredentials Of(Task task) => new(task.ProcessId, task.Credentials.EffectiveUid, task.Credentials.EffectiveGid);
}

/// <summary>What goes with a message beside the data. Linux: <c>struct scm_cookie</c>.</summary>
internal sealed class SocketControl
{
    /// <summary>Open files; a reference to each is held.</summary>
    public List<OpenFile> Files { get; init; } = [];

    /// <summary>Who sends, where that is told.</summary>
    public SocketCredentials? Credentials { get; set; }

    /// <summary>The same files with references of their own, for a look that takes nothing.</summary>
    public SocketControl Copy()
    {
        foreach (OpenFile file in Files)
            file.Get();
        return new SocketControl { Files = [.. Files], Credentials = Credentials };
    }

    /// <summary>Nobody takes the files: their references are given back.</summary>
    public void Drop()
    {
        foreach (OpenFile file in Files)
            file.Put();
        Files.Clear();
    }
}

/// <summary>A message on its way. Linux: <c>struct sk_buff</c>.</summary>
internal sealed class SocketMessage(byte[] data)
{
    /// <summary>The data; what stands before <see cref="Offset"/> was received already.</summary>
    public byte[] Data { get; } = data;

    /// <summary>Bytes that were received already.</summary>
    public int Offset { get; set; }

    /// <summary>Bytes left.</summary>
    public int Length => Data.Length - Offset;

    /// <summary>The bytes left.</summary>
    public ReadOnlySpan<byte> Rest => Data.AsSpan(Offset);

    /// <summary>The sender's address, or null.</summary>
    public byte[]? From { get; init; }

    /// <summary>Who sent it.</summary>
    public SocketCredentials Sender { get; init; }

    /// <summary>Files that go with it, or null.</summary>
    public SocketControl? Control { get; set; }

    /// <summary>The socket that sent it and still answers for it, or null. Linux: <c>skb->sk</c>.</summary>
    public IMessageSender? Owner { get; init; }
}

/// <summary>Counts what it has sent until it is received. Linux: <c>sk_wmem_alloc</c>.</summary>
internal interface IMessageSender
{
    /// <summary>So many bytes were received or dropped. Linux: <c>sock_wfree</c>.</summary>
    void NoteReceived(int bytes);
}

/// <summary>The messages that a socket has yet to receive. Linux: <c>sk_receive_queue</c>.</summary>
internal sealed class MessageQueue
{
    private readonly LinkedList<SocketMessage> _messages = new();

    /// <summary>Messages.</summary>
    public int Count => _messages.Count;

    /// <summary>Bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>The first, or null.</summary>
    public SocketMessage? First => _messages.First?.Value;

    /// <summary>All, the first first.</summary>
    public IEnumerable<SocketMessage> All => _messages;

    /// <summary>Puts one at the end.</summary>
    public void Add(SocketMessage message)
    {
        _messages.AddLast(message);
        Bytes += message.Length;
    }

    /// <summary>Bytes of the first were received; one without any left goes.</summary>
    public void Consume(int bytes)
    {
        SocketMessage first = _messages.First!.Value;
        first.Offset += bytes;
        Bytes -= bytes;
        first.Owner?.NoteReceived(bytes);
        if (first.Length == 0)
            _messages.RemoveFirst();
    }

    /// <summary>Takes the first out, whatever is left of it.</summary>
    public SocketMessage Take()
    {
        SocketMessage first = _messages.First!.Value;
        _messages.RemoveFirst();
        Bytes -= first.Length;
        first.Owner?.NoteReceived(Math.Max(first.Length, 1));
        return first;
    }

    /// <summary>Drops everything, with the files that go with it.</summary>
    public void Clear()
    {
        while (_messages.Count != 0)
            Take().Control?.Drop();
    }
}

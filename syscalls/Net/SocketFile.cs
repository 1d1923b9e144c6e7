using System.Text;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A socket as an open file. Linux: <c>socket_file_ops</c> (net/socket.c).</summary>
internal sealed class SocketFile : OpenFile
{
    /// <summary>A socket that gets a number.</summary>
    public SocketFile(Inode inode, Socket socket, OpenFlags flags)
        : base(inode, OpenFlags.ReadWrite | (flags & OpenFlags.NonBlock)) => Socket = socket;

    /// <summary>The socket.</summary>
    public Socket Socket { get; }

    /// <inheritdoc/>
    public override bool CanPoll => true;

    /// <summary>How a call on it may wait.</summary>
    /// <param name="flags">Of the call.</param>
    /// <param name="send">Whether it sends.</param>
    /// <param name="maySuspend">Whether it may be run again from its start.</param>
    public SocketWait WaitFor(MessageFlags flags, bool send, bool maySuspend = true)
    {
        bool nonBlocking = (Flags & OpenFlags.NonBlock) != 0 || (flags & MessageFlags.DontWait) != 0;
        return new SocketWait(nonBlocking, send ? Socket.Settings.SendTimeout : Socket.Settings.ReceiveTimeout, maySuspend);
    }

    /// <inheritdoc/>
    public override long Read(ref Kiocb iocb, ref IovIter to)
    {
        if (to.Count == 0)
            return 0;
        ReceiveRequest request = new()
        {
            Data = to,
            Wait = WaitFor(iocb.IsNonBlocking ? MessageFlags.DontWait : MessageFlags.None, send: false, iocb.MaySuspend),
        };
        long result = Socket.Receive(iocb.Task, ref request);
        request.Control?.Drop();
        to = request.Data;
        return result;
    }

    /// <inheritdoc/>
    public override long Write(ref Kiocb iocb, ref IovIter from)
    {
        SendRequest request = new()
        {
            Data = from,
            Wait = WaitFor(iocb.IsNonBlocking ? MessageFlags.DontWait : MessageFlags.None, send: true, iocb.MaySuspend),
            Flags = Type == SocketType.SeqPacket ? MessageFlags.EndOfRecord : MessageFlags.None,
        };
        long result = Socket.Send(iocb.Task, ref request);
        from = request.Data;
        return result;
    }

    /// <inheritdoc/>
    public override PollEvents Poll(Task task, PollTable? table)
    {
        table?.Wait(Socket.Wait);
        return Socket.Poll();
    }

    /// <inheritdoc/>
    public override long Ioctl(Task task, uint command, ulong argument)
    {
        const uint AtMark = 0x8905;
        return command switch
        {
            IoctlCommands.FioNRead => Socket.IsListening ? -Errno.EINVAL : Put(task, argument, Socket.Readable),
            IoctlCommands.TiocOutq => Socket.IsListening ? -Errno.EINVAL : Put(task, argument, Socket.Unreceived),
            AtMark => Put(task, argument, 0),
            _ => -Errno.ENOTTY,
        };
    }

    /// <inheritdoc/>
    protected override void Release() => Socket.Close();

    private SocketType Type => Socket.Type;

    private static long Put(Task task, ulong argument, long value) => task.User.TryPut(argument, (int)value) ? 0 : -Errno.EFAULT;
}

/// <summary>Where sockets live. Linux: <c>sockfs</c> (net/socket.c).</summary>
internal sealed class SocketFileSystem : InternalFileSystem
{
    private const long Magic = 0x534F434B;

    /// <summary>A file system without sockets.</summary>
    public SocketFileSystem(Vfs vfs)
        : base(vfs)
    {
    }

    /// <inheritdoc/>
    public override string TypeName => "sockfs";

    /// <summary>Makes a socket an open file, with a reference. Linux: <c>sock_alloc_file</c>.</summary>
    public SocketFile Open(Task task, Socket socket, OpenFlags flags)
    {
        SocketInode inode = new(this, NextNumber(), task.Credentials);
        SocketFile file = new(inode, socket, flags);
        file.SetPath(NewPath([], inode), task.Credentials);
        return file;
    }

    /// <inheritdoc/>
    public override byte[]? PseudoName(Dentry dentry) => Encoding.ASCII.GetBytes($"socket:[{dentry.Inode!.Number}]");

    /// <inheritdoc/>
    public override int StatFs(Inode inode, out FileSystemStat stat)
    {
        stat = SimpleStatFs(Magic);
        return 0;
    }
}

/// <summary>The inode of a socket. Linux: <c>sock_alloc</c>.</summary>
internal sealed class SocketInode : Inode
{
    private readonly MemoryAttributes _attributes;

    /// <summary>The inode of a new socket.</summary>
    public SocketInode(FileSystem fileSystem, ulong number, Credentials owner)
        : base(fileSystem, ModeBits.Socket)
    {
        Number = number;
        NewInode made = new() { Mode = ModeBits.Socket | 0x1FF, Uid = owner.FileUid, Gid = owner.FileGid };
        _attributes = new MemoryAttributes(made, default);
    }

    /// <inheritdoc/>
    public override ulong Number { get; }

    /// <inheritdoc/>
    public override uint Mode => _attributes.Mode;

    /// <inheritdoc/>
    public override uint Uid => _attributes.Uid;

    /// <inheritdoc/>
    public override uint Gid => _attributes.Gid;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        stat = new FileStat { Number = Number, Device = Device };
        _attributes.Fill(ref stat);
        stat.HasBirthTime = false;
        return 0;
    }

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change)
    {
        _attributes.Apply(change, default);
        return 0;
    }

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return -Errno.ENXIO;
    }
}

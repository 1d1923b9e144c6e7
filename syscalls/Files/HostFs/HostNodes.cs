using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A symbolic link of the host. The guest's own walk follows it, in the guest's own tree.</summary>
internal sealed class HostLink : Inode, IHostInode
{
    private const int PathMax = 4096;

    private byte[]? _target;

    /// <summary>A link that is not known yet.</summary>
    public HostLink(HostFileSystem fileSystem)
        : base(fileSystem, ModeBits.Link) => Node = new HostNode(fileSystem, this);

    /// <inheritdoc/>
    public HostNode Node { get; }

    /// <inheritdoc/>
    public override ulong Number => Node.Stat.Ino;

    /// <inheritdoc/>
    public override DeviceNumber Device => Node.Device;

    /// <inheritdoc/>
    public override uint Mode => Node.Stat.Mode;

    /// <inheritdoc/>
    public override uint Uid => Node.Stat.Uid;

    /// <inheritdoc/>
    public override uint Gid => Node.Stat.Gid;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat) => Node.GetAttributes(out stat);

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change) => Node.SetAttributes(change);

    /// <inheritdoc/>
    public override int GetLink(Task task, out byte[]? target, out VfsPath jump)
    {
        jump = default;
        target = _target;
        if (target != null)
            return 0;
        int error = Node.Reach(out int directory, out byte[] name, out _);
        if (error != 0)
            return error;
        Span<byte> buffer = stackalloc byte[PathMax];
        int length = Emu.Host.HostDirectory.ReadLinkAt(directory, name, buffer);
        if (length < 0)
            return length;
        target = _target = buffer[..length].ToArray(); // a link never changes
        return 0;
    }

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return -Errno.ELOOP;
    }

    /// <inheritdoc/>
    public override int GetXattr(ReadOnlySpan<byte> name, Span<byte> value) => HostXattrs.Get(Node, name, value);

    /// <inheritdoc/>
    public override int ListXattr(Span<byte> list) => HostXattrs.List(Node, list);

    /// <inheritdoc/>
    protected override void Evict() => ((HostFileSystem)FileSystem).Forget(Node);
}

/// <summary>A FIFO, socket or device of the host.</summary>
/// <remarks>
/// FIFOs and terminals pass straight through. Devices that every system has are ours; others are not opened, for they would reach past
/// everything that the guest is kept in.
/// </remarks>
internal sealed class HostSpecial : Inode, IHostInode
{
    private const uint FirstTerminalMajor = 136, LastTerminalMajor = 143;

    /// <summary>A file that is not known yet.</summary>
    public HostSpecial(HostFileSystem fileSystem, uint mode)
        : base(fileSystem, mode) => Node = new HostNode(fileSystem, this);

    /// <inheritdoc/>
    public HostNode Node { get; }

    /// <inheritdoc/>
    public override ulong Number => Node.Stat.Ino;

    /// <inheritdoc/>
    public override DeviceNumber Device => Node.Device;

    /// <inheritdoc/>
    public override uint Mode => Node.Stat.Mode;

    /// <inheritdoc/>
    public override uint Uid => Node.Stat.Uid;

    /// <inheritdoc/>
    public override uint Gid => Node.Stat.Gid;

    /// <inheritdoc/>
    public override DeviceNumber SpecialDevice => new(Node.Stat.RDeviceMajor, Node.Stat.RDeviceMinor);

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat) => Node.GetAttributes(out stat);

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change) => Node.SetAttributes(change);

    /// <inheritdoc/>
    public override int CheckAccess(Credentials who, Access wanted) => Node.CheckAccess(this, who, wanted);

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        bool isTerminal = Type == ModeBits.Character && SpecialDevice.Major is >= FirstTerminalMajor and <= LastTerminalMajor;
        if (Type != ModeBits.Fifo && !isTerminal && Node.Anchor < 0)
            return SpecialFiles.Open(this, request, out file);
        int flags = (int)(request.Flags & (OpenFlags.AccessMode | OpenFlags.NonBlock));
        int fd = Type == ModeBits.Fifo && (request.Flags & OpenFlags.NonBlock) == 0 ? OpenFifo(request.Task, flags) : Node.Open(flags);
        if (fd < 0)
            return fd;
        file = new HostStreamFile(this, fd, request.Flags, ownsDescriptor: true);
        return 0;
    }

    /// <inheritdoc/>
    public override int GetXattr(ReadOnlySpan<byte> name, Span<byte> value) => HostXattrs.Get(Node, name, value);

    /// <inheritdoc/>
    public override int ListXattr(Span<byte> list) => HostXattrs.List(Node, list);

    /// <inheritdoc/>
    protected override void Evict() => ((HostFileSystem)FileSystem).Forget(Node);

    // Waits for the other end.
    private int OpenFifo(Task task, int flags)
    {
        int handle = Node.OpenHandle();
        if (handle < 0)
            return handle;
        int fd = HostBlockingCall.OpenAgain(task, handle, flags);
        _ = HostFile.Close(handle); // it only names
        return fd;
    }
}

using System.Text;
using Emu.Host;

namespace Emu.Syscalls;

/// <summary>Where the descriptors live that we were started with.</summary>
internal sealed class InheritedFileSystem : InternalFileSystem
{
    /// <summary>A file system without files.</summary>
    public InheritedFileSystem(Vfs vfs)
        : base(vfs)
    {
    }

    /// <inheritdoc/>
    public override string TypeName => "hostfd";

    /// <summary>A file over a descriptor of ours, which stays ours.</summary>
    /// <param name="fd">The descriptor.</param>
    /// <param name="file">The file, with a reference.</param>
    /// <returns>0 or a negative errno; -EBADF if it is not open.</returns>
    public int Open(int fd, out OpenFile? file)
    {
        file = null;
        int flags = HostFile.GetStatusFlags(fd);
        int error = flags < 0 ? flags : HostStat.Statx(fd, out _);
        if (error != 0)
            return error;
        InheritedInode inode = new(this, fd);
        // Whether the host's description waits is not the guest's doing; the guest begins with one that does.
        file = new HostStreamFile(inode, fd, (OpenFlags)flags & ~OpenFlags.NonBlock, ownsDescriptor: false);
        file.SetPath(NewPath(NameOf(fd), inode), Credentials.Root);
        return 0;
    }

    /// <inheritdoc/>
    public override int StatFs(Inode inode, out FileSystemStat stat)
    {
        stat = SimpleStatFs(0x1373);
        return 0;
    }

    private static byte[] NameOf(int fd)
    {
        Span<byte> buffer = stackalloc byte[4096];
        int length = HostFile.GetPath(fd, buffer);
        return length < 0 ? Encoding.ASCII.GetBytes($"/dev/fd/{fd}") : buffer[..length].ToArray();
    }
}

/// <summary>The file behind a descriptor that we were started with.</summary>
internal sealed class InheritedInode : Inode
{
    private readonly int _fd;

    /// <summary>The file behind a descriptor that is open.</summary>
    public InheritedInode(FileSystem fileSystem, int fd)
        : base(fileSystem, ModeOf(fd)) => _fd = fd;

    /// <inheritdoc/>
    public override ulong Number => Ask().Number;

    /// <inheritdoc/>
    public override DeviceNumber Device => Ask().Device;

    /// <inheritdoc/>
    public override DeviceNumber SpecialDevice => Ask().SpecialDevice;

    /// <inheritdoc/>
    public override uint Mode => Ask().Mode;

    /// <inheritdoc/>
    public override uint Uid => Ask().Uid;

    /// <inheritdoc/>
    public override uint Gid => Ask().Gid;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        int error = HostStat.Statx(_fd, out HostStatx host);
        stat = HostNode.ToStat(host);
        return error;
    }

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change)
    {
        if (change.Has(AttributeMask.Size))
            return HostFile.Truncate(_fd, (long)change.Size);
        return change.Has(AttributeMask.Mode) ? HostAttributes.FChMod(_fd, change.Mode & ModeBits.Permissions) : 0;
    }

    /// <summary>Opens the file anew, as an open of /dev/stdin does.</summary>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        int fd = Reopen((int)(request.Flags & ~(OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow | OpenFlags.Exec)));
        if (fd < 0)
            return fd;
        file = new HostStreamFile(this, fd, request.Flags, ownsDescriptor: true);
        return 0;
    }

    /// <summary>The file through the page cache, for mappings.</summary>
    public int OpenRegular(OpenFlags flags, out RegularFile? file)
    {
        file = null;
        int handle = Reopen(HostOpenFlags.Path);
        if (handle < 0)
            return handle;
        int error = FileSystem.Vfs.Host.InodeForDescriptor(handle, out Inode? inode);
        if (error != 0)
            return error;
        RegularInode regular = (RegularInode)inode!;
        error = regular.Opened(flags);
        if (error == 0)
            file = new RegularFile(regular, flags);
        regular.Put();
        return error;
    }

    private int Reopen(int flags)
    {
        Span<byte> path = stackalloc byte[32];
        int length = HostFile.FormatProcPath(_fd, path);
        return HostFile.OpenAt(HostAtFlags.CurrentDirectory, path[..length], flags | HostOpenFlags.CloseOnExec | HostOpenFlags.NoControllingTerminal);
    }

    private FileStat Ask()
    {
        _ = GetAttributes(out FileStat stat); // the descriptor is open as long as this exists
        return stat;
    }

    private static uint ModeOf(int fd)
    {
        _ = HostStat.Statx(fd, out HostStatx stat); // the descriptor is open
        return stat.Mode;
    }
}

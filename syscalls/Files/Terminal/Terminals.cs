using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>Opens terminals. Linux: drivers/tty/tty_io.c (<c>tty_open</c>).</summary>
internal static class Terminals
{
    /// <summary>Opens /dev/tty: the host's terminal that controls us.</summary>
    /// <returns>0, or -ENXIO if none does.</returns>
    public static int OpenControlling(Inode inode, in OpenRequest request, out OpenFile? file)
    {
        file = null;
        int flags = (int)(request.Flags & (OpenFlags.AccessMode | OpenFlags.NonBlock)) | HostOpenFlags.CloseOnExec | HostOpenFlags.NoControllingTerminal;
        int fd = HostFile.OpenAt(HostAtFlags.CurrentDirectory, "/dev/tty"u8, flags);
        if (fd < 0)
            return fd == -Errno.ENOENT ? -Errno.ENXIO : fd;
        file = new HostStreamFile(inode, fd, request.Flags, ownsDescriptor: true);
        return 0;
    }

    /// <summary>Opens /dev/pts/N, if it is a terminal that we were started with.</summary>
    /// <returns>0, or -EIO if it is another.</returns>
    public static int OpenSlave(Inode inode, in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return inode is InheritedTerminal terminal ? terminal.OpenAgain(request, out file) : -Errno.EIO;
    }
}

/// <summary>/dev/pts/N for a terminal that we were started with.</summary>
internal sealed class InheritedTerminal : Inode
{
    private readonly InheritedInode _host;

    /// <summary>A name for a terminal.</summary>
    /// <param name="fileSystem">Where the name is.</param>
    /// <param name="host">The terminal; a reference is taken.</param>
    public InheritedTerminal(FileSystem fileSystem, InheritedInode host)
        : base(fileSystem, ModeBits.Character) => _host = (InheritedInode)host.Get();

    /// <inheritdoc/>
    public override ulong Number => _host.Number;

    /// <inheritdoc/>
    public override DeviceNumber Device => _host.Device;

    /// <inheritdoc/>
    public override DeviceNumber SpecialDevice => _host.SpecialDevice;

    /// <inheritdoc/>
    public override uint Mode => _host.Mode;

    /// <inheritdoc/>
    public override uint Uid => _host.Uid;

    /// <inheritdoc/>
    public override uint Gid => _host.Gid;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat) => _host.GetAttributes(out stat);

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change) => _host.SetAttributes(change);

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file) => Terminals.OpenSlave(this, request, out file);

    /// <summary>Opens the terminal anew.</summary>
    public int OpenAgain(in OpenRequest request, out OpenFile? file) => _host.Open(request, out file);
}

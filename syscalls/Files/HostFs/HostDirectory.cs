using Emu.Host;
using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A directory of the host.</summary>
internal sealed class HostDirectory : DirectoryInode, IHostInode
{
    private int _descriptor = -1;

    /// <summary>A directory that is not known yet.</summary>
    public HostDirectory(HostFileSystem fileSystem)
        : base(fileSystem)
    {
        Node = new HostNode(fileSystem, this);
        UseNode = new LinkedListNode<HostDirectory>(this);
    }

    /// <inheritdoc/>
    public HostNode Node { get; }

    /// <summary>Its place among the directories whose descriptor is open.</summary>
    public LinkedListNode<HostDirectory> UseNode { get; }

    /// <summary>Whether it is the root of a file system that the guest must not see: then it is empty.</summary>
    public bool IsHidden { get; private set; }

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

    private HostFileSystem Host => (HostFileSystem)FileSystem;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat) => Node.GetAttributes(out stat);

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change) => Node.SetAttributes(change);

    /// <inheritdoc/>
    public override int CheckAccess(Credentials who, Access wanted) => Node.CheckAccess(this, who, wanted);

    /// <summary>The host's descriptor of the directory, for calls named …at; it stays the directory's.</summary>
    /// <returns>The descriptor or a negative errno.</returns>
    public int Descriptor()
    {
        if (Node.Anchor >= 0)
            return Node.Anchor;
        if (_descriptor < 0)
        {
            int fd = Node.Open(HostOpenFlags.Path | HostOpenFlags.Directory);
            if (fd < 0)
                return fd;
            _descriptor = fd;
        }
        Host.NoteUse(this);
        return _descriptor;
    }

    /// <summary>Closes the descriptor until it is needed again.</summary>
    public void CloseDescriptor()
    {
        Host.NoteClosed(this);
        if (_descriptor >= 0)
            _ = HostFile.Close(_descriptor); // it only names
        _descriptor = -1;
    }

    /// <inheritdoc/>
    public override int Lookup(Task task, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = null;
        int error = Find(name, out HostStatx stat, out bool hidden);
        if (error != 0)
            return error == -Errno.ENOENT ? 0 : error;
        inode = Host.InodeFor(stat, this, name);
        if (hidden && inode is HostDirectory directory)
            directory.IsHidden = true;
        return 0;
    }

    /// <summary>Whether a name still means the same.</summary>
    /// <param name="name">The name.</param>
    /// <param name="known">What it meant, or null for nothing.</param>
    public bool Revalidate(ReadOnlySpan<byte> name, Inode? known)
    {
        int error = Find(name, out HostStatx stat, out _);
        if (known == null || error != 0)
            return known == null && error == -Errno.ENOENT;
        HostNode node = HostFileSystem.NodeOf(known);
        if (!node.IsSame(stat))
            return false;
        node.SetPlace(this, name);
        node.Accept(stat);
        return true;
    }

    /// <inheritdoc/>
    public override bool RevalidateChild(Task task, Dentry child)
    {
        long token = Host.Token;
        if (child.ValidatedAt == token)
            return true;
        if (!Revalidate(child.Name, child.Inode))
            return false;
        child.ValidatedAt = token;
        return true;
    }

    /// <inheritdoc/>
    public override int Create(ReadOnlySpan<byte> name, in NewInode made, out Inode? inode)
    {
        inode = null;
        if (IsHidden)
            return -Errno.EACCES;
        int directory = Descriptor();
        if (directory < 0)
            return directory;
        int result = HostCreate.Make(directory, name, made);
        if (result < 0)
            return result;
        bool isRegular = (made.Mode & ModeBits.TypeMask) == ModeBits.Regular;
        int error = HostCreate.Finish(Host, directory, name, made, out HostStatx stat);
        if (error == 0)
        {
            inode = Host.InodeFor(stat, this, name);
            if (isRegular)
                ((HostRegular)inode).Adopt(result);
        }
        else if (isRegular)
        {
            _ = HostFile.Close(result); // nothing was written
        }
        Node.Modified();
        return error;
    }

    /// <inheritdoc/>
    public override int CreateTemporary(in NewInode made, out Inode? inode)
    {
        inode = null;
        if (IsHidden)
            return -Errno.EACCES;
        int directory = Descriptor();
        if (directory < 0)
            return directory;
        int fd = HostFile.OpenAt(directory, "."u8, HostOpenFlags.TemporaryFile | HostOpenFlags.ReadWrite | HostOpenFlags.CloseOnExec,
            made.Mode & ModeBits.Permissions);
        if (fd < 0)
            return fd;
        int error = HostCreate.FinishDescriptor(Host, fd, made, out HostStatx stat);
        if (error != 0)
        {
            _ = HostFile.Close(fd); // nothing was written
            return error;
        }
        inode = Host.InodeFor(stat, null, []);
        ((HostRegular)inode).Adopt(fd);
        return 0;
    }

    /// <inheritdoc/>
    public override int Link(Inode target, ReadOnlySpan<byte> name)
    {
        if (IsHidden)
            return -Errno.EACCES;
        HostNode node = HostFileSystem.NodeOf(target);
        int error = node.Reach(out int from, out byte[] oldName, out int flags), directory = Descriptor();
        if (error != 0 || directory < 0)
            return Math.Min(error, directory);
        if ((flags & HostAtFlags.EmptyPath) != 0)
        {
            Span<byte> path = stackalloc byte[32];
            int length = HostFile.FormatProcPath(from, path);
            error = Emu.Host.HostDirectory.LinkAt(HostAtFlags.CurrentDirectory, path[..length], directory, name, HostAtFlags.SymlinkFollow);
        }
        else
        {
            error = Emu.Host.HostDirectory.LinkAt(from, oldName, directory, name, 0);
        }
        node.Expire();
        if (error != 0)
            return error;
        node.SetPlace(this, name);
        Node.Modified();
        return 0;
    }

    /// <inheritdoc/>
    public override int Unlink(ReadOnlySpan<byte> name, Inode victim) => Remove(name, victim, 0);

    /// <inheritdoc/>
    public override int RemoveDirectory(ReadOnlySpan<byte> name, DirectoryInode victim) => Remove(name, victim, HostAtFlags.RemoveDirectory);

    /// <inheritdoc/>
    public override int Rename(ReadOnlySpan<byte> name, Inode inode, DirectoryInode target, ReadOnlySpan<byte> newName, Inode? replaced,
        RenameFlags flags)
    {
        if ((flags & RenameFlags.Whiteout) != 0)
            return -Errno.EINVAL; // it would make a device
        HostDirectory to = (HostDirectory)target;
        if (to.IsHidden)
            return -Errno.EACCES;
        int from = Descriptor(), destination = to.Descriptor();
        if (from < 0 || destination < 0)
            return Math.Min(from, destination);
        int error = Emu.Host.HostDirectory.RenameAt2(from, name, destination, newName, (uint)flags);
        if (error != 0)
            return error;
        if (replaced != null)
        {
            HostNode other = HostFileSystem.NodeOf(replaced);
            other.LosePlace(to, newName);
            other.Expire();
            if ((flags & RenameFlags.Exchange) != 0)
                other.SetPlace(this, name);
        }
        HostNode node = HostFileSystem.NodeOf(inode);
        node.SetPlace(to, newName);
        node.Expire();
        Node.Modified();
        if (to != this)
            to.Node.Modified();
        return 0;
    }

    /// <inheritdoc/>
    public override int Iterate(DirectoryFile file, ref DirectoryEmitter to)
    {
        if (IsHidden)
        {
            _ = file.EmitDots(ref to); // what was not taken is taken the next time
            return 0;
        }
        if (file.Cursor == null)
        {
            int fd = OpenListing();
            if (fd < 0)
                return fd;
            file.Cursor = new HostDirectoryCursor(fd);
        }
        return ((HostDirectoryCursor)file.Cursor).Iterate(file, ref to);
    }

    /// <summary>Opens the directory for listing.</summary>
    /// <returns>A descriptor that is the caller's, or a negative errno.</returns>
    public int OpenListing()
    {
        int directory = Descriptor();
        return directory < 0
            ? directory
            : HostFile.OpenAt(directory, "."u8, HostOpenFlags.ReadOnly | HostOpenFlags.Directory | HostOpenFlags.CloseOnExec);
    }

    /// <inheritdoc/>
    public override int GetXattr(ReadOnlySpan<byte> name, Span<byte> value) => HostXattrs.Get(Node, name, value);

    /// <inheritdoc/>
    public override int SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) => HostXattrs.Set(Node, name, value, flags);

    /// <inheritdoc/>
    public override int RemoveXattr(ReadOnlySpan<byte> name) => HostXattrs.Remove(Node, name);

    /// <inheritdoc/>
    public override int ListXattr(Span<byte> list) => HostXattrs.List(Node, list);

    /// <inheritdoc/>
    protected override void Evict()
    {
        CloseDescriptor();
        Host.Forget(Node);
    }

    private int Find(ReadOnlySpan<byte> name, out HostStatx stat, out bool hidden)
    {
        stat = default;
        hidden = false;
        if (IsHidden)
            return -Errno.ENOENT;
        int directory = Descriptor();
        if (directory < 0)
            return directory;
        int error = HostStat.StatxAt(directory, name, HostAtFlags.SymlinkNoFollow | HostAtFlags.NoAutomount, out stat);
        if (error != 0)
            return error;
        // Another file system of the host begins here.
        hidden = stat.Device != Node.Stat.Device && Host.IsHidden(stat, directory, name);
        return hidden && (stat.Mode & ModeBits.TypeMask) != ModeBits.Directory ? -Errno.EACCES : 0;
    }

    private int Remove(ReadOnlySpan<byte> name, Inode victim, int flags)
    {
        int directory = Descriptor();
        if (directory < 0)
            return directory;
        int error = Emu.Host.HostDirectory.UnlinkAt(directory, name, flags);
        if (error != 0)
            return error;
        HostNode node = HostFileSystem.NodeOf(victim);
        node.LosePlace(this, name);
        node.Expire();
        Node.Modified();
        return 0;
    }
}

using System.Text;

namespace Emu.Syscalls;

/// <summary>A file system of the kernel's own, whose files no directory names. Linux: fs/libfs.c (<c>init_pseudo</c>).</summary>
internal abstract class InternalFileSystem : FileSystem
{
    private readonly Mount _mount;
    private readonly Dentry _root;
    private ulong _lastNumber;

    /// <summary>A file system without files.</summary>
    protected InternalFileSystem(Vfs vfs)
        : base(vfs, vfs.NextAnonymousDevice())
    {
        _root = new Dentry(null, [], null);
        _mount = new Mount(0, this, _root, MountFlags.None, []);
    }

    /// <summary>The number of a new inode. Linux: <c>get_next_ino</c>.</summary>
    public ulong NextNumber() => ++_lastNumber;

    /// <summary>A place for a file. Linux: <c>d_alloc_pseudo</c>.</summary>
    /// <param name="name">What it is shown as.</param>
    /// <param name="inode">The file; the reference passes to the place.</param>
    public VfsPath NewPath(byte[] name, Inode inode) => new(_mount, new Dentry(_root, name, inode));

    /// <inheritdoc/>
    public override byte[]? PseudoName(Dentry dentry) => dentry.Name;
}

/// <summary>Where event counters and the like live. Linux: fs/anon_inodes.c.</summary>
internal sealed class AnonymousFileSystem : InternalFileSystem
{
    private const long Magic = 0x09041934;

    private readonly AnonymousInode _inode;

    /// <summary>The file system; all of its files share an inode.</summary>
    public AnonymousFileSystem(Vfs vfs)
        : base(vfs) => _inode = new AnonymousInode(this, NextNumber());

    /// <inheritdoc/>
    public override string TypeName => "anon_inodefs";

    /// <summary>The inode of them all.</summary>
    public Inode Inode => _inode;

    /// <summary>Gives a file its place. Linux: <c>anon_inode_getfile</c>.</summary>
    /// <param name="file">Made with <see cref="Inode"/>.</param>
    /// <param name="name">As <c>[eventfd]</c>.</param>
    /// <param name="opener">On whose behalf.</param>
    public void Place(OpenFile file, string name, Credentials opener) =>
        file.SetPath(NewPath(Encoding.ASCII.GetBytes("anon_inode:" + name), _inode.Get()), opener);

    /// <inheritdoc/>
    public override int StatFs(Inode inode, out FileSystemStat stat)
    {
        stat = SimpleStatFs(Magic);
        return 0;
    }
}

/// <summary>The inode of files that have no file. It has a mode without a type.</summary>
internal sealed class AnonymousInode : Inode
{
    private readonly FileTime _made;

    /// <summary>The inode.</summary>
    public AnonymousInode(FileSystem fileSystem, ulong number)
        : base(fileSystem, 0)
    {
        Number = number;
        _made = fileSystem.Now;
    }

    /// <inheritdoc/>
    public override ulong Number { get; }

    /// <inheritdoc/>
    public override uint Mode => 0x180;

    /// <inheritdoc/>
    public override uint Uid => 0;

    /// <inheritdoc/>
    public override uint Gid => 0;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        stat = new FileStat
        {
            Mode = Mode,
            LinkCount = 1,
            Number = Number,
            Device = Device,
            BlockSize = 4096,
            AccessTime = _made,
            ModifyTime = _made,
            ChangeTime = _made,
        };
        return 0;
    }

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change) => -Mm.Errno.EOPNOTSUPP;

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return -Mm.Errno.ENXIO;
    }
}

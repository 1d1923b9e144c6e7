namespace Emu.Syscalls;

/// <summary>A file system whose files are made as they are looked at. Linux: fs/proc, fs/kernfs.</summary>
internal abstract class PseudoFileSystem : FileSystem
{
    private ulong _lastNumber;
    private Dentry? _root;

    /// <summary>A file system.</summary>
    protected PseudoFileSystem(Vfs vfs)
        : base(vfs, vfs.NextAnonymousDevice())
    {
    }

    /// <summary>The root.</summary>
    public Dentry Root => _root ??= new Dentry(null, "/"u8.ToArray(), MakeRoot());

    /// <summary>Linux: the magic number of statfs.</summary>
    protected abstract long Magic { get; }

    /// <inheritdoc/>
    public override bool Revalidates => true;

    /// <summary>The number of a new inode.</summary>
    public ulong NextNumber() => ++_lastNumber;

    /// <inheritdoc/>
    public override int StatFs(Inode inode, out FileSystemStat stat)
    {
        stat = SimpleStatFs(Magic);
        return 0;
    }

    /// <summary>The inode of a row, with a reference.</summary>
    public Inode MakeInode(PseudoEntry entry, in PseudoContext context)
    {
        if (entry.Make is { } make)
            return make(this, context);
        if (entry.Children is { } children)
            return new TableDirectory(this, context, entry.Mode, children);
        return (entry.Mode & ModeBits.TypeMask) == ModeBits.Link ? new PseudoLink(this, context, entry) : new PseudoFile(this, context, entry);
    }

    /// <summary>Makes the root directory.</summary>
    protected abstract Inode MakeRoot();
}

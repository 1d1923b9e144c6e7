using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A directory that lives in memory. Linux: <c>shmem_dir_inode_operations</c>, fs/libfs.c (<c>simple_offset_*</c>).</summary>
/// <remarks>It holds a reference to everything that it names.</remarks>
internal class TmpDirectory : DirectoryInode, IMemoryInode
{
    private const int EntrySize = 20; // Linux: BOGO_DIRENT_SIZE

    /// <summary>An empty directory.</summary>
    public TmpDirectory(TmpFileSystem fileSystem, in NewInode made)
        : base(fileSystem)
    {
        Number = fileSystem.NextNumber();
        Attributes = new MemoryAttributes(made, fileSystem.Now);
    }

    /// <summary>A directory whose attributes are elsewhere for now.</summary>
    protected TmpDirectory(TmpFileSystem fileSystem, ulong number)
        : base(fileSystem) => Number = number;

    /// <inheritdoc/>
    public override ulong Number { get; }

    /// <inheritdoc/>
    public override uint Mode => Attributes!.Mode;

    /// <inheritdoc/>
    public override uint Uid => Attributes!.Uid;

    /// <inheritdoc/>
    public override uint Gid => Attributes!.Gid;

    /// <summary>What is known of it.</summary>
    protected MemoryAttributes? Attributes { get; set; }

    /// <summary>What it names.</summary>
    protected MemoryEntries Entries { get; } = new();

    /// <summary>Where it lives.</summary>
    protected TmpFileSystem Tmp => (TmpFileSystem)FileSystem;

    /// <inheritdoc/>
    public virtual MemoryAttributes Own() => Attributes!;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        stat = new FileStat { Number = Number, Device = Device, Size = (ulong)(Entries.Count + 2) * EntrySize };
        Own().Fill(ref stat);
        return 0;
    }

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change)
    {
        Own().Apply(change, FileSystem.Now);
        return 0;
    }

    /// <inheritdoc/>
    public override int Lookup(Task task, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = Entries.Find(name)?.Get();
        return 0;
    }

    /// <inheritdoc/>
    public override int Create(ReadOnlySpan<byte> name, in NewInode made, out Inode? inode)
    {
        int error = Tmp.Make(made, out inode);
        if (error != 0)
            return error;
        Enter(name, inode!);
        return 0;
    }

    /// <inheritdoc/>
    public override int CreateTemporary(in NewInode made, out Inode? inode)
    {
        int error = Tmp.Make(made, out inode);
        if (error == 0)
            ((IMemoryInode)inode!).Own().LinkCount = 0;
        return error;
    }

    /// <inheritdoc/>
    public override int Link(Inode target, ReadOnlySpan<byte> name)
    {
        MemoryAttributes attributes = ((IMemoryInode)target).Own();
        attributes.LinkCount++;
        attributes.ChangeTime = FileSystem.Now;
        Enter(name, target);
        return 0;
    }

    /// <inheritdoc/>
    public override int Unlink(ReadOnlySpan<byte> name, Inode victim)
    {
        MemoryAttributes attributes = ((IMemoryInode)victim).Own();
        attributes.LinkCount--;
        attributes.ChangeTime = FileSystem.Now;
        Leave(name, victim);
        return 0;
    }

    /// <inheritdoc/>
    public override int RemoveDirectory(ReadOnlySpan<byte> name, DirectoryInode victim)
    {
        if (!((TmpDirectory)victim).IsEmpty())
            return -Errno.ENOTEMPTY;
        ((IMemoryInode)victim).Own().LinkCount = 0;
        Leave(name, victim);
        return 0;
    }

    /// <inheritdoc/>
    public override int Rename(ReadOnlySpan<byte> name, Inode inode, DirectoryInode target, ReadOnlySpan<byte> newName, Inode? replaced,
        RenameFlags flags)
    {
        TmpDirectory to = (TmpDirectory)target;
        inode.Get(); // between the two names it has none
        int error = (flags & RenameFlags.Exchange) != 0
            ? ExchangeEntries(name, inode, to, newName, replaced!)
            : MoveEntry(name, inode, to, newName, replaced);
        inode.Put();
        if (error == 0 && inode is IMemoryInode moved)
            moved.Own().ChangeTime = FileSystem.Now;
        return error;
    }

    /// <inheritdoc/>
    public override int Iterate(DirectoryFile file, ref DirectoryEmitter to)
    {
        if (file.EmitDots(ref to))
            Entries.Iterate(file, ref to);
        Own().Accessed(FileSystem.Now);
        return 0;
    }

    /// <inheritdoc/>
    public override int GetXattr(ReadOnlySpan<byte> name, Span<byte> value) => TmpXattr.Get(Own(), Type, name, value);

    /// <inheritdoc/>
    public override int SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) =>
        TmpXattr.Set(Own(), Type, name, value, flags, FileSystem.Now);

    /// <inheritdoc/>
    public override int RemoveXattr(ReadOnlySpan<byte> name) => TmpXattr.Remove(Own(), Type, name);

    /// <inheritdoc/>
    public override int ListXattr(Span<byte> list) => Own().Xattrs?.List(list) ?? 0;

    /// <summary>Whether nothing is in it. Linux: <c>simple_empty</c>.</summary>
    protected virtual bool IsEmpty() => Entries.Count == 0;

    /// <summary>Puts a name in, with a reference to what it names; for a directory counts its <c>..</c>.</summary>
    protected virtual void Enter(ReadOnlySpan<byte> name, Inode inode)
    {
        Entries.Add(name, inode.Get());
        if (inode.IsDirectory)
            Own().LinkCount++;
        Own().Modified(FileSystem.Now);
    }

    /// <summary>Takes a name out, with its reference.</summary>
    protected virtual void Leave(ReadOnlySpan<byte> name, Inode inode)
    {
        Entries.Remove(name);
        if (inode.IsDirectory)
            Own().LinkCount--;
        Own().Modified(FileSystem.Now);
        inode.Put();
    }

    /// <inheritdoc/>
    protected override void Evict() => Tmp.ReleaseInode();

    private int MoveEntry(ReadOnlySpan<byte> name, Inode inode, TmpDirectory to, ReadOnlySpan<byte> newName, Inode? replaced)
    {
        if (replaced != null)
        {
            int error = replaced is DirectoryInode directory ? to.RemoveDirectory(newName, directory) : to.Unlink(newName, replaced);
            if (error != 0)
                return error;
        }
        Leave(name, inode);
        to.Enter(newName, inode);
        return 0;
    }

    private int ExchangeEntries(ReadOnlySpan<byte> name, Inode inode, TmpDirectory to, ReadOnlySpan<byte> newName, Inode other)
    {
        other.Get();
        Leave(name, inode);
        to.Leave(newName, other);
        Enter(name, other);
        to.Enter(newName, inode);
        ((IMemoryInode)other).Own().ChangeTime = FileSystem.Now;
        other.Put();
        return 0;
    }
}

using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>A file in memory that is nothing but its attributes.</summary>
internal abstract class TmpNode : Inode, IMemoryInode
{
    private readonly MemoryAttributes _attributes;

    /// <summary>A file that is made now.</summary>
    protected TmpNode(TmpFileSystem fileSystem, in NewInode made)
        : base(fileSystem, made.Mode)
    {
        Number = fileSystem.NextNumber();
        _attributes = new MemoryAttributes(made, fileSystem.Now);
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
    public override DeviceNumber SpecialDevice => _attributes.Device;

    /// <inheritdoc/>
    public MemoryAttributes Own() => _attributes;

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat)
    {
        stat = new FileStat { Number = Number, Device = Device, Size = Size };
        _attributes.Fill(ref stat);
        return 0;
    }

    /// <inheritdoc/>
    public override int SetAttributes(in AttributeChange change)
    {
        _attributes.Apply(change, FileSystem.Now);
        return 0;
    }

    /// <inheritdoc/>
    public override int GetXattr(ReadOnlySpan<byte> name, Span<byte> value) => TmpXattr.Get(_attributes, Type, name, value);

    /// <inheritdoc/>
    public override int SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) =>
        TmpXattr.Set(_attributes, Type, name, value, flags, FileSystem.Now);

    /// <inheritdoc/>
    public override int RemoveXattr(ReadOnlySpan<byte> name) => TmpXattr.Remove(_attributes, Type, name);

    /// <inheritdoc/>
    public override int ListXattr(Span<byte> list) => _attributes.Xattrs?.List(list) ?? 0;

    /// <summary>What stat tells as its size.</summary>
    protected virtual ulong Size => 0;

    /// <inheritdoc/>
    protected override void Evict() => ((TmpFileSystem)FileSystem).ReleaseInode();
}

/// <summary>A symbolic link in memory. Linux: <c>shmem_symlink_inode_operations</c>.</summary>
internal sealed class TmpLink : TmpNode
{
    private readonly byte[] _target;

    /// <summary>A link to where <paramref name="made"/> says.</summary>
    public TmpLink(TmpFileSystem fileSystem, in NewInode made)
        : base(fileSystem, made) => _target = made.Target.ToArray();

    /// <inheritdoc/>
    protected override ulong Size => (ulong)_target.Length;

    /// <inheritdoc/>
    public override int GetLink(Task task, out byte[]? target, out VfsPath jump)
    {
        target = _target;
        jump = default;
        return 0;
    }

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file)
    {
        file = null;
        return -Errno.ELOOP;
    }
}

/// <summary>A FIFO, socket or device in memory. Linux: <c>init_special_inode</c>.</summary>
internal sealed class TmpSpecial : TmpNode
{
    /// <summary>A file of the type that <paramref name="made"/> says.</summary>
    public TmpSpecial(TmpFileSystem fileSystem, in NewInode made)
        : base(fileSystem, made)
    {
    }

    /// <inheritdoc/>
    public override int Open(in OpenRequest request, out OpenFile? file) => SpecialFiles.Open(this, request, out file);
}

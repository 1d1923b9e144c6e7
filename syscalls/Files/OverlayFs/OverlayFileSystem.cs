namespace Emu.Syscalls;

/// <summary>The host's files with the guest's changes upon them, which live in memory and go with the machine. Linux: fs/overlayfs.</summary>
/// <remarks>
/// There is no second tree as in the kernel's: an inode of the lower directory is wrapped, and the wrapper takes what is changed. So a
/// changed file keeps its number and its hard links, and a directory can be renamed as it is.
/// </remarks>
internal sealed class OverlayFileSystem : TmpFileSystem
{
    // Beyond the numbers of usual file systems, so that new files collide with none of the host's.
    private const ulong FirstNumber = 1UL << 48;

    private readonly Dictionary<Inode, Inode> _byLower = [];
    private readonly Inode _lower;

    /// <summary>An overlay without changes.</summary>
    /// <param name="vfs">The machine's files.</param>
    /// <param name="lower">Root of what it lies upon; the reference passes to the overlay.</param>
    /// <param name="options">Limits of what it takes in memory.</param>
    public OverlayFileSystem(Vfs vfs, HostDirectory lower, TmpOptions options)
        : base(vfs, lower.Device, options) => _lower = lower;

    /// <inheritdoc/>
    public override string TypeName => "overlay";

    /// <inheritdoc/>
    public override string Options => ",lowerdir=/,upperdir=memory";

    /// <inheritdoc/>
    public override bool Revalidates => true;

    /// <inheritdoc/>
    public override ulong NextNumber() => FirstNumber + base.NextNumber();

    /// <inheritdoc/>
    public override int StatFs(Inode inode, out FileSystemStat stat) => _lower.FileSystem.StatFs(_lower, out stat);

    /// <summary>The inode that stands for one of the lower file system.</summary>
    /// <param name="lower">The lower inode; its reference passes to this function.</param>
    /// <returns>The inode, with a reference.</returns>
    public Inode Wrap(Inode lower)
    {
        if (_byLower.TryGetValue(lower, out Inode? known))
        {
            lower.Put();
            return known.Get();
        }
        Inode inode = lower switch
        {
            HostRegular regular => new OverlayRegular(this, regular),
            HostDirectory directory => new OverlayDirectory(this, directory),
            _ => new OverlayNode(this, lower),
        };
        _byLower.Add(lower, inode);
        return inode;
    }

    /// <summary>A wrapper is not used any more.</summary>
    public void Unwrap(Inode lower)
    {
        _ = _byLower.Remove(lower);
        lower.Put();
    }

    /// <inheritdoc/>
    protected override Inode MakeRoot() => Wrap(_lower.Get());
}

/// <summary>An inode that stands for one of the lower file system.</summary>
internal interface IOverlayInode
{
    /// <summary>What it stands for.</summary>
    Inode Lower { get; }

    /// <summary>No name leads to it any more: it goes with its last user.</summary>
    void Unpin();
}

/// <summary>What is known of an inode that stands for another: the other's, until something is changed. Linux: ovl_copy_up_meta_inode_data.</summary>
/// <param name="fileSystem">The overlay.</param>
/// <param name="owner">The inode.</param>
/// <param name="lower">What it stands for.</param>
internal sealed class OverlayAttributes(OverlayFileSystem fileSystem, Inode owner, Inode lower)
{
    private const int ListMax = 65536;

    private bool _ownXattrs;

    /// <summary>The attributes of its own; null while they are the other's.</summary>
    public MemoryAttributes? Changed { get; private set; }

    /// <summary>Whether it stays although nobody uses it, as it was changed.</summary>
    public bool IsPinned { get; private set; }

    /// <summary>Type and permissions.</summary>
    public uint Mode => Changed?.Mode ?? lower.Mode;

    /// <summary>Owner.</summary>
    public uint Uid => Changed?.Uid ?? lower.Uid;

    /// <summary>Group.</summary>
    public uint Gid => Changed?.Gid ?? lower.Gid;

    /// <summary>The attributes of its own, made if they are the other's still.</summary>
    public MemoryAttributes Own()
    {
        if (Changed != null)
            return Changed;
        _ = lower.GetAttributes(out FileStat stat); // a file that is gone has what was known last
        Pin();
        return Changed = new MemoryAttributes(stat);
    }

    /// <summary>It was changed: it stays.</summary>
    public void Pin()
    {
        if (IsPinned)
            return;
        IsPinned = true;
        _ = owner.Get();
    }

    /// <summary>It need not stay.</summary>
    public void Unpin()
    {
        if (!IsPinned)
            return;
        IsPinned = false;
        owner.Put();
    }

    /// <summary>What is known of it; size and blocks are the other's.</summary>
    public int Get(out FileStat stat)
    {
        int error = lower.GetAttributes(out stat);
        if (Changed == null)
            return error;
        uint block = stat.BlockSize;
        Changed.Fill(ref stat);
        stat.BlockSize = block;
        return 0;
    }

    /// <summary>Changes everything but the size.</summary>
    public void Apply(in AttributeChange change) => Own().Apply(change, fileSystem.Now);

    public int GetXattr(ReadOnlySpan<byte> name, Span<byte> value) =>
        _ownXattrs ? TmpXattr.Get(Own(), owner.Type, name, value) : lower.GetXattr(name, value);

    public int SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags)
    {
        CopyXattrs();
        return TmpXattr.Set(Own(), owner.Type, name, value, flags, fileSystem.Now);
    }

    public int RemoveXattr(ReadOnlySpan<byte> name)
    {
        CopyXattrs();
        return TmpXattr.Remove(Own(), owner.Type, name);
    }

    public int ListXattr(Span<byte> list) => _ownXattrs ? Own().Xattrs?.List(list) ?? 0 : lower.ListXattr(list);

    // Linux: ovl_copy_xattr
    private void CopyXattrs()
    {
        if (_ownXattrs)
            return;
        _ownXattrs = true;
        byte[] list = new byte[ListMax], value = new byte[ListMax];
        int size = lower.ListXattr(list);
        MemoryXattrs copy = new();
        for (ReadOnlySpan<byte> rest = list.AsSpan(0, Math.Max(size, 0)); !rest.IsEmpty;)
        {
            ReadOnlySpan<byte> name = rest[..rest.IndexOf((byte)0)];
            rest = rest[(name.Length + 1)..];
            int length = lower.GetXattr(name, value);
            if (length >= 0)
                _ = copy.Set(name, value.AsSpan(0, length), 0); // it is empty: nothing can be in the way
        }
        Own().Xattrs = copy;
    }
}

using Emu.Mm;

namespace Emu.Syscalls;

/// <summary>cgroup2, mounted at /sys/fs/cgroup. Linux: kernel/cgroup/cgroup.c over kernfs.</summary>
internal sealed class CgroupFileSystem : PseudoFileSystem
{
    private readonly ControlGroups _groups;

    /// <summary>The file system; there is one for the machine.</summary>
    public CgroupFileSystem(Vfs vfs, ControlGroups groups)
        : base(vfs) => _groups = groups;

    /// <inheritdoc/>
    public override string TypeName => "cgroup2";

    /// <inheritdoc/>
    protected override long Magic => 0x63677270;

    /// <summary>What the files speak of, beside their group.</summary>
    public PseudoContext Context => new(_groups.Kernel, null, null);

    /// <inheritdoc/>
    protected override Inode MakeRoot() => new CgroupDirectory(this, _groups.Root);
}

/// <summary>The directory of a control group.</summary>
internal sealed class CgroupDirectory : PseudoDirectory
{
    private readonly ControlGroup _group;

    /// <summary>The directory of a group.</summary>
    public CgroupDirectory(CgroupFileSystem fileSystem, ControlGroup group)
        : base(fileSystem, fileSystem.Context, ModeBits.Directory | 0x1ED) => _group = group;

    /// <inheritdoc/>
    public override ulong Number => _group.Number;

    /// <inheritdoc/>
    protected override uint LinkCount => 2 + (uint)_group.Children.Count;

    /// <inheritdoc/>
    public override int Lookup(Task task, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = null;
        string wanted = System.Text.Encoding.Latin1.GetString(name);
        if (_group.Children.FirstOrDefault(child => child.Name == wanted) is { } group)
            inode = new CgroupDirectory((CgroupFileSystem)Pseudo, group);
        else if (Find(name) is { } entry)
            inode = Pseudo.MakeInode(entry, Context);
        return 0;
    }

    /// <inheritdoc/>
    /// <remarks>Files come and go with the controllers, directories with their groups.</remarks>
    public override bool RevalidateChild(Task task, Dentry child) => child.Inode switch
    {
        CgroupDirectory directory => !directory._group.IsDead,
        PseudoFile file => Find(file.Entry.Name) != null,
        _ => false,
    };

    /// <inheritdoc/>
    public override int Create(ReadOnlySpan<byte> name, in NewInode made, out Inode? inode)
    {
        inode = null;
        if ((made.Mode & ModeBits.TypeMask) != ModeBits.Directory)
            return -Errno.EPERM;
        if (_group.IsDead)
            return -Errno.ENODEV;
        int error = _group.Groups.Create(_group, System.Text.Encoding.Latin1.GetString(name), out ControlGroup? group);
        if (error == 0)
            inode = new CgroupDirectory((CgroupFileSystem)Pseudo, group!);
        return error;
    }

    /// <inheritdoc/>
    public override int RemoveDirectory(ReadOnlySpan<byte> name, DirectoryInode victim) => ((CgroupDirectory)victim)._group.Remove();

    /// <inheritdoc/>
    protected override int List(DirectoryFile file, ref DirectoryEmitter to)
    {
        List<(byte[] Name, ulong Number, uint Mode)> all = [];
        foreach (PseudoEntry entry in CgroupFiles.Entries(_group))
            all.Add((entry.Name, Number + (ulong)all.Count + 1, entry.Mode));
        foreach (ControlGroup child in _group.Children)
            all.Add((System.Text.Encoding.Latin1.GetBytes(child.Name), child.Number, ModeBits.Directory));
        for (int at = (int)Math.Min(file.Position - 2, (ulong)all.Count); at < all.Count; at++)
        {
            if (!to.Emit(all[at].Name, all[at].Number, ModeBits.ToEntryType(all[at].Mode), at + 2))
                return 0;
            file.Position = (ulong)at + 3;
        }
        return 0;
    }

    private PseudoEntry? Find(ReadOnlySpan<byte> name)
    {
        foreach (PseudoEntry entry in CgroupFiles.Entries(_group))
        {
            if (name.SequenceEqual(entry.Name))
                return entry;
        }
        return null;
    }
}

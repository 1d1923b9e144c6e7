namespace Emu.Syscalls;

/// <summary>How a mount is restricted. Linux: <c>MNT_*</c>.</summary>
[Flags]
internal enum MountFlags
{
    None = 0,
    NoSetUid = 1,
    NoDevices = 2,
    NoExec = 4,
    NoAccessTime = 8,
    NoDirectoryAccessTime = 16,
    RelativeAccessTime = 32,
    ReadOnly = 64,
}

/// <summary>A part of a file system that is attached to the tree. Linux: <c>struct mount</c>.</summary>
internal sealed class Mount
{
    /// <summary>A mount that is attached to nothing yet.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="fileSystem">What is mounted.</param>
    /// <param name="root">The part of it that is.</param>
    /// <param name="flags">How it is restricted.</param>
    /// <param name="source">What /proc/mounts shows as the device.</param>
    public Mount(int id, FileSystem fileSystem, Dentry root, MountFlags flags, byte[] source)
    {
        Id = id;
        FileSystem = fileSystem;
        Root = root.Get();
        Flags = flags;
        Source = source;
    }

    /// <summary>Its number. Linux: <c>mnt_id</c>.</summary>
    public int Id { get; }

    /// <summary>What is mounted. Linux: <c>mnt_sb</c>.</summary>
    public FileSystem FileSystem { get; }

    /// <summary>The part of it that is. Linux: <c>mnt_root</c>.</summary>
    public Dentry Root { get; }

    /// <summary>How it is restricted. Linux: <c>mnt_flags</c>.</summary>
    public MountFlags Flags { get; set; }

    /// <summary>What /proc/mounts shows as the device. Linux: <c>mnt_devname</c>.</summary>
    public byte[] Source { get; }

    /// <summary>The mount that it is attached to, or null. Linux: <c>mnt_parent</c>.</summary>
    public Mount? Parent { get; internal set; }

    /// <summary>Where it is attached. Linux: <c>mnt_mountpoint</c>.</summary>
    public Dentry? MountPoint { get; internal set; }

    /// <summary>Open files, working directories and the like within it. Linux: <c>mnt_count</c>.</summary>
    public int Users { get; internal set; }

    /// <summary>Whether nothing can be changed through it. Linux: <c>__mnt_is_readonly</c>.</summary>
    public bool IsReadOnly => (Flags & MountFlags.ReadOnly) != 0 || FileSystem.IsReadOnly;

    /// <summary>Whether programs must not be run from it. Linux: <c>path_noexec</c>.</summary>
    public bool IsNoExec => (Flags & MountFlags.NoExec) != 0;
}

/// <summary>A place in the tree. Linux: <c>struct path</c>.</summary>
/// <param name="Mount">The mount that it lies in.</param>
/// <param name="Dentry">The name there.</param>
internal readonly record struct VfsPath(Mount Mount, Dentry Dentry)
{
    /// <summary>What it names; only where something is named.</summary>
    public Inode Inode => Dentry.Inode!;

    /// <summary>Whether it is no place at all.</summary>
    public bool IsNone => Mount == null;

    /// <summary>Whether this is the same place as another. Linux: <c>path_equal</c>.</summary>
    public bool Is(VfsPath other) => ReferenceEquals(Mount, other.Mount) && ReferenceEquals(Dentry, other.Dentry);

    /// <summary>One more user of the place. Linux: <c>path_get</c>.</summary>
    public VfsPath Get()
    {
        Dentry.Users++;
        Mount.Users++;
        return this;
    }

    /// <summary>One user less. Linux: <c>path_put</c>.</summary>
    public void Put()
    {
        Mount.Users--;
        Mount.FileSystem.Vfs.Dentries.Put(Dentry);
    }
}

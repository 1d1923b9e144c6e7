namespace Emu.Syscalls;

/// <summary>A name in a directory, and what it names: nothing, for a name that is known not to exist. Linux: <c>struct dentry</c>.</summary>
/// <remarks>
/// It holds a reference to its inode. Users are open files, mounts, working directories and the like; a dentry without users stays in the
/// cache until that needs the room. Only <see cref="DentryCache"/> changes it.
/// </remarks>
internal sealed class Dentry
{
    /// <summary>A dentry that is in no cache.</summary>
    /// <param name="parent">Its directory's; null for the root of a file system.</param>
    /// <param name="name">Its name.</param>
    /// <param name="inode">What it names; the reference passes to the dentry.</param>
    public Dentry(Dentry? parent, byte[] name, Inode? inode)
    {
        Parent = parent ?? this;
        Name = name;
        Inode = inode;
        if (parent != null)
            parent.Children++;
    }

    /// <summary>The directory's; itself for a root. Linux: <c>d_parent</c>.</summary>
    public Dentry Parent { get; internal set; }

    /// <summary>The name. Linux: <c>d_name</c>.</summary>
    public byte[] Name { get; internal set; }

    /// <summary>What it names, null for nothing. Linux: <c>d_inode</c>.</summary>
    public Inode? Inode { get; internal set; }

    /// <summary>Whether it names nothing. Linux: <c>d_is_negative</c>.</summary>
    public bool IsNegative => Inode == null;

    /// <summary>Whether it is the root of its file system. Linux: <c>IS_ROOT</c>.</summary>
    public bool IsRoot => ReferenceEquals(Parent, this);

    /// <summary>Mounts that lie upon it. Linux: <c>DCACHE_MOUNTED</c>.</summary>
    public int Mounts { get; internal set; }

    /// <summary>Whether lookups find it. Linux: not <c>d_unhashed</c>.</summary>
    public bool IsHashed { get; internal set; }

    /// <summary>Whether it names what no directory leads to any more. Linux: <c>d_unlinked</c>.</summary>
    public bool IsUnlinked => !IsHashed && !IsRoot;

    /// <summary>When it was last found right, as the file system counts. Linux: <c>d_time</c>.</summary>
    public long ValidatedAt { get; set; }

    /// <summary>Whoever keeps it. Linux: <c>d_lockref</c> without the children's part.</summary>
    internal int Users { get; set; }

    /// <summary>Dentries that have it for their parent.</summary>
    internal int Children { get; set; }

    /// <summary>Used since the cache last looked for room. Linux: <c>DCACHE_REFERENCED</c>.</summary>
    internal bool Referenced { get; set; }

    internal uint Hash { get; set; }

    internal Dentry? HashNext { get; set; }

    internal Dentry? LruNext { get; set; }

    internal Dentry? LruPrevious { get; set; }

    /// <summary>One more user. Linux: <c>dget</c>.</summary>
    public Dentry Get()
    {
        Users++;
        return this;
    }

    /// <summary>Whether this is another or lies beneath it. Linux: <c>is_subdir</c>.</summary>
    public bool IsWithin(Dentry other)
    {
        for (Dentry at = this; ; at = at.Parent)
        {
            if (ReferenceEquals(at, other))
                return true;
            if (at.IsRoot)
                return false;
        }
    }
}

namespace Emu.Syscalls;

/// <summary>A directory of the host with changes upon it. Linux: fs/overlayfs/dir.c, readdir.c.</summary>
/// <remarks>What was put in is in <see cref="TmpDirectory.Entries"/>; a name that was taken out, but that the lower directory has, is whited out.</remarks>
internal sealed class OverlayDirectory : TmpDirectory, IOverlayInode
{
    private readonly HostDirectory _lower;
    private readonly OverlayAttributes _state;
    private HashSet<byte[]>? _whiteouts;

    /// <summary>A directory without changes.</summary>
    /// <param name="fileSystem">The overlay.</param>
    /// <param name="lower">What it lies upon; the reference passes to it.</param>
    public OverlayDirectory(OverlayFileSystem fileSystem, HostDirectory lower)
        : base(fileSystem, lower.Number)
    {
        _lower = lower;
        _state = new OverlayAttributes(fileSystem, this, lower);
    }

    /// <inheritdoc/>
    public Inode Lower => _lower;

    /// <inheritdoc/>
    public override DeviceNumber Device => _lower.Device;

    /// <inheritdoc/>
    public override uint Mode => _state.Mode;

    /// <inheritdoc/>
    public override uint Uid => _state.Uid;

    /// <inheritdoc/>
    public override uint Gid => _state.Gid;

    private OverlayFileSystem Overlay => (OverlayFileSystem)FileSystem;

    /// <inheritdoc/>
    public override MemoryAttributes Own() => _state.Own();

    /// <inheritdoc/>
    public void Unpin() => _state.Unpin();

    /// <inheritdoc/>
    public override int GetAttributes(out FileStat stat) => _state.Get(out stat);

    /// <inheritdoc/>
    public override int CheckAccess(Credentials who, Access wanted) =>
        _state.Changed == null ? _lower.CheckAccess(who, wanted) : Permissions.Generic(this, who, wanted);

    /// <inheritdoc/>
    public override int Lookup(Task task, ReadOnlySpan<byte> name, out Inode? inode)
    {
        inode = Entries.Find(name)?.Get();
        if (inode != null || IsWhiteout(name))
            return 0;
        int error = _lower.Lookup(task, name, out Inode? lower);
        if (lower != null)
            inode = Overlay.Wrap(lower);
        return error;
    }

    /// <inheritdoc/>
    public override bool RevalidateChild(Task task, Dentry child)
    {
        long token = ((HostFileSystem)_lower.FileSystem).Token;
        if (child.ValidatedAt == token)
            return true;
        Inode? own = Entries.Find(child.Name);
        bool isRight = own != null || IsWhiteout(child.Name)
            ? ReferenceEquals(own, child.Inode)
            : child.Inode is IOverlayInode or null && _lower.Revalidate(child.Name, (child.Inode as IOverlayInode)?.Lower);
        if (isRight)
            child.ValidatedAt = token;
        return isRight;
    }

    /// <inheritdoc/>
    public override int Unlink(ReadOnlySpan<byte> name, Inode victim)
    {
        victim.Get();
        int error = base.Unlink(name, victim);
        if (victim is IOverlayInode overlay && ((IMemoryInode)victim).Own().LinkCount == 0)
            overlay.Unpin();
        victim.Put();
        return error;
    }

    /// <inheritdoc/>
    public override int RemoveDirectory(ReadOnlySpan<byte> name, DirectoryInode victim)
    {
        victim.Get();
        int error = base.RemoveDirectory(name, victim);
        if (error == 0)
            (victim as IOverlayInode)?.Unpin();
        victim.Put();
        return error;
    }

    /// <inheritdoc/>
    public override int Iterate(DirectoryFile file, ref DirectoryEmitter to)
    {
        if (file.Position == 0 || file.Cursor == null)
        {
            int error = Merge(out List<DirectoryEntry> entries);
            if (error != 0)
                return error;
            file.Cursor?.Dispose();
            file.Cursor = new MergedListing(entries);
        }
        if (!file.EmitDots(ref to))
            return 0;
        List<DirectoryEntry> list = ((MergedListing)file.Cursor).Entries;
        for (; file.Position - 2 < (ulong)list.Count; file.Position++)
        {
            DirectoryEntry entry = list[(int)file.Position - 2];
            if (!to.Emit(entry.Name, entry.Number, entry.Type, (long)file.Position))
                return 0;
        }
        return 0;
    }

    /// <inheritdoc/>
    public override int GetXattr(ReadOnlySpan<byte> name, Span<byte> value) => _state.GetXattr(name, value);

    /// <inheritdoc/>
    public override int SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, int flags) => _state.SetXattr(name, value, flags);

    /// <inheritdoc/>
    public override int RemoveXattr(ReadOnlySpan<byte> name) => _state.RemoveXattr(name);

    /// <inheritdoc/>
    public override int ListXattr(Span<byte> list) => _state.ListXattr(list);

    /// <inheritdoc/>
    protected override bool IsEmpty()
    {
        if (Entries.Count != 0 || Merge(out List<DirectoryEntry> entries) != 0)
            return false;
        return entries.Count == 0;
    }

    /// <inheritdoc/>
    protected override void Enter(ReadOnlySpan<byte> name, Inode inode)
    {
        _state.Pin();
        base.Enter(name, inode);
    }

    /// <inheritdoc/>
    protected override void Leave(ReadOnlySpan<byte> name, Inode inode)
    {
        _state.Pin();
        if (Entries.Find(name) != null)
        {
            base.Leave(name, inode);
        }
        else
        {
            if (inode.IsDirectory)
                Own().LinkCount--;
            Own().Modified(FileSystem.Now);
        }
        // Whether the lower directory has the name does not matter: it may come to have it.
        _ = (_whiteouts ??= new HashSet<byte[]>(NameComparer.Instance)).Add(name.ToArray());
    }

    /// <inheritdoc/>
    protected override void Evict() => Overlay.Unwrap(_lower);

    private bool IsWhiteout(ReadOnlySpan<byte> name) =>
        _whiteouts != null && _whiteouts.GetAlternateLookup<ReadOnlySpan<byte>>().Contains(name);

    // The names below that are neither whited out nor replaced, and those that were put in. Linux: ovl_dir_read_merged
    private int Merge(out List<DirectoryEntry> entries)
    {
        entries = [];
        int error = ListLower(out List<DirectoryEntry> below);
        if (error != 0)
            return error;
        foreach (DirectoryEntry entry in below)
        {
            if (!IsDot(entry.Name) && Entries.Find(entry.Name) == null && !IsWhiteout(entry.Name))
                entries.Add(entry);
        }
        foreach (MemoryEntries.Entry entry in Entries.All)
            entries.Add(new DirectoryEntry(entry.Name, entry.Inode.Number, ModeBits.ToEntryType(entry.Inode.Type), 0));
        return 0;
    }

    private int ListLower(out List<DirectoryEntry> below)
    {
        below = [];
        if (_lower.IsHidden)
            return 0;
        int fd = _lower.OpenListing();
        if (fd < 0)
            return fd;
        using HostDirectoryCursor cursor = new(fd);
        return cursor.ReadAll(below, out int error) ? 0 : error;
    }

    private static bool IsDot(byte[] name) => name[0] == (byte)'.' && (name.Length == 1 || (name.Length == 2 && name[1] == (byte)'.'));

    private sealed class MergedListing(List<DirectoryEntry> entries) : IDisposable
    {
        public List<DirectoryEntry> Entries { get; } = entries;

        public void Dispose()
        {
        }
    }
}
